// The smallest change between two texts, and places that follow changes. In UTF-16 units, as the document counts; a surrogate
// pair is never cut in two, since the document would put U+FFFD in place of both halves. Pure.

export interface Splice { at: number; remove: number; insert: string }
/** As Y.Text tells its changes. */
export type Delta = readonly { retain?: number; delete?: number; insert?: unknown }[];

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;
/** Between the halves of a pair. */
export const cutsPair = (text: string, at: number): boolean => at > 0 && at < text.length && isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at));

/**
 * What turns `before` into `after`, or null. Where several answers fit ("aa" to "aaa"), the one that ends at `caret` in `after`,
 * where the typing was.
 */
export function spliceOf(before: string, after: string, caret = after.length): Splice | null {
  if (before === after) return null;
  const least = Math.min(before.length, after.length);
  let tail = 0;
  const tailMax = Math.min(least, Math.max(0, after.length - caret));
  while (tail < tailMax && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  let head = 0;
  while (head < least - tail && before[head] === after[head]) head += 1;
  while (tail < least - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  while (cutsPair(before, head) || cutsPair(after, head)) head -= 1;
  while (cutsPair(before, before.length - tail) || cutsPair(after, after.length - tail)) tail -= 1;
  return { at: head, remove: before.length - tail - head, insert: after.slice(head, after.length - tail) };
}

/** Where a place in the old text is in the new one; what is inserted right there comes before it only where `after`. */
export function follow(place: number, delta: Delta, after = false): number {
  let left = place;
  let now = 0;
  for (const step of delta) {
    if (step.retain !== undefined) {
      if (step.retain > left || (step.retain === left && !after)) break;
      left -= step.retain;
      now += step.retain;
    } else if (step.delete !== undefined) {
      left = Math.max(0, left - step.delete);
    } else {
      if (left === 0 && !after) break;
      now += typeof step.insert === 'string' ? step.insert.length : 1;
    }
  }
  return now + left;
}

/** The change `was`, made to the text before `deltas`, as changes to the text after them, last place first. What others put in between stays. */
export function carry(was: Splice, deltas: readonly Delta[]): Splice[] {
  let units: (number | null)[] = Array.from({ length: was.remove }, (_, i) => was.at + i);
  let at = was.at;
  for (const delta of deltas) {
    at = follow(at, delta);
    // A unit still stands where its two edges do.
    units = units.map((u) => {
      if (u === null) return null;
      const from = follow(u, delta, true);
      return follow(u + 1, delta) > from ? from : null;
    });
  }
  const out: Splice[] = [];
  for (const u of units.filter((x) => x !== null)) {
    const last = out.at(-1);
    if (last !== undefined && last.at + last.remove === u) last.remove += 1;
    else out.push({ at: u, remove: 1, insert: '' });
  }
  if (was.insert !== '') {
    const first = out.find((s) => s.at === at);
    if (first === undefined) out.push({ at, remove: 0, insert: was.insert });
    else first.insert = was.insert;
  }
  return out.sort((a, b) => b.at - a.at);
}
