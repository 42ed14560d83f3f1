// The kiosk's screen beside a browser in kiosk mode that shows an equal page and call, on equal displays, in turn:
// node tests/bench/ui/ui.mjs [--runs 3] [--seconds 10]
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '../../e2e/node_modules/playwright-core/index.mjs';
import { CHROMIUM, CHROMIUM_FLAGS, startChromium } from '../../e2e/lib/chromium.mjs';
import { Demo } from '../../e2e/lib/demo.mjs';
import { CARD, openExpert } from '../../e2e/lib/journey.mjs';
import { until } from '../../e2e/lib/wait.mjs';
import { median, processFigures, round, table } from '../lib.mjs';
import { equalPage } from './equal.mjs';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const BUILD = process.env.LUUKKU_BUILD ?? join(ROOT, 'build');
const PAGE = readFileSync(new URL('../call/page.js', import.meta.url), 'utf8');
const PANEL = { width: 1080, height: 1920 };
const SETTLE_MS = 300;
const WARM_MS = 3000;
const CALL_WARM_MS = 25000; // until both congestion controllers send what they may
const TAPS = 5;
const KBPS = 2000; // the kiosk's own ceiling
const { values: O } = parseArgs({ options: { runs: { type: 'string', default: '3' }, seconds: { type: 'string', default: '10' } } });
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A display of its own, and who touches and watches it. */
class Screen {
  static async open() {
    const screen = new Screen();
    screen.server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', `${PANEL.width}x${PANEL.height}x24`, '-nolisten', 'tcp'],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    const [number] = await new Promise((resolve) => createInterface({ input: screen.server.stdio[3] }).once('line', (l) => resolve([l])));
    screen.name = `:${number}`;
    screen.watcher = spawn(join(BUILD, 'bin/bench-xwatch'), [screen.name], { stdio: ['pipe', 'pipe', 'inherit'] });
    screen.lines = createInterface({ input: screen.watcher.stdout })[Symbol.asyncIterator]();
    return screen;
  }

  async #ask(line) {
    this.watcher.stdin.write(`${line}\n`);
    return JSON.parse((await this.lines.next()).value);
  }

  tap([x, y, w, h]) {
    return this.#ask(`tap ${Math.round(x + w / 2)} ${Math.round(y + h / 2)} ${SETTLE_MS}`);
  }

  async close() {
    this.watcher.stdin.end();
    await new Promise((resolve) => this.watcher.once('exit', resolve));
    this.server.kill();
    await new Promise((resolve) => this.server.once('exit', resolve));
  }
}

function parents() {
  return readdirSync('/proc').filter((p) => /^\d+$/.test(p)).map((pid) => {
    try {
      return [Number(pid), Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1])];
    } catch {
      return [0, -1]; // it has ended
    }
  });
}

const children = (root) => parents().filter(([, parent]) => parent === root).map(([pid]) => pid);

/** The process and all that came of it. */
function family(root) {
  const all = parents();
  const found = [root];
  for (const pid of found) found.push(...all.filter(([, parent]) => parent === pid).map(([child]) => child));
  return found;
}

function figures(root) {
  let [cpu, pss] = [0, 0];
  for (const pid of family(root)) {
    try {
      const f = processFigures(pid);
      cpu += f.cpu;
      pss += f.pss;
    } catch {
      // it has ended, or is about to
    }
  }
  return { cpu, pss };
}

/** CPU (% of a core) and memory (MB) over the seconds asked for. */
async function rest(root) {
  await sleep(WARM_MS);
  const before = figures(root);
  const start = Date.now();
  await sleep(Number(O.seconds) * 1000);
  const after = figures(root);
  return { cpu: ((after.cpu - before.cpu) / (Date.now() - start)) * 1e5, pss: after.pss / 1024 };
}

/** Taps that change the whole screen: another language, and back. */
async function taps(screen, rects) {
  const seen = [];
  for (let i = 0; i < TAPS; i++) seen.push(await screen.tap(rects[i % 2]));
  const of = (key) => median(seen.map((s) => s[key]));
  return { press: of('press_ms'), release: of('release_ms'), settled: of('settled_ms') };
}

const rectOf = (tree, id) => tree.nodes.find((n) => n.id === id).rect;

/** The kiosk in a call with the expert's page; the trees of what it showed are put into `trees`. */
async function ours(trees, sizes, film) {
  const screen = await Screen.open();
  const demo = await Demo.start({ display: screen.name, stamps: false });
  const browser = await startChromium({ camera: true, flags: [`--use-file-for-fake-video-capture=${film}`] });
  const { kiosk } = demo;
  const keep = async (name) => { trees[name] = await kiosk.tree(); };
  const result = {};
  try {
    const page = await openExpert({ pages: [] }, browser, demo);
    await kiosk.screenIs('start');
    const { programs } = await kiosk.ctl('status');
    const running = programs.find((p) => p.state === 'running');
    const root = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${running.pid}/status`, 'utf8'))[1]);
    await keep('start');
    result.start = await rest(root);
    result.taps = await taps(screen, ['lang-sv', 'lang-fi'].map((id) => rectOf(trees.start, id)));
    await kiosk.tap('lang-sv');
    await kiosk.says('Välkommen');
    await keep('start_sv');
    await kiosk.tap('lang-fi');
    await kiosk.callFor(CARD);
    await keep('waiting');
    result.waiting = await rest(root);
    await page.accept();
    await kiosk.screenIs('call');
    await until('the expert\'s picture', async () => (await kiosk.stats()).frames_decoded > 30, 20000);
    await keep('call');
    await sleep(CALL_WARM_MS);
    const decoded = (await kiosk.stats()).frames_decoded;
    const start = Date.now();
    result.call = await rest(root);
    const stats = await kiosk.stats();
    result.call.fps = (stats.frames_decoded - decoded) / ((Date.now() - start) / 1000);
    sizes.own = { width: stats.sent_width, height: stats.sent_height };
    sizes.far = { width: stats.width, height: stats.height };
    console.error(`the kiosk's call: ${JSON.stringify(sizes)}, ${stats.send_kbps} and ${stats.receive_kbps} kbit/s`);
    await kiosk.tap('end-call');
  } finally {
    await browser.stop();
    await demo.stop();
    await screen.close();
  }
  return result;
}

const video = ({ width, height }) => ({ width: { exact: width }, height: { exact: height }, frameRate: { ideal: 30 } });

/** Two pages into one call; both have page.js. Pictures as large as in the kiosk's call, both ways. */
async function connect(a, b, sizes) {
  await a.exposeFunction('onCandidate', (c, i) => b.evaluate(([x, y]) => candidate(x, y), [c, i]).catch(() => undefined));
  await b.exposeFunction('onCandidate', (c, i) => a.evaluate(([x, y]) => candidate(x, y), [c, i]).catch(() => undefined));
  await a.evaluate((v) => prepare(v), video(sizes.far));
  await b.evaluate((v) => prepare(v), video(sizes.own));
  const sdp = await a.evaluate(() => offer());
  const back = await b.evaluate(([s, k]) => answer(s, k), [sdp, KBPS]);
  await a.evaluate((s) => take(s), back);
}

async function openPage(browser, url, own) {
  const page = own ?? await browser.newPage();
  await page.addInitScript('window.probe = { reset() {} };'); // the camera as it is, not the stamped one of other tests
  await page.goto(url);
  await page.addScriptTag({ content: PAGE });
  return page;
}

/** A browser in kiosk mode with the same screens; the far end is a browser too. */
async function theirs(trees, sizes, url, film) {
  const screen = await Screen.open();
  const flags = [...CHROMIUM_FLAGS, `--use-file-for-fake-video-capture=${film}`];
  const profile = mkdtempSync(join(tmpdir(), 'luukku-bench-'));
  // The window that a profile opens with is the one in kiosk mode.
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM, headless: false, viewport: null, env: { ...process.env, DISPLAY: screen.name },
    args: [...flags, '--kiosk', '--window-position=0,0', `--window-size=${PANEL.width},${PANEL.height}`],
  });
  const root = children(process.pid).find((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('chrom'));
  const far = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: flags });
  const result = {};
  try {
    const page = await openPage(browser, `${url}equal`, browser.pages()[0]);
    await page.evaluate(() => document.fonts.ready.then(() => true));
    result.start = await rest(root);
    result.taps = await taps(screen, ['lang-sv', 'lang-fi'].map((id) => rectOf(trees.start, id)));
    await page.evaluate(() => show('waiting'));
    await page.evaluate(async () => {
      const own = await navigator.mediaDevices.getUserMedia({ video: true });
      document.querySelectorAll('.self').forEach((v) => {
        v.srcObject = own;
      });
    });
    result.waiting = await rest(root);
    const farPage = await openPage(far, url);
    await connect(farPage, page, sizes);
    await page.evaluate(() => show('call'));
    await until('the far picture', () => page.evaluate(() => document.querySelector('.remote').videoWidth > 0), 20000);
    const frames = () => page.evaluate(() => document.querySelector('.remote').getVideoPlaybackQuality().totalVideoFrames);
    await sleep(CALL_WARM_MS);
    const before = await frames();
    const start = Date.now();
    result.call = await rest(root);
    result.call.fps = ((await frames()) - before) / ((Date.now() - start) / 1000);
    const sent = await page.evaluate(() => kbits());
    console.error(`the browser's call: ${JSON.stringify(sizes)}, ${sent.sent} and ${sent.received} kbit/s`);
  } finally {
    await browser.close();
    await far.close();
    await screen.close();
    rmSync(profile, { recursive: true, force: true });
  }
  return result;
}

const flat = (r) => ({
  press_ms: r.taps.press, release_ms: r.taps.release, redraw_ms: r.taps.settled,
  start_cpu: r.start.cpu, waiting_cpu: r.waiting.cpu, call_cpu: r.call.cpu, call_fps: r.call.fps,
  start_pss_mb: r.start.pss, waiting_pss_mb: r.waiting.pss, call_pss_mb: r.call.pss,
});

async function main() {
  const trees = {};
  const sizes = {};
  const seen = { luukku: [], chromium: [] };
  const server = createServer((req, res) => {
    res.setHeader('content-type', 'text/html; charset=utf-8');
    res.end(req.url === '/equal' ? equalPage(trees, [['start', 'lang-sv', 'start_sv'], ['start_sv', 'lang-fi', 'start']])
      : '<!doctype html><video autoplay playsinline muted width="640" height="480"></video>');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  // Every camera films the same: the picture of the kiosk's simulated one.
  const dir = mkdtempSync(join(tmpdir(), 'luukku-bench-'));
  const film = join(dir, 'scene.y4m');
  execFileSync(join(BUILD, 'bin/bench-scene'), [film]);
  for (let i = 0; i < Number(O.runs); i++) {
    seen.luukku.push(flat(await ours(trees, sizes, film)));
    seen.chromium.push(flat(await theirs(trees, sizes, `http://127.0.0.1:${server.address().port}/`, film)));
    for (const name of ['luukku', 'chromium']) {
      console.error(`run ${i + 1} ${name}: ${JSON.stringify(Object.fromEntries(Object.entries(seen[name][i]).map(([k, v]) => [k, round(v)])))}`);
    }
  }
  server.close();
  rmSync(dir, { recursive: true });
  const sum = (list) => Object.fromEntries(Object.keys(list[0]).map((k) => [k, round(median(list.map((r) => r[k])))]));
  const [a, b] = [sum(seen.luukku), sum(seen.chromium)];
  table([['', 'luukku', 'chromium', 'ratio'], ...Object.keys(a).map((k) => [k, a[k], b[k], round(a[k] / b[k], 2)])]);
  const judge = (key, aim) => `${round(a[key] / b[key], 2)} (aim ${aim}: ${a[key] / b[key] <= aim ? 'met' : 'MISSED'})`;
  const answer = Math.max(a.press_ms, a.release_ms);
  const aims = { touch_ms: `${answer} (aim 50: ${answer <= 50 ? 'met' : 'MISSED'})`, call_cpu: judge('call_cpu', 0.5),
    call_memory: judge('call_pss_mb', 0.25) };
  for (const [k, v] of Object.entries(aims)) console.log(`${k}: ${v}`);
  console.log(JSON.stringify({ bench: 'ui', runs: Number(O.runs), luukku: a, chromium: b, aims }));
}

await main();
process.exit(0);
