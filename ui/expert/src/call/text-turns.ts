// Who has written what: turns of real-time text. Pure. Spec: firmware/signal/PROTOCOL.md, "Text".

/** Bytes of UTF-8 in one turn. */
export const TURN_MAX_BYTES = 511;
/** Turns that are kept; the oldest complete one goes first. */
export const TURNS_MAX = 200;
export const LOST = 0xfffd;
export const LINE = 0x2028;

export interface Turn {
  /** Rises from 1; a turn keeps its own. */
  id: number;
  mine: boolean;
  /** Still being typed. */
  open: boolean;
  /** U+FFFD stands where text was lost. */
  text: string;
}

/** `ends`: new lines after it. `split`: it was too long and goes on in its writer's next one. */
interface Kept extends Turn { ends: number; split: boolean }

/** What is part of the character before it; pairs of first and last. */
const JOINERS = [
  0x300, 0x36f, 0x483, 0x489, 0x591, 0x5bd, 0x5bf, 0x5bf, 0x5c1, 0x5c2, 0x5c4, 0x5c5, 0x5c7, 0x5c7, 0x610, 0x61a, 0x64b, 0x65f,
  0x670, 0x670, 0x6d6, 0x6dc, 0x6df, 0x6e4, 0x6e7, 0x6e8, 0x6ea, 0x6ed, 0x1ab0, 0x1aff, 0x1dc0, 0x1dff, 0x200d, 0x200d,
  0x20d0, 0x20ff, 0xfe00, 0xfe0f, 0xfe20, 0xfe2f, 0x1f3fb, 0x1f3ff, 0xe0020, 0xe007f, 0xe0100, 0xe01ef,
];
const ZWJ = 0x200d;
const isFlag = (c: number | undefined): boolean => c !== undefined && c >= 0x1f1e6 && c <= 0x1f1ff;
const isJoiner = (c: number): boolean => JOINERS.some((first, i) => i % 2 === 0 && c >= first && c <= JOINERS[i + 1]!);

/** Whether character `i` of `text` is part of the one before it. */
export function joins(text: readonly number[], i: number): boolean {
  if (i === 0 || text[i - 1] === LINE || text[i - 1] === LOST) return false;
  if (isJoiner(text[i]!) || text[i - 1] === ZWJ) return true;
  if (!isFlag(text[i])) return false;
  let flags = 0;
  while (isFlag(text[i - 1 - flags])) flags += 1;
  return flags % 2 === 1;
}

/** How much of `text` remains when its last character is erased. */
export function erased(text: readonly number[]): number {
  let i = Math.max(text.length - 1, 0);
  while (joins(text, i)) i -= 1;
  return i;
}

export const codes = (text: string): number[] => Array.from(text, (c) => c.codePointAt(0)!);
export const textOf = (list: readonly number[]): string => {
  let text = '';
  for (const c of list) text += String.fromCodePoint(c);
  return text;
};

const bytesOf = (c: number): number => (c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4);
const bytes = (text: string): number => codes(text).reduce((sum, c) => sum + bytesOf(c), 0);

/** As much of `list` as one turn holds. */
export function cut(list: readonly number[]): number[] {
  let sum = 0;
  const end = list.findIndex((c) => (sum += bytesOf(c)) > TURN_MAX_BYTES);
  return list.slice(0, end < 0 ? list.length : end);
}

export class Turns {
  private readonly kept: Kept[] = [];
  private lastId = 0;

  constructor(private readonly max = TURNS_MAX) {}

  get list(): readonly Turn[] {
    return this.kept;
  }

  /** One more character of somebody's. */
  add(mine: boolean, c: number): void {
    const open = this.open(mine);
    if (open === undefined) return this.begin(mine, String.fromCodePoint(c));
    if (bytes(open.text) + bytesOf(c) <= TURN_MAX_BYTES) {
      open.text += String.fromCodePoint(c);
      return;
    }
    open.open = false;
    open.split = true;
    this.begin(mine, String.fromCodePoint(c));
  }

  /** Somebody's turn is complete. */
  end(mine: boolean): void {
    const turn = this.open(mine) ?? this.last(mine);
    if (turn === undefined) return;
    turn.open = false;
    turn.ends += 1;
  }

  /** Somebody's last character goes, were it a new line. */
  erase(mine: boolean): void {
    let turn = this.open(mine);
    if (turn === undefined) {
      turn = this.last(mine);
      if (turn === undefined) return;
      const line = turn.ends > 0;
      if (line) turn.ends -= 1;
      if (turn.ends > 0) return;
      turn.open = true;
      turn.split = false;
      if (line) return;
    }
    const list = codes(turn.text);
    turn.text = textOf(list.slice(0, erased(list)));
    if (turn.text === '') this.drop(turn);
  }

  /** Somebody's open turn as it is now. */
  set(mine: boolean, text: string): void {
    const open = this.open(mine);
    if (open === undefined && text !== '') this.begin(mine, text);
    else if (open !== undefined && text === '') this.drop(open);
    else if (open !== undefined) open.text = text;
  }

  private open(mine: boolean): Kept | undefined {
    return this.kept.find((t) => t.mine === mine && t.open);
  }

  private last(mine: boolean): Kept | undefined {
    return this.kept.filter((t) => t.mine === mine).at(-1);
  }

  private begin(mine: boolean, text: string): void {
    if (this.kept.length >= this.max) this.drop(this.kept.find((t) => !t.open) ?? this.kept[0]!);
    this.lastId += 1;
    this.kept.push({ id: this.lastId, mine, open: true, text, ends: 0, split: false });
  }

  private drop(turn: Kept): void {
    this.kept.splice(this.kept.indexOf(turn), 1);
  }
}
