// A technician at the serial port of a kiosk that fails: the board's system in a guest, each device pulled out, the broker down, the
// relay's password wrong, luukkud standing still, the kiosk's certificates at their end. Of each, `test all` names the cause first.
// LUUKKU_SLOWER=6 node tests/qemu/faults.mjs
import { readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { startKioskGuest } from '../../board/qemu-x86_64/kiosk.mjs';
import { HOST, prepare } from '../../board/qemu-x86_64/machine.mjs';
import { KIOSK } from '../../tools/broker/kiosk.mjs';
import { makeRunDir } from '../../tools/broker/processes.mjs';
import { Named, killBroker, reviveBroker } from '../e2e/lib/broker.mjs';
import { order } from '../e2e/lib/emulator.mjs';
import { main } from '../e2e/lib/run.mjs';
import { Technician } from '../e2e/lib/technician.mjs';
import { runTurn, startTurn } from '../e2e/lib/turn.mjs';
import { assert, until } from '../e2e/lib/wait.mjs';
import { standOf } from './visit.mjs';

const LIMIT_MS = 3600000;
const PATIENCE_MS = 60000;
const ROOT = join(import.meta.dirname, '../..');
const WANTED = ['programs', 'certs', 'display', 'keypad', 'touch', 'camera', 'scanner', 'card', 'network', 'broker', 'turn'];
const QDEVS = { keypad: 'usb-kbd,id=keypad', touch: 'usb-wacom-tablet,id=touch' };

/** The technician's end of the guest's serial line. */
class SerialEnd {
  #heard = '';

  constructor(socket) {
    this.socket = socket.setEncoding('latin1').on('data', (text) => {
      this.#heard += text;
    });
  }

  read() {
    const heard = this.#heard;
    this.#heard = '';
    return heard;
  }

  write(text) {
    this.socket.write(text);
  }

  cut() {
    this.socket.destroy();
  }
}

/** One word to QEMU's monitor. */
function tellQemu(path, words) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(path).once('error', reject).once('close', resolve);
    socket.resume().end(`${words}\n`);
  });
}

async function everythingPasses(t, technician) {
  t.step('everything passes');
  const checks = await technician.sound(PATIENCE_MS);
  console.log(checks.text.replaceAll('\r', ''));
  for (const test of WANTED) assert(checks.some((c) => c.test === test && c.result === 'PASS'), `${test} passes`);
}

async function withoutDevices(t, technician, devices) {
  const pulled = [
    ['scanner', 'scanner', /scanner is not there/, /USB cable/],
    ['reader', 'card', /card reader is not there/, /USB cable/],
    ['camera', 'camera', /camera is not there/, /USB cable/],
  ];
  for (const [device, test, reason, next] of pulled) {
    t.step(`without the ${device}`);
    await order(devices[device].control, 'unplug');
    await technician.first(test, reason, next, PATIENCE_MS);
    await order(devices[device].control, 'plug');
  }
}

/** What QEMU itself plays: it comes back as another device of the same kind. */
async function withoutKeys(t, technician, monitor) {
  for (const [id, device] of Object.entries(QDEVS)) {
    t.step(`without the ${id}`);
    await tellQemu(monitor, `device_del ${id}`);
    await technician.first(id, /no keys with digits|no touch screen/, /cable/, PATIENCE_MS);
    await tellQemu(monitor, `device_add ${device}`);
  }
  await technician.sound(PATIENCE_MS);
}

async function withoutServers(t, technician, servers, dir, mqtts, relay) {
  t.step('the broker is down');
  await killBroker(servers);
  await technician.first('broker', /refuses the connection: nothing listens/, /whether that server runs/, PATIENCE_MS);
  await reviveBroker(servers, join(dir, 'servers'), mqtts);
  const port = Number(/(\d+)$/.exec(relay.url)[1]);
  t.step('the relay\'s password is another');
  await servers.children.turn.stop();
  await runTurn(servers, dir, port, 'toinen');
  await technician.first('turn', /user or password is wrong/, /site file/, PATIENCE_MS);
  await servers.children.turn.stop();
  await runTurn(servers, dir, port);
  await technician.sound(PATIENCE_MS);
}

/** Whatever process luukkud has, it stands still. */
async function standsStill(t, technician, guest) {
  t.step('luukkud stands still');
  const loop = 'while :; do for p in $(pidof luukkud); do kill -STOP $p; done; sleep 1; done';
  await guest.machine.must(`(setsid sh -c '${loop}' </dev/null >/dev/null 2>&1 & echo $! >/run/haunt)`);
  await technician.first('programs', /^luukkud/, /show log match=luukkud/, PATIENCE_MS);
  await guest.machine.must('pkill -f "pidof luukku[d]"; pkill -CONT -x luukkud; true');
  await standOf(guest).kiosk.running();
  await technician.sound(PATIENCE_MS);
}

const day = (n) => new Date(Date.now() + n * 86400000).toISOString().slice(0, 10);

/** A pair that ended ten days ago takes the place of the kiosk's own; it is switched on again. */
async function ended(t, technician, { machine, store, config }, servers) {
  t.step('the kiosk\'s certificates have ended');
  await servers.run('pki', [join(ROOT, 'tools/pki/luukku-pki'), 'kiosk', store, KIOSK, '--site', 'Testi', '--renew', '--from', day(-40), '--days', '30']);
  for (const path of [config.tls.cert, config.tls.key, config.device.cert, config.device.key]) {
    const text = readFileSync(join(store, path.replace('/etc/luukku/pki/', '')));
    await machine.must(`echo ${text.toString('base64')} | base64 -d >${path}`);
  }
  await machine.must('systemctl restart luukku-super');
  await until('luukku-super to answer', () => machine.must('luukkuctl --socket /run/luukku/control version'), PATIENCE_MS, 1000);
  await technician.first('certs', new RegExp(`own certificate for signing.*ended on ${day(-10)}`), /provision csr/, PATIENCE_MS);
}

await main('faults at the serial console', async (t) => {
  prepare();
  const dir = makeRunDir();
  const servers = new Named(`${dir}/log`);
  const monitor = join(dir, 'monitor');
  t.defer(() => rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
  t.defer(() => servers.stop());
  t.step('a kiosk is switched on');
  const relay = await startTurn(servers, dir, HOST);
  // Without a PC's own keyboard, which has digits, too.
  const extra = ['-machine', 'i8042=off', '-device', 'virtio-vga,xres=1080,yres=1920', ...Object.values(QDEVS).flatMap((d) => ['-device', d]), '-monitor', `unix:${monitor},server=on,wait=off`];
  const guest = await startKioskGuest(dir, servers, { headless: false, extra, changes: { ice: { stun: [], turn: [relay] }, keypad: '/etc/luukku/keypad.json' } });
  t.defer(() => guest.machine.stop());
  const technician = new Technician(new SerialEnd(await guest.machine.line()));
  await guest.machine.booted();
  await technician.logIn(guest.technician);
  await standOf(guest).kiosk.running();
  const mqtts = { host: '127.0.0.1', port: guest.config.broker.port };
  await everythingPasses(t, technician);
  await withoutDevices(t, technician, guest.devices);
  await withoutKeys(t, technician, monitor);
  await withoutServers(t, technician, servers, dir, mqtts, relay);
  await standsStill(t, technician, guest);
  await ended(t, technician, guest, servers);
}, LIMIT_MS);
