// The form that citizen and expert fill in together, from the page's side: one for a call. No UI.
// Spec: firmware/signal/PROTOCOL.md, "Form".
//
// For the page: `call.form` is one of these. `stage` tells what there is to show; with `paper` draw the definition, with `state` what
// the kiosk says of it; `source(path)` binds a field. Nothing that a kiosk sends throws out of here: what cannot be taken ends the
// sharing by name (`refused`), and the call goes on.

import type { Clock } from '../call/clock';
import { Sharing } from '../call/sharing';
import { utf8, type Bytes } from '../wire/bytes';
import { readOver } from '../wire/judge';
import { CellSource, isText, isWhole, valueOf, type Cell } from './cells';
import { Joiner, split, type Message } from './chunks';
import { readDefinition } from './def';
import { faultUnless } from './fault';
import { KIND, readAck, readHello, readState, type Hello, type KioskState } from './messages';
import { Paper, type Unsent } from './paper';
import type { Place } from './presence';
import { readSnapshot, sha256Of, type Snapshot } from './snapshot';

/** What a page notes of a form when it goes away: how much was not stored, not what. */
export interface FormNote { characters: number; changes: boolean }
export interface Sealed { bytes: Bytes; sha256: string }
/** How a suggestion went, told once. */
export interface Answered { accepted: boolean; value: string }

/** Fewer than the 50 updates a second that a kiosk takes. */
export const PACE_MS = 50;
const BYTES_PER_MS = 128;
export const PRESENCE_MS = 150;
/** Said again before the other end forgets it, which y-protocols does after 30 s. */
export const PRESENCE_AGAIN_MS = 15_000;
/** After so long without a word the kiosk is asked how far it is. */
export const ASK_MS = 1000;
export const SUGGEST_MAX = 4000;
const HELD_MAX = 256;

export class FormShare extends Sharing<(bytes: Bytes) => void> {
  paper: Paper | null = null;
  state: KioskState | null = null;
  snapshot: Snapshot | null = null;
  sealed: Sealed | null = null;
  /** What was typed and is gone: by a reload, or because the kiosk began anew. */
  lost: FormNote | null;
  /** The citizen read it through and did not approve; until the expert writes again. */
  reopened = false;
  readonly answered = new Map<string, Answered>();
  private readonly joiner = new Joiner(KIND.package);
  private hello: Hello | null = null;
  private inbox: Message[] = [];
  private busy = false;
  /** Rises with every channel: what was begun on another is not finished on this one. */
  private turn = 0;
  private next = 0;
  private calledOff: () => void = () => undefined;
  private askOff: (() => void) | null = null;
  private place: Place | null = null;
  private placeAt = 0;
  private placeOff: (() => void) | null = null;
  private againOff: () => void = () => undefined;
  /** The own clock at the last change of a cell, until the kiosk has judged it. */
  private readonly touched = new Map<string, number>();
  private readonly withdrawn = new Set<string>();

  constructor(clock: Clock, onChange: () => void, note: FormNote | null = null) {
    super(clock, onChange);
    this.lost = note !== null && (note.changes || note.characters > 0) ? note : null;
  }

  // --- the channel ---

  /** A message of the channel, whatever it holds. */
  receive(data: ArrayBuffer | string): void {
    if (this.line === null || this.stage === 'refused') return;
    this.guarded(() => {
      faultUnless(typeof data !== 'string', 'malformed', 'text');
      const message = this.joiner.take(new Uint8Array(data));
      if (message === null) return;
      faultUnless(this.inbox.length < HELD_MAX, 'too-large', 'inbox');
      this.inbox.push(message);
      this.drain();
    });
  }

  /** For this tab's next load. */
  note(): FormNote {
    return this.unsent;
  }

  /** The call is over: nothing of the form stays. */
  close(): void {
    this.channel(null);
    this.drop();
    this.sealed = this.snapshot = this.state = null;
    this.stage = 'none';
  }

  // --- what the expert does ---

  get unsent(): Unsent {
    return this.paper?.unsent ?? { characters: 0, changes: false };
  }

  /** Both speak of the same document: no fresh one is under way. */
  private get isShared(): boolean {
    return this.stage === 'open' && this.paper !== null && this.hello === null;
  }

  /** Whether the form may be written in at all now. */
  get isOpen(): boolean {
    const { phase } = this.state ?? { phase: 'filling' };
    return this.isShared && (phase === 'filling' || phase === 'failed');
  }

  /** A kiosk ends the sharing with a page that writes where it may not: here is where the page does not. */
  mayWrite(cell: Cell): boolean {
    return this.isOpen && this.holds(cell) && cell.field.who !== 'citizen' && isWhole(cell);
  }

  /** Whether the cell is one of the present document. */
  holds(cell: Cell): boolean {
    return this.paper !== null && cell.home.doc === this.paper.doc;
  }

  /** To bind a field to a cell. */
  source(cell: Cell): CellSource {
    return new CellSource(cell, this.paper!.doc, () => this.mayWrite(cell), () => this.wrote(cell.path));
  }

  /** An atomic value: a choice, yes or no. */
  set(cell: Cell, value: string): void {
    if (isText(cell.field) || !this.mayWrite(cell) || valueOf(cell) === value) return;
    this.paper!.doc.transact(() => cell.home.set(cell.key, value), this);
    this.wrote(cell.path);
  }

  /** The kiosk has not judged the present value of this cell yet. */
  isFresh(path: string): boolean {
    return this.touched.has(path);
  }

  here(place: Place | null): void {
    this.place = place;
    this.sayPlace();
  }

  open(): void {
    this.command({ do: 'open' });
  }

  review(): void {
    this.command({ do: 'review' });
  }

  point(field: string): void {
    this.command({ do: 'point', field });
  }

  /** False where it is too long. */
  suggest(field: string, value: string): boolean {
    if (utf8(value).length > SUGGEST_MAX) return false;
    this.answered.delete(field);
    this.withdrawn.delete(field);
    this.command({ do: 'suggest', field, value });
    return true;
  }

  withdraw(field: string): void {
    this.withdrawn.add(field);
    this.command({ do: 'withdraw', field });
  }

  addRow(field: string): void {
    this.command({ do: 'row-add', field });
  }

  removeRow(field: string): void {
    this.command({ do: 'row-remove', field });
  }

  dismissLost(): void {
    this.lost = null;
    this.onChange();
  }

  // --- out ---

  private say(kind: number, bytes: Uint8Array): void {
    for (const chunk of split(kind, bytes)) this.line?.(chunk);
  }

  private sayJson(kind: number, value: unknown): void {
    this.say(kind, utf8(JSON.stringify(value)));
  }

  private command(what: Record<string, string>): void {
    if (this.line !== null && this.isShared) this.sayJson(KIND.do, what);
  }

  protected opened(): void {
    this.join();
  }

  protected cut(): void {
    this.paper?.presence.blind();
  }

  protected stir(): void {
    this.onChange();
  }

  protected join(): void {
    // The form stays on the screen while a fresh channel goes on with it.
    if (this.paper === null) this.stage = 'joining';
    const held = this.paper?.hello;
    this.sayJson(KIND.join, { v: 1, load: this.load, doc: held?.doc ?? '', client: held?.client ?? 0 });
  }

  /** Sends what was written, as one message each time; comes back for the rest. */
  private pump(): void {
    this.calledOff();
    if (this.line === null || !this.isShared) return;
    const now = this.clock.now();
    if (now < this.next) {
      this.calledOff = this.clock.after(this.next - now, () => this.pump());
      return;
    }
    const update = this.paper!.take();
    if (update === null) return;
    this.say(KIND.sync, update);
    this.next = now + Math.max(PACE_MS, update.length / BYTES_PER_MS);
    this.watch();
  }

  /** As long as something is open, asks from time to time. */
  private watch(): void {
    this.askOff ??= this.clock.after(ASK_MS, () => {
      this.askOff = null;
      if (!this.isShared || !this.paper!.isFlying) return;
      const question = this.paper!.ask();
      if (question !== null) this.say(KIND.sync, question);
      this.watch();
    });
  }

  private sayPlace(): void {
    if (this.line === null || !this.isShared || this.placeOff !== null) return;
    const due = this.placeAt - this.clock.now();
    if (due > 0) {
      this.placeOff = this.clock.after(due, () => {
        this.placeOff = null;
        this.sayPlace();
      });
      return;
    }
    this.placeAt = this.clock.now() + PRESENCE_MS;
    this.say(KIND.aware, this.paper!.presence.say(this.place));
    this.againOff();
    this.againOff = this.clock.after(PRESENCE_AGAIN_MS, () => this.sayPlace());
  }

  private wrote(path: string): void {
    this.touched.set(path, this.paper!.clock);
    this.answered.delete(path);
    this.reopened = false;
    if (!this.paper!.ready) this.paper!.offline = true;
    this.onChange();
  }

  // --- in ---

  /** In the order they came: one that needs a hash holds up those behind it. */
  private drain(): void {
    while (!this.busy && this.inbox.length > 0) {
      const held = this.handle(this.inbox.shift()!);
      if (held !== null) this.hold(held);
    }
    this.onChange();
  }

  private hold(work: Promise<void>): void {
    const { turn } = this;
    this.busy = true;
    work.catch((error: unknown) => {
      if (turn === this.turn) this.refuse(error);
    }).then(() => {
      if (turn !== this.turn) return;
      this.busy = false;
      this.guarded(() => this.drain());
    }, () => undefined);
  }

  private handle({ kind, bytes }: Message): Promise<void> | null {
    if (kind === KIND.hello) this.greeted(readHello(bytes));
    else if (kind === KIND.over) this.ended(readOver(bytes));
    else if (kind === KIND.definition) return this.defined(bytes);
    else if (this.isShared) return this.within(this.paper!, kind, bytes);
    // What was under way when a sharing ended, or before one begins, is nothing to this page.
    return null;
  }

  private within(paper: Paper, kind: number, bytes: Bytes): Promise<void> | null {
    if (kind === KIND.sync) this.synced(paper, bytes);
    else if (kind === KIND.aware) paper.presence.hear(bytes);
    else if (kind === KIND.ack) paper.ack(readAck(bytes));
    else if (kind === KIND.state) this.judged(readState(bytes));
    else if (kind === KIND.snapshot) return this.frozen(bytes);
    else if (kind === KIND.package) return this.received(bytes);
    // Kinds of later versions are passed over.
    return null;
  }

  private greeted(hello: Hello): void {
    const held = this.paper?.hello;
    if (hello.fresh) {
      this.hello = hello;
      this.paper?.cut();
      return;
    }
    faultUnless(this.paper !== null && held?.doc === hello.doc && held.client === hello.client, 'client');
    faultUnless(held.sha256 === hello.sha256, 'hash');
    this.begin();
  }

  private async defined(bytes: Bytes): Promise<void> {
    const { hello, turn } = this;
    faultUnless(hello !== null, 'malformed', 'order');
    const sha256 = await sha256Of(bytes);
    if (turn !== this.turn) return;
    faultUnless(sha256 === hello.sha256, 'hash');
    const def = readDefinition(bytes);
    this.forget();
    this.paper = new Paper(hello, def, () => this.clock.now(), () => this.onChange(), () => this.pump());
    this.hello = null;
    this.begin();
  }

  /** Both sides tell what they have. */
  private begin(): void {
    this.stage = 'open';
    this.why = '';
    this.say(KIND.sync, this.paper!.anew());
    this.placeAt = 0;
    this.sayPlace();
  }

  private synced(paper: Paper, bytes: Bytes): void {
    const answer = paper.sync(bytes);
    this.trust();
    if (answer === null) return;
    this.say(KIND.sync, answer);
    this.pump();
    this.watch();
  }

  private judged(state: KioskState): void {
    for (const [path, value] of this.state?.suggestions ?? []) {
      if (state.suggestions.has(path) || this.withdrawn.delete(path)) continue;
      this.answered.set(path, { accepted: state.by.get(path) === 'accepted', value });
    }
    const filling = state.phase === 'filling';
    this.reopened = filling && (this.reopened || this.state?.phase === 'review');
    this.state = state;
    this.trust();
    if (state.phase === 'filling' || state.phase === 'failed') this.snapshot = null;
  }

  /** What the kiosk holds by now it has judged as well. */
  private trust(): void {
    for (const [path, clock] of this.touched) if (this.paper!.isStored(clock)) this.touched.delete(path);
  }

  private async frozen(bytes: Bytes): Promise<void> {
    const { turn } = this;
    const sha256 = await sha256Of(bytes);
    if (turn !== this.turn) return;
    this.snapshot = readSnapshot(bytes, sha256);
    this.command({ do: 'hash', sha256 });
  }

  private async received(bytes: Bytes): Promise<void> {
    const { turn } = this;
    const sha256 = await sha256Of(bytes);
    if (turn !== this.turn) return;
    this.sealed = { bytes, sha256 };
    this.command({ do: 'received', sha256 });
  }

  private ended(why: string): void {
    this.drop();
    this.stage = why === 'none' ? 'none' : 'over';
    this.why = why;
  }

  protected override refuse(error: unknown): void {
    super.refuse(error);
    this.onChange();
  }

  // --- ends ---

  protected rest(): void {
    this.turn += 1;
    this.calledOff();
    this.againOff();
    this.askOff?.();
    this.placeOff?.();
    this.askOff = this.placeOff = null;
    this.joiner.reset();
    this.inbox = [];
    this.busy = false;
    this.hello = null;
    this.paper?.cut();
  }

  /** Of a form that was sent, code and package stay to be seen. */
  protected drop(): void {
    const sent = this.state?.phase === 'sent' ? this.state : null;
    this.forget();
    this.hello = null;
    this.state = sent;
    this.snapshot = null;
  }

  /** The document goes; what of it the kiosk never had is lost, and that is told. */
  private forget(): void {
    const { paper, unsent } = this;
    if (paper === null) return;
    if (unsent.characters > 0 || unsent.changes) this.lost = { characters: unsent.characters, changes: true };
    paper.close();
    this.paper = null;
    this.state = this.snapshot = null;
    this.reopened = false;
    this.touched.clear();
    this.answered.clear();
    this.withdrawn.clear();
  }
}
