// The document camera: a paper that lies askew under it is seen as the page that it would be, taken, and shown to the expert straight; then a
// passport is held to it: the expert says "seen", and nothing of it stays. PICTURES=FOLDER keeps screenshots of both sides.
import { startChromium } from './lib/chromium.mjs';
import { intoCall, openExpert, startDemo } from './lib/journey.mjs';
import { looker } from './lib/look.mjs';
import { main } from './lib/run.mjs';
import { assert, until } from './lib/wait.mjs';

const FOUND = 'Paperi löytyi.';
const LOST = 'Paperia ei löydy.';

/** Lays something under the camera; it is drawn a moment later. */
async function lay(demo, thing, ...order) {
  await demo.kiosk.ctl('emu', 'document', ...order);
  await until(`${thing} under the camera`, async () => JSON.stringify(await demo.kiosk.ctl('emu', 'document', 'laid')).includes(thing), 60000);
}

async function aims(t, demo, look) {
  t.step('nothing lies under the camera: the citizen is told what to do');
  const { kiosk } = demo;
  await lay(demo, 'nothing', 'lay', 'nothing');
  await kiosk.tap('papers');
  await kiosk.screenIs('paper');
  await kiosk.tap('scan-camera');
  await kiosk.says(LOST);
  await look('lost');
  t.step('a paper is laid there, askew: it is found');
  await lay(demo, 'paper', 'page', '2');
  await kiosk.says(FOUND);
  await look('found');
}

async function takes(t, demo, page, look) {
  t.step('it is taken: one page in the tray, nothing at the expert');
  const { kiosk } = demo;
  await kiosk.tap('take');
  await until('the page', async () => (await kiosk.words()).includes('Sivu 1 / 1') || kiosk.node('share'));
  await look('taken');
  assert(!(await page.visible('paper-page-1')), 'nothing is seen before the yes');
  t.step('shared: the expert has a straight page of A4');
  await kiosk.tap('share');
  await kiosk.tap('consent-yes');
  await until('the page sharp at the expert', () => page.evaluate(() =>
    document.querySelector('[data-testid="paper-page-1"]')?.dataset.state === 'whole'), 30000);
  const shape = await page.evaluate(() => {
    const picture = document.querySelector('[data-testid="paper-page-1"] img, [data-testid="paper-page-1"] canvas');
    return picture ? (picture.naturalHeight ?? picture.height) / (picture.naturalWidth ?? picture.width) : 0;
  });
  await look('shared');
  assert(Math.abs(shape - Math.SQRT2) < 0.12, `its sides are as those of A4: ${shape}`);
  await kiosk.tap('back');
  await kiosk.tap('back');
  await kiosk.screenIs('call');
}

async function unplugs(t, demo) {
  t.step('the camera is pulled out while it is looked through: said, and mended');
  const { kiosk } = demo;
  await kiosk.tap('papers');
  await kiosk.tap('scan-camera');
  await kiosk.says(FOUND);
  await kiosk.ctl('emu', 'document', 'unplug');
  await kiosk.says('Kamera ei anna kuvaa.');
  await until('no camera to be offered', async () => !(await kiosk.node('scan-camera')));
  await kiosk.ctl('emu', 'document', 'plug');
  await until('the camera to be offered', () => kiosk.node('scan-camera'));
  await kiosk.tap('back');
  await kiosk.screenIs('call');
}

const state = (page) => page.evaluate(() => document.querySelector('[data-testid="identity"]')?.dataset.state);

async function holds(t, demo, page, look) {
  t.step('the expert asks to see a document; the citizen agrees and holds it to the camera');
  const { kiosk } = demo;
  await lay(demo, 'document', 'lay', 'document');
  await page.click('ask-identity');
  await page.click('ask-identity-document');
  await kiosk.tap('identify');
  await kiosk.screenIs('identify');
  await look('document-asked');
  await kiosk.tap('consent-yes');
  await until('the citizen to see what the expert sees', () => kiosk.node('document-view'));
  await until('the expert to see it', () => page.visible('identity-seen'));
  await look('document-held');
  t.step('seen: marked as not verified, and gone from both sides');
  await page.click('identity-seen');
  await until('the page to say that it was seen', async () => (await state(page)) === 'seen');
  await until('the citizen to hear of it', () => kiosk.node('done'));
  await look('document-seen');
  await kiosk.tap('done');
  await kiosk.tap('papers');
  assert(await kiosk.node('page-1'), 'the paper is still there');
  assert(!(await kiosk.node('page-2')), 'the document is not');
  assert(!(await page.visible('paper-page-2')), 'nor at the expert');
  await kiosk.tap('back');
}

await main('the document camera', async (t) => {
  const demo = await startDemo(t, {});
  const browser = await startChromium();
  t.defer(() => browser.stop());
  const page = await openExpert(t, browser, demo);
  await intoCall(demo, page);
  const look = looker(demo, page);
  await aims(t, demo, look);
  await takes(t, demo, page, look);
  await unplugs(t, demo);
  await holds(t, demo, page, look);
  assert(page.driver.errors.length === 0, `errors on the page: ${page.driver.errors.join('; ')}`);
}, 110000);
