// Keeps one text field of the page and one cell of the document the same, both ways, and the caret where the typist left it.
// While an input method composes, the field is its own: what it settles on is merged into what came meanwhile.

import { carry, follow, spliceOf, type Delta, type Splice } from './splice';

/** What the binding needs of an input or a textarea. */
export interface Field {
  value: string;
  selectionStart: number | null;
  selectionEnd: number | null;
  selectionDirection: 'forward' | 'backward' | 'none' | null;
  setSelectionRange(start: number, end: number, direction?: 'forward' | 'backward' | 'none'): void;
}

/** A cell of the document, as text. */
export interface Source {
  /** The longest it may become, UTF-16 units. */
  readonly max: number;
  get(): string;
  /** All of them as one change; last place first. False where nothing may be written now. */
  write(splices: readonly Splice[]): boolean;
  /** Tells of every change that `write` did not make itself. */
  observe(changed: (delta: Delta) => void): () => void;
}

/** Control characters and lone surrogates never get into the document; a single line has no line ends. */
export const clean = (text: string, lines: boolean): string => {
  const plain = text.replaceAll(/\r\n?/g, '\n').toWellFormed();
  return lines ? plain.replaceAll(/[^\P{Cc}\n\t]/gu, '') : plain.replaceAll(/[\n\t]/g, ' ').replaceAll(/\p{Cc}/gu, '');
};

export class Binding {
  /** What the field and the document last agreed on. */
  private base: string;
  private composing = false;
  private missed: Delta[] = [];
  private readonly stop: () => void;

  /** `onCut` hears whether the last input had to be shortened or was not taken. */
  constructor(private readonly field: Field, readonly source: Source, private readonly lines: boolean, private readonly onCut: (cut: boolean) => void = () => undefined) {
    this.base = source.get();
    if (field.value !== this.base) field.value = this.base;
    this.stop = source.observe((delta) => this.changed(delta));
  }

  detach(): void {
    this.stop();
  }

  /** For `compositionstart`. */
  compose(): void {
    this.composing = true;
  }

  /** For `compositionend`; and for `blur`, after which no end may come. */
  settle(): void {
    if (!this.composing) return;
    this.composing = false;
    this.input();
  }

  /** For every `input` event. */
  input(): void {
    if (this.composing) return;
    const { field, base, missed } = this;
    const caret = field.selectionEnd ?? field.value.length;
    const typed = spliceOf(base, field.value, caret);
    const now = this.source.get();
    this.missed = [];
    const wanted = typed === null ? null : { ...typed, insert: clean(typed.insert, this.lines) };
    const insert = wanted === null ? '' : fitting(wanted.insert, this.source.max - now.length + wanted.remove);
    const done = wanted === null || this.source.write(carry({ ...wanted, insert }, missed));
    this.base = this.source.get();
    this.show(typed === null ? caret : this.caretAfter({ ...typed, insert }, done, caret, missed));
    this.onCut(!done || insert !== (typed?.insert ?? ''));
  }

  /** Where the caret goes: behind what was typed, wherever that is by now. */
  private caretAfter(typed: Splice, done: boolean, caret: number, missed: readonly Delta[]): number {
    const before = missed.reduce((place, delta) => follow(place, delta), typed.at);
    if (!done) return before;
    const within = Math.min(Math.max(0, caret - typed.at), typed.insert.length);
    return before + within;
  }

  private changed(delta: Delta): void {
    if (this.composing) {
      this.missed.push(delta);
      return;
    }
    const { field } = this;
    const [start, end] = [field.selectionStart ?? 0, field.selectionEnd ?? 0];
    this.base = this.source.get();
    this.show(follow(start, delta), start === end ? undefined : follow(end, delta));
  }

  private show(start: number, end = start): void {
    const { field, base } = this;
    if (field.value === base) return;
    const direction = field.selectionDirection ?? 'none';
    field.value = base;
    field.setSelectionRange(Math.min(start, base.length), Math.min(end, base.length), direction);
  }
}

/** As much of the text as fits, whole characters. */
function fitting(text: string, room: number): string {
  if (text.length <= room) return text;
  let out = '';
  for (const c of text) {
    if (out.length + c.length > room) break;
    out += c;
  }
  return out;
}
