// Randomness that can be had again: a seed, printed, or taken from SEED.
import { randomInt } from 'node:crypto';

/** Gives next() in 0 to 1 (mulberry32), and prints the seed. */
export function seeded() {
  const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
  let state = seed;
  console.log(`  seed ${seed} (SEED=${seed} repeats it)`);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
