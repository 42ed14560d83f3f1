// Full jitter: up to 1, 2, 4 ... 60 s, so that a thousand pages do not come back in one breath.

export const BACKOFF_MAX_MS = 60_000;

/** `attempt` from 0; `chance` 0 to 1. Never under 100 ms. */
export const backoffMs = (attempt: number, chance: number): number =>
  Math.max(100, Math.round(chance * Math.min(BACKOFF_MAX_MS, 1000 * 2 ** Math.min(attempt, 16))));
