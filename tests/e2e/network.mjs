// Hard lines: 5 % loss, 1 Mbit/s, an outage of 35 s. node tests/e2e/network.mjs [loss|rate|outage]
import { startChromium } from './lib/chromium.mjs';
import { expectMedia, frameRates, intoCall, openExpert, startDemo } from './lib/journey.mjs';
import { Link, missing } from './lib/netns.mjs';
import { main } from './lib/run.mjs';
import { assert, until } from './lib/wait.mjs';

const LEAST_FPS = 25;
const SHARE = 0.85; // of what the machine manages on a free line
const SETTLE_MS = 6000; // both rate controls find their level
const LOOK_S = 15;
const FREE_S = 5;
const OUTAGE_S = 35;
const BACK_MS = 5000;
const only = process.argv[2];

const lacks = await missing();
if (lacks) {
  console.log(`skipped: it needs ${lacks}`);
  process.exit(77);
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const percentile = (list, p) => list.toSorted((x, y) => x - y)[Math.floor(p * (list.length - 1))] ?? NaN;

function report(what, r, [before, after]) {
  console.log(`  ${what}: browser ${r.browser.toFixed(1)} fps (p95 ${percentile(r.browserLatencies, 0.95).toFixed(0)} ms, longest gap ` +
    `${r.browserGap.toFixed(0)} ms), kiosk ${r.kiosk.toFixed(1)} fps (p95 ${r.stats.latency_p95_ms} ms), target ` +
    `${r.stats.target_kbps} kbit/s, rtt ${r.stats.rtt_ms} ms; on a free line ${before.toFixed(1)} before, ${after.toFixed(1)} after`);
}

/** What this machine manages where the line is no matter: the worse of the two ends. */
async function freely(demo, page, link) {
  await link.clear();
  await sleep(SETTLE_MS / 2);
  const r = await frameRates(demo, page, FREE_S);
  return Math.min(r.browser, r.kiosk);
}

// A machine that is short of breath shows fewer frames on any line: each look is held against free lines before and after it, and of
// three looks one must do.
async function keepsUp(demo, page, link, free, what, worsen) {
  let [r, least, after] = [null, LEAST_FPS, free];
  for (let look = 0; look < 3 && !(r?.browser >= least && r.kiosk >= least); look += 1) {
    const before = after ?? await freely(demo, page, link);
    await worsen();
    await sleep(SETTLE_MS);
    r = await frameRates(demo, page, LOOK_S);
    after = await freely(demo, page, link);
    least = Math.min(LEAST_FPS, SHARE * Math.min(before, after));
    report(what, r, [before, after]);
  }
  assert(r.browser >= least, `${what}: ${r.browser.toFixed(1)} frames a second in the browser, at least ${least.toFixed(1)}`);
  assert(r.kiosk >= least, `${what}: ${r.kiosk.toFixed(1)} frames a second at the kiosk, at least ${least.toFixed(1)}`);
  return after;
}

async function outage(demo, page, link) {
  const before = await demo.kiosk.stats();
  await link.loss(100);
  await until('the kiosk to say that the picture is interrupted', async () => (await demo.kiosk.ctl('status')).line === 'interrupted', 8000)
    .catch(() => undefined); // it may have gone on to reconnecting
  await sleep(OUTAGE_S * 1000);
  await page.reset();
  const at = (await demo.kiosk.stats()).stamps_good;
  await link.clear();
  const start = Date.now();
  let browserBack = 0;
  let kioskBack = 0;
  await until('both pictures back', async () => {
    browserBack ||= (await page.tell()).stamps > 5 ? Date.now() - start : 0;
    kioskBack ||= (await demo.kiosk.stats()).stamps_good > at + 5 ? Date.now() - start : 0;
    return browserBack && kioskBack;
  }, 20000);
  const after = await demo.kiosk.stats();
  console.log(`  outage of ${OUTAGE_S} s: back in the browser after ${browserBack} ms, at the kiosk after ${kioskBack} ms, ` +
    `handshakes ${before.handshakes} -> ${after.handshakes}, restarts ${after.restarts}`);
  assert(browserBack <= BACK_MS && kioskBack <= BACK_MS, `pictures are back within ${BACK_MS} ms`);
  assert(after.handshakes === before.handshakes, 'no new DTLS handshake');
  assert(await page.evaluate(() => window.probe.made) === 1, 'no new connection');
}

await main(`hard lines${only ? `: ${only}` : ''}`, async (t) => {
  const link = await Link.make(t);
  const demo = await startDemo(t, { prefix: link.kioskPrefix });
  await link.relay(Number(new URL(demo.info.url).port));
  const browser = await startChromium({ executable: link.chromium() });
  t.defer(() => browser.stop());
  const page = await openExpert(t, browser, demo);
  await intoCall(demo, page);
  await expectMedia(demo, page);
  let free = null;
  if (!only || only === 'loss') {
    t.step('5 % loss both ways');
    free = await keepsUp(demo, page, link, free, '5 % loss', () => link.loss(5));
  }
  if (!only || only === 'rate') {
    t.step('1 Mbit/s both ways');
    await keepsUp(demo, page, link, free, '1 Mbit/s', () => link.rate(1000));
  }
  if (!only || only === 'outage') {
    t.step(`nothing for ${OUTAGE_S} s`);
    await outage(demo, page, link);
  }
}, 420000);
