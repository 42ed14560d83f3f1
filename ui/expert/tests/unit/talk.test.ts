// The conversation in writing: the vectors that the kiosk passes too, and two models with a bad channel between them.
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/call/clock';
import { Talk } from '../../src/call/text';

const FOLDER = new URL('../../../../tests/vectors/t140/', import.meta.url);
const ID = '0123456789abcdef';

interface Step {
  up?: boolean; hear?: string; times?: number; bytes?: string; write?: string; say?: boolean; pass?: number;
  sent?: string; sentLength?: number; turns?: [string, string, string][];
}

class HandClock implements Clock {
  private at = 0;
  private jobs: { at: number; run: () => void }[] = [];
  now = (): number => this.at;
  after = (ms: number, run: () => void): (() => void) => {
    const job = { at: this.at + ms, run };
    this.jobs.push(job);
    return () => { this.jobs = this.jobs.filter((j) => j !== job); };
  };
  pass(ms: number): void {
    const end = this.at + ms;
    for (;;) {
      const [next] = this.jobs.filter((j) => j.at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.jobs = this.jobs.filter((j) => j !== next);
      this.at = next.at;
      next.run();
    }
    this.at = end;
  }
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
