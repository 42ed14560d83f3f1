// Citizen and expert write into the same field while luukku-rtc is killed, the page is loaded again, the network is gone, and the page
// floods the channel: no keystroke that was acknowledged is lost on either side.
// node tests/e2e/form-survival.mjs [seconds without network, 12]
import { startChromium } from './lib/chromium.mjs';
import { CARD, intoCall, openExpert, startDemo } from './lib/journey.mjs';
import { Link, missing } from './lib/netns.mjs';
import { main } from './lib/run.mjs';
import { Citizen } from './lib/sheet.mjs';
import { assert, until } from './lib/wait.mjs';

const FIELD = 'field-name';
const OUTAGE_S = Number(process.argv[2] ?? 12);
const BACK_MS = 60000;

/** What each has typed so far: the citizen in small letters, the expert in capitals. */
const typed = { citizen: '', expert: '' };
const own = { citizen: (text) => text.replaceAll(/[^a-z]/g, ''), expert: (text) => text.replaceAll(/[^A-Z]/g, '') };

const atKiosk = async (demo) => (await demo.kiosk.node(FIELD))?.value ?? '';
const atPage = (page) => page.evaluate((id) => window.probe.find(id)?.value ?? '', FIELD);
const unsent = (page) => page.evaluate(() => Number(window.probe.find('form-unsent')?.dataset.characters ?? NaN));

async function citizenTypes(demo, text) {
  for (const letter of text) await demo.kiosk.ctl('ui', 'type', letter);
  typed.citizen += text;
}

async function expertTypes(page, text) {
  await page.driver.press(FIELD, 'End');
  await page.driver.type(FIELD, text);
  typed.expert += text;
}

const bothType = (demo, page, small, capitals) => Promise.all([citizenTypes(demo, small), expertTypes(page, capitals)]);

/** Both show the same, with every letter that either typed, in its order. */
async function expectAll(demo, page, what) {
  let kiosk = '';
  let browser = '';
  await until(`${what}: both to show the same`, async () => {
    [kiosk, browser] = [await atKiosk(demo), await atPage(page)];
    return kiosk === browser && own.citizen(kiosk).length >= typed.citizen.length && own.expert(kiosk).length >= typed.expert.length;
  }, BACK_MS).catch((error) => {
    throw new Error(`${error.message}: kiosk "${kiosk}", page "${browser}", typed ${JSON.stringify(typed)}`);
  });
  for (const who of ['citizen', 'expert']) {
    assert(own[who](kiosk) === typed[who], `${what}: of the ${who} "${typed[who]}" is in "${kiosk}"`);
  }
  console.log(`  ${what}: ${kiosk}`);
}

async function pidOf(demo, program) {
  return (await demo.kiosk.ctl('status')).programs.find((p) => p.name === program).pid;
}

/** To the step with the name, which asks for what stands before it. */
async function toTheField(demo, page) {
  const citizen = new Citizen(demo.kiosk);
  await demo.kiosk.tap('form');
  await demo.kiosk.screenIs('form');
  await citizen.choose('situation', 'expected');
  await citizen.write('due-date', '14.2.2027');
  await citizen.write('children', '1');
  await citizen.on();
  await demo.kiosk.tap(FIELD);
  await page.shows(FIELD);
}

async function killed(demo, page) {
  const pid = await pidOf(demo, 'luukku-rtc');
  const typing = bothType(demo, page, 'killed', 'KILLED');
  process.kill(pid, 'SIGKILL');
  await typing;
  await until('luukku-rtc to run again', async () => ![0, pid, undefined].includes(await pidOf(demo, 'luukku-rtc')));
  await bothType(demo, page, 'after', 'AFTER');
}

/** What the page says is stored is stored; what it says is not may go with it. */
async function loadedAgain(demo, page) {
  await expertTypes(page, 'RELOAD');
  await until('the page to say that all is at the kiosk', async () => (await unsent(page)) === 0, BACK_MS);
  await Promise.all([citizenTypes(demo, 'reload'), page.driver.reload()]);
  await page.shows('remote-video');
  await page.shows(FIELD, BACK_MS);
  await bothType(demo, page, 'again', 'AGAIN');
}

async function withoutNetwork(demo, page, link) {
  await link.loss(100);
  const start = Date.now();
  await bothType(demo, page, 'outage', 'OUTAGE');
  await until('the page to say how much is not stored', async () => (await unsent(page)) >= 'OUTAGE'.length);
  await until(`${OUTAGE_S} s`, () => Date.now() - start >= OUTAGE_S * 1000, OUTAGE_S * 1000 + 5000, 500);
  assert(['form', 'call'].includes(await demo.kiosk.screen()), 'the visit goes on');
  await bothType(demo, page, 'end', 'END');
  await link.clear();
  await expectAll(demo, page, `${OUTAGE_S} s without network`);
  await until('the page to say that all is at the kiosk', async () => (await unsent(page)) === 0, BACK_MS);
}

/** Far more than may be: the channel is closed, the call and the form go on. */
async function flooded(demo, page) {
  await page.evaluate(() => {
    const { form } = window.probe.channels;
    for (let i = 0; i < 100; i += 1) form.send(new Uint8Array(16384));
  });
  await until('the channel to be closed', () => page.evaluate(() => window.probe.channels.form.readyState === 'closed'), BACK_MS);
  await citizenTypes(demo, 'flood');
  await until('the kiosk to go on', async () => own.citizen(await atKiosk(demo)) === typed.citizen);
  assert((await demo.kiosk.ctl('status')).line === 'good', 'the call goes on');
  await page.driver.reload();
  await page.shows('remote-video');
  await page.shows(FIELD, BACK_MS);
  await bothType(demo, page, 'over', 'OVER');
}

await main('form-survival', async (t) => {
  const lacks = await missing();
  const link = lacks ? null : await Link.make(t);
  const demo = await startDemo(t, link ? { prefix: link.kioskPrefix } : {});
  await link?.relay(Number(new URL(demo.info.url).port));
  const browser = await startChromium(link ? { executable: link.chromium() } : {});
  t.defer(() => browser.stop());
  const page = await openExpert(t, browser, demo);
  await intoCall(demo, page, CARD);

  t.step('both write into one field at the same time');
  await toTheField(demo, page);
  await bothType(demo, page, 'together', 'TOGETHER');
  await expectAll(demo, page, 'at the same time');

  t.step('luukku-rtc is killed while both write');
  await killed(demo, page);
  await expectAll(demo, page, 'luukku-rtc killed');

  t.step('the page is loaded again while the citizen writes');
  await loadedAgain(demo, page);
  await expectAll(demo, page, 'page loaded again');

  if (link) {
    t.step(`no network for ${OUTAGE_S} s while both write`);
    await withoutNetwork(demo, page, link);
  } else {
    console.log(`  no outage: it needs ${lacks}`);
  }

  t.step('a page that floods');
  await flooded(demo, page);
  await expectAll(demo, page, 'after the flood');
  assert(page.driver.errors.length === 0, `errors on the page: ${page.driver.errors.join('; ')}`);
}, 220000 + OUTAGE_S * 1000);
