// The demo's emulated devices: a document scanner, a document camera and a reader for eID cards.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const EMULATOR = fileURLToPath(new URL('../emulator/luukku-emulator', import.meta.url));

/** Starts one; gives its part of the configuration (firmware/store/README.md). */
async function start(processes, dir, kind, args) {
  const socket = join(dir, `${kind}.socket`);
  const emulator = join(dir, `${kind}.control`);
  const argv = [EMULATOR, kind, '--listen', `unix:${socket}`, '--control', `unix:${emulator}`, ...args];
  const log = join(processes.logDir, `${kind}.log`);
  await processes.start(kind, argv, async () => readFileSync(log, 'utf8').startsWith('ready '), { stdin: 'pipe' });
  return { socket, emulator };
}

/**
 * Starts all of them with their sockets below `dir`, and gives `devices` and `cards` of the configuration.
 * options: `scanner`, `reader` and `document`, further words for their emulators.
 */
export async function startDevices(processes, dir, { scanner = [], reader = [], document = [] } = {}) {
  const pki = join(dir, 'cards');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  // The CA, and the card whose revocation stands in its list; other cards are made when they are first put in.
  await processes.run('card-pki', [EMULATOR, 'card-pki', pki, 'revoked']);
  const crl = join(dir, 'cards.crl');
  writeFileSync(crl, ['crl.pem', 'root-crl.pem'].map((name) => readFileSync(join(pki, name), 'utf8')).join(''));
  const [one, other, camera] = await Promise.all([
    start(processes, dir, 'scanner', scanner),
    start(processes, dir, 'reader', ['--card', 'none', '--card-pki', pki, ...reader]),
    start(processes, dir, 'document', document),
  ]);
  const usb = ({ socket, emulator }) => ({ usbip: socket, emulator });
  const stills = ({ socket, emulator }) => ({ stills: socket, emulator });
  return { devices: { scanner: usb(one), reader: usb(other), document: stills(camera) }, cards: { ca: join(pki, 'ca.pem'), crl } };
}
