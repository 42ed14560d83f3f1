// The pictures in README.md, out of one real visit: node tests/e2e/pictures.mjs FOLDER
//
// The expert's camera is a file that this makes; the kiosk's is the simulated one.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChromium } from './lib/chromium.mjs';
import { CARD, openExpert, startDemo } from './lib/journey.mjs';
import { main } from './lib/run.mjs';
import { Citizen, Expert } from './lib/sheet.mjs';
import { until } from './lib/wait.mjs';

const folder = process.argv[2];
if (!folder) throw new Error('usage: pictures.mjs FOLDER');

const [WIDTH, HEIGHT] = [640, 480];

/** Y, U and V at one place of a portrait before a window; x and y in heights from the middle of the top edge. */
function portraitAt(x, y) {
  const light = Math.max(0, 1 - Math.hypot(x + 0.55, y - 0.3));
  if (Math.hypot(x * 1.3, y - 0.4) < 0.19 && y > 0.28 - 0.2 * Math.abs(x)) return [168 - 70 * x + 20 * light, 108, 148];
  if (Math.hypot(x * 1.15, y - 0.37) < 0.225) return [62 - 20 * x, 120, 138];
  if (Math.abs(x) < 0.09 && y > 0.5 && y < 0.68) return [146 - 70 * x, 110, 147];
  if (Math.hypot(x * 0.85, y - 1.08) < 0.43) return [88 - 30 * x, 132, 116];
  return [150 + 70 * light - 25 * y, 130 - 4 * light, 124];
}

/** A camera's picture in a file, as Chromium's fake device plays it. */
function makeCamera(path) {
  const luma = Buffer.alloc(WIDTH * HEIGHT);
  const chroma = [Buffer.alloc(luma.length / 4), Buffer.alloc(luma.length / 4)];
  for (let row = 0; row < HEIGHT; row++)
    for (let column = 0; column < WIDTH; column++) {
      const yuv = portraitAt((column - WIDTH / 2) / HEIGHT, row / HEIGHT);
      luma[row * WIDTH + column] = Math.min(235, Math.max(16, yuv[0]));
      const at = (row >> 1) * (WIDTH / 2) + (column >> 1);
      chroma[0][at] = yuv[1];
      chroma[1][at] = yuv[2];
    }
  const file = openSync(path, 'w');
  writeSync(file, `YUV4MPEG2 W${WIDTH} H${HEIGHT} F30:1 Ip A1:1 C420jpeg\n`);
  for (let frame = 0; frame < 30; frame++) for (const part of [Buffer.from('FRAME\n'), luma, ...chroma]) writeSync(file, part);
  closeSync(file);
}

/** The form by both: a suggestion, and what would be sent. */
async function form(t, kiosk, page, shoot) {
  t.step('the form, filled in by both');
  const [citizen, expert] = [new Citizen(kiosk), new Expert(page)];
  if (await kiosk.node('key-hide')) await kiosk.tap('key-hide');
  await kiosk.tap('text');
  await kiosk.tap('form');
  await kiosk.screenIs('form');
  await citizen.choose('situation', 'expected');
  await page.shows('field-due-date');
  await expert.fill('due-date', '14.2.2027');
  await citizen.write('children', '1');
  await citizen.on();
  await expert.step('applicant');
  await citizen.write('name', 'Aino Maria Korhonen');
  await citizen.write('person-id', '131052-308T');
  await expert.fill('home-street', 'Leipurinkatu 7 B 12');
  await expert.fill('home-postcode', '70100');
  await expert.fill('home-town', 'Kuopio');
  await expert.fill('phone', '040 123 4567');
  await expert.stored();
  await citizen.on();
  await expert.step('work');
  await citizen.choose('work-kind', 'employed');
  await page.shows('field-employer');
  await citizen.write('employer', 'Kuopion leipomo');
  await expert.has('employer', 'Kuopion leipomo');
  await citizen.putKeyboardAway();
  await page.click('suggest-employer');
  await page.driver.fill('suggest-text-employer', 'Kuopion leipomo Oy');
  await page.click('suggest-send-employer');
  await until('the suggestion', () => kiosk.node('suggest-employer-accept'));
  await shoot('kiosk-form');
  await page.driver.screenshot(join(folder, 'expert-form.png'));
}

await main('pictures', async (t) => {
  const work = mkdtempSync(join(tmpdir(), 'luukku-pictures-'));
  t.defer(() => rmSync(work, { recursive: true, force: true }));
  const camera = join(work, 'camera.y4m');
  makeCamera(camera);

  const demo = await startDemo(t, { stamps: false });
  const browser = await startChromium({ camera: true, flags: [`--use-file-for-fake-video-capture=${camera}`] });
  t.defer(() => browser.stop());
  const page = await openExpert(t, browser, demo);
  const { kiosk } = demo;
  const shoot = async (name) => {
    const path = join(work, 'screen.png');
    await kiosk.ctl('ui', 'screenshot', path);
    writeFileSync(join(folder, `${name}.png`), readFileSync(path));
  };
  const says = (words) => until(words, async () => (await kiosk.words()).includes(words));

  t.step('services; in Arabic with the largest text and inverse contrast');
  await kiosk.screenIs('start');
  await kiosk.tap('next');
  await kiosk.screenIs('services');
  await shoot('kiosk-services');
  await kiosk.tap('lang-ar');
  for (const id of ['text-size', 'text-size', 'contrast']) await kiosk.tap(id);
  await shoot('kiosk-services-ar');
  await kiosk.tap('text-size');
  await kiosk.tap('contrast');
  await kiosk.tap('lang-fi');

  t.step('a call, by voice and in writing');
  await kiosk.tap(`service-${CARD}`);
  await kiosk.tap('call-expert');
  await page.click('queue-accept');
  await kiosk.screenIs('call');
  await says('Yhteys toimii');
  await until('both pictures', async () => (await kiosk.stats()).frames_decoded > 60);
  await shoot('kiosk-call');
  await kiosk.tap('text');
  await kiosk.ctl('ui', 'type', 'Hei! Kuulen huonosti, voinko kirjoittaa?');
  await until('the words on the expert\'s page', 
    () => page.evaluate(() => document.querySelector('[data-testid="text-log"]')?.textContent.includes('voinko kirjoittaa')));
  await kiosk.ctl('ui', 'key', 'Return');
  await page.driver.fill('text-input', 'Totta kai. Missä asiassa voin auttaa?');
  await says('Missä asiassa voin auttaa?');
  await kiosk.ctl('ui', 'type', 'Vanhempainp');
  await shoot('kiosk-text');
  await page.driver.screenshot(join(folder, 'expert-call.png'));
  await form(t, kiosk, page, shoot);
});
