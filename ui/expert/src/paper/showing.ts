// The expert's own documents: offered, sent piece by piece, read at the kiosk, shown or refused there.
// Spec: PROTOCOL.md, "Papers", Do.

import type { Bytes } from '../wire/bytes';
import { DOCUMENT_MAX, KIND, PIECE_MAX, sayJson, sayPiece, type DocState, type Told } from './messages';

/** Of those in sight. */
export const SHOWN_MAX = 20;
export type Unfit = 'unknown' | 'too-large' | 'empty' | 'busy';

export interface Shown {
  n: number;
  /** "" for one of a page that was loaded before. */
  name: string;
  state: DocState;
  why: string;
  /** Of it at the kiosk, once shown. */
  pages: number;
  total: number;
  sent: number;
}

const STARTS = [[0xff, 0xd8, 0xff], [0x25, 0x50, 0x44, 0x46, 0x2d]];

/** What this page can tell by itself; the kiosk looks closer. */
export function unfit(bytes: Uint8Array): Unfit | null {
  if (bytes.length === 0) return 'empty';
  if (bytes.length > DOCUMENT_MAX) return 'too-large';
  return STARTS.some((start) => start.every((b, i) => bytes[i] === b)) ? null : 'unknown';
}

export class Showing {
  /** Newest last. */
  readonly list: Shown[] = [];
  /** Of the newest, until the kiosk has all of it. */
  private bytes: Bytes | null = null;
  private offered = false;
  private highest = 0;
  /** On this channel nothing was told yet. */
  private fresh = true;

  /** One that is on its way, or being read. */
  get current(): Shown | null {
    const last = this.list.at(-1);
    return last !== undefined && (last.state === 'coming' || last.state === 'reading') ? last : null;
  }

  add(name: string, bytes: Bytes): Unfit | null {
    if (this.current !== null) return 'busy';
    const why = unfit(bytes);
    // What was not taken is nothing to look at any more.
    this.list.splice(0, this.list.length, ...this.list.filter((d) => d.state !== 'refused').slice(1 - SHOWN_MAX));
    this.list.push({ n: 0, name, state: why === null ? 'coming' : 'refused', why: why ?? '', pages: 0, total: bytes.length, sent: 0 });
    if (why !== null) return why;
    this.bytes = bytes;
    this.offered = false;
    return null;
  }

  /** The message that takes one back; null where the kiosk never heard of it. */
  remove(shown: Shown): Bytes | null {
    const at = this.list.indexOf(shown);
    if (at < 0) return null;
    const isLast = at === this.list.length - 1;
    this.list.splice(at, 1);
    if (isLast) this.bytes = null;
    return shown.n === 0 || (isLast && !this.offered) ? null : sayJson(KIND.do, { do: 'offer-off', n: shown.n });
  }

  get hasNext(): boolean {
    const now = this.current;
    return now !== null && this.bytes !== null && !this.fresh && (!this.offered || now.sent < now.total);
  }

  /** The next message of the one that is on its way. */
  next(): Bytes | null {
    const now = this.current;
    if (now === null || this.bytes === null || !this.hasNext) return null;
    if (!this.offered) {
      this.offered = true;
      now.n = this.highest += 1;
      now.sent = 0;
      return sayJson(KIND.do, { do: 'offer', n: now.n, bytes: now.total });
    }
    const piece = sayPiece(now.n, this.bytes, now.sent);
    now.sent = Math.min(now.total, now.sent + PIECE_MAX);
    return piece;
  }

  /** The kiosk has forgotten what of a document it had: from its beginning, once it has said which numbers it knows. */
  rejoin(): void {
    this.fresh = true;
    this.offered = false;
  }

  hear(doc: Told['doc']): void {
    const first = this.fresh;
    this.fresh = false;
    this.highest = Math.max(this.highest, doc.n);
    const mine = this.list.find((d) => d.n === doc.n && d.n > 0);
    // Of a page that was loaded before this one.
    if (first && mine === undefined && doc.state !== 'none' && doc.state !== 'refused' && this.bytes === null) {
      this.list.push({ n: doc.n, name: '', state: doc.state, why: doc.why, pages: doc.pages, total: 0, sent: 0 });
    }
    // What was cut off is offered anew, and what is told of its old number is past.
    if (mine === undefined || (mine === this.current && !this.offered && this.bytes !== null)) return;
    if (doc.state === 'none') {
      this.remove(mine);
      return;
    }
    mine.state = doc.state;
    mine.why = doc.why;
    mine.pages = doc.pages;
    if (doc.state !== 'coming' && mine === this.list.at(-1)) this.bytes = null;
  }

  clear(): void {
    this.list.length = 0;
    this.bytes = null;
    this.rejoin();
  }
}
