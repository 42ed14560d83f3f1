// Every emulated device passes; then each is unplugged, and each misbehaves: the first FAIL names it and says what to do.
import { order } from '../lib/emulator.mjs';
import { assert } from '../lib/wait.mjs';

const SOUND = ['storage', 'clock', 'programs', 'certs', 'camera', 'microphone', 'speaker', 'scanner', 'card', 'network', 'broker'];
const HERE = { // what the demo's kiosk does not have, and what is said then
  display: /memory/, touch: /no screen/, keypad: /no keypad/, turn: /no TURN server/, stun: /no STUN server/,
};

const UNPLUGGED = [
  ['scanner', 'scanner', /scanner is not there/, /switched on\? .*USB cable/],
  ['reader', 'card', /card reader is not there/, /USB cable; plug/],
  ['document', 'camera', /document camera is not there/, /USB cable; plug/],
  ['camera', 'camera', /the camera is not there/, /USB cable; plug/],
];

async function allPass(t, bench) {
  t.step('every device passes');
  const checks = await bench.sound();
  for (const test of SOUND) assert(checks.some((c) => c.test === test && c.result === 'PASS'), `${test} passes:\n${checks.text}`);
  for (const c of checks.filter(({ result }) => result === 'SKIP')) {
    assert(HERE[c.test]?.test(c.said), `${c.test} is left out for a reason:\n${checks.text}`);
  }
  assert(checks.filter((c) => c.test === 'camera').length === 2, 'the document camera, too');
}

async function unplugged(t, bench) {
  for (const [device, test, reason, next] of UNPLUGGED) {
    t.step(`without the ${device}`);
    await bench.ctl('emu', device, 'unplug');
    await bench.first(test, reason, next);
    await bench.ctl('emu', device, 'plug');
  }
  await bench.sound();
}

/** Started anew with that fault it is set aside after three tries. */
async function setAside(t, bench, device, fault, test) {
  t.step(`the ${device} misbehaves: ${fault}`);
  await bench.ctl('emu', device, 'fault', fault);
  await bench.ctl('emu', device, 'unplug');
  await bench.ctl('emu', device, 'plug');
  await bench.first(test, /is not used, it misbehaves: \w/, new RegExp(`device again ${device}`));
  await bench.ctl('emu', device, 'fault', 'none');
  assert((await bench.technician.run(`device again ${device}`)).includes('tried again'), 'it is tried again');
}

async function hindered(t, bench) {
  t.step('paper is stuck in the scanner');
  await order(bench.stand.scanner, 'jam');
  await bench.first('scanner', /paper is stuck/, /test scanner/);
  await order(bench.stand.scanner, 'clear');
  await bench.sound();
  t.step('a card that says nothing');
  await bench.ctl('emu', 'card', 'insert', 'mute');
  await bench.first('card', /card in the reader does not answer/, /another card/);
  await bench.ctl('emu', 'card', 'remove');
}

export default {
  async unplugged(t, bench) {
    await bench.kiosk();
    await allPass(t, bench);
    await unplugged(t, bench);
  },
  async misbehaving(t, bench) {
    await bench.kiosk();
    await bench.sound();
    await hindered(t, bench);
    await setAside(t, bench, 'reader', 'silent', 'card');
    await setAside(t, bench, 'scanner', 'missing-capabilities', 'scanner');
    await bench.sound();
  },
};
