// The conversation in writing of one call: real-time text (T.140 over a data channel). No UI.
// Spec: ITU-T T.140, RFC 8865, firmware/signal/PROTOCOL.md, "Text".
//
// For the page: `call.talk` is one of these. Draw `turns` (both parties', oldest first, keyed by `id`; `open` ones are still being
// typed; U+FFFD stands where text was lost) whenever `onChange` of the call fires. On each `input` event of the field call
// `write(field.value)` and put the returned text back if it differs (it was too long); on Enter call `say()` and empty the field.
// It works whether or not `up`: what is typed while no channel is open is kept and sent later. After a reload the own open turn
// is empty.

import { random } from '../wire/bytes';
import type { Clock } from './clock';
import { TextIn } from './text-in';
import { TextOut, plain } from './text-out';
import { LOST, Turns, codes, cut, textOf, type Turn } from './text-turns';

export type { Turn } from './text-turns';

export const BATCH_MS = 100;
export const CHUNK_MAX = 1024;
export const GREETING_MS = 3000;
/** Characters per second, averaged over CPS_S. */
export const CPS = 400;
export const CPS_STRANGER = 30;
export const CPS_TAKEN = 800;
export const CPS_S = 10;

/** What a page notes of a conversation when it goes away: how much was typed, not what. */
export interface TalkNote { id: string; typed: number; open: boolean }

const NOBODY = '0'.repeat(16);
const GREETING = /^luukku;1;([0-9a-f]{16});([0-9a-f]{16});([0-9]{1,15})$/;
const newId = (): string => Array.from(random(8), (b) => b.toString(16).padStart(2, '0')).join('');

/** Characters that may pass: refilled with time. */
class Bucket {
  private tokens: number;
  private at: number;

  constructor(private readonly clock: Clock, cps: number) {
    this.tokens = cps * CPS_S;
    this.at = clock.now();
  }

  left(cps: number): number {
    const now = this.clock.now();
    this.tokens = Math.min(this.tokens + ((now - this.at) * cps) / 1000, cps * CPS_S);
    this.at = now;
    return Math.floor(this.tokens);
  }

  take(n: number): void {
    this.tokens -= n;
  }
}

export class Talk {
  /** A channel is open: what is typed reaches the other end. */
  up = false;
  private readonly both = new Turns();
  private readonly out = new TextOut();
  private readonly pass: Bucket;
  private readonly taken: Bucket;
  private in = new TextIn();
  private utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  private send: ((text: string) => void) | null = null;
  private farId = NOBODY;
  private got = 0;
  private dropping = false;
  /** The far end has greeted us in this call. */
  private known: boolean;
  /** The channel is not the first of this call. */
  private again: boolean;
  private greeted = false;
  private heard = false;
  private held = false;
  private sentBefore = 0;
  private batchAt = 0;
  private calledOff: () => void = () => undefined;
  private unhold: () => void = () => undefined;

  constructor(private readonly clock: Clock, private readonly onChange: () => void, note: TalkNote | null = null,
    private readonly id = note?.id ?? newId()) {
    this.pass = new Bucket(clock, CPS);
    this.taken = new Bucket(clock, CPS_TAKEN);
    this.known = this.again = note !== null;
    if (note !== null) this.out.resume(note.typed, note.open);
  }

  /** What both have written, oldest first. */
  get turns(): readonly Turn[] {
    return this.both.list;
  }

  /** Our open turn as it is now, whole. Returns what was taken of it: one turn holds 511 bytes. */
  write(value: string): string {
    const turn = cut(plain(value));
    const text = textOf(turn);
    this.both.set(true, text);
    this.out.write(turn);
    this.pump();
    this.onChange();
    return text;
  }

  /** Our open turn is complete; nothing happens where nothing was written. */
  say(): void {
    if (!this.both.list.some((t) => t.mine && t.open)) return;
    this.both.end(true);
    this.out.say();
    this.pump();
    this.onChange();
  }

  /** For this tab's next load (PROTOCOL.md, "Leaving"). */
  note(): TalkNote {
    const { open } = this.out;
    this.out.flush();
    return { id: this.id, typed: this.out.end, open };
  }

  /** A fresh channel stands, or there is none. */
  channel(send: ((text: string) => void) | null): void {
    if (send === null && !this.up) return;
    this.calledOff();
    this.unhold();
    this.send = send;
    this.up = send !== null;
    this.in = new TextIn();
    this.utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
    this.greeted = this.heard = this.held = false;
    if (send !== null) this.begin(send);
    this.onChange();
  }

  /** A message of the channel, whatever it holds. */
  receive(data: string | ArrayBuffer): void {
    const text = typeof data === 'string' ? data : this.utf8.decode(data, { stream: true });
    for (const c of codes(text)) this.take(c);
    this.pump();
    this.onChange();
  }

  // --- out ---

  private begin(send: (text: string) => void): void {
    this.batchAt = this.clock.now();
    this.sentBefore = this.out.next;
    send(`\u0098luukku;1;${this.id};${this.farId};${this.got}\u009c`);
    this.held = this.again && (this.known || this.out.next > 0);
    if (this.held && !this.known) this.unhold = this.clock.after(GREETING_MS, () => this.release());
    this.again = true;
    this.pump();
  }

  private release(): void {
    this.unhold();
    this.held = false;
    this.pump();
  }

  /** Sends what is due, and comes back for the rest. */
  private pump(): void {
    this.calledOff();
    if (this.send === null || this.held) return;
    const now = this.clock.now();
    if (now >= this.batchAt) this.batch(this.send, now);
    else this.calledOff = this.clock.after(this.batchAt - now, () => this.pump());
  }

  private batch(send: (text: string) => void, now: number): void {
    const cps = this.known ? CPS : CPS_STRANGER;
    for (;;) {
      const list = this.out.take(Math.min(CHUNK_MAX, Math.max(this.pass.left(cps), 0)));
      if (list.length === 0) break;
      this.pass.take(list.length);
      send(textOf(list));
      this.batchAt = now + BATCH_MS;
    }
    if (this.out.next < this.out.end) this.calledOff = this.clock.after(BATCH_MS, () => this.pump());
  }

  // --- in ---

  private take(c: number): void {
    const heard = this.in.take(c);
    if (heard.kind === 'string') {
      if (heard.string !== null && !this.heard) this.greet(GREETING.exec(heard.string));
      return;
    }
    if (!this.heard) this.first();
    this.got += 1;
    if (this.flooded()) return;
    if (heard.kind === 'char') this.both.add(false, heard.c);
    else if (heard.kind === 'erase') this.both.erase(false);
    else if (heard.kind === 'end') this.both.end(false);
  }

  /** The first character of a channel. From one who has not greeted it may follow on others that were lost. */
  private first(): void {
    this.heard = true;
    if (this.greeted) return;
    if (this.got > 0) this.both.add(false, LOST);
    if (!this.known) this.release();
  }

  private flooded(): boolean {
    const left = this.taken.left(CPS_TAKEN);
    if (!this.dropping && left > 0) {
      this.taken.take(1);
      return false;
    }
    if (!this.dropping) this.both.add(false, LOST);
    // Once a second's worth may pass again: one mark stands for many.
    this.dropping = left < CPS_TAKEN;
    return true;
  }

  private greet(m: RegExpExecArray | null): void {
    if (m === null || this.greeted) return;
    const [, mine, yours, got] = m as unknown as [string, string, string, string];
    this.greeted = this.known = true;
    if (mine !== this.farId && this.got > 0) {
      this.both.add(false, LOST);
      this.both.end(false);
    }
    if (mine !== this.farId) this.got = 0;
    this.farId = mine;
    this.meet(yours === this.id ? Number(got) : null);
    this.release();
  }

  /** Goes on from what the far end has of our stream; null: nothing. */
  private meet(got: number | null): void {
    const under = this.out.next - this.sentBefore;
    if (under === 0 && got !== null) this.out.goOn(got);
    else if (under === 0) this.out.anew();
    else if ((got ?? 0) !== this.sentBefore) this.out.doubt((got ?? 0) + under);
  }
}
