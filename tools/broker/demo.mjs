// tools/demo, once all is built: a fleet of one kiosk and four experts of two agencies, in a temporary directory.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { writeAtomic, writeSecret } from '../pki/files.mjs';
import { startBroker } from './broker.mjs';
import { Processes } from './processes.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILD = process.env.LUUKKU_BUILD ?? join(ROOT, 'build');
const KIOSK = 'kiosk-1';
const SITE = 'Yhteispalvelupiste, Kuopio';
const AGENCIES = [
  { id: 'kela', fi: 'Kela', sv: 'FPA', en: 'Kela' },
  { id: 'vero', fi: 'Verohallinto', sv: 'Skatteförvaltningen', en: 'Tax Administration' },
];
const EXPERTS = [
  { user: 'anna-virtanen', agency: 'kela', name: 'Anna Virtanen' },
  { user: 'mikko-nieminen', agency: 'kela', name: 'Mikko Nieminen' },
  { user: 'saara-makinen', agency: 'vero', name: 'Saara Mäkinen' },
  { user: 'olli-korhonen', agency: 'vero', name: 'Olli Korhonen' },
];
// A 32-inch panel, upright.
const PANEL = { width_px: 1080, height_px: 1920, width_mm: 398 };

const run = promisify(execFile);
const say = (text) => console.error(`demo: ${text}`);

/** Makes the fleet's keys in `store`. Gives the experts with their passwords. */
async function makeFleet(store, processes) {
  const tool = join(ROOT, 'tools/pki/luukku-pki');
  const pki = (command, ...args) => processes.run('pki', [tool, command, store, ...args]);
  await pki('init', '--name', 'Luukku demo');
  for (const { id, fi, sv, en } of AGENCIES) {
    await pki('agency', id, fi, '--sv', sv, '--en', en);
  }
  await pki('broker');
  await pki('kiosk', KIOSK, '--site', SITE);
  const experts = EXPERTS.map((e) => ({ ...e, password: randomBytes(9).toString('base64url') }));
  for (const { user, agency, name, password } of experts) {
    const file = join(store, '.password');
    writeSecret(file, password);
    await pki('expert', user, '--agency', agency, '--name', name, '--password-file', file);
    rmSync(file);
  }
  return experts;
}

/** The kiosk's configuration (firmware/store/config.h). */
function kioskConfig(store, dir, mqtts, options) {
  const mine = (name) => join(store, 'kiosks', KIOSK, name);
  const devices = options.simulated ? 'simulated' : 'auto';
  return {
    kiosk: KIOSK,
    site: SITE,
    broker: mqtts,
    tls: { ca: join(store, 'fleet/ca.crt'), cert: mine('tls.crt'), key: mine('tls.key') },
    device: { cert: mine('device.crt'), key: mine('device.key') },
    agencies: AGENCIES.map(({ id }) => ({
      id, ca: join(store, 'agencies', id, 'ca.crt'), crl: join(store, 'agencies', id, 'crl.pem'),
    })),
    ice: { stun: [], turn: [] },
    panel: PANEL,
    camera: devices,
    sound: devices,
    stamps: Boolean(options.stamps),
    control: join(dir, 'control'),
  };
}

/** Starts luukku-super and waits until it answers on its control socket. */
async function startKiosk(processes, dir, config, options, signal) {
  const program = join(BUILD, 'bin/luukku-super');
  if (!existsSync(program)) {
    throw new Error(`${program} is not built`);
  }
  const path = join(dir, 'kiosk.json');
  writeAtomic(path, `${JSON.stringify(config, null, 1)}\n`);
  const argv = [program, '--config', path, '--allow-ui-control', ...(options.headless ? ['--headless'] : []),
    ...(options['kiosk-args'] ?? '').split(/\s+/).filter(Boolean)];
  const answers = () => existsSync(config.control) &&
    run(join(BUILD, 'bin/luukkuctl'), ['--socket', config.control, 'status'], { timeout: 5000, signal }).then(() => true, () => false);
  await processes.start('kiosk', argv, answers, { ms: 60000 });
}

/** Brings everything up below `dir`, prints the line, and waits for the end: a message where something failed. */
async function demo(dir, options, stack, signal) {
  const store = join(dir, 'pki');
  const experts = await makeFleet(store, stack.servers);
  const servers = join(dir, 'servers');
  mkdirSync(servers);
  const broker = await startBroker({
    kind: options.broker, pki: store, run: servers, page: join(ROOT, 'ui/expert/dist'), processes: stack.servers,
  });
  const kiosk = join(dir, 'kiosk');
  mkdirSync(kiosk, { mode: 0o700 });
  const config = kioskConfig(store, kiosk, broker.mqtts, options);
  await startKiosk(stack.kiosk, kiosk, config, options, signal);
  const { user, password } = experts[0];
  console.log(`ready ${JSON.stringify({ url: broker.url, control: config.control, kiosk: KIOSK, user, password, experts })}`);
  say(`open ${broker.url} and log in as ${user}, password ${password}. Ctrl-C ends it.`);
  return Promise.race([stack.servers.failed, stack.kiosk.failed, once(signal, 'abort').then(() => '')]);
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      headless: { type: 'boolean' }, simulated: { type: 'boolean' }, built: { type: 'boolean' }, stamps: { type: 'boolean' },
      broker: { type: 'string', default: 'mosquitto' }, 'kiosk-args': { type: 'string' },
    },
  });
  return values;
}

async function main() {
  const stop = new AbortController();
  const asked = new Promise((resolve) => {
    for (const [name, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]]) {
      process.on(name, () => {
        stop.abort();
        resolve({ code });
      });
    }
  });
  const options = readOptions();
  process.umask(0o022);
  // Sockets lie below, and their paths are short.
  const dir = mkdtempSync(join(tmpdir().length > 40 ? '/tmp' : tmpdir(), 'luukku-'));
  chmodSync(dir, 0o711); // the servers' own users pass through; what is private is so below
  const stack = { kiosk: new Processes(join(dir, 'log')), servers: new Processes(join(dir, 'log')) };
  const ended = demo(dir, options, stack, stop.signal).then((message) => ({ code: 1, message }),
    (error) => ({ code: 1, message: error.message }));
  const { code, message } = await Promise.race([asked, ended]);
  stop.abort();
  if (message) {
    say(message);
  }
  await stack.kiosk.stop();
  await stack.servers.stop();
  await ended; // nothing is made below `dir` any more
  rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  process.exit(code);
}

main().catch((error) => {
  say(error.message);
  process.exit(1);
});
