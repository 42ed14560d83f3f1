// Dark and light stripes of known widths, found in whatever holds a picture of them: grey, planes of Y, RGB, pixels of four bytes, at any
// scale, in either direction and contrast. What a bar code reader does with a row of pixels is done with all memory.
const DARK = 90;
const LIGHT = 165;
const STRIPE_MIN = 2; // samples: the narrowest stripe that is still judged
const TOLERANCE = 0.55; // of the narrowest stripe
const KEPT = 64; // edges that are remembered; a power of two

/** Widths that look like nothing else: an odd number of them (dark at both ends), each 1 to 3. */
export function stripes(seed, count = 27) {
  let state = seed;
  const next = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 16;
  return Array.from({ length: count }, () => 1 + (next() % 3)).join('');
}

class Code {
  constructor(name, widths) {
    this.name = name;
    this.ways = [[...widths].map(Number), [...widths].reverse().map(Number)];
    this.count = widths.length;
    this.units = this.ways[0].reduce((a, b) => a + b, 0);
  }

  /** Do the last edges, the newest at `last`, stand this far apart? */
  fits(edges, last) {
    const first = last - this.count;
    const unit = (edges[last & (KEPT - 1)] - edges[first & (KEPT - 1)]) / this.units;
    if (first < 0 || unit < STRIPE_MIN) return false;
    return this.ways.some((widths) => widths.every((w, i) =>
      Math.abs(edges[(first + i + 1) & (KEPT - 1)] - edges[(first + i) & (KEPT - 1)] - w * unit) <= TOLERANCE * unit));
  }
}

export class Stripes {
  #codes = [];

  plant(name, widths) {
    this.#codes.push(new Code(name, widths));
    return widths;
  }

  /** Names of those that lie in `bytes`, which begin at a pixel's beginning. */
  in(bytes) {
    if (this.#codes.length === 0) return [];
    const found = new Set();
    this.#pass(bytes, 0, 1, found);
    for (const channel of [0, 1]) this.#pass(bytes, channel, 4, found); // the fourth byte is no colour
    return [...found];
  }

  #pass(bytes, from, step, found) {
    const edges = new Float64Array(KEPT);
    let count = 0;
    let dark = false;
    const end = bytes.length;
    for (let at = from; at < end; at += step) {
      const b = bytes[at];
      if (dark ? b < LIGHT : b > DARK) continue;
      dark = !dark;
      edges[count & (KEPT - 1)] = (at - from) / step;
      for (const code of this.#codes) if (!found.has(code.name) && code.fits(edges, count)) found.add(code.name);
      count += 1;
    }
  }
}
