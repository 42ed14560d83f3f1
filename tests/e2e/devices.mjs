// Devices that are missing, refused, switched off or taken away, at both ends: said in words, and the call goes on.
import { startChromium } from './lib/chromium.mjs';
import { expectMedia, intoCall, openExpert, PAGE_TONE_HZ } from './lib/journey.mjs';
import { main } from './lib/run.mjs';
import { Stand } from './lib/stand.mjs';
import { assert, until } from './lib/wait.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Pictures come, and none has a stamp: no camera's picture. */
async function expectStill(page) {
  await until('still pictures in the browser', async () => {
    await page.reset();
    await pause(1000);
    const { stamps, bad } = await page.tell();
    return stamps === 0 && bad >= 2;
  });
}

/** Nothing of the citizen's is seen or heard at the expert's; the kiosk says why, and the page knows. */
async function withoutDevices(t, stand, browser) {
  t.step('a kiosk with no camera and no sound device');
  await stand.startKiosk({ camera: 'none', sound: 'none' });
  const { kiosk } = stand;
  const page = await openExpert(t, browser, stand);
  await kiosk.callFor('parental-allowance');
  await kiosk.says('Kamera ei toimi');
  await kiosk.says('Mikrofoni tai kaiutin ei toimi');
  await page.accept();
  await kiosk.screenIs('call');
  await kiosk.says('Kamera ei toimi');
  await expectStill(page);
  await until('the browser\'s picture at the kiosk', async () => (await kiosk.stats()).stamps_good > 30);
  await until('the page to say that camera and microphone are off', async () => {
    const text = await page.text('kiosk-devices');
    return /Kioskin kamera\s+Pois päältä/.test(text) && /Kioskin mikrofoni\s+Pois päältä/.test(text);
  });
  assert(await page.toneHz() === 0, 'nothing is heard');
  for (const device of ['camera', 'microphone', 'loudspeaker']) {
    const check = await kiosk.check(device);
    assert(check.result === 'FAIL' && /plugged in/.test(check.why), `the technician hears of the ${device}`);
  }
  await page.click('call-end');
  await kiosk.screenIs('end');
  await stand.stopKiosk();
  await page.driver.close();
}

async function cameraGoneAndBack(t, stand, page) {
  const { kiosk } = stand;
  t.step('the camera is unplugged in the call');
  await kiosk.ctl('emu', 'camera', 'unplug');
  await kiosk.says('Kamera ei toimi');
  await expectStill(page);
  await until('the page to know', async () => /Kioskin kamera\s+Pois päältä/.test(await page.text('kiosk-devices')));
  await pause(1500); // a still picture's rate has reached the statistics
  assert(await page.evaluate(() => window.probe.find('connection').dataset.grade) === 'good', 'a still picture is no poor line');
  await kiosk.ctl('emu', 'camera', 'plug');
  await kiosk.saysNot('Kamera ei toimi');
  await until('the page to know that it is back', async () => /Kioskin kamera\s+Päällä/.test(await page.text('kiosk-devices')));
  await expectMedia(stand, page, { frames: 10 });
}

async function switchesOfTheKiosk(t, stand, page) {
  const { kiosk } = stand;
  t.step('the citizen\'s switches');
  await kiosk.tap('mute');
  await until('silence in the browser', async () => (await page.toneHz()) === 0);
  await kiosk.says('Asiantuntija ei kuule sinua');
  await until('the page to know', async () => /Kioskin mikrofoni\s+Pois päältä/.test(await page.text('kiosk-devices')));
  await kiosk.tap('camera');
  await expectStill(page);
  await kiosk.says('Kamerasi on pois päältä');
  await kiosk.tap('mute');
  await kiosk.tap('camera');
  await expectMedia(stand, page, { frames: 10 });
}

async function switchesOfThePage(t, stand, page) {
  const { kiosk } = stand;
  t.step('the expert\'s switches');
  await page.click('mute');
  await kiosk.says('Asiantuntijan mikrofoni on pois päältä');
  await until('silence at the kiosk', async () => (await kiosk.stats()).tone_hz === 0);
  await page.click('camera');
  await kiosk.says('Asiantuntijan kamera on pois päältä');
  const { stamps_good: stamps, frames_decoded: frames } = await kiosk.stats();
  await until('still pictures at the kiosk', async () => (await kiosk.stats()).frames_decoded > frames + 5);
  const after = (await kiosk.stats()).stamps_good;
  assert(after - stamps < 10, `stamps come no more: ${stamps}, ${after}`);
  await page.click('mute');
  await page.click('camera');
  await kiosk.saysNot('on pois päältä');
  await expectMedia(stand, page, { frames: 10 });
}

async function loudness(t, stand) {
  const { kiosk } = stand;
  t.step('loudness');
  const heard = () => until('the tone', async () => {
    const s = await kiosk.stats();
    return Math.abs(s.tone_hz - PAGE_TONE_HZ) < 8 && s;
  });
  await heard();
  const shown = async () => Number(/\d+/.exec((await kiosk.node('volume')).value)[0]);
  const before = await shown();
  await kiosk.tap('volume-up');
  await until('one step louder', async () => (await shown()) > before);
  for (let i = 0; i < 12; i++) if (!(await kiosk.node('volume-down')).state.includes('disabled')) await kiosk.tap('volume-down');
  await until('the lowest step', async () => (await shown()) === 0);
  await heard(); // what arrives does not change
  await kiosk.tap('volume-up');
}

async function refused(t, stand, browser, name, words) {
  t.step(`the browser's devices: ${name}`);
  const page = await openExpert(t, browser, stand, stand.info, { 'probe-refuse-camera': name });
  await until('the page to say so', async () => (await page.text('device-video')).includes(words));
  await intoCall(stand, page);
  await page.reset();
  await until('the kiosk\'s picture', async () => (await page.tell()).distinct > 15);
  await stand.kiosk.says('Asiantuntijan kamera on pois päältä');
  await stand.kiosk.says('Asiantuntijan mikrofoni on pois päältä');
  await until('the page\'s placard at the kiosk', async () => (await stand.kiosk.stats()).frames_decoded > 5);
  assert((await stand.kiosk.stats()).stamps_good === 0, 'no camera picture');
  assert(await page.visible('self-video'), 'the expert sees what is sent');
  await page.click('call-end');
  await stand.kiosk.done();
  await page.driver.close();
}

await main('devices', async (t) => {
  const stand = await Stand.start(t);
  const browser = await startChromium();
  t.defer(() => browser.stop());
  await withoutDevices(t, stand, browser);

  await stand.startKiosk();
  const page = await openExpert(t, browser, stand);
  await intoCall(stand, page);
  await expectMedia(stand, page);
  await cameraGoneAndBack(t, stand, page);
  await switchesOfTheKiosk(t, stand, page);
  await switchesOfThePage(t, stand, page);
  await loudness(t, stand);
  await page.click('call-end');
  await stand.kiosk.done();
  await page.driver.close();

  await refused(t, stand, browser, 'NotAllowedError', 'Salli kamera selaimen osoiterivin kuvakkeesta');
  await refused(t, stand, browser, 'NotFoundError', 'Kameraa ei löydy');
}, 200000);
