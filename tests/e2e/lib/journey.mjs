// From nothing to a call, and what a good call is.
import { startChromium } from './chromium.mjs';
import { Demo } from './demo.mjs';
import { startFirefox } from './firefox.mjs';
import { assert, PATIENCE_MS, until } from './wait.mjs';

export const CARD = 'parental-allowance';
export const KIOSK_TONE_HZ = 440;
export const PAGE_TONE_HZ = 660;

export const browsers = { chromium: startChromium, firefox: startFirefox };

export async function startDemo(context, options) {
  const demo = await Demo.start(options);
  context.defer(() => demo.stop());
  context.demo = demo;
  return demo;
}

/** `stored`: items put into the page's session storage before it loads. */
export async function openExpert(context, browser, demo, who = demo.info, stored = {}) {
  const page = await browser.open(demo.info.url);
  if (Object.keys(stored).length > 0) {
    await page.evaluate((items) => Object.entries(items).forEach(([k, v]) => sessionStorage.setItem(k, v)), stored);
    await page.driver.reload();
  }
  context.pages.push(page);
  await page.login(who);
  return page;
}

/** Kiosk and page into one call. */
export async function intoCall(demo, page, card = CARD) {
  await demo.kiosk.callFor(card);
  await page.accept();
  await demo.kiosk.screenIs('call');
}

const near = (hz, want) => Math.abs(hz - want) <= 8;

/** Pictures with readable stamps and the tone, both ways. */
export async function expectMedia(demo, page, { frames = 30, ms = PATIENCE_MS } = {}) {
  await page.reset();
  const before = await demo.kiosk.stats();
  await until('stamped frames of the kiosk in the browser', async () => (await page.tell()).distinct >= frames, ms);
  await until('stamped frames of the browser at the kiosk',
    async () => (await demo.kiosk.stats()).stamps_good - before.stamps_good >= frames, ms);
  await until('the kiosk\'s tone in the browser', async () => near(await page.toneHz(), KIOSK_TONE_HZ), ms);
  await until('the browser\'s tone at the kiosk', async () => near((await demo.kiosk.stats()).tone_hz, PAGE_TONE_HZ), ms);
}

/** Frames a second, both ways, over `seconds`; stamps that could be read. */
export async function frameRates(demo, page, seconds) {
  await page.reset();
  const before = await demo.kiosk.stats();
  const start = Date.now();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const [seen, after] = [await page.tell(), await demo.kiosk.stats()];
  const took = (Date.now() - start) / 1000;
  return {
    browser: seen.distinct / took, kiosk: (after.stamps_good - before.stamps_good) / took,
    browserLatencies: seen.latencies, browserGap: seen.maxGap, stats: after,
  };
}

export async function expectEcho(page, size = 262144) {
  assert(await page.evaluate((n) => window.probe.echo(n), size), `the echo of ${size} bytes differs`);
}
