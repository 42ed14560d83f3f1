import { expect, test } from 'vitest';
import type { Clock } from '../../src/call/clock';
import { Ear, HOLD_MS, LOOK_MS, LOUD, VoiceWatch, levelIn } from '../../src/call/voice';

/** What is seen after each look, one every LOOK_MS. */
const seen = (levels: (number | null)[]): string => {
  const watch = new VoiceWatch();
  return levels.map((level, i) => (watch.look(level, i * LOOK_MS) ? '+' : '-')).join('');
};

test.each([
  ['nothing is heard', [0, 0, 0], '---'],
  ['one loud look is no voice', [0, 1, 0, 1, 0], '-----'],
  ['two in a row are', [0, 0.2, 0.2], '--+'],
  ['as loud as the border is not enough', [LOUD, LOUD, LOUD], '---'],
  ['a pause between two words is none', [1, 1, 0, 0, 0, 1, 0], '-++++++'],
  ['it ends after the hold', [1, 1, 0, 0, 0, 0, 0], '-+' + '+++' + '--'],
  ['and begins only with two again', [1, 1, 0, 0, 0, 0, 1, 1], '-++++--+'],
  ['what is not told is silence', [null, null, 1, null, 1, 1, null], '-----++'],
] as const)('%s', (_what, levels, expected) => {
  expect(seen([...levels])).toBe(expected);
});

test('the hold is counted from the last loud look, to the millisecond', () => {
  const watch = new VoiceWatch();
  watch.look(1, 0);
  watch.look(1, 100);
  expect([watch.look(0, 100 + HOLD_MS - 1), watch.look(0, 100 + HOLD_MS)]).toEqual([true, false]);
});

test('the level is the incoming sound\'s', () => {
  const audio = { type: 'inbound-rtp', kind: 'audio' };
  expect(levelIn([{ type: 'media-source', kind: 'audio', audioLevel: 1 }, { type: 'inbound-rtp', kind: 'video' }, { ...audio, audioLevel: 0.5 }])).toBe(0.5);
  expect(levelIn([{ ...audio, audioLevel: 0 }])).toBe(0);
  for (const rows of [[], [audio], [{ ...audio, audioLevel: '1' }], [{ type: 'codec' }]]) expect(levelIn(rows)).toBeNull();
});

/** One job at a time is all that an ear has. */
class OneJob implements Clock {
  at = 0;
  job: (() => void) | null = null;
  now = (): number => this.at;
  after = (ms: number, run: () => void): (() => void) => {
    expect(this.job).toBeNull();
    this.job = () => { this.at += ms; run(); };
    return () => { this.job = null; };
  };
  async move(times = 1): Promise<void> {
    for (let i = 0; i < times; i += 1) {
      const { job } = this;
      this.job = null;
      job?.();
      await new Promise((done) => setTimeout(done));
    }
  }
}

test('an ear says changes only, and nothing once it rests', async () => {
  const clock = new OneJob();
  const said: boolean[] = [];
  let level: () => Promise<number | null> = () => Promise.resolve(1);
  let looks = 0;
  const ear = new Ear(clock, () => { looks += 1; return level(); }, (speaks) => said.push(speaks));
  ear.rest();
  await clock.move(3);
  expect([looks, said]).toEqual([0, []]);
  ear.listen();
  ear.listen();
  await clock.move(4);
  expect([looks, said]).toEqual([4, [true]]);
  ear.rest();
  await clock.move(2);
  expect([looks, clock.job, said]).toEqual([4, null, [true, false]]);
  ear.listen(); // begins anew: two looks again
  await clock.move(1);
  expect(said).toHaveLength(2);
  await clock.move(1);
  expect(said).toHaveLength(3);
  level = () => Promise.reject(new Error('closed'));
  await clock.move(4);
  expect(said).toEqual([true, false, true, false]);
});

test('a look that comes back after the rest is no news, and starts nothing', async () => {
  const clock = new OneJob();
  const said: boolean[] = [];
  const waiting: ((level: number) => void)[] = [];
  const ear = new Ear(clock, () => new Promise((resolve) => waiting.push(resolve)), (speaks) => said.push(speaks));
  ear.listen();
  await clock.move();
  ear.rest();
  ear.listen();
  waiting[0]!(1);
  await clock.move();
  waiting[1]!(1);
  await clock.move();
  expect([waiting.length, said]).toEqual([2, []]);
});
