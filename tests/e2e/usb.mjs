// Scanner and card reader of the whole kiosk: found, given to their confined programs, pulled and plugged, misbehaving
// until they are set aside, back again; and a program that is killed.
import { join } from 'node:path';
import { startDevices } from '../../tools/broker/devices.mjs';
import { main } from './lib/run.mjs';
import { Stand } from './lib/stand.mjs';
import { assert, PATIENCE_MS, until } from './lib/wait.mjs';

const ROLES = ['scanner', 'reader'];
const PROGRAM = { scanner: 'luukku-scan', reader: 'luukku-card' };

async function device(kiosk, role) {
  return (await kiosk.ctl('devices')).find((d) => d.device === role);
}

function stateIs(kiosk, role, state, ms = PATIENCE_MS) {
  return until(`the ${role} to be "${state}"`, async () => {
    const found = await device(kiosk, role);
    return found?.state === state && found;
  }, ms);
}

async function programOf(kiosk, role) {
  return (await kiosk.ctl('status')).programs.find((p) => p.name === PROGRAM[role]);
}

async function found(t, kiosk) {
  t.step('found, started, confined');
  for (const role of ROLES) {
    const it = await stateIs(kiosk, role, 'works');
    console.log(`  ${role}: ${JSON.stringify(it)}`);
    assert(it.name, `the ${role} says what it is`);
    const { walls, pid } = await programOf(kiosk, role);
    assert(pid > 0 && !walls.includes('-'), `${PROGRAM[role]} runs behind all its walls: ${walls}`);
    assert((await kiosk.check(`${role} works`)).result === 'PASS', 'the self-test says so');
  }
}

async function pulled(t, kiosk) {
  for (const role of ROLES) {
    t.step(`the ${role} is pulled out and plugged in again`);
    const { pid } = await programOf(kiosk, role);
    await kiosk.ctl('emu', role, 'unplug');
    await stateIs(kiosk, role, 'absent');
    assert((await kiosk.check(`${role} works`)).result === 'FAIL', 'the self-test says so');
    await kiosk.ctl('emu', role, 'plug');
    await stateIs(kiosk, role, 'works');
    assert((await programOf(kiosk, role)).pid === pid, 'its program lives through it');
  }
}

async function killed(t, kiosk) {
  for (const role of ROLES) {
    t.step(`${PROGRAM[role]} is killed`);
    const { pid } = await programOf(kiosk, role);
    process.kill(pid, 'SIGKILL');
    await until('another one', async () => {
      const p = await programOf(kiosk, role);
      return p.state === 'running' && p.pid !== pid;
    });
    await stateIs(kiosk, role, 'works');
  }
}

async function misbehaving(t, kiosk, role, fault) {
  t.step(`the ${role} misbehaves (${fault}) until it is set aside`);
  await kiosk.ctl('emu', role, 'fault', fault);
  await kiosk.ctl('emu', role, 'unplug'); // so that it is started with the fault
  await kiosk.ctl('emu', role, 'plug');
  const aside = await stateIs(kiosk, role, 'set aside', 60000); // a scanner may be warming up, and gets 10 s each time
  console.log(`  why: ${aside.why}`);
  assert(aside.why.length > 0, 'with a reason');
  const check = await kiosk.check(`${role} works`);
  assert(check.result === 'FAIL' && check.why.includes(aside.why), 'the self-test gives it');
  t.step(`the ${role} is mended and taken into use again`);
  await kiosk.ctl('emu', role, 'fault', 'none');
  await kiosk.ctl('device', 'again', role);
  await stateIs(kiosk, role, 'works');
}

await main('usb', async (t) => {
  const stand = await Stand.start(t);
  const parts = await startDevices(stand.programs, join(stand.dir, 'devices'));
  await stand.startKiosk(parts);
  const { kiosk } = stand;
  await kiosk.running();
  await found(t, kiosk);
  await pulled(t, kiosk);
  await killed(t, kiosk);
  await misbehaving(t, kiosk, 'reader', 'silent');
  await misbehaving(t, kiosk, 'scanner', 'missing-capabilities');
});
