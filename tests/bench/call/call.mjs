// The call, ours beside a peer on webrtcbin and beside Chromium to Chromium: the same browser page, the same source, the
// same settings, in turn. node tests/bench/call/call.mjs [--runs 7] [--seconds 10] [--kbps 1500]
import { execFile, spawn } from 'node:child_process';
import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { chromium } from '../../e2e/node_modules/playwright-core/index.mjs';
import { CHROMIUM, CHROMIUM_FLAGS } from '../../e2e/lib/chromium.mjs';
import { Demo } from '../../e2e/lib/demo.mjs';
import { intoCall } from '../../e2e/lib/journey.mjs';
import { startChromium } from '../../e2e/lib/chromium.mjs';
import { until } from '../../e2e/lib/wait.mjs';
import { median, percentile, processFigures, round, table } from '../lib.mjs';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const BUILD = process.env.LUUKKU_BUILD ?? join(ROOT, 'build');
const PROBE = readFileSync(join(ROOT, 'tests/e2e/lib/probe.js'), 'utf8');
const PAGE = readFileSync(new URL('./page.js', import.meta.url), 'utf8');
const HTML = '<!doctype html><video data-testid="remote-video" autoplay playsinline muted width="640" height="480"></video>';
const WARM_MS = 3000;
const { values: O } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' }, seconds: { type: 'string', default: '10' }, kbps: { type: 'string', default: '1500' },
    claims: { type: 'string', default: '7' },
  },
});
const RUNS = Number(O.runs);
const SECONDS = Number(O.seconds);
const KBPS = Number(O.kbps);
const run = promisify(execFile);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A peer that speaks JSON lines. */
class Peer {
  constructor(words) {
    this.log = [];
    this.process = spawn(words[0], words.slice(1), { stdio: ['pipe', 'pipe', process.env.VERBOSE ? 'inherit' : 'ignore'] });
    this.pid = this.process.pid;
    createInterface({ input: this.process.stdout }).on('line', (line) => {
      const m = JSON.parse(line);
      if (m.type === 'pid') this.pid = m.pid;
      this.log.push(m);
      this.heard?.(m);
    });
  }

  send(o) {
    this.process.stdin.write(`${JSON.stringify(o)}\n`);
  }

  wait(type, ms = 20000) {
    return until(`${type} of the peer`, () => this.log.find((m) => m.type === type), ms, 2).catch((error) => {
      throw new Error(`${error.message}; it said ${this.log.map((m) => `${m.type} ${m.state ?? ''} ${m.why ?? ''}`).join(', ')}`);
    });
  }

  async stop() {
    this.send({ type: 'quit' });
    await new Promise((resolve) => this.process.once('exit', resolve));
  }
}

/** Keys and a configuration for luukku-rtc alone; its broker's port is closed. */
async function ourPeer(dir) {
  const pki = (...words) => run(join(ROOT, 'tools/pki/luukku-pki'), words);
  const store = join(dir, 'pki');
  await pki('init', store);
  await pki('agency', store, 'kela', 'Kela');
  await pki('kiosk', store, 'kiosk-1', '--site', 'Bench');
  const mine = (name) => join(store, 'kiosks/kiosk-1', name);
  const config = join(dir, 'kiosk.json');
  const ca = join(store, 'fleet/ca.crt');
  writeFileSync(config, JSON.stringify({
    kiosk: 'kiosk-1', site: 'Bench', broker: { host: '127.0.0.1', port: 9 },
    tls: { ca, cert: mine('tls.crt'), key: mine('tls.key') }, device: { cert: mine('device.crt'), key: mine('device.key') },
    agencies: [{ id: 'kela', ca: join(store, 'agencies/kela/ca.crt'), crl: join(store, 'agencies/kela/crl.pem') }],
    video: { width: 640, height: 480, fps: 30, max_kbps: KBPS }, camera: 'simulated', sound: 'simulated', stamps: true,
    control: join(dir, 'control'),
  }));
  return [join(BUILD, 'bin/bench-rtc-host'), join(BUILD, 'bin/luukku-rtc'), config, ca, mine('tls.crt'), mine('tls.key')];
}

async function openPage(browser, url) {
  const page = await browser.newPage();
  await page.addInitScript(PROBE);
  await page.goto(url);
  await page.addScriptTag({ content: PAGE });
  return page;
}

const launch = () => chromium.launch({ executablePath: CHROMIUM, headless: true, args: CHROMIUM_FLAGS });

/** What the browser saw in the seconds that were measured. */
function seenFigures(seen, took) {
  return { fps: seen.distinct / took, p50: percentile(seen.latencies, 0.5), p95: percentile(seen.latencies, 0.95) };
}

/** The answer with the line that binds it to its offer (PROTOCOL.md); webrtcbin ignores it. */
function bound(answer, offer) {
  const version = /^o=\S+ \d+ (\d+)/m.exec(offer)[1];
  return answer.replace(/^(t=.*\r\n)/m, `$1a=x-luukku-offer:${version}\r\n`);
}

async function oneCall(browser, url, words) {
  const peer = new Peer(words);
  const page = await openPage(browser, url);
  const early = [];
  let answered = false;
  await page.exposeFunction('onCandidate', (candidate, mline) => peer.send({ type: 'candidate', candidate, mline }));
  peer.heard = (m) => {
    if (m.type !== 'candidate') return;
    if (answered) page.evaluate(([c, i]) => candidate(c, i), [m.candidate, m.mline]);
    else early.push(m);
  };
  await peer.wait('ready');
  await page.evaluate(() => prepare());
  await sleep(500); // both sources run; nothing else does
  peer.send({ type: 'start' });
  const offer = await peer.wait('offer');
  const answer = page.evaluate(([sdp, kbps]) => window.answer(sdp, kbps), [offer.sdp, KBPS]);
  answer.then(() => {
    answered = true;
    for (const m of early) page.evaluate(([c, i]) => candidate(c, i), [m.candidate, m.mline]);
  });
  peer.send({ type: 'answer', sdp: bound(await answer, offer.sdp) });
  const picture = await peer.wait('picture');
  const firstSeen = await until('the first frame in the browser', () => page.evaluate(() => window.probe.firstStampAt), 20000, 10);
  await sleep(WARM_MS);
  await page.evaluate(() => window.probe.reset());
  const before = processFigures(peer.pid);
  const start = Date.now();
  await sleep(SECONDS * 1000);
  const after = processFigures(peer.pid);
  const took = (Date.now() - start) / 1000;
  const seen = await page.evaluate(() => window.probe.seen());
  peer.send({ type: 'stats' });
  const { stats } = await peer.wait('stats');
  const result = {
    browserFirst: firstSeen - offer.t, kioskFirst: picture.t - offer.t, ...seenFigures(seen, took),
    kioskFps: stats.fps ?? NaN, kioskP50: stats.latency_p50_ms, sendKbps: stats.send_kbps,
    cpu: ((after.cpu - before.cpu) / took) * 10, pss: after.pss / 1024, threads: after.threads, decoded: stats.frames_decoded,
  };
  await page.evaluate(() => finish());
  await page.close();
  await peer.stop();
  return result;
}

/** Chromium to Chromium, two browsers, the same page. */
async function chromiumToChromium(url) {
  const [a, b] = [await launch(), await launch()];
  const [pa, pb] = [await openPage(a, url), await openPage(b, url)];
  await pa.exposeFunction('onCandidate', (c, i) => pb.evaluate(([x, y]) => candidate(x, y), [c, i]).catch(() => undefined));
  await pb.exposeFunction('onCandidate', (c, i) => pa.evaluate(([x, y]) => candidate(x, y), [c, i]).catch(() => undefined));
  await pa.evaluate(() => prepare());
  await pb.evaluate(() => prepare());
  const sdp = await pa.evaluate(() => offer());
  const back = await pb.evaluate(([s, k]) => answer(s, k), [sdp, KBPS]);
  await pa.evaluate((s) => take(s), back);
  await until('the first frame', () => pb.evaluate(() => window.probe.firstStampAt), 20000, 10);
  await sleep(WARM_MS);
  await pb.evaluate(() => window.probe.reset());
  await sleep(SECONDS * 1000);
  const seen = await pb.evaluate(() => window.probe.seen());
  await a.close();
  await b.close();
  return seenFigures(seen, SECONDS);
}

/** The whole product: from the expert's click to the first frame on the page. */
async function claims(count) {
  const demo = await Demo.start({ kioskArgs: '--keep-programs' });
  const browser = await startChromium();
  const times = [];
  try {
    const page = await browser.open(demo.info.url);
    await page.login(demo.info);
    for (let i = 0; i < count; i++) {
      await demo.kiosk.callFor('parental-allowance');
      await page.shows('queue-item');
      await sleep(1500); // the citizen waits a moment, as citizens do
      await page.reset();
      await page.evaluate(() => {
        window.probe.clickedAt = performance.timeOrigin + performance.now();
        window.probe.find('queue-accept').click();
      });
      const first = await until('the first frame', () => page.evaluate(() => window.probe.firstStampAt), 20000, 10);
      times.push(first - (await page.evaluate(() => window.probe.clickedAt)));
      await demo.kiosk.tap('end-call');
      await demo.kiosk.done();
    }
  } finally {
    await browser.stop();
    await demo.stop();
  }
  return times;
}

function summary(list) {
  const m = (key) => median(list.map((r) => r[key]));
  return {
    first_frame_browser_ms: round(m('browserFirst')), first_frame_kiosk_ms: round(m('kioskFirst')),
    latency_p50_ms: round(m('p50')), latency_p95_ms: round(m('p95')), fps_browser: round(m('fps')), decoded_kiosk: round(m('decoded'), 0),
    send_kbps: round(m('sendKbps'), 0), cpu_s_per_10s: round(m('cpu'), 2), pss_mb: round(m('pss')), threads: round(m('threads'), 0),
  };
}

function verdict(value, aim) {
  return Number.isFinite(value) ? `${round(value, 2)} (aim ${aim}: ${value <= aim ? 'met' : 'MISSED'})` : 'not measured';
}

async function main() {
  const dir = mkdtempSync(join(tmpdir(), 'luukku-bench-'));
  const server = createServer((_, res) => res.setHeader('content-type', 'text/html').end(HTML)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const peers = { luukku: await ourPeer(dir), webrtcbin: [join(BUILD, 'bin/bench-webrtcbin'), String(KBPS)] };
  const results = { luukku: [], webrtcbin: [] };
  const c2c = [];
  const browser = await launch();
  for (let i = 0; i < RUNS; i++) {
    for (const name of i % 2 ? ['webrtcbin', 'luukku'] : ['luukku', 'webrtcbin']) {
      const r = await oneCall(browser, url, peers[name]);
      results[name].push(r);
      console.error(`run ${i + 1} ${name}: ${JSON.stringify(Object.fromEntries(Object.entries(r).map(([k, v]) => [k, round(v, 2)])))}`);
    }
    if (i < 3) c2c.push(await chromiumToChromium(url));
  }
  await browser.close();
  server.close();
  const clicks = Number(O.claims) > 0 ? await claims(Number(O.claims)) : [];
  rmSync(dir, { recursive: true, force: true });
  const [ours, theirs] = [summary(results.luukku), summary(results.webrtcbin)];
  const chromiumP50 = median(c2c.map((r) => r.p50));
  table([['', 'luukku', 'webrtcbin', 'ratio'],
    ...Object.keys(ours).map((k) => [k, ours[k], theirs[k], round(ours[k] / theirs[k], 2)])]);
  const aims = {
    first_frame_browser: verdict(ours.first_frame_browser_ms / theirs.first_frame_browser_ms, 0.7),
    first_frame_kiosk: verdict(ours.first_frame_kiosk_ms / theirs.first_frame_kiosk_ms, 0.4),
    latency_p50_ms: verdict(ours.latency_p50_ms, 15),
    latency_to_chromium: verdict(ours.latency_p50_ms / chromiumP50, 0.4),
    cpu: verdict(ours.cpu_s_per_10s / theirs.cpu_s_per_10s, 0.9),
    memory: verdict(ours.pss_mb / theirs.pss_mb, 1.0),
  };
  console.log(`Chromium to Chromium: latency p50 ${round(chromiumP50)} ms; claim to first frame p50 ${round(median(clicks))} ms ` +
    `(max ${round(Math.max(...clicks))}, ${clicks.length} calls)`);
  for (const [k, v] of Object.entries(aims)) console.log(`${k}: ${v}`);
  console.log(JSON.stringify({ bench: 'call', runs: RUNS, luukku: ours, webrtcbin: theirs, chromium_p50_ms: round(chromiumP50),
    claim_to_first_frame_ms: round(median(clicks)), aims }));
}

await main();
process.exit(0);
