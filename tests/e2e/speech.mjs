// The kiosk speaks: every screen and change in words, real sound behind them, private things to headphones alone.
// No browser: the screen is driven by keys, and what it says is all that is looked at.
import { main } from './lib/run.mjs';
import { Stand } from './lib/stand.mjs';
import { assert, PATIENCE_MS, until } from './lib/wait.mjs';

/** What was spoken since the last look, as one text. */
class Ear {
  constructor(kiosk) {
    this.kiosk = kiosk;
    this.heard = [];
  }

  async listen() {
    this.heard.push(...(await this.kiosk.ctl('ui', 'speech')));
    return this.heard;
  }

  /** Waits for words; what was said before them is forgotten. */
  async hears(words, ms = PATIENCE_MS) {
    const utterance = await until(`the kiosk to speak "${words}"`, async () => {
      const all = await this.listen();
      const at = all.findIndex((u) => u.text.includes(words));
      if (at < 0) return false;
      const [found] = all.splice(0, at + 1).slice(-1);
      return found;
    }, ms);
    return utterance;
  }
}

async function soundRises(kiosk, least = 200) {
  const before = (await kiosk.stats()).speech_ms;
  await until('real sound to be made', async () => (await kiosk.stats()).speech_ms > before + least);
  const { speech_peak_db: peak } = await kiosk.stats();
  assert(peak > -30 && peak <= -6, `as loud as speech, never beyond the ceiling: ${peak} dB`);
}

/** Steps the focus until a control with these words has it. */
async function focus(kiosk, ear, words) {
  for (let i = 0; i < 40; i++) {
    await kiosk.ctl('ui', 'key', 'Tab');
    const said = (await ear.listen()).splice(0).map((u) => u.text).join(' ');
    if (said.includes(words)) return said;
  }
  throw new Error(`the focus never came to "${words}"`);
}

async function byKeys(t, kiosk, ear) {
  t.step('silent until it is asked for');
  await kiosk.screenIs('start');
  assert((await ear.listen()).length === 0, 'nothing was spoken');
  assert((await kiosk.stats()).speech_ms === 0, 'no sound was made');

  t.step('switched on: it says so, how to go on, and the screen');
  await kiosk.tap('speech');
  const first = await ear.hears('Puhe on päällä.');
  assert(first.lang === 'fi' && first.interrupt && !first.private, 'an open utterance in Finnish');
  assert(/Seuraava/.test(first.text) && /Tervetuloa/.test(first.text), first.text);
  await soundRises(kiosk);

  t.step('the focus is spoken, and cuts what was being said');
  await focus(kiosk, ear, 'Svenska');
  await kiosk.ctl('ui', 'key', 'Return');
  await ear.hears('Välkommen');
  await focus(kiosk, ear, 'Suomi');
  await kiosk.ctl('ui', 'key', 'Return');
  await ear.hears('Tervetuloa');
  await focus(kiosk, ear, 'Aloita');
  await kiosk.ctl('ui', 'key', 'Return');
  const services = await ear.hears('Mitä asiaa sinulla on?');
  assert(/Voit valita: /.test(services.text), services.text);

  t.step('what was cut, and what was spoken to its end, is known');
  await ear.listen();
  await kiosk.ctl('ui', 'key', 'Tab');
  await until('an utterance spoken to its end', async () => {
    const all = await kiosk.ctl('ui', 'speech', 'peek');
    return all.some((u) => u.outcome === 'done');
  });

  t.step('a service, by keys alone');
  await focus(kiosk, ear, 'Vanhempainpäiväraha');
  await kiosk.ctl('ui', 'key', 'Return');
  await ear.hears('Näin asiointi etenee');
  await soundRises(kiosk);
}

async function headphones(t, kiosk, ear) {
  t.step('headphones are noticed');
  await kiosk.ctl('emu', 'headset', 'plug');
  await ear.hears('Kuulokkeet ovat käytössä.');
  await kiosk.ctl('emu', 'headset', 'unplug');
  await ear.hears('Kuulokkeet irrotettiin.');

  t.step('off again, and nothing more is said');
  await kiosk.tap('speech');
  await ear.hears('Puhe on pois päältä.');
  await kiosk.tap('back');
  await kiosk.screenIs('services');
  assert((await ear.listen()).length === 0, 'silence');
}

async function plugStarts(t, kiosk, ear) {
  t.step('in a new visit, plugging headphones in starts speech');
  await until('luukku-rtc to run', () => kiosk.stats().then(() => true));
  await kiosk.ctl('emu', 'headset', 'plug');
  await ear.hears('Puhe on päällä.');
  await soundRises(kiosk);
}

main('speech', async (t) => {
  const stand = await Stand.start(t);
  await stand.startKiosk();
  const { kiosk } = stand;
  const ear = new Ear(kiosk);
  await byKeys(t, kiosk, ear);
  await headphones(t, kiosk, ear);
  await stand.stopKiosk();
  await stand.startKiosk();
  await plugStarts(t, stand.kiosk, new Ear(stand.kiosk));
});
