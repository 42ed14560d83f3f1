// Calls in a row with one kiosk whose programs are not started anew in between: nothing grows.
// node tests/e2e/repeat.mjs [CALLS]
import { readFileSync, readdirSync } from 'node:fs';
import { startChromium } from './lib/chromium.mjs';
import { expectMedia, intoCall, openExpert, startDemo } from './lib/journey.mjs';
import { main } from './lib/run.mjs';
import { assert, PATIENCE_MS, until } from './lib/wait.mjs';

const CALLS = Number(process.argv[2] ?? 12);
const SETTLED_AFTER = 10;
const GROWTH = 1.02;

/** Descriptors, threads and memory (PSS, kB) of a process. */
function figures(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return {
    fds: readdirSync(`/proc/${pid}/fd`).length,
    threads: readdirSync(`/proc/${pid}/task`).length,
    pss: Number(/^Pss:\s+(\d+) kB/m.exec(rollup)[1]),
  };
}

const parentOf = (pid) => Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

/** The figures of luukku-super and of all its programs. */
async function allFigures(demo) {
  const { programs } = await demo.kiosk.ctl('status');
  const all = programs.map((p) => [p.name, figures(p.pid)]);
  return Object.fromEntries([['luukku-super', figures(parentOf(programs[0].pid))], ...all]);
}

const countsOf = (all) => JSON.stringify(Object.entries(all).map(([name, { fds, threads }]) => [name, fds, threads]));

/** The figures once two looks agree: what a call had may take a moment to go. With `wanted`: once they are those counts. */
async function resting(demo, wanted = null) {
  let last = '';
  let all = {};
  await until(`descriptors and threads at rest${wanted ? `, as ${wanted}` : ''}`, async () => {
    all = await allFigures(demo);
    const counts = countsOf(all);
    const rests = counts === (wanted ?? last);
    last = counts;
    return rests;
  }, PATIENCE_MS, 300).catch((error) => {
    throw new Error(`${error.message}: ${last}`);
  });
  return all;
}

await main(`${CALLS} calls in a row`, async (t) => {
  const demo = await startDemo(t, { kioskArgs: '--keep-programs' });
  const browser = await startChromium();
  t.defer(() => browser.stop());
  const page = await openExpert(t, browser, demo);
  let settled;
  for (let i = 1; i <= CALLS; i++) {
    await intoCall(demo, page);
    await expectMedia(demo, page, { frames: 10 });
    if (i % 2) await demo.kiosk.tap('end-call');
    else await page.click('call-end');
    await demo.kiosk.done();
    await until('the page\'s queue', async () => !(await page.visible('remote-video')));
    if (i === SETTLED_AFTER) settled = await resting(demo);
    if (i % 10 === 0) console.log(`  after ${i}: ${JSON.stringify(await allFigures(demo))}`);
  }
  const end = await resting(demo, countsOf(settled));
  console.log(`  at the end: ${JSON.stringify(end)}`);
  for (const [name, now] of Object.entries(end)) {
    const was = settled[name];
    if (CALLS >= 100) assert(now.pss <= was.pss * GROWTH, `${name}: memory ${was.pss} -> ${now.pss} kB`);
  }
}, 60000 + CALLS * 15000);
