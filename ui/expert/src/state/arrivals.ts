// Who came into the queue since the last look: said aloud once. Pure.

import type { Entry } from './queue';

export class Arrivals {
  private seen = new Set<string>();

  /** Those whose call was not there before. What is there now is remembered, and nothing else. */
  look(entries: readonly Entry[]): Entry[] {
    const fresh = entries.filter((e) => !this.seen.has(e.call));
    this.seen = new Set(entries.map((e) => e.call));
    return fresh;
  }
}
