// Our side of real-time text: a stream of characters that remembers what it may have to send again. Pure.
// Spec: firmware/signal/PROTOCOL.md, "Text".

import { LINE, LOST, codes, erased, joins } from './text-turns';

/** Characters that can be sent again. */
export const HISTORY_MAX = 4000;
/** Of a stream whose begin is forgotten this much is kept: there must be room for one correction. */
const REST_MAX = HISTORY_MAX - 1100;
const BS = 0x08, BOM = 0xfeff;

/** `list` with its erasures carried out; those of what is not there go. */
function settled(list: readonly number[]): number[] {
  const text: number[] = [];
  for (const c of list) if (c !== BS) text.push(c);
  else text.length = erased(text);
  return text;
}

export class TextOut {
  /** Characters from position `base` on. */
  private history: number[] = [];
  private base = 0;
  /** Position of the next character to be sent. */
  next = 0;
  /** The open turn as the stream has it. */
  private said: number[] = [];
  private turn: number[] = [];

  get end(): number {
    return this.base + this.history.length;
  }

  /** Begins where an earlier stream of this call ended, with nothing kept. */
  resume(typed: number, open: boolean): void {
    this.base = this.next = typed;
    if (open) this.push([LINE]);
  }

  /** Whether there is something in the open turn. */
  get open(): boolean {
    return this.turn.length > 0 || this.said.length > 0;
  }

  /** The open turn as it is now. */
  write(turn: number[]): void {
    this.turn = turn;
  }

  /** Puts what changed into the stream: the fewest erasures, and what comes after them. */
  flush(): void {
    const { said, turn } = this;
    let same = 0;
    while (same < said.length && said[same] === turn[same]) same += 1;
    while (same > 0 && same < said.length && joins(said, same)) same -= 1;
    const left = said.slice();
    while (left.length > same) {
      left.length = erased(left);
      this.push([BS]);
    }
    this.push(turn.slice(same));
    this.said = turn.slice();
  }

  /** The open turn is complete. */
  say(): void {
    this.flush();
    this.push([LINE]);
    this.said = [];
    this.turn = [];
  }

  /** At most `max` characters, which count as sent. */
  take(max: number): number[] {
    this.flush();
    if (this.next < this.base) {
      this.lose(this.next, 0);
      this.flush();
    }
    const from = this.next - this.base;
    const list = this.history.slice(from, from + max);
    this.next += list.length;
    return list;
  }

  /** The far end has `got` characters of this stream and nothing else under way. */
  goOn(got: number): void {
    if (got >= this.base && got <= this.end) this.next = got;
    else if (got > this.end) this.lose(got, this.end - this.base);
    else this.lose(got, 0);
  }

  /** The far end knows nothing of this stream. */
  anew(): void {
    if (this.base === 0) this.next = 0;
    else this.lose(0, 0);
  }

  /** What was sent up to now is not known to have arrived; the far end will count `at` characters. */
  doubt(at: number): void {
    this.lose(at, this.next - this.base);
  }

  /** The far end is at `at`; of what is kept, all from the `from`th on is sent, behind a mark for what is gone. */
  private lose(at: number, from: number): void {
    const rest = settled(this.history.slice(from)).slice(-REST_MAX);
    this.said = rest.slice(rest.lastIndexOf(LINE) + 1);
    this.history = [LOST, ...rest];
    this.base = this.next = at;
  }

  private push(list: readonly number[]): void {
    this.history.push(...list);
    const more = this.history.length - HISTORY_MAX;
    if (more <= 0) return;
    this.history.splice(0, more);
    this.base += more;
  }
}

/** What is typed, as it may be sent: control characters and new lines are spaces. */
export const plain = (text: string): number[] =>
  codes(text).filter((c) => c !== BOM).map((c) => (c < 0x20 || (c >= 0x7f && c < 0xa0) || c === 0x2028 || c === 0x2029 || (c >= 0xd800 && c <= 0xdfff) ? 0x20 : c));
