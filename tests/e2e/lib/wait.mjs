// Waiting for a condition, with a ceiling and words for what was waited for.

/** How many times as long a kiosk takes that is emulated (tests/qemu). */
const SLOWER = Number(process.env.LUUKKU_SLOWER ?? 1);

/** How long one step may take on a machine that is busy, where nothing is promised of its time. */
export const PATIENCE_MS = 45000;

/** Asks `check` until it gives something true, and gives that; throws after `ms`, or as much longer as all is slower; and asks as much less often. */
export async function until(what, check, ms = PATIENCE_MS, everyMs = 50) {
  const end = Date.now() + ms * SLOWER;
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
      throw new Error(`waited ${ms * SLOWER} ms in vain: ${what} (last: ${why})`);
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs * SLOWER));
  }
}

export function assert(condition, what) {
  if (!condition) throw new Error(what);
}
