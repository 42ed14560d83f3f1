import type * as Y from 'yjs';

export declare const KIND: Record<'join' | 'hello' | 'definition' | 'sync' | 'aware' | 'ack' | 'do' | 'state' | 'snapshot' | 'package' | 'over', number>;
type Json = Record<string, unknown>;

export declare class FormKiosk {
  constructor(definition: unknown, send: (chunk: Uint8Array<ArrayBuffer>) => void, how?: { lang?: string });
  doc: Y.Doc;
  id: string;
  client: number;
  page: number;
  joins: Json[];
  commands: Json[];
  refusals: string[];
  peer: Json | null;
  state: Json;
  lie?: Json;
  bytes: Buffer;
  holdsAcks: boolean;
  resumable?: boolean;
  send: (chunk: Uint8Array<ArrayBuffer>) => void;
  say(kind: number, bytes: Uint8Array): void;
  sayJson(kind: number, value: unknown): void;
  receive(chunk: Uint8Array): void;
  tell(change: Json): void;
  edit(change: (f: Y.Map<any>) => void): void;
  at(place: Json | null): void;
  freeze(snapshot: unknown): void;
  seal(container: Uint8Array, code: string): void;
  over(why: string): void;
  anew(): void;
  row(path: string): void;
  removeRow(path: string): void;
  hello(join: { doc: string; client: number }): void;
  ack(clock?: number): void;
  answer(field: string, accepts: boolean | null): void;
  close(): void;
}
