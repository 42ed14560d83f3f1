// The far end's side of real-time text: from a hostile stream of characters to what they do. Pure.
// Spec: ITU-T T.140, clause 8; firmware/signal/PROTOCOL.md, "Text".

const STRING_MAX = 256;
const SEQUENCE_MAX = 64;

const BS = 0x08, LF = 0x0a, CR = 0x0d, TAB = 0x09, ESC = 0x1b, DEL = 0x7f, SOS = 0x98, CSI = 0x9b, ST = 0x9c, BOM = 0xfeff;
const LINE = 0x2028, PARAGRAPH = 0x2029;

export type Heard =
  | { kind: 'char'; c: number }
  | { kind: 'erase' }
  | { kind: 'end' }
  /** A character without meaning; it counts. */
  | { kind: 'nothing' }
  /** Part of a control string: does not count. `string` where it is complete. */
  | { kind: 'string'; string: string | null };

const NOTHING: Heard = { kind: 'nothing' };
const INSIDE: Heard = { kind: 'string', string: null };

export class TextIn {
  private state: 'text' | 'string' | 'escape' | 'sequence' = 'text';
  private skipped = 0;
  private string = '';
  private cr = false;

  /** Takes one character. */
  take(c: number): Heard {
    const lf = this.cr && c === LF;
    this.cr = false;
    if (this.state === 'string') return this.inString(c);
    if (this.state === 'escape') return this.inEscape(c);
    if (this.state === 'sequence') return this.inSequence(c);
    if (lf) return NOTHING;
    if (c === BS) return { kind: 'erase' };
    if (c === CR || c === LF || c === LINE || c === PARAGRAPH) {
      this.cr = c === CR;
      return { kind: 'end' };
    }
    if (c === TAB) return { kind: 'char', c: 0x20 };
    if (c === SOS) return this.begin('string', INSIDE);
    if (c === ESC) return this.begin('escape', NOTHING);
    if (c === CSI) return this.begin('sequence', NOTHING);
    if (c < 0x20 || (c >= DEL && c < 0xa0) || c === BOM) return NOTHING;
    return { kind: 'char', c };
  }

  private begin(state: 'string' | 'escape' | 'sequence', heard: Heard): Heard {
    this.state = state;
    this.skipped = 0;
    this.string = '';
    return heard;
  }

  private inString(c: number): Heard {
    this.skipped += 1;
    const done = c === ST;
    if (done || this.skipped >= STRING_MAX) this.state = 'text';
    if (done) return { kind: 'string', string: this.string };
    this.string += String.fromCodePoint(c);
    return INSIDE;
  }

  /** After U+001B: `[` begins a sequence, others have one more character or, after intermediates, a few. */
  private inEscape(c: number): Heard {
    if (c < 0x20 || c > 0x7e) return this.broken(c);
    this.skipped += 1;
    if (c === 0x5b && this.skipped === 1) this.state = 'sequence';
    else if (c > 0x2f || this.skipped >= SEQUENCE_MAX) this.state = 'text';
    return NOTHING;
  }

  private inSequence(c: number): Heard {
    if (c < 0x20 || c > 0x7e) return this.broken(c);
    this.skipped += 1;
    if (c >= 0x40 || this.skipped >= SEQUENCE_MAX) this.state = 'text';
    return NOTHING;
  }

  /** What cannot stand in a sequence ends it. */
  private broken(c: number): Heard {
    this.state = 'text';
    return this.take(c);
  }
}
