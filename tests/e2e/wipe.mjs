// Leaving nothing: secrets are planted through every door of a visit; afterwards neither the memory of any program of the kiosk nor
// memory that they share nor any file of the kiosk has them: raw, in UTF-16, in base64. The browser and the emulators are not the kiosk.
// node tests/e2e/wipe.mjs [PROGRAM]: that program is killed in the middle of the visit.
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { startChromium } from './lib/chromium.mjs';
import { intoCall, openExpert, startDemo } from './lib/journey.mjs';
import { Secrets } from './lib/memory.mjs';
import { main } from './lib/run.mjs';
import { Citizen } from './lib/sheet.mjs';
import { assert, until } from './lib/wait.mjs';

const NAME = 'Tuulikki Vaitelias';
const STREET = 'Hiljaisuudenkuja 77';
const SAID = 'kukaan ei saa tietää tästä';
const killed = process.argv[2];

const programsOf = async (demo) => (await demo.kiosk.ctl('status')).programs;

/** luukku-super and all that it started. */
async function pidsOf(demo) {
  const programs = (await programsOf(demo)).filter((p) => p.pid > 0);
  const parent = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${programs[0].pid}/status`, 'utf8'))[1]);
  return [{ name: 'luukku-super', pid: parent }, ...programs];
}

/** Where a secret lies now: "program: name (form)". */
async function lying(demo, secrets) {
  const all = [];
  for (const { name, pid } of await pidsOf(demo)) all.push(...secrets.process(pid).map((what) => `${name}: ${what}`));
  return all;
}

async function plant(t, demo, page, secrets) {
  const citizen = new Citizen(demo.kiosk);
  t.step('what is written in the conversation');
  await demo.kiosk.tap('text');
  await demo.kiosk.tap('text-input');
  await demo.kiosk.ctl('ui', 'type', secrets.plant('conversation', SAID));
  await until('the words on the page', async () => (await page.text('text-log')).includes(SAID));
  await demo.kiosk.tap('text');
  t.step('what is written in the form');
  await demo.kiosk.tap('form');
  await demo.kiosk.screenIs('form');
  await citizen.choose('situation', 'expected');
  await citizen.write('children', '1');
  await citizen.write('due-date', '14.2.2027');
  await citizen.on();
  await citizen.write('name', secrets.plant('name in the form', NAME));
  await citizen.write('home-street', secrets.plant('street in the form', STREET));
}

async function ends(t, demo) {
  const before = await programsOf(demo);
  if (killed) {
    t.step(`${killed} is killed`);
    process.kill(before.find((p) => p.name === killed).pid, 'SIGKILL');
    if (killed === 'luukkud') return before.filter((p) => p.name === killed);
  }
  t.step('the visit ends');
  await demo.kiosk.tap('call-view').catch(() => undefined);
  await demo.kiosk.tap('end-call', 20000);
  await demo.kiosk.screenIs('end');
  await demo.kiosk.tap('done');
  return before;
}

await main(`nothing stays behind${killed ? `: ${killed}` : ''}`, async (t) => {
  const demo = await startDemo(t, {});
  const browser = await startChromium();
  t.defer(() => browser.stop());
  const page = await openExpert(t, browser, demo);
  await intoCall(demo, page);
  const secrets = new Secrets();
  await plant(t, demo, page, secrets);
  const held = await lying(demo, secrets);
  console.log(`  in the visit: ${held.length} findings`);
  for (const name of ['name in the form', 'street in the form']) {
    assert(held.some((h) => h.startsWith('luukkud:') && h.includes(name)), `the search finds ${name} while it is there`);
  }
  const before = await ends(t, demo);
  await until('every program to be a new one', async () => {
    const { screen, programs } = await demo.kiosk.ctl('status');
    return screen === 'start' && programs.every((p) => p.state === 'running' && before.every((b) => b.pid !== p.pid));
  }, 30000);
  t.step('nothing is left');
  const left = [...await lying(demo, secrets), ...secrets.folder(dirname(demo.info.control))];
  assert(left.length === 0, `left behind: ${left.join('; ')}`);
}, 170000);
