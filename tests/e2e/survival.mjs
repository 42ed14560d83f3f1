// luukku-rtc is killed, and stopped, in the middle of a call: the screen stays and says so, the call comes back.
import { readFileSync, readdirSync } from 'node:fs';
import { startChromium } from './lib/chromium.mjs';
import { expectMedia, intoCall, openExpert, startDemo } from './lib/journey.mjs';
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
  let said = false;
  let fresh = 0;
  await until(`the call to be back after ${signal}`, async () => {
    const status = await demo.kiosk.ctl('status');
    screens.add(status.screen);
    said ||= status.line === 'reconnecting';
    const newPid = status.programs.find((p) => p.name === 'luukku-rtc')?.pid;
    if (!newPid || newPid === pid) return false;
    if (!fresh) {
      fresh = Date.now();
      await page.reset();
    }
    const stats = await demo.kiosk.stats().catch(() => null); // it is only just starting
    return stats && stats.stamps_good > 5 && (await page.tell()).stamps > 5;
  }, 20000, 20);
  const took = Date.now() - start;
  console.log(`  after ${signal}: both pictures back in ${took} ms; screens ${[...screens]}; said reconnecting: ${said}`);
  assert([...screens].every((s) => s === 'call'), 'the call screen stays up');
  assert(said, 'the screen says that it reconnects');
  assert(took <= BACK_MS, `back within ${BACK_MS} ms`);
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
  const after = openFiles(kept.luukkud);
  assert(after === before, `luukkud had ${before} descriptors and has ${after}: ${readFileSync(`/proc/${kept.luukkud}/comm`, 'utf8').trim()}`);
  await page.click('call-end');
  await demo.kiosk.screenIs('end');
});
