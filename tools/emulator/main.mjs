// luukku-emulator: one emulated USB device behind USB/IP, and a socket that tells it what to do. See README.md here.
import { listenControl } from './control.mjs';
import { UsbipServer } from './usbip.mjs';

const BUSID = '1-1';

/** A device's module gives {usage, create(options)}; create gives a UsbDevice. One that is no USB device gives serve(options). */
const DEVICES = {
  reader: './reader/main.mjs',
  scanner: './scanner/main.mjs',
  camera: './camera/main.mjs',
  document: './document/main.mjs',
  vscard: './vscard/main.mjs',
};

const USAGE = `luukku-emulator reader|scanner|camera [--variant NAME] [--listen ADDRESS] [--control ADDRESS] ...
luukku-emulator document --listen ADDRESS [--control ADDRESS] ...
luukku-emulator vscard --connect ADDRESS|--listen ADDRESS [--control ADDRESS] ...
luukku-emulator card-pki DIR [CARD...]
  ADDRESS    unix:PATH or tcp:PORT on 127.0.0.1, 0 any free one (the default)
  --stay     goes on when its standard input ends
Prints "ready {json}" once it can be reached. luukku-emulator DEVICE --help says what else a device takes.
`;

function fail(text) {
  process.stderr.write(`luukku-emulator: ${text}\n`);
  process.exit(2);
}

/** --name value and --flag, as an object. */
function parse(words) {
  const options = {};
  for (let i = 0; i < words.length; i += 1) {
    const name = /^--([a-z][a-z0-9-]*)$/.exec(words[i])?.[1];
    if (!name) {
      fail(`what is "${words[i]}"?`);
    }
    const flag = name === 'stay' || name === 'help';
    options[name] = flag ? true : words[(i += 1)] ?? fail(`--${name} wants a value`);
  }
  return options;
}

/** The emulator lives no longer than who started it. */
function endWith(stay, end) {
  process.on('SIGTERM', end).on('SIGINT', end);
  if (!stay) {
    process.stdin.on('end', end).on('error', end).on('close', end).resume();
  }
}

/** A device behind USB/IP; gives {ready, close}. */
async function serveDevice(create, { listen = 'tcp:0', control = 'tcp:0', ...rest }) {
  const device = await create(rest);
  const server = new UsbipServer(device, BUSID);
  const at = await server.listen(listen);
  const orders = await listenControl(control, device);
  return { ready: { listen: at, control: orders.address, busid: BUSID }, close: () => {
    server.close();
    orders.server.close();
    device.close();
  } };
}

/** Loads what was asked for, says that it is there, and lets it run. */
async function run(path, { stay, help, ...options }) {
  const module = await import(path);
  if (help) {
    process.stdout.write(module.usage);
    return;
  }
  const { ready, close } = await (module.serve ? module.serve(options) : serveDevice(module.create, options));
  process.once('exit', close); // however it ends
  endWith(stay, () => process.exit(0));
  process.stdout.write(`ready ${JSON.stringify(ready)}\n`);
}

/** All keys and certificates of the test cards, into a directory. */
async function makeCards([dir, ...names]) {
  if (!dir) {
    fail('card-pki DIR [CARD...]');
  }
  const { CardPki } = await import('./card/pki.mjs');
  const pki = new CardPki(dir);
  if (names.length === 0) {
    pki.all();
  }
  names.forEach((name) => pki.card(name));
}

const [what, ...words] = process.argv.slice(2);
if (what === undefined || what.startsWith('-')) {
  process.stdout.write(USAGE);
  process.exit(what === '--help' ? 0 : 2);
}
try {
  if (Object.hasOwn(DEVICES, what)) {
    await run(DEVICES[what], parse(words));
  } else if (what === 'card-pki') {
    await makeCards(words);
  } else {
    fail(`no device "${what}"`);
  }
} catch (error) {
  fail(error.code === 'ERR_MODULE_NOT_FOUND' ? `${what}: not there (${error.message})` : error.message);
}
