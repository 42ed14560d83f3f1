// The broker is down at the start and killed in a call: said on both screens, the call goes on, all comes back by itself.
import { startChromium } from './lib/chromium.mjs';
import { expectMedia, intoCall, openExpert } from './lib/journey.mjs';
import { main } from './lib/run.mjs';
import { Stand } from './lib/stand.mjs';
import { assert, until } from './lib/wait.mjs';

const NO_CALLS = 'Puhelua ei voi soittaa juuri nyt';
/** Longest pause of a link that tries again with growing pauses, after so short an absence. */
const BACK_MS = 40000;

const brokerIs = (kiosk, up) => until(`the kiosk's link to the broker: ${up}`, async () => (await kiosk.ctl('status')).broker === up, BACK_MS);

await main('broker', async (t) => {
  const stand = await Stand.start(t);

  t.step('the broker is down when the kiosk starts');
  await stand.killBroker();
  await stand.startKiosk();
  const { kiosk } = stand;
  await kiosk.says(NO_CALLS);
  await kiosk.tap('next');
  await kiosk.tap('service-parental-allowance');
  await kiosk.screenIs('card');
  await kiosk.says(NO_CALLS);
  assert((await kiosk.node('call-expert')).state.includes('disabled'), 'nobody can be called');
  const failed = await kiosk.check('broker');
  assert(failed.result === 'FAIL' && /network/.test(failed.why), `the technician hears of it: ${JSON.stringify(failed)}`);

  t.step('it starts: the kiosk sees it by itself');
  await stand.reviveBroker();
  const start = Date.now();
  await brokerIs(kiosk, true);
  console.log(`  the kiosk is back on the broker after ${Date.now() - start} ms`);
  await kiosk.saysNot(NO_CALLS);
  await kiosk.tap('back');
  await kiosk.tap('back');

  t.step('killed in a call: the call goes on');
  const browser = await startChromium();
  t.defer(() => browser.stop());
  const page = await openExpert(t, browser, stand);
  await intoCall(stand, page);
  await expectMedia(stand, page);
  await stand.killBroker();
  await until('the page to say that the link is down', async () => (await page.text('call-notes')).includes('Puhelu jatkuu tavalliseen tapaan'));
  await brokerIs(kiosk, false);
  await expectMedia(stand, page);
  assert((await kiosk.ctl('status')).line === 'good', 'the line is good');
  assert(await kiosk.screen() === 'call', 'the call screen stays');
  await kiosk.saysNot(NO_CALLS); // that would frighten somebody who is in a call

  t.step('back again: the end reaches the page');
  await stand.reviveBroker();
  await brokerIs(kiosk, true);
  await until('the page\'s link', async () => !(await page.text('call-notes')).includes('Puhelu jatkuu'), BACK_MS);
  await kiosk.tap('end-call');
  await kiosk.screenIs('end');
  await until('the page to say who ended it', async () => (await page.text('notice')).includes('Asiakas lopetti puhelun'));
  await kiosk.done();

  t.step('down when the expert ends: the kiosk hears it over the connection');
  await intoCall(stand, page);
  await expectMedia(stand, page, { frames: 10 });
  await stand.killBroker();
  await page.click('call-end');
  await kiosk.screenIs('end', 5000);
  await kiosk.says('Asiantuntija lopetti puhelun');
  await kiosk.done();
  await stand.reviveBroker();
  await brokerIs(kiosk, true);
  await until('the page\'s link', async () => !(await page.visible('link-down')), BACK_MS);

  t.step('down when the citizen ends: the page hears it likewise');
  await intoCall(stand, page);
  await expectMedia(stand, page, { frames: 10 });
  await stand.killBroker();
  await kiosk.tap('end-call');
  await kiosk.screenIs('end');
  await until('the page to say who ended it', async () => (await page.text('notice')).includes('Asiakas lopetti puhelun'), 5000);
  await page.shows('link-down');
  assert(page.driver.errors.length === 0, `errors on the page: ${page.driver.errors.join('; ')}`);
}, 170000);
