// From the scanner's last byte to the page sharp on the expert's screen: ours beside what people do now, sane-airscan to a file that is
// uploaded through a page in Chromium. The same emulated scanner, the same page, in turn, while the call goes on; and the picture's frame
// rate meanwhile. What people think and choose in between is not measured: neither the citizen's yes nor the clerk's choice of a file.
//
//   tools/bench papers [--runs 7] [--dpi 300]
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { startChromium } from '../../e2e/lib/chromium.mjs';
import { order } from '../../e2e/lib/emulator.mjs';
import { intoCall, openExpert } from '../../e2e/lib/journey.mjs';
import { main } from '../../e2e/lib/run.mjs';
import { Stand } from '../../e2e/lib/stand.mjs';
import { until } from '../../e2e/lib/wait.mjs';
import { median, round, table } from '../lib.mjs';
import { serveUpload } from './upload.mjs';

const { values: O } = parseArgs({ options: { runs: { type: 'string', default: '7' } } });
const RUNS = Number(O.runs);
const DPI = 300;
const AIM = { ratio: 0.5, fps: 20 };
const AFTER_MS = 1000; // the picture is watched so long after the page is there
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const BUILD = process.env.LUUKKU_BUILD ?? join(ROOT, 'build');
const run = promisify(execFile);
const now = () => performance.timeOrigin + performance.now();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Words to bench-look, which keeps one connection and looks often: {id, at}, ms. */
async function look(stand, ...words) {
  const { stdout } = await run(join(BUILD, 'bin/bench-look'), [stand.kiosk.socket, ...words], { timeout: 90000 });
  return JSON.parse(stdout);
}

/** When the host had the scanner's last byte, ms. */
async function lastByte(stand) {
  const { jobs } = JSON.parse(await order(stand.scanner, 'state'));
  return jobs[0].gone;
}

/** The fewest pictures in any second between two moments. */
function slowestSecond(arrivals, from, to) {
  const seen = arrivals.filter((at) => at >= from && at <= to);
  const begins = [from, ...seen].filter((at) => at + 1000 <= to);
  return Math.min(...begins.map((begin) => seen.filter((at) => at > begin && at <= begin + 1000).length));
}

/** In the page: waits for a page that was not there before, and gives when it was first seen, when it was sharp (what is shown has a pixel for
 *  each of the screen's, and is drawn), and when all of it was there and judged. */
const watchPage = (before) => new Promise((resolve) => {
  const seen = { preview: 0, sharp: 0, whole: 0 };
  const clock = () => performance.timeOrigin + performance.now();
  const drawn = async (well) => {
    const image = [...well.querySelectorAll('img')].findLast((i) => getComputedStyle(i).visibility === 'visible');
    if (!await image.decode().then(() => true, () => false)) return; // its address has changed meanwhile
    await new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)));
    seen.sharp = clock();
  };
  const step = async () => {
    const well = document.querySelector('[data-testid="paper-well"] .page');
    const [preview] = well?.querySelectorAll('img') ?? [];
    const fresh = well && !before.includes(well.dataset.page);
    if (fresh && seen.preview === 0 && preview?.complete && preview.naturalWidth > 0) seen.preview = clock();
    if (fresh && seen.sharp === 0 && seen.preview > 0 && well.dataset.sharp === 'true') await drawn(well);
    const tab = fresh ? document.querySelector(`[data-testid^="paper-page-"][data-page="${well.dataset.page}"]`) : null;
    if (tab?.dataset.state === 'whole') seen.whole = clock();
    return seen.sharp > 0 && seen.whole > 0 ? resolve(seen) : requestAnimationFrame(step);
  };
  step();
});
const pagesThere = () => [...document.querySelectorAll('[data-testid^="paper-page-"]')].map((e) => e.dataset.page);

async function ours(stand, page, n) {
  const before = await page.evaluate(pagesThere);
  await stand.kiosk.tap('source-glass');
  await stand.kiosk.tap('scan');
  const { id: share, at: tray } = await look(stand, 'await', 'share', `page-${n}-share`);
  await stand.kiosk.tap(share);
  await until('the question', () => stand.kiosk.node('consent-yes'));
  const watched = page.evaluate(watchPage, before);
  const { at: yes } = await look(stand, 'tap', 'consent-yes');
  const { preview, sharp, whole } = await watched;
  const from = await lastByte(stand);
  const after = (at) => tray - from + at - yes;
  return { from, to: Math.max(sharp, whole), parts: { scan: tray - from, preview: after(preview), ms: after(sharp), whole: after(whole) } };
}

async function backToTray(stand) {
  await until('the tray', async () => {
    if (await stand.kiosk.node('source-glass')) return true;
    await stand.kiosk.ctl('ui', 'tap', 'back');
    return false;
  }, 20000, 200);
}

/** The office's way: {browser, clerk, expert, env, dir}. */
async function openOffice(t, stand, browser) {
  const dir = mkdtempSync(join(tmpdir(), 'luukku-bench-'));
  t.defer(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, 'dll.conf'), 'airscan\n');
  const port = await order(stand.scanner, 'tcp');
  writeFileSync(join(dir, 'airscan.conf'), `[devices]\n"Scanner" = http://127.0.0.1:${port}/eSCL/, eSCL\n[options]\ndiscovery = disable\n`);
  const server = await serveUpload();
  t.defer(() => server.close());
  const [clerk, expert] = [await browser.open(`${server.url}/clerk`), await browser.open(`${server.url}/expert`)];
  return { clerk, expert, file: join(dir, 'page.jpg'), env: { ...process.env, SANE_CONFIG_DIR: dir } };
}

async function theirs(stand, office, n) {
  await run('scanimage', ['-d', 'airscan:e0:Scanner', '--source', 'Flatbed', '--mode', 'Color', '--resolution', String(DPI), '-x', '210', '-y', '297',
    '--format', 'jpeg', '-o', office.file], { env: office.env, timeout: 60000 });
  const written = now();
  await office.clerk.driver.upload('file', office.file);
  const sharp = await until('the page in the office', () => office.expert.evaluate((i) => window.sharp[i], n), 60000, 10);
  const chosen = await office.clerk.evaluate(() => window.chosen);
  const from = await lastByte(stand);
  return { from, to: sharp, parts: { scan: written - from, ms: written - from + sharp - chosen } };
}

/** One way, once, and the pictures of the call meanwhile, both ways. */
async function measured(stand, page, way) {
  await page.reset();
  const [begin, before] = [now(), await stand.kiosk.stats()];
  const { from, to, parts } = await way();
  await sleep(AFTER_MS);
  const [end, after, seen] = [now(), await stand.kiosk.stats(), await page.tell()];
  return { ...parts, browser_fps: slowestSecond(seen.arrivals, from, to + AFTER_MS),
    kiosk_fps: ((after.stamps_good - before.stamps_good) * 1000) / (end - begin) };
}

function report(all) {
  const of = (side, key, f = median) => round(f(all[side].map((r) => r[key])));
  const least = (list) => Math.min(...list);
  const rows = [['', 'ours', 'theirs'],
    ['last byte to tray, or file written, ms', of('ours', 'scan'), of('theirs', 'scan')],
    ['last byte to the first picture of it, ms', of('ours', 'preview'), ''],
    ['last byte to sharp, ms', of('ours', 'ms'), of('theirs', 'ms')],
    ['last byte to all of it there, ms', of('ours', 'whole'), of('theirs', 'ms')],
    ['slowest second at the browser, frames', of('ours', 'browser_fps', least), of('theirs', 'browser_fps', least)],
    ['slowest run at the kiosk, frames a second', of('ours', 'kiosk_fps', least), of('theirs', 'kiosk_fps', least)]];
  table(rows);
  const ratio = round(of('ours', 'ms') / of('theirs', 'ms'), 3);
  const fps = Math.min(of('ours', 'browser_fps', least), of('ours', 'kiosk_fps', least));
  const load = loadavg().map((x) => round(x));
  console.log(JSON.stringify({ bench: 'papers', runs: RUNS, dpi: DPI, load, ours_ms: of('ours', 'ms'), theirs_ms: of('theirs', 'ms'), ratio, aim: AIM.ratio,
    met: ratio <= AIM.ratio, preview_ms: of('ours', 'preview'), whole_ms: of('ours', 'whole'), least_fps: fps, fps_aim: AIM.fps, fps_met: fps >= AIM.fps, all }));
}

await main('bench papers', async (t) => {
  const stand = await Stand.start(t, { devices: true, scanner: ['--tcp', '0'] });
  await stand.startKiosk();
  const browser = await startChromium();
  t.defer(() => browser.stop());
  const page = await openExpert(t, browser, stand, stand.info);
  const office = await openOffice(t, stand, await startOther(t));
  await intoCall(stand, page);
  await page.click('ask-scan');
  await page.driver.fill('paper-ask-text', 'Palkkalaskelma');
  await page.click('paper-ask-send');
  await stand.kiosk.tap('papers');
  const all = { ours: [], theirs: [] };
  for (let n = 1; n <= RUNS + 1; n += 1) {
    await backToTray(stand);
    const other = await measured(stand, page, () => theirs(stand, office, n));
    const mine = await measured(stand, page, () => ours(stand, page, n));
    console.error(`  ${n === 1 ? 'warm-up' : `run ${n - 1}`}: ${JSON.stringify({ mine, other })}`);
    if (n === 1) continue; // programs are loaded, and the page is drawn
    all.ours.push(mine);
    all.theirs.push(other);
  }
  report(all);
}, 120000 + RUNS * 60000);

/** The office's own browser. */
async function startOther(t) {
  const browser = await startChromium({ probe: false });
  t.defer(() => browser.stop());
  return browser;
}
