// What ends at a bad moment: an expert's browser, a demo, a kiosk without a display. Nothing is left, and somebody says why.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChromium } from './lib/chromium.mjs';
import { expectMedia, intoCall, openExpert, startDemo } from './lib/journey.mjs';
import { seeded } from './lib/random.mjs';
import { main } from './lib/run.mjs';
import { Stand } from './lib/stand.mjs';
import { assert, until } from './lib/wait.mjs';

const DEMO = fileURLToPath(new URL('../../tools/demo', import.meta.url));
const BUILD = process.env.LUUKKU_BUILD ?? fileURLToPath(new URL('../../build', import.meta.url));
const RANDOM_STOPS = 5;
const LONGEST_MS = 4000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Processes whose command line speaks of us: the kiosk's programs, and servers below `dir`. */
function ours(dir) {
  return readdirSync('/proc').filter((p) => /^\d+$/.test(p) && Number(p) !== process.pid).filter((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return words.includes(dir) || words.includes(`${BUILD}/bin/luukku`);
    } catch {
      return false; // it has ended
    }
  });
}

async function noDisplay(t) {
  t.step('no display');
  const stand = await Stand.start(t);
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  delete process.env.DISPLAY;
  delete process.env.WAYLAND_DISPLAY;
  await stand.startKiosk({}, { headless: false });
  Object.assign(process.env, { ...(DISPLAY && { DISPLAY }), ...(WAYLAND_DISPLAY && { WAYLAND_DISPLAY }) });
  await until('words about the display', () => /luukkud .*there is no display: connect one/.test(stand.tail()));
  await pause(5000);
  const [luukkud, rtc] = (await stand.kiosk.ctl('status')).programs;
  console.log(`  in 5 s luukkud was started ${luukkud.restarts + 1} times; luukku-rtc ${rtc.state}, ${rtc.restarts} restarts`);
  assert(luukkud.restarts <= 8 && rtc.restarts === 0, 'no busy loop');
  assert((await stand.kiosk.check('luukkud runs')).result === 'FAIL', 'the technician is told');
  await stand.stop();
}

async function browserKilled(t) {
  t.step('the expert\'s browser is killed in a call');
  const demo = await startDemo(t);
  const browser = await startChromium();
  t.defer(() => browser.stop());
  const page = await openExpert(t, browser, demo);
  await intoCall(demo, page);
  await expectMedia(demo, page);
  browser.kill();
  t.pages.length = 0;
  const start = Date.now();
  for (const [line, words] of [['interrupted', 'Kuva ja ääni katkesivat'], ['reconnecting', 'Yhdistämme uudelleen']]) {
    await until(`the kiosk's line ${line}`, async () => (await demo.kiosk.ctl('status')).line === line, 15000);
    console.log(`  ${line} after ${Date.now() - start} ms`);
    await demo.kiosk.says(words);
  }
  t.step('another browser takes the next call, in a second demo, too');
  await demo.kiosk.tap('end-call');
  await demo.kiosk.done();
  const second = await startDemo(t);
  const fresh = await startChromium();
  t.defer(() => fresh.stop());
  const pages = [await openExpert(t, fresh, demo), await openExpert(t, fresh, second)];
  await Promise.all([intoCall(demo, pages[0]), intoCall(second, pages[1])]);
  await expectMedia(demo, pages[0], { frames: 10 });
  await expectMedia(second, pages[1], { frames: 10 });
  t.step('Ctrl-C in a call ends one demo, and not the other');
  const programs = (await second.kiosk.ctl('status')).programs.map((p) => p.pid);
  second.process.kill('SIGINT');
  const [code] = await second.exited;
  assert(code === 130, `it ended with ${code}`);
  assert(programs.every((pid) => !ours('/nowhere').includes(String(pid))), 'its programs have ended');
  await expectMedia(demo, pages[0], { frames: 10 });
  await pages[0].click('call-end');
  await demo.kiosk.screenIs('end');
  await demo.stop();
}

/** Starts a demo below `dir`, stops it with Ctrl-C after `ms`, or once it is ready where that is null. */
async function stoppedDemo(t, dir, ms) {
  const options = { env: { ...process.env, TMPDIR: dir }, stdio: ['ignore', 'pipe', 'pipe'], detached: true };
  const demo = spawn(DEMO, ['--built', '--headless', '--simulated'], options);
  const ended = once(demo, 'exit');
  t.defer(() => demo.exitCode ?? demo.signalCode ?? process.kill(-demo.pid, 'SIGTERM'));
  let said = '';
  demo.stderr.on('data', (part) => { said += part; });
  const ready = once(demo.stdout.setEncoding('utf8'), 'data');
  const moment = ms === null ? ready.then(() => true) : pause(ms).then(() => true);
  assert(await Promise.race([moment, ended.then(() => false)]), `it ended by itself: ${said}`);
  process.kill(-demo.pid, 'SIGINT'); // the terminal sends it to all in front
  const [code, signal] = await ended;
  assert(code === 130 || signal === 'SIGINT', `it ended with ${code ?? signal}: ${said}`);
}

/** Ctrl-C at random moments of its start, and once it is ready. */
async function randomStops(t) {
  const dir = mkdtempSync(join(tmpdir(), 'lte-'));
  chmodSync(dir, 0o711); // the servers' own users pass through
  t.defer(() => rmSync(dir, { recursive: true, force: true }));
  const before = ours(dir);
  const next = seeded();
  for (let i = 0; i <= RANDOM_STOPS; i++) {
    const ms = i < RANDOM_STOPS ? Math.floor((i + next()) * LONGEST_MS / RANDOM_STOPS) : null;
    t.step(`Ctrl-C ${ms === null ? 'once it is ready' : `after ${ms} ms`}`);
    await stoppedDemo(t, dir, ms);
    const left = ours(dir).filter((pid) => !before.includes(pid));
    assert(left.length === 0, `processes are left: ${left}`);
    assert(readdirSync(dir).length === 0, `files are left: ${readdirSync(dir)}`);
  }
}

await main('endings', async (t) => {
  await noDisplay(t);
  await browserKilled(t);
  await randomStops(t);
}, 230000);
