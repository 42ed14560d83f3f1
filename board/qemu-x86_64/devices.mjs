// Emulated devices on this machine, for a guest's kernel to attach: {port, control} each, TCP on loopback.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './machine.mjs';

const EMULATOR = join(ROOT, 'tools/emulator/luukku-emulator');

/** USB identities (VVVV:PPPP) of what is emulated here. */
export const ALLOW = { scanner: '1209:0002', reader: '058f:9540' };

async function start(processes, kind, words) {
  const log = join(processes.logDir, `${kind}.log`);
  const said = () => /^ready (\{.*\})$/m.exec(readFileSync(log, 'utf8'))?.[1];
  await processes.start(kind, [EMULATOR, kind, '--listen', 'tcp:0', '--control', 'tcp:0', ...words], said, { stdin: 'pipe' });
  const ready = JSON.parse(said());
  const port = (text) => Number(/(\d+)$/.exec(text)[1]);
  return { port: port(ready.listen), control: port(ready.control) };
}

/** Scanner, card reader and camera, and whom the reader's cards come from. */
export async function startDevices(processes, dir, { camera = true } = {}) {
  const pki = join(dir, 'cards');
  await processes.run('card-pki', [EMULATOR, 'card-pki', pki, 'revoked']);
  const crl = join(dir, 'cards.crl');
  writeFileSync(crl, ['crl.pem', 'root-crl.pem'].map((name) => readFileSync(join(pki, name), 'utf8')).join(''));
  const scanner = await start(processes, 'scanner', ['--variant', 'multifunction']);
  const reader = await start(processes, 'reader', ['--variant', 'extended', '--card', 'none', '--card-pki', pki]);
  const eye = camera ? await start(processes, 'camera', ['--variant', 'video']) : null;
  return { devices: { scanner, reader, ...(eye ? { camera: eye } : {}) }, cards: { ca: join(pki, 'ca.pem'), crl } };
}
