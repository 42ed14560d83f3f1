// A country of simulated kiosks, one mosquitto, and tools/fleet beside it: how soon a failure is shown, and what it costs.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { fleetAccount, startBroker } from '../../../tools/broker/broker.mjs';
import { makeRunDir, Processes } from '../../../tools/broker/processes.mjs';
import { processFigures } from '../../bench/lib.mjs';
import { fleetFile, makeKiosks } from './kiosks.mjs';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const AT_ONCE = 16; // connections being made
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

class Known extends Processes {
  pids = new Map();

  async start(name, ...rest) {
    const child = await super.start(name, ...rest);
    this.pids.set(name, child.process.pid);
    return child;
  }
}

/** tools/fleet, its events waited for. */
class Watcher {
  #waiting = [];
  events = [];

  constructor(words) {
    this.child = spawn(process.execPath, [join(ROOT, 'tools/fleet/main.mjs'), 'watch', ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.ended = new Promise((resolve) => {
      this.child.once('exit', resolve);
    });
    createInterface(this.child.stdout).on('line', (line) => {
      const event = { ...JSON.parse(line), came: performance.now() };
      this.events.push(event);
      this.#waiting = this.#waiting.filter(({ fits, done }) => !fits(event) || done(event));
    });
  }

  /** The next event that fits; throws after `ms`. */
  next(what, fits, ms) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`in ${ms} ms not seen: ${what}`)), ms);
    });
    const seen = new Promise((done) => {
      this.#waiting.push({ fits, done });
    });
    return Promise.race([seen, late]).finally(() => clearTimeout(timer));
  }

  async stop() {
    this.child.kill('SIGTERM');
    await this.ended;
  }
}

async function connectAll(kiosks, mqtts, ca) {
  const left = [...kiosks];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let k = left.pop(); k; k = left.pop()) await k.connect(mqtts, ca);
  }));
}

/** Breaks the scanner of `breaks` kiosks one after the other. Gives ms from each report to its event. */
async function breakSome(kiosks, watcher, breaks) {
  const took = [];
  for (let i = 0; i < breaks; i++) {
    const k = kiosks[Math.floor((i + 0.5) * (kiosks.length / breaks))];
    const shown = watcher.next(`the failure of ${k.name}`, (e) => e.kiosk === k.name && e.state === 'failed', 30000);
    const from = performance.now();
    k.broken = true;
    k.report();
    took.push((await shown).came - from);
    await sleep(50 + Math.random() * 200);
  }
  return took;
}

/**
 * options: kiosks, periodMs (between a kiosk's reports), downSeconds, breaks, silent (kiosks that fall silent), seconds (measured quiet time).
 * Gives figures: {connect_s, shown_ms, down_s, cpu: {mosquitto, fleet} (of a core), pss_mb, reports_per_s, watched}.
 */
export async function simulate(options) {
  const dir = makeRunDir();
  const processes = new Known(join(dir, 'log'));
  const store = join(dir, 'pki');
  let kiosks = [];
  let watcher = null;
  try {
    for (const words of [['init'], ['broker']]) {
      await processes.run('pki', [join(ROOT, 'tools/pki/luukku-pki'), words[0], store]);
    }
    kiosks = makeKiosks(store, options.kiosks);
    const files = { fleet: join(dir, 'fleet.json'), password: join(dir, 'password') };
    const password = randomBytes(16).toString('hex');
    writeFileSync(files.fleet, JSON.stringify(fleetFile(kiosks)));
    writeFileSync(files.password, password, { mode: 0o600 });
    mkdirSync(join(dir, 'run'));
    const broker = await startBroker({ pki: store, run: join(dir, 'run'), extra: [fleetAccount(password)], processes });
    watcher = new Watcher(['--broker', `${broker.url.replace('http', 'ws')}mqtt`, '--fleet', files.fleet, '--user', 'fleet',
      '--password-file', files.password, '--events', '--down-seconds', String(options.downSeconds)]);
    await watcher.next('the link of tools/fleet', (e) => e.link === 'up', 60000);
    return await measure({ options, kiosks, watcher, broker, processes, ca: readFileSync(join(store, 'fleet/ca.crt')) });
  } finally {
    kiosks.forEach((k) => k.end());
    await watcher?.stop();
    await processes.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

async function measure({ options, kiosks, watcher, broker, processes, ca }) {
  const begun = performance.now();
  const heard = new Set();
  const all = watcher.next('all kiosks', (e) => e.state === 'ok' && heard.add(e.kiosk).size === kiosks.length, 600000);
  await connectAll(kiosks, broker.mqtts, ca);
  const connectS = (performance.now() - begun) / 1000;
  kiosks.forEach((k) => k.start(options.periodMs));
  await all;
  const settled = watcher.events.length;
  const pids = { mosquitto: processes.pids.get('mosquitto'), bridge: processes.pids.get('bridge'), fleet: watcher.child.pid };
  const figures = () => Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, processFigures(pid)]));
  const [before, from] = [figures(), performance.now()];
  await sleep(options.seconds * 1000);
  const [after, spent] = [figures(), (performance.now() - from) / 1000];
  const shown = await breakSome(kiosks, watcher, options.breaks);
  const quiet = kiosks.filter((k) => !k.broken).slice(0, options.silent);
  quiet.forEach((k) => k.silence());
  const since = performance.now();
  await Promise.all(quiet.map((k) => watcher.next(`${k.name} down`, (e) => e.kiosk === k.name && e.state === 'down', (options.downSeconds + 60) * 1000)));
  const wrong = watcher.events.slice(settled).filter((e) => e.state === 'down' && !quiet.some((k) => k.name === e.kiosk)).length;
  return {
    kiosks: kiosks.length, connect_s: connectS, shown_ms: shown, down_s: (performance.now() - since) / 1000, wrongly_down: wrong,
    reports_per_s: kiosks.length / (options.periodMs / 1000),
    cpu: Object.fromEntries(Object.keys(pids).map((name) => [name, (after[name].cpu - before[name].cpu) / spent])),
    pss_mb: Object.fromEntries(Object.keys(pids).map((name) => [name, after[name].pss / 1024])),
  };
}
