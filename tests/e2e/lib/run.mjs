// The frame of every end-to-end test: steps with names, clean-up in reverse order, a screenshot and logs on failure.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PICTURES = fileURLToPath(new URL('../../../build/e2e/', import.meta.url));

const CLEAN_MS = 30000;

/** Runs `test`, at most for `ms`, and then all that it deferred, whatever became of it. */
export async function main(name, test, ms = 170000) {
  const later = [];
  const context = {
    step: (text) => console.log(`- ${text}`),
    /** Calls fn at the end, whatever happens. */
    defer: (fn) => later.push(fn),
    pages: [],
  };
  let watchdog;
  const late = new Promise((_, reject) => {
    watchdog = setTimeout(() => reject(new Error(`more than ${ms} ms`)), ms);
  });
  let failed = false;
  try {
    await Promise.race([test(context), late]);
    console.log(`${name}: ok`);
  } catch (error) {
    failed = true;
    console.error(`${name}: ${error.stack ?? error}`);
    await picture(name, context);
  }
  clearTimeout(watchdog);
  watchdog = setTimeout(() => {
    console.error(`${name}: the clean-up takes more than ${CLEAN_MS} ms`);
    process.exit(1);
  }, CLEAN_MS);
  for (const fn of later.reverse()) {
    await Promise.resolve().then(fn).catch((error) => {
      failed = true;
      console.error(`${name}: clean-up: ${error.stack ?? error}`);
    });
  }
  clearTimeout(watchdog);
  process.exit(failed ? 1 : 0);
}

async function picture(name, { pages, demo }) {
  mkdirSync(PICTURES, { recursive: true });
  for (const [i, page] of pages.entries()) {
    const path = `${PICTURES}${name.replaceAll(/[^a-z0-9]+/g, '-')}-${i}.png`;
    await page.driver.screenshot(path).then(() => console.error(`  picture: ${path}`), () => undefined);
  }
  if (!demo) return;
  const path = `${PICTURES}${name.replaceAll(/[^a-z0-9]+/g, '-')}-kiosk.png`;
  await demo.kiosk?.ctl('ui', 'screenshot', path).then(() => console.error(`  picture: ${path}`), () => undefined);
  console.error(demo.tail());
}
