// Papers and a name: the citizen scans three sheets of which one is blank, shares two; the expert points at a line and marks it; one goes
// with the form; the citizen identifies with a card, the page verifies it for this call; the citizen signs with the card, too, and the
// package verifies with both signatures. PICTURES=FOLDER keeps screenshots of both sides.
import { startChromium } from './lib/chromium.mjs';
import { scanSheets } from './lib/doors.mjs';
import { intoCall, openExpert, startDemo } from './lib/journey.mjs';
import { looker } from './lib/look.mjs';
import { main } from './lib/run.mjs';
import { Citizen, Container, Expert, fillAllowance } from './lib/sheet.mjs';
import { assert, until } from './lib/wait.mjs';

const PIN1 = '1234';
const PIN2 = '123456';

async function asks(t, demo, page, look) {
  t.step('the expert asks for a paper; the citizen hears of it');
  await page.click('ask-scan');
  await page.driver.fill('paper-ask-text', 'Palkkalaskelma lokakuulta');
  await page.click('paper-ask-send');
  await until('the page to say that it was asked for', () => page.evaluate(() =>
    document.querySelector('[data-testid="paper-asked"]')?.dataset.state === 'open'));
  await until('the way to the papers', () => demo.kiosk.node('papers'));
  await look('asked');
  await demo.kiosk.tap('papers');
  await demo.kiosk.screenIs('paper');
  await demo.kiosk.says('Palkkalaskelma lokakuulta');
}

async function scans(t, demo, look) {
  t.step('three sheets are scanned, one of them blank');
  await demo.kiosk.tap('source-feeder');
  await scanSheets(demo.kiosk, () => demo.kiosk.ctl('emu', 'scanner', 'pages', '3', 'blank', '2'), 'Yksi tyhjä sivu jätettiin pois.');
  await until('two pages in the tray', () => demo.kiosk.node('page-2'));
  assert(!(await demo.kiosk.node('page-3')), 'the blank one is left out');
  await look('scanned');
}

async function shares(t, demo, page, look) {
  t.step('two of them are shared, each after a yes');
  assert(!(await page.visible('paper-page-1')), 'nothing is seen before the yes');
  for (const n of [1, 2]) {
    await demo.kiosk.tap(`page-${n}-share`);
    await until('the question', () => demo.kiosk.node('consent-yes'));
    if (n === 1) await look('consent');
    await demo.kiosk.tap('consent-yes');
    await until('the shared page at the kiosk', () => demo.kiosk.node('paper-view'));
    await demo.kiosk.tap('back');
  }
  await until('both pages sharp on the page', () => page.evaluate(() =>
    [1, 2].every((n) => document.querySelector(`[data-testid="paper-page-${n}"]`)?.dataset.state === 'whole')), 60000);
  await look('shared');
}

async function marks(t, demo, page, look) {
  t.step('the expert points at a line and marks it; the citizen sees both');
  await page.click('paper-page-1');
  await until('the kiosk to look at the same page', () => demo.kiosk.node('paper-view')); // it follows
  await page.click('paper-box');
  await page.driver.drag('paper-well', { x: 0.4, y: 0.3 }, { x: 0.6, y: 0.36 });
  await until('the mark at the kiosk', async () => (await demo.kiosk.tree()).nodes.some((n) => n.id.startsWith('mark-')));
  await page.click('paper-point');
  await page.driver.hover('paper-well', { x: 0.45, y: 0.33 });
  await demo.kiosk.says('osoittaa');
  await look('marked');
}

async function attaches(t, demo) {
  t.step('one goes with the form');
  await demo.kiosk.tap('back');
  await demo.kiosk.tap('page-1');
  await demo.kiosk.tap('attach');
  await until('the page to be attached', async () => (await demo.kiosk.words()).includes('Lomakkeen liite'));
}

async function pin(demo, digits) {
  await until('the keys for the PIN', () => demo.kiosk.node('pin-ok'), 30000);
  for (const d of digits) await demo.kiosk.tap(`pin-${d}`);
  await demo.kiosk.tap('pin-ok');
}

async function identifies(t, demo, page, look) {
  t.step('the expert asks who it is; the citizen says yes and puts the card in');
  await page.click('ask-identity');
  await page.click('ask-identity-card');
  await until('the question at the kiosk', () => demo.kiosk.node('identify'));
  await demo.kiosk.tap('identify');
  await demo.kiosk.screenIs('identify');
  await look('who');
  await demo.kiosk.tap('consent-yes');
  await demo.kiosk.ctl('emu', 'card', 'insert');
  await until('the keys for the PIN', () => demo.kiosk.node('pin-ok'), 30000);
  await look('pin');
  await pin(demo, PIN1);
  await until('the page to have verified it', async () => (await page.evaluate(() =>
    document.querySelector('[data-testid="identity"]')?.dataset.state)) === 'verified', 30000);
  await look('verified');
  await demo.kiosk.tap('done');
}

async function signs(t, demo, page, [citizen, expert], look) {
  t.step('the form is filled in, read through, and signed with the card, too');
  await demo.kiosk.tap('form');
  await demo.kiosk.screenIs('form');
  await fillAllowance(citizen);
  await citizen.on({ id: 'review', done: async () => (await demo.kiosk.screen()) === 'approve' });
  await citizen.reveal('sign-card');
  await demo.kiosk.tap('sign-card');
  await demo.kiosk.screenIs('identify');
  await demo.kiosk.tap('consent-yes', 3000).catch(() => undefined); // asked again where the card was taken
  await until('the keys for the PIN', () => demo.kiosk.node('pin-ok'), 30000);
  await look('sign');
  await pin(demo, PIN2);
  await demo.kiosk.screenIs('receipt', 60000);
  await look('receipt');
  await page.click('form-show');
  return expert.container();
}

function judged(t, demo, bytes) {
  t.step(`the package, ${bytes.length} bytes, before other eyes`);
  const box = new Container(demo, bytes);
  t.defer(() => box.free());
  box.cades();
  box.cardCades();
  const verdict = box.verify();
  assert(verdict.ok, `luukku-verify: ${verdict.reason}`);
  const names = box.json().sections.flatMap((s) => s.fields).filter((f) => f.type === 'attachment').flatMap((f) => f.value);
  assert(names.length === 1 && names[0].sha256 === box.sha256(`attachments/${names[0].name}`), `one paper goes with it: ${JSON.stringify(names)}`);
}

await main('papers and a name', async (t) => {
  const demo = await startDemo(t, {});
  const browser = await startChromium();
  t.defer(() => browser.stop());
  const page = await openExpert(t, browser, demo);
  await intoCall(demo, page);
  const look = looker(demo, page);
  const [citizen, expert] = [new Citizen(demo.kiosk), new Expert(page)];
  await asks(t, demo, page, look);
  await scans(t, demo, look);
  await shares(t, demo, page, look);
  await marks(t, demo, page, look);
  await attaches(t, demo);
  await demo.kiosk.tap('back'); // to the tray
  await demo.kiosk.tap('back');
  await demo.kiosk.screenIs('call');
  await identifies(t, demo, page, look);
  const bytes = await signs(t, demo, page, [citizen, expert], look);
  judged(t, demo, bytes);
  const log = (await demo.kiosk.log()).join('\n');
  for (const secret of [PIN2, 'Palkkalaskelma']) assert(!log.includes(secret), `"${secret}" stands in a log`);
  assert(page.driver.errors.length === 0, `errors on the page: ${page.driver.errors.join('; ')}`);
}, 230000);
