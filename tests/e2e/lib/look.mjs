// Screenshots of both sides of a visit, numbered, where PICTURES=FOLDER asks for them.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const { PICTURES } = process.env;

/** Gives look(name). */
export function looker(demo, page) {
  let shots = 0;
  return async (name) => {
    if (!PICTURES) return;
    mkdirSync(PICTURES, { recursive: true });
    shots += 1;
    const base = join(PICTURES, `${String(shots).padStart(2, '0')}-${name}`);
    await demo.kiosk.ctl('ui', 'screenshot', `${base}-kiosk.png`);
    await page.driver.screenshot(`${base}-page.png`);
  };
}
