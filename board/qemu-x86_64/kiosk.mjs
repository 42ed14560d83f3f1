// All of a kiosk in a guest: broker, page and emulated devices on this machine, the layer, QEMU.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startBroker } from '../../tools/broker/broker.mjs';
import { identityFile } from '../../tools/broker/identity.mjs';
import { makeFleet } from '../../tools/broker/kiosk.mjs';
import { ALLOW, startDevices } from './devices.mjs';
import { makeLayer, writeKiosk, writeTechnicians } from './layer.mjs';
import { HOST, Machine, ROOT, makeDisk } from './machine.mjs';

const TECHNICIAN = 'technician';
const PAGE = join(ROOT, 'ui/expert/dist');

/** The servers and devices of one kiosk below `dir`; children of `processes`. */
async function startAround(dir, processes, { camera }) {
  const store = join(dir, 'pki');
  const run = join(dir, 'servers');
  mkdirSync(run);
  const experts = await makeFleet(store, processes, [HOST]);
  const around = await startDevices(processes, dir, { camera });
  const { url, mqtts } = await startBroker({ pki: store, run, page: existsSync(join(PAGE, 'index.html')) ? PAGE : null, processes, identity: identityFile(around.cards) });
  return { ...around, store, experts, url, mqtts: { host: HOST, port: mqtts.port } };
}

/**
 * Starts it all below the directory `dir`. options:
 *   headless   the kiosk draws into memory; else on the guest's screen, which `vnc` shows (QEMU's word)
 *   hands      the host may run commands in the guest, and luukkuctl may act
 *   fresh      nobody has set the kiosk up: it makes its keys and waits for certificates and site file
 *   disk       a file, made where it is not there, that the guest writes to; else what it writes is gone with it
 *   camera     an emulated USB camera (default); else a simulated one
 *   changes    to the configuration
 *   terminal, processors   as Machine.start has them
 * Gives {machine, devices, store, url, experts, technician: {user, password}, config}.
 */
export async function startKioskGuest(dir, processes, options) {
  const { camera = true, hands = true, headless = true, fresh = false, disk } = options;
  const around = await startAround(dir, processes, { camera });
  const layer = join(dir, 'layer');
  const words = ['--slow', ...(headless ? ['--headless'] : []), ...(hands ? ['--allow-ui-control'] : [])];
  makeLayer(layer, { hands, fresh, words });
  const changes = {
    devices: { scanner: { allow: [ALLOW.scanner] }, reader: { allow: [ALLOW.reader] } },
    camera: camera ? 'auto' : 'simulated', sound: 'simulated', ...options.changes,
  };
  const config = writeKiosk(layer, around.store, around.mqtts, { cards: around.cards, changes });
  const technician = { user: TECHNICIAN, password: randomBytes(9).toString('base64url') };
  writeTechnicians(layer, { [technician.user]: technician.password });
  if (disk && !existsSync(disk)) makeDisk(disk);
  const usbip = Object.values(around.devices).map((d) => d.port);
  const start = () => Machine.start({ ...options, layer, usbip, disk });
  return { ...around, technician, config, layer, start, machine: await start() };
}
