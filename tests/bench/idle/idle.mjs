// What the kiosk's programs cost while nobody is there: CPU of each program and of its busiest threads, on the start screen and in the
// queue, where camera and microphone run: node tests/bench/idle/idle.mjs [--seconds 20]
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Demo } from '../../e2e/lib/demo.mjs';
import { CARD } from '../../e2e/lib/journey.mjs';
import { processFigures, round, table } from '../lib.mjs';

const { values: O } = parseArgs({ options: { seconds: { type: 'string', default: '20' } } });
const SECONDS = Number(O.seconds);
const SETTLE_MS = 3000;
const THREAD_LEAST = 0.0002; // of a core; what is less is not shown
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** CPU seconds of each thread, by `name/id`, in nanoseconds' precision. */
function threads(pid) {
  const list = readdirSync(`/proc/${pid}/task`).map((tid) => {
    const at = `/proc/${pid}/task/${tid}`;
    return [`${readFileSync(`${at}/comm`, 'utf8').trim()}/${tid}`, Number(readFileSync(`${at}/schedstat`, 'utf8').split(' ')[0]) / 1e9];
  });
  return new Map(list);
}

/** The kiosk's programs and luukku-super, which started them. */
async function programs(kiosk) {
  const list = (await kiosk.ctl('status')).programs.map(({ name, pid }) => ({ name, pid }));
  const parent = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${list[0].pid}/status`, 'utf8'))[1]);
  return [...list, { name: 'luukku-super', pid: parent }];
}

async function measure(list) {
  const before = list.map(({ pid }) => threads(pid));
  const started = process.hrtime.bigint();
  await sleep(SECONDS * 1000);
  const took = Number(process.hrtime.bigint() - started) / 1e9;
  return list.map(({ name, pid }, i) => {
    const after = [...threads(pid)].map(([thread, cpu]) => [thread.split('/')[0], (cpu - (before[i].get(thread) ?? 0)) / took]);
    const busiest = after.filter(([, share]) => share >= THREAD_LEAST).sort((a, b) => b[1] - a[1]);
    return {
      name, pss_mb: round(processFigures(pid).pss / 1024), percent: round(after.reduce((sum, [, share]) => sum + share, 0) * 100, 3),
      threads: Object.fromEntries(busiest.map(([thread, share]) => [thread, round(share * 100, 3)])),
    };
  });
}

const demo = await Demo.start({ stamps: false });
const result = {};
try {
  const list = await programs(demo.kiosk);
  await sleep(SETTLE_MS);
  result.start = await measure(list);
  await demo.kiosk.callFor(CARD);
  await sleep(SETTLE_MS);
  result.waiting = await measure(list);
} finally {
  await demo.stop();
}
for (const [screen, figures] of Object.entries(result)) {
  console.log(`\n${screen}`);
  table([['program', '% of a core', 'PSS MB', 'busiest threads'],
    ...figures.map((f) => [f.name, f.percent, f.pss_mb, Object.entries(f.threads).map(([t, v]) => `${t} ${v}`).join(', ')])]);
}
console.log(JSON.stringify(result));
