// Messages of the `form` channel in chunks. Spec: PROTOCOL.md, "Form", Chunks. Pure.

import type { Bytes } from '../wire/bytes';
import { faultUnless } from './fault';

export const CHUNK_MAX = 16_384;
export const MESSAGE_MAX = 1024 * 1024;
/** Of a `package`. */
export const PACKAGE_MAX = 64 * MESSAGE_MAX;
const MORE = 0x80;
const HEAD = 5;

export interface Message { kind: number; bytes: Bytes }

/** The chunks of one message. `bytes` beyond MESSAGE_MAX is the caller's mistake and `too-large`. */
export function split(kind: number, bytes: Uint8Array): Bytes[] {
  faultUnless(bytes.length <= MESSAGE_MAX, 'too-large');
  const chunks: Bytes[] = [];
  let at = 0;
  do {
    const head = at === 0 ? HEAD : 1;
    const part = bytes.subarray(at, at + CHUNK_MAX - head);
    const chunk = new Uint8Array(head + part.length);
    at += part.length;
    chunk[0] = kind | (at < bytes.length ? MORE : 0);
    if (head === HEAD) new DataView(chunk.buffer).setUint32(1, bytes.length);
    chunk.set(part, head);
    chunks.push(chunk);
  } while (at < bytes.length);
  return chunks;
}

/** Puts chunks together again. Throws `malformed`; after that only `reset` helps. What a length announces is not set aside before it comes. */
export class Joiner {
  private kind = 0;
  private parts: Uint8Array[] | null = null;
  private have = 0;
  private total = 0;

  /** `packageKind`: the one kind that may be longer. */
  constructor(private readonly packageKind: number) {}

  /** The message that this chunk completes, or null. */
  take(chunk: Uint8Array): Message | null {
    faultUnless(chunk.length >= 1 && chunk.length <= CHUNK_MAX, 'malformed', 'chunk');
    const kind = chunk[0]! & ~MORE;
    const more = (chunk[0]! & MORE) !== 0;
    const part = this.parts === null ? this.begin(kind, chunk) : chunk.subarray(1);
    faultUnless(kind === this.kind, 'malformed', 'kind in between');
    faultUnless(!more || part.length > 0, 'malformed', 'empty chunk');
    this.parts!.push(part);
    this.have += part.length;
    faultUnless(more ? this.have < this.total : this.have === this.total, 'malformed', 'total');
    return more ? null : this.done();
  }

  reset(): void {
    this.parts = null;
  }

  private begin(kind: number, chunk: Uint8Array): Uint8Array {
    faultUnless(chunk.length >= HEAD, 'malformed', 'length');
    this.total = new DataView(chunk.buffer, chunk.byteOffset).getUint32(1);
    faultUnless(this.total <= (kind === this.packageKind ? PACKAGE_MAX : MESSAGE_MAX), 'malformed', 'length');
    this.kind = kind;
    this.parts = [];
    this.have = 0;
    return chunk.subarray(HEAD);
  }

  private done(): Message {
    const bytes = new Uint8Array(this.total);
    let at = 0;
    for (const part of this.parts!) {
      bytes.set(part, at);
      at += part.length;
    }
    this.parts = null;
    return { kind: this.kind, bytes };
  }
}
