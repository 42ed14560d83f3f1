// One page of the citizen's, or of the expert's own, as it comes in: first a preview, then the detail.

import type { Bytes } from '../wire/bytes';
import { hex } from '../wire/bytes';
import { faultUnless } from './fault';
import { readJpeg } from './jpeg';
import { PART, SIDE_MAX, type Mark, type PageFacts, type Piece } from './messages';

/** Addresses of pictures in memory, as the browser gives them; tests count them. */
export interface Addresses { make(blob: Blob): string; revoke(address: string): void }
export const browserAddresses: Addresses = { make: (blob) => URL.createObjectURL(blob), revoke: (address) => URL.revokeObjectURL(address) };

/** Bytes that come in order. What a length announces is not set aside before it comes. */
class Inflow {
  private parts: Uint8Array[] = [];
  have = 0;

  constructor(readonly total: number) {}

  /** True when that was the last. */
  take(offset: number, bytes: Uint8Array): boolean {
    faultUnless(offset === this.have, 'order', 'offset');
    faultUnless(bytes.length > 0, 'malformed', 'empty piece');
    faultUnless(bytes.length <= this.total - this.have, 'too-large', 'piece');
    this.parts.push(bytes.slice());
    this.have += bytes.length;
    return this.have === this.total;
  }

  join(): Bytes {
    const all = new Uint8Array(this.have);
    let at = 0;
    for (const part of this.parts) {
      all.set(part, at);
      at += part.length;
    }
    this.parts = [];
    return all;
  }

  forget(): void {
    this.parts = [];
    this.have = 0;
  }
}

export class Sheet {
  /** Addresses for an <img>; null until there is something to show. */
  preview: string | null = null;
  detail: string | null = null;
  /** Pixels of the preview's longer side. */
  previewSide = 0;
  marks: Mark[] = [];
  /** The browser could not decode it. */
  broken = false;
  private gone = false;
  private readonly small: Inflow;
  private readonly large: Inflow;

  constructor(public facts: PageFacts, private readonly addresses: Addresses) {
    this.small = new Inflow(facts.preview);
    this.large = new Inflow(facts.detail);
  }

  get id(): number {
    return this.facts.id;
  }

  /** Bytes of the detail that are here. */
  get have(): number {
    return this.large.have;
  }

  get isWhole(): boolean {
    return this.detail !== null;
  }

  /** A list speaks of it again: what may change, changes; the content may not. */
  renew(facts: PageFacts): void {
    const fixed = ({ attached: _, ...rest }: PageFacts): string => JSON.stringify(rest);
    faultUnless(fixed(facts) === fixed(this.facts), 'changed', 'content');
    this.facts = facts;
  }

  /** A fresh channel sends the preview from its beginning; the detail goes on. */
  rejoin(): void {
    this.small.forget();
  }

  /** True when the detail is complete and is to be judged. */
  take({ part, offset, bytes }: Piece): boolean {
    faultUnless(part === PART.preview || part === PART.detail, 'malformed', 'part');
    if (part === PART.detail) return this.large.take(offset, bytes);
    if (this.small.take(offset, bytes)) this.showPreview(this.small.join());
    return false;
  }

  /** Of a complete detail: its hash, its size; then it is to be seen. */
  async judge(): Promise<void> {
    const bytes = this.large.join();
    const hash = hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
    if (this.gone) return;
    faultUnless(hash === this.facts.sha256, 'hash', 'detail');
    const { width, height } = readJpeg(bytes);
    faultUnless(width === this.facts.width && height === this.facts.height, 'picture', 'other size');
    this.detail = this.addresses.make(new Blob([bytes], { type: 'image/jpeg' }));
  }

  close(): void {
    this.gone = true;
    this.small.forget();
    this.large.forget();
    for (const address of [this.preview, this.detail]) if (address !== null) this.addresses.revoke(address);
    this.preview = this.detail = null;
    this.previewSide = 0;
    this.marks = [];
  }

  private showPreview(bytes: Bytes): void {
    if (this.preview !== null) return;
    const { width, height } = readJpeg(bytes);
    faultUnless(width <= Math.min(this.facts.width, SIDE_MAX) && height <= Math.min(this.facts.height, SIDE_MAX), 'picture', 'preview');
    this.previewSide = Math.max(width, height);
    this.preview = this.addresses.make(new Blob([bytes], { type: 'image/jpeg' }));
  }
}
