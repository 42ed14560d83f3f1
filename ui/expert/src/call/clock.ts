// Time as the call's logic sees it, so that tests can hold it in their hands.

export interface Clock {
  /** Milliseconds, monotone. */
  now(): number;
  /** Runs once; the returned function calls it off. */
  after(ms: number, run: () => void): () => void;
}

export const realClock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const id = setTimeout(run, ms);
    return () => clearTimeout(id);
  },
};
