// Programs killed and stopped in the middle of a call. luukku-rtc: the screen stays and says so, the call comes back.
// luukkud: the visit is over. luukku-super: all is over.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { startChromium } from './lib/chromium.mjs';
import { CARD, expectMedia, intoCall, openExpert, startDemo } from './lib/journey.mjs';
import { main } from './lib/run.mjs';
import { assert, until } from './lib/wait.mjs';

const BACK_MS = 5000;

/** The pid of a program of this demo, from luukkuctl status. */
async function pidOf(demo, program) {
  const status = await demo.kiosk.ctl('status');
  const found = status.programs.find((p) => p.name === program);
  assert(found?.pid > 0, `${program} runs: ${JSON.stringify(status.programs)}`);
  return found.pid;
}

async function backAfter(demo, page, signal) {
  const pid = await pidOf(demo, 'luukku-rtc');
  const screens = new Set();
  await page.reset();
  process.kill(pid, signal);
  const start = Date.now();
  const parts = {}; // ms after the signal
  const passed = (what) => (parts[what] ??= Date.now() - start);
  await until(`the call to be back after ${signal}`, async () => {
    const status = await demo.kiosk.ctl('status');
    screens.add(status.screen);
    if (status.line === 'reconnecting') passed('said');
    const fresh = status.programs.find((p) => p.name === 'luukku-rtc');
    if (!fresh.pid || fresh.pid === pid) return false;
    if (!parts.started) await page.reset();
    passed('started');
    if (fresh.state !== 'running') return false;
    passed('ready');
    if (status.broker) passed('broker');
    const stats = await demo.kiosk.stats().catch(() => null); // it is only just starting
    if (stats?.stamps_good > 5) passed('kiosk');
    if ((await page.tell()).stamps > 5) passed('browser');
    return parts.kiosk && parts.browser;
  }, 20000, 100); // each look costs the machine some of what is measured
  console.log(`  after ${signal}, ms: ${Object.entries(parts).map(([k, v]) => `${k} ${v}`).join(', ')}; screens ${[...screens]}`);
  assert([...screens].every((s) => s === 'call'), 'the call screen stays up');
  assert(parts.said !== undefined, 'the screen says that it reconnects');
  assert(Math.max(parts.kiosk, parts.browser) <= BACK_MS, `back within ${BACK_MS} ms`);
}

/** What the page says of the connection. */
const saidOf = (page) => page.evaluate(() => window.probe.find('connection')?.dataset.state);

/** luukkud holds the visit: without it there is none, and what luukku-rtc knew of it goes too. */
async function withoutLuukkud(demo, page) {
  const [luukkud, rtc] = [await pidOf(demo, 'luukkud'), await pidOf(demo, 'luukku-rtc')];
  process.kill(luukkud, 'SIGKILL');
  const start = Date.now();
  await until('a fresh screen at start', async () => {
    const { screen, programs } = await demo.kiosk.ctl('status');
    return screen === 'start' && programs.every((p) => p.state === 'running' && p.pid !== luukkud && p.pid !== rtc);
  });
  console.log(`  the screen is back at start after ${Date.now() - start} ms`);
  for (const state of ['interrupted', 'reconnecting']) {
    await until(`the page to say ${state}`, async () => (await saidOf(page)) === state, 15000);
    console.log(`  the page says ${state} after ${Date.now() - start} ms`);
  }
  await demo.kiosk.callFor(CARD);
  await until('the page to say that the kiosk began anew',
    () => page.evaluate(() => window.probe.find('notice')?.dataset.kind === 'vanished'));
  await page.accept();
  await demo.kiosk.screenIs('call');
  await expectMedia(demo, page, { frames: 15 });
}

/** Nothing outlives luukku-super, which started it. */
async function withoutSuper(demo) {
  const pids = [await pidOf(demo, 'luukkud'), await pidOf(demo, 'luukku-rtc')];
  const parent = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pids[0]}/status`, 'utf8'))[1]);
  assert(readFileSync(`/proc/${parent}/comm`, 'utf8').trim() === 'luukku-super', 'luukku-super started luukkud');
  process.kill(parent, 'SIGKILL');
  await until('its programs to end with it', () => pids.every((pid) => !existsSync(`/proc/${pid}`)), 5000);
  const [code] = await demo.exited;
  assert(code === 1 && /kiosk ended by itself/.test(demo.tail()), `the demo says so and ends: ${code}, ${demo.tail(3)}`);
}

const openFiles = (pid) => readdirSync(`/proc/${pid}/fd`).length;

await main('survival', async (t) => {
  const demo = await startDemo(t);
  const browser = await startChromium();
  t.defer(() => browser.stop());
  const page = await openExpert(t, browser, demo);
  await intoCall(demo, page);
  await expectMedia(demo, page);
  const kept = { luukkud: await pidOf(demo, 'luukkud') };
  const before = openFiles(kept.luukkud);
  for (const signal of ['SIGKILL', 'SIGSTOP', 'SIGKILL', 'SIGSTOP']) {
    t.step(`${signal} to luukku-rtc`);
    await backAfter(demo, page, signal);
  }
  await expectMedia(demo, page);
  assert((await pidOf(demo, 'luukkud')) === kept.luukkud, 'luukkud was not restarted');
  await until(`luukkud to have no more than the ${before} descriptors it had`, () => openFiles(kept.luukkud) <= before);
  t.step('SIGKILL to luukkud');
  await withoutLuukkud(demo, page);
  t.step('SIGKILL to luukku-super');
  await withoutSuper(demo);
});
