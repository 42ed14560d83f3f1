// Waiting for a condition, with a ceiling and words for what was waited for.

/** How long one step may take on a machine that is busy, where nothing is promised of its time. */
export const PATIENCE_MS = 45000;

/** Asks `check` until it gives something true, and gives that; throws after `ms`. */
export async function until(what, check, ms = PATIENCE_MS, everyMs = 50) {
  const end = Date.now() + ms;
  let last;
  for (;;) {
    try {
      const value = await check();
      if (value) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      const why = last instanceof Error ? last.message : JSON.stringify(last);
      throw new Error(`waited ${ms} ms in vain: ${what} (last: ${why})`);
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

export function assert(condition, what) {
  if (!condition) throw new Error(what);
}
