// A whole call with a real browser: node tests/e2e/call.mjs chromium|firefox
import { assert, until } from './lib/wait.mjs';
import { browsers, expectEcho, expectMedia, intoCall, openExpert, startDemo } from './lib/journey.mjs';
import { main } from './lib/run.mjs';

const which = process.argv[2] ?? 'chromium';

await main(`call with ${which}`, async (t) => {
  t.step('start the demo');
  const demo = await startDemo(t);
  const browser = await browsers[which]();
  t.defer(() => browser.stop());

  t.step('the expert logs in');
  const page = await openExpert(t, browser, demo);

  t.step('the citizen asks for an expert, the expert accepts');
  await intoCall(demo, page);
  await page.shows('peer-verified');

  t.step('stamps and tones both ways');
  await expectMedia(demo, page);
  assert((await page.evaluate(() => window.probe.made)) === 1, 'one connection is made');

  t.step('who speaks is seen at the kiosk');
  const speaks = (value) => async () => (await demo.kiosk.node('expert-speaks'))?.value === value;
  await until('the expert to speak', speaks('Puhuu'));
  await page.click('mute');
  await until('the muted expert not to', speaks(''));
  await page.click('mute');
  await until('the expert to speak again', speaks('Puhuu'));

  t.step('256 KiB over the data channel and back');
  await expectEcho(page);

  t.step('the citizen ends the call');
  await until('the round trip to be measured', async () => (await demo.kiosk.stats()).rtt_ms > 0);
  await demo.kiosk.tap('end-call');
  await demo.kiosk.done();
  await until('the page to leave the call', async () => !(await page.visible('remote-video')));

  t.step("the call's figures are kept, and nothing else of it");
  const calls = await until('the figures', async () => {
    const list = await demo.kiosk.ctl('calls');
    return list.length > 0 && list;
  });
  assert(calls.length === 1 && calls[0].duration_s > 0 && calls[0].rtt_ms !== null && calls[0].fps_sent > 0 && calls[0].restarts === 0, JSON.stringify(calls));
  assert(Object.entries(calls[0]).every(([name, v]) => name === 'at' || v === null || typeof v === 'number'), JSON.stringify(calls));

  t.step('a second call, ended by the expert');
  await intoCall(demo, page);
  await expectMedia(demo, page, { frames: 15 });
  await page.click('call-end');
  await demo.kiosk.screenIs('end');
  const log = await demo.kiosk.log();
  const complaints = log.filter((line) => /Sanitizer|runtime error|forbidden call/.test(line));
  assert(complaints.length === 0, `in the kiosk's log: ${complaints.join('\n')}`);
  assert(page.driver.errors.length === 0, `errors on the page: ${page.driver.errors.join('; ')}`);
});
