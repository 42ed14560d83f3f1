// The papers that citizen and expert look at together, from the page's side: one for a call. No UI.
// Spec: firmware/signal/PROTOCOL.md, "Papers".
//
// For the page: `call.paper` is one of these. `pages` in their order, `look` what both see, `citizen` and `mine` the pointers, `told`
// what the kiosk says besides. Nothing that a kiosk sends throws out of here: what cannot be taken ends the sharing by name
// (`refused`), and the call goes on.

import type { Clock } from '../call/clock';
import { Sharing } from '../call/sharing';
import { utf8, type Bytes } from '../wire/bytes';
import { readOver } from '../wire/judge';
import { faultUnless } from './fault';
import {
  ASK_TEXT_MAX, KIND, MARKS_MAX, MARK_TEXT_MAX, MESSAGE_MAX, NOTHING_TOLD, NO_LOOK, readList, readLook, readMarks, readPiece, readPoint, readTold,
  sayJson, sayPoint, type AskState, type Look, type Mark, type PageFacts, type Point, type Told,
} from './messages';
import { PIECES, Pace, WORDS } from './pace';
import { Sheet, browserAddresses, type Addresses } from './sheet';
import { Showing, type Shown, type Unfit } from './showing';

/** The way out: `waiting` is what the browser has not sent yet, bytes. */
export interface PaperLine { send(bytes: Bytes): void; waiting(): number }
export interface Wish { kind: string; sides: 1 | 2; text: string }

export const POINT_MS = 40;
export const LOOK_MS = 50;
/** Bytes of a detail between two words of how much is here. */
export const GOT_BYTES = 262_144;
/** A look that the kiosk did not answer by then was overruled. */
export const ANSWER_MS = 1000;
const PUMP_MS = 20;
const STIR_MS = 40;
/** No more is handed to the browser beyond this: a line that comes back brings it all at once. */
export const WAITING_MAX = 65_536;
export const COMMANDS_MAX = 64;
const ASK_KIND = /^[a-z0-9-]{0,31}$/;

/** What differs but for who wrote it. */
const isSame = (a: Look, b: Look): boolean => a.page === b.page && a.turn === b.turn && a.zoom === b.zoom && a.x === b.x && a.y === b.y;

/** Without control characters, and no longer than so many bytes. */
export function fitted(text: string, max: number): string {
  let out = '';
  let len = 0;
  for (const c of text.toWellFormed().replaceAll(/\p{Cc}+/gu, ' ').trim()) {
    len += utf8(c).length;
    if (len > max) break;
    out += c;
  }
  return out;
}

export class PaperShare extends Sharing<PaperLine> {
  pages: Sheet[] = [];
  look: Look = NO_LOOK;
  /** Where the citizen points. */
  citizen: Point | null = null;
  mine: Point | null = null;
  told: Told = NOTHING_TOLD;
  /** What was asked for; null after a reload, though `askState` may tell of it. */
  wish: Wish | null = null;
  /** Pages of which a copy was kept. */
  readonly saved = new Set<number>();
  readonly showing = new Showing();
  private words: Pace;
  private pieces: Pace;
  private commands: Bytes[] = [];
  private readonly gots = new Map<number, Bytes>();
  private lookDue = false;
  private lookAt = -LOOK_MS;
  /** Sent, and not answered yet; since when. */
  private asked: { look: Look; at: number } | null = null;
  private answerOff: () => void = () => undefined;
  /** What the kiosk said last. */
  private theirs: Look = NO_LOOK;
  private pointDue = false;
  private pointAt = -POINT_MS;
  private pumpOff: (() => void) | null = null;
  private stirAt = -STIR_MS;
  private stirOff: (() => void) | null = null;

  constructor(clock: Clock, onChange: () => void, private readonly addresses: Addresses = browserAddresses) {
    super(clock, onChange);
    this.words = new Pace(clock.now(), WORDS);
    this.pieces = new Pace(clock.now(), PIECES);
  }

  // --- the channel ---

  /** A message of the channel, whatever it holds. */
  receive(data: ArrayBuffer | string): void {
    if (this.line === null || this.stage === 'refused') return;
    this.guarded(() => {
      faultUnless(typeof data !== 'string', 'malformed', 'text');
      faultUnless(data.byteLength >= 1, 'malformed', 'empty');
      faultUnless(data.byteLength <= MESSAGE_MAX, 'too-large', 'message');
      const bytes = new Uint8Array(data);
      this.take(bytes[0]!, bytes.subarray(1));
    });
    this.stir();
  }

  /** The call is over: nothing of the papers stays. */
  close(): void {
    this.channel(null);
    this.drop();
    this.saved.clear();
    this.stirOff?.();
    this.stirOff = null;
    this.stage = 'none';
  }

  // --- what the expert sees ---

  page(id: number): Sheet | null {
    return this.pages.find((p) => p.id === id) ?? null;
  }

  get askState(): AskState {
    return this.told.ask === 'none' && this.wish !== null ? 'open' : this.told.ask;
  }

  /** Both sides speak of the same pages. */
  get isShared(): boolean {
    return this.line !== null && this.stage === 'open';
  }

  /** The browser could not decode what passed all else. */
  unreadable(id: number): void {
    const page = this.page(id);
    if (page !== null) page.broken = true;
    this.stir();
  }

  // --- what the expert does ---

  lookThere(look: Omit<Look, 'by'>): void {
    if (!this.isShared || this.page(look.page) === null) return;
    this.look = { ...look, by: 'expert' };
    this.lookDue = true;
    this.pump();
    this.stir();
  }

  /** Null: nowhere. */
  point(at: Point | null): void {
    if (!this.isShared || (at !== null && this.page(at.page) === null)) return;
    if (at === null && this.mine === null) return;
    this.mine = at;
    this.pointDue = true;
    this.pump();
    this.stir();
  }

  /** False: there is no room on the page, or nothing to draw. */
  mark(page: number, mark: Omit<Mark, 'id' | 'by'>): boolean {
    const text = mark.what === 'text' ? fitted(mark.text, MARK_TEXT_MAX) : '';
    const sheet = this.page(page);
    if (sheet === null || sheet.marks.length >= MARKS_MAX || (mark.what === 'text' && text === '')) return false;
    const { what, x, y } = mark;
    const [toX, toY] = what === 'text' ? [x, y] : [mark.toX, mark.toY];
    return this.command({ do: 'mark', page, what, x, y, to_x: toX, to_y: toY, text });
  }

  unmark(page: number, mark: number): boolean {
    return this.command({ do: 'unmark', page, mark });
  }

  /** Asks for a paper: the kiosk has words of its own for the kind, in the citizen's language. False where neither a kind nor words say which. */
  ask(wish: Wish): boolean {
    const text = fitted(wish.text, ASK_TEXT_MAX);
    if (!ASK_KIND.test(wish.kind) || (wish.kind === '' && text === '')) return false;
    if (!this.command({ do: 'ask', kind: wish.kind, sides: wish.sides, text })) return false;
    this.wish = { ...wish, text };
    this.stir();
    return true;
  }

  askOff(): void {
    if (!this.command({ do: 'ask-off' })) return;
    this.wish = null;
    this.told = { ...this.told, ask: 'none' };
    this.stir();
  }

  /** A copy was kept; the citizen is told. */
  save(id: number): void {
    if (this.page(id)?.facts.keep === true && this.command({ do: 'saved', page: id })) this.saved.add(id);
    this.stir();
  }

  /** Shows the citizen a document of one's own. Returns why not. */
  show(name: string, bytes: Bytes): Unfit | null {
    if (!this.isShared) return 'busy';
    const why = this.showing.add(name, bytes);
    this.pump();
    this.stir();
    return why;
  }

  /** Takes one back, or its pages. */
  unshow(shown: Shown): void {
    const word = this.showing.remove(shown);
    if (word !== null && this.isShared) this.enqueue(word);
    this.stir();
  }

  // --- out ---

  private command(what: Record<string, string | number>): boolean {
    return this.isShared && this.enqueue(sayJson(KIND.do, what));
  }

  private enqueue(word: Bytes): boolean {
    if (this.commands.length >= COMMANDS_MAX) return false;
    this.commands.push(word);
    this.pump();
    return true;
  }

  protected opened(): void {
    this.join();
  }

  protected cut(): void {
    this.citizen = null;
  }

  protected join(): void {
    this.stage = 'joining';
    this.why = '';
    for (const page of this.pages) page.rejoin();
    this.showing.rejoin();
    const have = this.pages.filter((p) => p.have > 0).map((p) => [p.id, p.have]);
    this.line!.send(sayJson(KIND.join, { v: 1, load: this.load, have }));
  }

  /** Sends what is due, as far as pace and browser let it; comes back for the rest. */
  private pump(): void {
    this.pumpOff?.();
    this.pumpOff = null;
    let waits = false;
    while (this.isShared && this.line!.waiting() <= WAITING_MAX) {
      const now = this.clock.now();
      const next = this.due(now);
      waits = next === 'later';
      if (next === null || next === 'later') break;
      if (!next.pace.take(now)) { waits = true; break; }
      const word = next.make();
      if (word !== null) this.line!.send(word);
    }
    if (!this.isShared) return;
    if (waits || this.line!.waiting() > WAITING_MAX) this.pumpOff = this.clock.after(PUMP_MS, () => this.pump());
  }

  /** What to send next; null: nothing; `later`: something, when its time has come. */
  private due(now: number): { pace: Pace; make: () => Bytes | null } | 'later' | null {
    const command = this.commands[0];
    if (command !== undefined) return { pace: this.words, make: () => this.commands.shift()! };
    const [got] = this.gots;
    if (got !== undefined) return { pace: this.words, make: () => { this.gots.delete(got[0]); return got[1]; } };
    if (this.lookDue && now >= this.lookAt + LOOK_MS) return { pace: this.words, make: () => this.sayLook(now) };
    if (this.pointDue && now >= this.pointAt + POINT_MS) return { pace: this.words, make: () => this.sayPointer(now) };
    if (this.showing.hasNext) return { pace: this.pieces, make: () => { this.stir(); return this.showing.next(); } };
    return this.lookDue || this.pointDue ? 'later' : null;
  }

  private sayLook(now: number): Bytes {
    this.lookDue = false;
    this.lookAt = now;
    this.asked = { look: this.look, at: now };
    this.answerOff();
    this.answerOff = this.clock.after(ANSWER_MS, () => this.overruled());
    const { page, turn, zoom, x, y } = this.look;
    return sayJson(KIND.look, { page, turn, zoom, x, y, by: 'expert' });
  }

  private sayPointer(now: number): Bytes {
    this.pointDue = false;
    this.pointAt = now;
    return sayPoint(this.mine);
  }

  private overruled(): void {
    if (this.asked === null) return;
    this.asked = null;
    if (!this.lookDue) this.look = this.theirs;
    this.stir();
  }

  /** The last word of a page counts. */
  private sayGot(page: Sheet): void {
    const { id, have } = page;
    this.gots.set(id, sayJson(KIND.got, page.isWhole ? { id, sha256: page.facts.sha256 } : { id, bytes: have }));
    this.pump();
  }

  /** Tells the page, but not at every piece. */
  protected stir(): void {
    if (this.stirOff !== null) return;
    const due = this.stirAt + STIR_MS - this.clock.now();
    if (due <= 0) return this.changed();
    this.stirOff = this.clock.after(due, () => {
      this.stirOff = null;
      this.changed();
    });
  }

  private changed(): void {
    this.stirAt = this.clock.now();
    this.onChange();
  }

  // --- in ---

  private take(kind: number, bytes: Uint8Array): void {
    if (kind === KIND.over) this.ended(readOver(bytes));
    else if (this.stage === 'over') return;
    else if (kind === KIND.list) this.listed(readList(bytes));
    // Of a sharing that this page left, until the answer to `join` comes.
    else if (this.stage !== 'open') return;
    else if (kind === KIND.piece) this.piece(bytes);
    else if (kind === KIND.look) this.looked(readLook(bytes));
    else if (kind === KIND.point) this.pointed(readPoint(bytes));
    else if (kind === KIND.marks) this.marked(bytes);
    else if (kind === KIND.told) this.heard(readTold(bytes));
    // Kinds of later versions are passed over.
  }

  private known(id: number): Sheet {
    const page = this.page(id);
    faultUnless(page !== null, 'malformed', 'id');
    return page;
  }

  private listed(list: PageFacts[]): void {
    const before = new Map(this.pages.map((p) => [p.id, p]));
    this.pages = list.map((facts) => {
      const old = before.get(facts.id);
      if (old === undefined) return new Sheet(facts, this.addresses);
      before.delete(facts.id);
      old.renew(facts);
      return old;
    });
    for (const gone of before.values()) this.forgetPage(gone);
    if (this.stage === 'open') return;
    this.stage = 'open';
    for (const page of this.pages) if (page.isWhole) this.sayGot(page);
    if (this.mine !== null) this.pointDue = true;
    this.pump();
  }

  private forgetPage(page: Sheet): void {
    page.close();
    this.gots.delete(page.id);
    this.saved.delete(page.id);
    if (this.citizen?.page === page.id) this.citizen = null;
    if (this.mine?.page === page.id) this.mine = null;
    if (this.look.page === page.id) {
      this.look = NO_LOOK;
      this.lookDue = false;
    }
  }

  private piece(bytes: Uint8Array): void {
    const piece = readPiece(bytes);
    const page = this.known(piece.id);
    const steps = (n: number): number => Math.floor(n / GOT_BYTES);
    const before = steps(page.have);
    if (page.take(piece)) this.judge(page);
    else if (steps(page.have) > before) this.sayGot(page);
  }

  private judge(page: Sheet): void {
    page.judge().then(() => {
      if (page.isWhole && this.page(page.id) === page) this.sayGot(page);
    }).catch((error: unknown) => {
      if (this.page(page.id) === page) this.refuse(error, 'picture');
    }).finally(() => this.stir());
  }

  private looked(look: Look): void {
    if (look.page !== 0) this.known(look.page);
    this.theirs = look;
    if (this.asked !== null && isSame(look, this.asked.look)) {
      this.asked = null;
      this.answerOff();
    }
    // One's own of a moment ago; a newer one is under way.
    if (this.lookDue || (look.by === 'expert' && this.asked !== null)) return;
    this.look = look;
  }

  private pointed(at: Point | null): void {
    if (at !== null) this.known(at.page);
    this.citizen = at;
  }

  private marked(bytes: Uint8Array): void {
    const { page, marks } = readMarks(bytes);
    this.known(page).marks = marks;
  }

  private heard(told: Told): void {
    if (this.told.ask !== 'none' && told.ask === 'none') this.wish = null;
    this.told = told;
    this.showing.hear(told.doc);
    this.pump();
  }

  // --- ends ---

  private ended(why: string): void {
    this.rest();
    this.drop();
    this.stage = 'over';
    this.why = why;
  }

  protected rest(): void {
    this.pumpOff?.();
    this.pumpOff = null;
    this.answerOff();
    this.asked = null;
    this.lookDue = this.pointDue = false;
    this.commands = [];
    this.gots.clear();
    this.words = new Pace(this.clock.now(), WORDS);
    this.pieces = new Pace(this.clock.now(), PIECES);
  }

  protected drop(): void {
    for (const page of this.pages) page.close();
    this.pages = [];
    this.look = this.theirs = NO_LOOK;
    this.citizen = this.mine = null;
    this.told = NOTHING_TOLD;
    this.wish = null;
    this.showing.clear();
  }
}
