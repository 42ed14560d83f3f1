// Power is cut: secrets come into a kiosk in a guest through every door of a visit, everything that its system writes anywhere goes to
// one disk, and QEMU is killed, in mid-visit and after one. Then the raw disk is searched: raw, in UTF-16, in base64, as pixels.
// The browser and the emulators are not the kiosk.
// node tests/qemu/powercut.mjs [picture|text|form|papers|card]...: all doors, or those
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startKioskGuest } from '../../board/qemu-x86_64/kiosk.mjs';
import { prepare } from '../../board/qemu-x86_64/machine.mjs';
import { makeRunDir, Processes } from '../../tools/broker/processes.mjs';
import { startChromium } from '../e2e/lib/chromium.mjs';
import { identify, plantCall, plantForm, plantPapers, plantText, Planted } from '../e2e/lib/doors.mjs';
import { order } from '../e2e/lib/emulator.mjs';
import { intoCall, openExpert } from '../e2e/lib/journey.mjs';
import { main } from '../e2e/lib/run.mjs';
import { assert, until } from '../e2e/lib/wait.mjs';
import { standOf } from './visit.mjs';

const LIMIT_MS = 3000000;
// What is written to the disk on purpose: the search has to find each.
const CONTROL = { raw: 'Kontrollimerkki yksi Äö', 'utf-16': 'Kontrollimerkki kaksi Äö', base64: 'Kontrollimerkki kolme Äö' };
const written = { raw: (s) => Buffer.from(s), 'utf-16': (s) => Buffer.from(s, 'utf16le'), base64: (s) => Buffer.from(Buffer.from(s).toString('base64')) };

/** Writes the control strings to the guest's disk, each in its form, and all else that waits to be written. */
async function plantControl(t, machine, planted) {
  t.step('control strings are written to the disk on purpose');
  for (const [form, text] of Object.entries(CONTROL)) {
    planted.secrets.plant(`control, ${form}`, text);
    const octal = [...written[form](text)].map((b) => `\\${b.toString(8).padStart(3, '0')}`).join('');
    await machine.must(`printf '${octal}' >/var/lib/luukku/control-${form}`);
  }
  await machine.must('sync');
}

/** What the search finds on the disk; the control strings must be among it. */
function foundOn(disk, planted) {
  const found = planted.secrets.folder(disk);
  for (const form of Object.keys(CONTROL)) {
    assert(found.some((what) => what.includes(`: control, ${form} (${form})`)), `the search finds what lies there in ${form}:\n  ${found.join('\n  ')}`);
  }
  return found;
}

/** The disk has the control strings and the kiosk's own log, and nothing of the secrets. */
function search(t, disk, planted) {
  t.step('the disk is searched');
  const begun = Date.now();
  const found = foundOn(disk, planted);
  const onPurpose = (what) => what.includes(': control, ');
  assert(readFileSync(join(disk, 'disk')).includes('luukku-super'), 'the kiosk\'s log is on this disk');
  const left = found.filter((what) => !onPurpose(what));
  assert(left.length === 0, `left on the disk:\n  ${left.join('\n  ')}`);
  console.log(`  ${planted.names.length} secrets looked for in ${((Date.now() - begun) / 1000).toFixed(0)} s: ${planted.names.join(', ')}; the control strings were found`);
}

/** `first` is called when the system answers, and the kiosk perhaps not yet. */
async function switchOn(t, guest, first) {
  t.step('the kiosk is switched on');
  const begun = Date.now();
  guest.machine ??= await guest.start();
  await guest.machine.booted();
  console.log(`  its system answers after ${((Date.now() - begun) / 1000).toFixed(0)} s`);
  const stand = standOf(guest);
  await first?.();
  await stand.kiosk.running();
  await stand.kiosk.screenIs('start');
  console.log(`  ready after ${((Date.now() - begun) / 1000).toFixed(0)} s`);
  return stand;
}

async function cut(t, guest) {
  t.step('power is cut');
  await guest.machine.must('sync'); // all that would have been written some time
  await guest.machine.stop();
  guest.machine = null;
}

/** Whoever came goes, with the card. */
async function takesCard(stand) {
  if (doors.includes('card')) await order(stand.reader, 'card', 'remove');
}

async function ends(t, stand) {
  t.step('the visit ends');
  await takesCard(stand);
  const before = await stand.kiosk.pids();
  await stand.kiosk.tap('end-call');
  await stand.kiosk.screenIs('end');
  await stand.kiosk.tap('done');
  await stand.kiosk.restarted(before);
}

const DOORS = {
  picture: (t, stand, page, planted) => plantCall(t, stand, planted),
  text: plantText,
  form: (t, stand, page, planted) => plantForm(t, stand, planted),
  papers: plantPapers,
  card: (t, stand, page, planted) => identify(t, stand, page, planted, () => undefined),
};
const doors = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(DOORS);

async function visit(t, stand, page, planted) {
  const begun = Date.now();
  await intoCall(stand, page);
  for (const door of doors) await DOORS[door](t, stand, page, planted);
  console.log(`  all of it planted in ${((Date.now() - begun) / 1000).toFixed(0)} s`);
}

await main('power is cut', async (t) => {
  prepare();
  const dir = makeRunDir();
  const disk = join(dir, 'disk');
  const processes = new Processes(`${dir}/log`);
  mkdirSync(disk);
  t.defer(() => rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
  t.defer(() => processes.stop());
  const guest = await startKioskGuest(dir, processes, { headless: true, camera: false, disk: join(disk, 'disk'), changes: { stamps: true } });
  t.defer(() => guest.machine?.stop());
  const planted = new Planted(t);
  const browser = await startChromium();
  t.defer(() => browser.stop());
  let stand = await switchOn(t, guest, async () => {
    await plantControl(t, guest.machine, planted);
    console.log(`  the search finds them:\n    ${foundOn(disk, planted).join('\n    ')}`);
  });
  const page = await openExpert(t, browser, stand, stand.info, { 'probe-stripes': planted.stripesOf('the expert\'s picture') });
  await visit(t, stand, page, planted);
  await cut(t, guest);
  await takesCard(stand);
  search(t, disk, planted);
  stand = await switchOn(t, guest);
  await until('the page\'s queue', async () => !(await page.visible('remote-video')), 45000);
  await visit(t, stand, page, planted);
  await ends(t, stand);
  await cut(t, guest);
  search(t, disk, planted);
}, LIMIT_MS);
