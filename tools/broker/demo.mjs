// tools/demo, once all is built: a fleet of one kiosk and six experts of four agencies, in a temporary directory.
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startAgency } from './agency.mjs';
import { startBroker } from './broker.mjs';
import { startConsole } from './console.mjs';
import { startDevices } from './devices.mjs';
import { identityFile } from './identity.mjs';
import { KIOSK, TECHNICIAN, kioskConfig, makeFleet, startKiosk } from './kiosk.mjs';
import { LoginService } from './login.mjs';
import { makeRunDir, Processes } from './processes.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const say = (text) => console.error(`demo: ${text}`);

/** Brings everything up below `dir`, prints the line, and waits for the end: a message where something failed. */
async function demo(dir, options, stack, signal) {
  const store = join(dir, 'pki');
  const kiosk = join(dir, 'kiosk');
  mkdirSync(kiosk, { mode: 0o700 });
  const [experts, devices] = await Promise.all([
    makeFleet(store, stack.servers), startDevices(stack.servers, join(kiosk, 'devices'))]);
  const login = await LoginService.inFleet(store);
  const servers = join(dir, 'servers');
  mkdirSync(servers);
  const broker = await startBroker({
    kind: options.broker, pki: store, run: servers, page: join(ROOT, 'ui/expert/dist'), processes: stack.servers, identity: identityFile(devices.cards, [login.issuer]),
  });
  const agency = options.agency ? await startAgency(dir, store, stack.servers) : null;
  const config = { ...kioskConfig(store, kiosk, broker.mqtts, { ...options, agency, login }), ...devices };
  await startKiosk(stack.kiosk, kiosk, config, { ...options, whole: true }, signal);
  const technician = await startConsole(stack.kiosk, kiosk, config.control);
  const { user, password } = experts[0];
  const tech = broker.technicians.port ? { broker: `mqtts://127.0.0.1:${broker.technicians.port}`, me: join(store, 'technicians', TECHNICIAN.user),
    fleet: join(servers, 'www/fleet.json'), kiosk: KIOSK, trail: join(kiosk, 'technicians.log') } : null;
  console.log(`ready ${JSON.stringify({ url: broker.url, control: config.control, kiosk: KIOSK, user, password, experts, agency: agency?.dir, technician, tech })}`);
  say(`open ${broker.url} and log in as ${user}, password ${password}. Ctrl-C ends it.`);
  if (technician) {
    say(`a technician's console: screen ${technician.tty}, log in as ${technician.user}, password ${technician.password}.`);
  }
  if (tech) {
    say(`the same console from afar: tools/fleet/luukku-tech ${KIOSK} --broker ${tech.broker} --me ${tech.me} --fleet ${tech.fleet}`);
  }
  return Promise.race([stack.servers.failed, stack.kiosk.failed, once(signal, 'abort').then(() => '')]);
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      headless: { type: 'boolean' }, simulated: { type: 'boolean' }, built: { type: 'boolean' }, stamps: { type: 'boolean' },
      agency: { type: 'boolean' }, pictures: { type: 'boolean' },
      broker: { type: 'string', default: 'mosquitto' }, 'kiosk-args': { type: 'string' },
    },
  });
  if (!values.headless && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    say('there is no display: the kiosk draws into memory, as with --headless');
    values.headless = true;
  }
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
  const dir = makeRunDir();
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
