// Randomness that can be repeated: LUUKKU_SEED, or the clock; tests name it.
export const seed = Number(process.env['LUUKKU_SEED'] ?? Date.now() % 2 ** 31);

/** A small generator (mulberry32): 0 to n - 1. */
export const chance = (state: number) => (n: number): number => {
  state = (state + 0x6d2b79f5) | 0;
  let z = Math.imul(state ^ (state >>> 15), 1 | state);
  z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
  return ((z ^ (z >>> 14)) >>> 0) % n;
};
