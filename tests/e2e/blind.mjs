// A whole visit without sight: the screen is black, the assistive keypad is all that is used, and what is spoken is all that is known of
// the kiosk. Everything that matters is spoken without being asked for; what is private goes to headphones alone.
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startChromium } from './lib/chromium.mjs';
import { openExpert } from './lib/journey.mjs';
import { Keypad } from './lib/keypad.mjs';
import { Neighbour } from './lib/neighbour.mjs';
import { isBlack } from './lib/png.mjs';
import { main } from './lib/run.mjs';
import { Stand } from './lib/stand.mjs';
import { assert, until } from './lib/wait.mjs';

const PICTURES = fileURLToPath(new URL('../../build/e2e/', import.meta.url));
const SECRET = 'Päätöksesi on kielteinen.';
const SECOND = 'Voit valittaa siitä.';

async function black(kiosk, when) {
  mkdirSync(PICTURES, { recursive: true });
  const file = `${PICTURES}blind-${when}.png`;
  await kiosk.ctl('ui', 'screenshot', file);
  assert(isBlack(readFileSync(file)), `the screen shows something: ${file}`);
}

async function toService(t, pad) {
  t.step('a key starts speech: what there is, what can be done, and how');
  await pad.press('speech');
  const first = await pad.hears('Puhe on päällä.');
  for (const words of ['Seuraava', 'Tervetuloa.', 'Voit valita: ', 'Aloita']) assert(first.text.includes(words), `"${words}" in "${first.text}"`);

  t.step('from screen to screen by next and select');
  await pad.choose('Aloita');
  await pad.hears('Mitä asiaa sinulla on?');

  t.step('nobody does anything: the question is heard; a key answers it');
  await pad.hears('Oletko vielä paikalla?', 20000);
  await pad.press('select');
  await pad.hears('Mitä asiaa sinulla on?');
  await pad.press('select');
  await pad.listen();
  assert(!pad.said('Tervetuloa.', 1), 'the key that answered is harmless when it is pressed again');
  await pad.press('back');
  await pad.hears('Tervetuloa.');
  await pad.choose('Aloita');
  await pad.hears('Mitä asiaa sinulla on?');

  t.step('help, and back to where one was');
  await pad.press('help');
  await pad.hears(/^Apua\. .*Mitä voit tehdä nyt/);
  await pad.press('back');
  await pad.hears('Mitä asiaa sinulla on?');

  t.step('a service; what was spoken is spoken again; one screen back');
  await pad.choose('Vanhempainpäiväraha');
  const card = await pad.hears('Näin asiointi etenee.');
  await pad.press('repeat');
  await pad.hears(card.text);
  await pad.press('back');
  await pad.hears('Mitä asiaa sinulla on?');
  await pad.choose('Vanhempainpäiväraha');
  await pad.hears('Näin asiointi etenee.');
}

async function waiting(t, stand, pad) {
  t.step('the place in the queue, and how it changes');
  const other = await Neighbour.wait(stand.pki, stand.mqtts, 'kela', 'housing-allowance');
  t.defer(() => other.leave());
  await pad.choose('Soita asiantuntijalle');
  const place = await pad.hears('Olet jonossa.');
  if (!place.text.includes('Paikkasi jonossa: 2.')) await pad.hears('Paikkasi jonossa: 2.');
  await other.leave();
  await pad.hears('Paikkasi jonossa: 1.');
}

async function begins(t, pad, page) {
  t.step('an expert comes: the call begins, with whom, and whether it works');
  await pad.hears('Vapaita asiantuntijoita: 1.');
  await page.accept();
  const call = await pad.hears('Puhelu alkaa.');
  for (const words of ['Anna Virtanen', 'Kela', 'Varmistettu asiantuntija']) assert(call.text.includes(words), `"${words}" in "${call.text}"`);
  if (!call.text.includes('Yhteys toimii.')) await pad.hears('Yhteys toimii.');
}

async function switches(t, pad, page) {
  t.step('one\'s own switches and the expert\'s');
  await pad.choose('Sulje mikrofoni');
  await pad.hears('Mikrofonisi on pois päältä.');
  await pad.press('select');
  await pad.hears('Mikrofonisi on päällä.');
  await pad.press('volume-up');
  await pad.hears('Äänen voimakkuus: 8.');
  await page.click('mute');
  await pad.hears('Asiantuntijan mikrofoni on pois päältä.');
  await page.click('mute');
}

async function privately(t, kiosk, pad, page) {
  t.step('what the expert writes is heard in headphones alone');
  await page.driver.type('text-input', SECRET);
  await page.driver.press('text-input', 'Enter');
  await pad.hears('Asiantuntija kirjoitti sinulle. Kytke kuulokkeet, niin kuulet sen.');
  assert(!pad.said(SECRET), 'it was not spoken aloud');
  await kiosk.ctl('emu', 'headset', 'plug');
  await pad.hears('Kuulokkeet ovat käytössä.');
  const said = await pad.hears(SECRET);
  assert(said.private, 'for headphones alone');
  await pad.wasSpoken(said);
  await page.driver.type('text-input', SECOND);
  await page.driver.press('text-input', 'Enter');
  assert((await pad.hears(SECOND)).private, 'for headphones alone');
  assert(pad.all.filter((u) => u.text.includes(SECRET)).length === 1, 'nothing is spoken twice');
  await kiosk.ctl('emu', 'headset', 'unplug');
  await pad.hears('Kuulokkeet irrotettiin.');
}

async function trouble(t, kiosk, pad) {
  t.step('the line breaks and comes back');
  const { pid } = (await kiosk.ctl('status')).programs.find((p) => p.name === 'luukku-rtc');
  process.kill(pid, 'SIGKILL');
  await pad.wasSpoken(await pad.hears('Yhdistämme uudelleen'));
  await pad.hears('Yhteys toimii.', 30000);
}

/** Gives the programs' process ids as they are before the visit's end. */
async function ends(t, kiosk, pad) {
  t.step('the end, and what becomes of one\'s details');
  await pad.choose('Lopeta puhelu');
  const end = await pad.hears('Puhelu on päättynyt.');
  assert(end.text.includes('tietosi poistetaan'), end.text);
  const old = await kiosk.pids();
  await pad.choose('Valmis');
  return old;
}

/** Silent until headphones are plugged in; nothing is left of the visit before. */
async function nextVisit(t, kiosk, pad, pids) {
  t.step('a new visit: silent at first; headphones start speech, too');
  const old = pad.all.length;
  await kiosk.restarted(pids);
  await pad.listen();
  assert(!pad.all.slice(old).some((u) => /Tervetuloa/.test(u.text)), 'a new visit is silent');
  await kiosk.ctl('emu', 'headset', 'plug');
  const first = await pad.hears('Puhe on päällä.');
  assert(first.text.includes('Tervetuloa.'), first.text);
  await pad.press('repeat');
  await pad.hears('Tervetuloa.');
  assert(!pad.said(SECRET, pad.all.length - old), 'nothing of the last visit');
}

await main('blind', async (t) => {
  const stand = await Stand.start(t, { enrol: Neighbour.enrol });
  await stand.startKiosk({}, { headless: true, 'kiosk-args': '--black-screen --short-idle' });
  const { kiosk } = stand;
  await kiosk.screenIs('start');
  await black(kiosk, 'start');
  const browser = await startChromium();
  t.defer(() => browser.stop());
  const pad = new Keypad(kiosk);
  await toService(t, pad);
  await waiting(t, stand, pad);
  const page = await openExpert(t, browser, stand);
  await begins(t, pad, page);
  await switches(t, pad, page);
  await black(kiosk, 'call');
  await privately(t, kiosk, pad, page);
  await trouble(t, kiosk, pad);
  await nextVisit(t, kiosk, pad, await ends(t, kiosk, pad));
  await black(kiosk, 'end');
  pad.wasCalm('fi');
  assert(page.driver.errors.length === 0, `errors on the page: ${page.driver.errors.join('; ')}`);
});
