// Debian's Chromium as an expert's browser.
import { readFileSync, readdirSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { ExpertPage } from './expert.mjs';
import { PATIENCE_MS } from './wait.mjs';

export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const CHROMIUM_FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
  '--disable-background-timer-throttling', '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows',
  '--autoplay-policy=no-user-gesture-required',
];
const PROBE = readFileSync(new URL('./probe.js', import.meta.url), 'utf8');

/** The browser's process group: our child that leads one. */
function browserGroup() {
  const stat = (pid) => {
    try {
      const [, state, parent, group] = /^\d+ \(.*\) (\S) (\d+) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'));
      return { state, parent: Number(parent), group: Number(group), name: readFileSync(`/proc/${pid}/comm`, 'utf8') };
    } catch {
      return {}; // it has ended
    }
  };
  const found = readdirSync('/proc').filter((p) => /^\d+$/.test(p)).map(Number).find((pid) => {
    const s = stat(pid);
    return s.parent === process.pid && s.group === pid && s.name.startsWith('chrom') && s.state !== 'Z';
  });
  if (!found) throw new Error('the browser is not running');
  return found;
}

/** Starts the browser; `executable` may be a wrapper that enters a network namespace; `flags` come to the usual ones; `camera`: the browser's own
 * in place of the stamped one. */
export async function startChromium({ executable = CHROMIUM, probe = true, flags = [], camera = false } = {}) {
  const browser = await chromium.launch({ executablePath: executable, headless: true, args: [...CHROMIUM_FLAGS, ...flags] });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'fi-FI' });
  await context.grantPermissions(['camera', 'microphone']).catch(() => undefined);
  if (camera) await context.addInitScript('window.ownCamera = true;');
  if (probe) await context.addInitScript(PROBE);
  return {
    name: 'chromium',
    async open(url) {
      const page = await context.newPage();
      const errors = [];
      page.on('pageerror', (e) => errors.push(e.stack ?? e.message));
      await page.goto(url);
      return new ExpertPage({
        errors,
        evaluate: (fn, arg) => page.evaluate(fn, arg),
        click: (id) => page.click(`[data-testid="${id}"]`, { timeout: PATIENCE_MS }),
        fill: (id, text) => page.fill(`[data-testid="${id}"]`, text, { timeout: PATIENCE_MS }),
        /** Key by key. */
        type: (id, text) => page.locator(`[data-testid="${id}"]`).pressSequentially(text, { timeout: PATIENCE_MS }),
        press: (id, key) => page.locator(`[data-testid="${id}"]`).press(key, { timeout: PATIENCE_MS }),
        /** Places are in parts of the element's box. */
        drag: async (id, from, to) => {
          const box = await page.locator(`[data-testid="${id}"]`).boundingBox();
          const move = (at, steps) => page.mouse.move(box.x + at.x * box.width, box.y + at.y * box.height, { steps });
          await move(from, 1);
          await page.mouse.down();
          await move(to, 8);
          await page.mouse.up();
        },
        hover: async (id, at) => {
          const box = await page.locator(`[data-testid="${id}"]`).boundingBox();
          await page.mouse.move(box.x + at.x * box.width, box.y + at.y * box.height, { steps: 4 });
        },
        /** What a link saves, as bytes. */
        download: async (id) => {
          const [saved] = await Promise.all([page.waitForEvent('download', { timeout: PATIENCE_MS }), page.click(`[data-testid="${id}"]`, { timeout: PATIENCE_MS })]);
          return readFileSync(await saved.path());
        },
        /** Chooses a file: its path, or {name, mimeType, buffer}. */
        upload: (id, file) => page.setInputFiles(`[data-testid="${id}"]`, file, { timeout: PATIENCE_MS }),
        reload: () => page.reload(),
        close: () => page.close({ runBeforeUnload: false }),
        screenshot: (path) => page.screenshot({ path }),
      });
    },
    stop: () => browser.close(),
    /** All of it at once, with no last word. */
    kill: () => process.kill(-browserGroup(), 'SIGKILL'),
  };
}
