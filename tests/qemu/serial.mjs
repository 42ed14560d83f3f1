// A technician at a kiosk's serial port: the board's system in a guest, luukku-console on its ttyS0, this test at the far end of
// the line. node tests/qemu/serial.mjs
import { rmSync } from 'node:fs';
import { startKioskGuest } from '../../board/qemu-x86_64/kiosk.mjs';
import { prepare } from '../../board/qemu-x86_64/machine.mjs';
import { makeRunDir, Processes } from '../../tools/broker/processes.mjs';
import { order } from '../e2e/lib/emulator.mjs';
import { main } from '../e2e/lib/run.mjs';
import { assert, until } from '../e2e/lib/wait.mjs';
import { Line } from './line.mjs';
import { standOf } from './visit.mjs';

const LIMIT_MS = 1500000;
const PATIENCE_MS = 300000;
const ENDS = { CR: '\r', LF: '\n', 'CR and LF': '\r\n' };
// What the guest has besides: a keyboard for a keypad, a tablet for a touch screen. Its sound is simulated, its screen in memory.
const PLUGGED = ['-device', 'usb-kbd', '-device', 'usb-wacom-tablet'];
const WANTED = ['programs', 'certs', 'keypad', 'touch', 'camera', 'scanner', 'card', 'network', 'broker'];

const result = (text, test) => new RegExp(`^(PASS|FAIL|SKIP) +${test}\\b`, 'm').exec(text)?.[1];

async function logIn(line, { user, password }, end = '\r') {
  line.type(end);
  await line.expect('login: ');
  line.type(`${user}${end}`);
  await line.expect('password: ');
  line.type(`${password}${end}`);
  const shown = await line.expect('luukku> ');
  assert(!shown.includes(password), 'a password is not echoed');
}

async function logOut(line, end = '\r') {
  line.type(`logout${end}`);
  await line.expect('Logged out.');
}

async function anyEnd(t, line, technician) {
  for (const [name, end] of Object.entries(ENDS)) {
    t.step(`lines that end in ${name}`);
    await logIn(line, technician, end);
    line.type(`show version${end}`);
    await line.expect('show version\r\n');
    const said = await line.expect('luukku> ');
    assert(/6\.1\./.test(said), `the version is shown:\n${said}`);
    await logOut(line, end);
  }
}

/** Sets the line's speed as a site does it, and looks whether the port has it. */
async function atSpeed(t, machine, line, technician, baud) {
  t.step(`at ${baud} baud`);
  await machine.must(`echo LUUKKU_CONSOLE_BAUD=${baud} >/etc/luukku/console.conf && systemctl restart luukku-console@ttyS0`);
  await line.expect('login: ');
  const has = await machine.must('stty -F /dev/ttyS0 speed');
  assert(has.trim() === String(baud), `the port runs at ${has}`);
  await logIn(line, technician);
  const said = await line.run('show status');
  assert(/^luukkud +running/m.test(said), `the status is shown:\n${said}`);
  await logOut(line);
}

async function completesAndPages(t, line, technician) {
  await logIn(line, technician);
  t.step('it completes and explains');
  line.type('sh\tsta\t');
  await line.expect('show status ');
  line.type('\r');
  await line.expect('kiosk-1');
  await line.expect('luukku> ');
  line.type('show ?');
  await line.expect('programs, session, broker');
  line.type('\x03');
  await line.expect('luukku> ');
  t.step('it pages');
  await line.run('terminal rows 5');
  line.type('show status\r');
  await line.expect('--More--');
  line.type('\r');
  await line.expect('--More--');
  line.type('q');
  await line.expect('luukku> ');
  await line.run('terminal rows 0');
  const some = await line.run('show status | include luukku-rtc');
  assert(some.includes('luukku-rtc') && !some.includes('luukkud'), `it filters:\n${some}`);
}

async function everythingPasses(t, line) {
  t.step('everything is tested');
  let all = '';
  await until('what is there to pass', async () => {
    all = await line.run('test all', PATIENCE_MS);
    return WANTED.every((test) => result(all, test) === 'PASS');
  }, undefined, 200).catch((error) => assert(false, `${error.message}\n${all}`));
  console.log(all.replaceAll('\r', ''));
}

async function unplugged(t, line, { control }, device, test) {
  t.step(`without the ${device}`);
  await order(control, 'unplug');
  await until(`test ${test} to fail`, async () => result(await line.run(`test ${test}`, PATIENCE_MS), test) === 'FAIL', undefined, 100);
  await order(control, 'plug');
  await until(`test ${test} to pass again`, async () => result(await line.run(`test ${test}`, PATIENCE_MS), test) === 'PASS', undefined, 100);
}

async function locksOut(t, line, { user, password }) {
  t.step('three wrong passwords lock the line');
  for (let i = 0; i < 3; i++) {
    await line.expect('login: ');
    line.type(`${user}\r`);
    await line.expect('password: ');
    line.type('not this one\r');
    await line.expect('not right');
  }
  await line.expect('Locked for');
  await line.expect('login: ');
  line.type(`${user}\r${password}\rshow status\r`);
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const heard = line.take();
  assert(heard === '', `a locked line is deaf, but said ${JSON.stringify(heard)}`);
}

/** The board's files at work: who runs as whom, what is set, which USB interface is let in. */
async function boardAtWork(t, machine) {
  t.step('the board\'s files are in force');
  const failed = await machine.must('systemctl --failed --plain --no-legend');
  assert(failed.trim() === '', `units that failed:\n${failed}`);
  assert(/^luukkud /m.test(await machine.must('ps -eo user:20,comm | grep -w luukkud')), 'luukkud is its own user');
  const set = await machine.must('sysctl -n kernel.yama.ptrace_scope kernel.kptr_restrict fs.suid_dumpable');
  assert(set.replaceAll(/\s+/g, ' ').trim() === '3 2 0', `the kernel's settings: ${set}`);
  const usb = await machine.must('cd /sys/bus/usb/devices; for i in *:*; do echo "$(cat $i/bInterfaceClass) $(cat $i/authorized) $i"; done');
  const lines = usb.trim().split('\n').map((l) => l.split(' '));
  assert(lines.length > 3 && lines.every(([kind, letIn]) => (letIn === '1') === ['01', '03', '07', '09', '0b', '0e'].includes(kind)), `USB interfaces:\n${usb}`);
  console.log(usb);
}

await main('the serial console', async (t) => {
  prepare();
  const dir = makeRunDir();
  const processes = new Processes(`${dir}/log`);
  t.defer(() => rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
  t.defer(() => processes.stop());
  t.step('a kiosk is switched on');
  const begun = Date.now();
  const guest = await startKioskGuest(dir, processes, { headless: true, extra: PLUGGED });
  const { machine, technician, devices } = guest;
  t.defer(() => machine.stop());
  const line = new Line(await machine.line());
  await machine.booted();
  line.type('\r');
  await line.expect('login: ', PATIENCE_MS);
  console.log(`  the console answers after ${((Date.now() - begun) / 1000).toFixed(0)} s`);
  await standOf(guest).kiosk.running();
  await anyEnd(t, line, technician);
  await atSpeed(t, machine, line, technician, 9600);
  await atSpeed(t, machine, line, technician, 115200);
  await boardAtWork(t, machine);
  await completesAndPages(t, line, technician);
  await everythingPasses(t, line);
  await unplugged(t, line, devices.scanner, 'scanner', 'scanner');
  await unplugged(t, line, devices.reader, 'card reader', 'card');
  await logOut(line);
  await locksOut(t, line, technician);
}, LIMIT_MS);
