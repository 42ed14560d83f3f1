// The conversation in writing: the vectors that the kiosk passes too, and two models with a bad channel between them.
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Talk, type TalkNote } from '../../src/call/text';
import { HandClock } from './hand-clock';

const FOLDER = new URL('../../../../tests/vectors/t140/', import.meta.url);
const ID = '0123456789abcdef';

interface Step {
  up?: boolean; hear?: string; times?: number; bytes?: string; write?: string; say?: boolean; pass?: number;
  sent?: string; sentLength?: number; turns?: [string, string, string][];
}

const shown = (talk: Talk): string[][] => talk.turns.map((t) => [t.mine ? 'mine' : 'far', t.open ? 'open' : 'done', t.text]);
const bytes = (hex: string): ArrayBuffer => Uint8Array.from(hex.match(/../g) ?? [], (b) => parseInt(b, 16)).buffer;

function play(steps: Step[], hearing: (talk: Talk, data: Uint8Array) => void): void {
  const clock = new HandClock();
  const talk = new Talk(clock, () => undefined, null, ID);
  let sent = '';
  for (const s of steps) {
    if (s.up !== undefined) talk.channel(s.up ? (text) => { sent += text; } : null);
    if (s.bytes !== undefined) hearing(talk, new Uint8Array(bytes(s.bytes)));
    for (let i = 0; s.hear !== undefined && i < (s.times ?? 1); i += 1) hearing(talk, new TextEncoder().encode(s.hear));
    if (s.write !== undefined) talk.write(s.write);
    if (s.say === true) talk.say();
    if (s.pass !== undefined) clock.pass(s.pass);
    if (s.turns !== undefined) expect(shown(talk)).toEqual(s.turns);
    if (s.sent !== undefined) expect(sent).toBe(s.sent);
    if (s.sentLength !== undefined) expect([...sent].length).toBe(s.sentLength);
    if (s.sent !== undefined || s.sentLength !== undefined) sent = '';
  }
}

for (const file of readdirSync(FOLDER).filter((f) => f.endsWith('.json'))) {
  const { cases } = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as { cases: { name: string; steps: Step[] }[] };
  describe(file, () => {
    test.each(cases)('$name', ({ steps }) => {
      play(steps, (talk, data) => talk.receive(data.slice().buffer));
      play(steps, (talk, data) => { for (const b of data) talk.receive(Uint8Array.of(b).buffer); });
    });
  });
}

describe('two pages with a bad channel between', () => {
  const seed = Number(process.env['LUUKKU_SEED'] ?? Date.now() % 2 ** 31);

  /** A small generator (mulberry32), so that a failure can be repeated. */
  const chance = (state: number) => (n: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) % n;
  };
  const PIECES = ['a', 'b', 'ä', 'Ж', 'ب', '\u0301', ' ', '\u{1F468}', '\u200d', '\u{1F469}', '\u{1F1EB}', '\u{1F1EE}', '\u{1F3FD}', 'xyz'];

  class World {
    readonly clock = new HandClock();
    readonly talks: Talk[] = [];
    private wires: string[][] = [[], []];
    connected = false;

    constructor() {
      for (const i of [0, 1]) this.talks[i] = new Talk(this.clock, () => undefined);
    }

    connect(up: boolean): void {
      this.wires = [[], []];
      this.connected = up;
      const { wires } = this;
      this.talks.forEach((talk, i) => talk.channel(up ? (text) => { wires[i]!.push(text); } : null));
    }

    deliver(from: number): void {
      const text = this.wires[from]!.shift();
      if (text !== undefined) this.talks[1 - from]!.receive(text);
    }

    /** The second page is loaded again; `noted`: as PROTOCOL.md says under "Leaving". */
    reload(noted: boolean): void {
      const note: TalkNote | null = noted ? this.talks[1]!.note() : null;
      this.connect(false);
      this.talks[1] = new Talk(this.clock, () => undefined, note);
    }

    settle(): void {
      this.connect(false);
      this.connect(true);
      for (let i = 0; i < 40; i += 1) {
        for (const k of [0, 1]) while (this.wires[k]!.length > 0) this.deliver(k);
        this.clock.pass(100);
      }
    }
  }

  const play = (random: (n: number) => number, reload: 'never' | 'noted' | 'forgotten'): World => {
    const w = new World();
    w.connect(true);
    for (let i = 0; i < 100; i += 1) {
      const talk = w.talks[random(2)]!;
      const what = random(12);
      const typed = talk.turns.find((t) => t.mine && t.open)?.text ?? '';
      if (what < 5) {
        const kept = [...typed].slice(0, random(3) === 0 ? random(typed.length + 1) : undefined).join('');
        talk.write(kept.slice(0, 40) + PIECES[random(PIECES.length)]! + PIECES[random(PIECES.length)]!);
      } else if (what === 5) talk.say();
      else if (what === 6) w.clock.pass(random(200));
      else if (what === 7 && random(3) === 0) w.connect(!w.connected);
      else if (what === 8 && random(6) === 0 && reload !== 'never') w.reload(reload === 'noted');
      else w.deliver(random(2));
    }
    w.settle();
    return w;
  };

  const wrote = (talk: Talk): string[] => talk.turns.filter((t) => t.mine).map((t) => t.text);
  const read = (talk: Talk): string[] => talk.turns.filter((t) => !t.mine).map((t) => t.text);

  test.each([...Array(60).keys()])(`seed ${seed} + %i`, (i) => {
    const w = play(chance(seed + i), 'never');
    expect(read(w.talks[1]!)).toEqual(wrote(w.talks[0]!));
    expect(read(w.talks[0]!)).toEqual(wrote(w.talks[1]!));
    for (const how of ['noted', 'forgotten'] as const) {
      const r = play(chance(seed + i), how);
      expect(read(r.talks[1]!)).toEqual(wrote(r.talks[0]!)); // it is told again
      const [mine, theirs] = [wrote(r.talks[1]!), read(r.talks[0]!)];
      expect(theirs.slice(theirs.length - mine.length).map((t) => t.replace(/^.*\ufffd/u, ''))).toEqual(mine);
    }
  });

  test('loaded again with nothing under way: no mark', () => {
    const w = new World();
    w.connect(true);
    w.talks[1]!.write('Hei');
    w.talks[1]!.say();
    w.talks[1]!.write('mo');
    w.settle();
    w.reload(true);
    w.talks[1]!.write('x');
    w.settle();
    expect(read(w.talks[0]!)).toEqual(['Hei', 'mo', 'x']);
  });

  test('loaded again while typing: marked', () => {
    const w = new World();
    w.connect(true);
    w.talks[1]!.write('Hei');
    w.settle();
    w.talks[1]!.write('Hei sin');
    w.reload(true);
    w.talks[1]!.write('x');
    w.settle();
    expect(read(w.talks[0]!)).toEqual(['Hei\ufffd', 'x']);
  });
});
