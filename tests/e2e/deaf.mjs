// A whole visit without hearing: microphones off and volume 0 at the kiosk, sound off at the page, everything in writing. The citizen writes
// with the keys on the screen and reads what the screen shows; whatever the kiosk speaks can be read there as well.
import { readFileSync } from 'node:fs';
import { startChromium } from './lib/chromium.mjs';
import { openExpert, startDemo } from './lib/journey.mjs';
import { main } from './lib/run.mjs';
import { assert, PATIENCE_MS, until } from './lib/wait.mjs';

/** Words that are for somebody who hears and does not see: how the keypad is used, what a control is. */
const FOR_THE_EAR = [
  'Puhe on päällä.', 'Seuraava- ja Edellinen-näppäimillä liikut.', 'Valitse-näppäin valitsee.', 'Takaisin-näppäin palaa.',
  'Toista-näppäin sanoo tämän uudelleen.', 'Liiku Seuraava-näppäimellä, valitse Valitse-näppäimellä.', 'Puhelu alkaa.',
  'Asiantuntija kirjoitti sinulle.', 'Kytke kuulokkeet, niin kuulet sen.', 'Piilotettu.',
];

/** The line's states: they are drawn, but may be over before this looks. */
const { line_connecting: CONNECTING, line_interrupted: INTERRUPTED } =
  JSON.parse(readFileSync(new URL('../../ui/kiosk/strings/fi.json', import.meta.url), 'utf8'));
const PASSING = [CONNECTING, ...INTERRUPTED.split(/(?<=[.!?…]) /)];

/** What can be read, with the same words as they are spoken. */
class Reader {
  constructor(kiosk) {
    this.kiosk = kiosk;
    this.read = '';
    this.newest = 0;
    this.spoken = [];
  }

  async look() {
    const { nodes } = await this.kiosk.tree();
    const shown = nodes.filter((n) => !n.state.includes('hidden'));
    this.read += `${shown.map((n) => `${n.name} ${n.value}`).join('\n')}\n`;
    this.spoken.push(...(await this.kiosk.ctl('ui', 'speech')));
    return shown;
  }

  /** Waits until this can be read. */
  reads(words, ms = PATIENCE_MS) {
    return until(`"${words}" to be read`, async () => (await this.look()).some((n) => `${n.name} ${n.value}`.includes(words)), ms);
  }

  /** The newest turns of the conversation, oldest first. */
  async turns() {
    return (await this.look()).filter((n) => /^text-turn-\d+$/.test(n.id)).map((n) => `${n.name}: ${n.value}`);
  }

  /** Every phrase that was spoken must have been there to read. */
  check() {
    const silent = [];
    for (const { text } of this.spoken) {
      for (const phrase of text.split(/(?<=[.!?…]) /)) {
        const parts = phrase.replace(/^Voit valita: /, '').split(/, |: /).map((p) => p.replace(/[.…]$/, ''));
        const known = FOR_THE_EAR.includes(phrase) || PASSING.includes(phrase) || parts.every((p) => this.read.includes(p) || isKind(p));
        if (!known) silent.push(phrase);
      }
    }
    assert(this.spoken.length > 10, 'the kiosk spoke');
    assert(silent.length === 0, `spoken, and nowhere to read: ${JSON.stringify(silent)}`);
  }
}

const isKind = (word) => ['painike', 'valittu', 'tekstikenttä', 'tyhjä', 'ei käytettävissä', 'alle minuutin'].includes(word);

async function toCall(t, kiosk, reader, page) {
  t.step('from screen to screen by touch; each says what happens next');
  await kiosk.screenIs('start');
  await kiosk.tap('speech'); // so that what is spoken can be compared; nobody hears it
  await reader.reads('Tervetuloa');
  await kiosk.tap('next');
  await reader.reads('Mitä asiaa sinulla on?');
  await kiosk.tap('service-parental-allowance');
  await reader.reads('Näin asiointi etenee');
  await kiosk.tap('call-expert');
  await reader.reads('Paikkasi jonossa 1');
  await reader.reads('Puhelu alkaa itsestään');
  await page.accept();
  await kiosk.screenIs('call');
  await reader.reads('Anna Virtanen');
  await reader.reads('Yhteys toimii');
}

async function silence(t, kiosk, reader, page) {
  t.step('all sound is off, at both ends; it can be read');
  await kiosk.tap('mute');
  await reader.reads('Mikrofonisi on pois päältä.');
  for (let volume = 6; volume >= 0; volume -= 1) {
    await kiosk.tap('volume-down');
    await reader.reads(`Äänen voimakkuus ${volume}`);
  }
  const { state } = await kiosk.node('volume-down');
  assert(state.includes('disabled'), 'it does not get quieter');
  await page.click('mute');
  await reader.reads('Asiantuntijan mikrofoni on pois päältä.');
}

/** One key of the screen's keyboard after the other. */
async function keys(kiosk, text) {
  for (const c of text) await kiosk.tap(`key-${{ ' ': 'space', '\b': 'delete' }[c] ?? c}`);
}

const pageSees = (page, text) => until(`"${text}" on the page`, async () => (await page.text('text-log')).includes(text));

async function talk(t, kiosk, reader, page) {
  t.step('the citizen writes on the screen\'s keys, with a correction; the expert reads it as it is written');
  await kiosk.tap('text');
  await kiosk.tap('text-input');
  await kiosk.tap('key-shift');
  await keys(kiosk, 'hei olen kurro\b');
  assert((await kiosk.node('text-input')).value === 'Hei olen kurr', 'what was typed, as it was meant');
  await pageSees(page, 'Hei olen kurr');
  await keys(kiosk, '\bo');
  await pageSees(page, 'Hei olen kuro');
  await kiosk.tap('key-enter');
  await until('the turn in the log', async () => (await reader.turns()).at(-1)?.endsWith('Hei olen kuro'));

  t.step('the expert answers; it is read as it is written');
  await page.driver.type('text-input', 'Hyvä, kirjoitetaan.');
  await reader.reads('Hyvä, kirjoitetaan.');
  await page.driver.press('text-input', 'Enter');
  await page.driver.type('text-input', 'Mitä asiasi koskeee');
  await page.driver.press('text-input', 'Backspace');
  await page.driver.type('text-input', '?');
  await reader.reads('Mitä asiasi koskee?');
  await page.driver.press('text-input', 'Enter');

  t.step('a keyboard that is plugged in writes, too');
  await kiosk.ctl('ui', 'type', 'Vanhempainrahaa. Kiitos!');
  await pageSees(page, 'Vanhempainrahaa. Kiitos!');
  await kiosk.ctl('ui', 'key', 'Return');
  await until('all that was written, in its order, by whom', async () => {
    const [who, ...rest] = (await reader.turns()).slice(-4);
    return who?.endsWith('Hei olen kuro') && rest[0].startsWith('Anna Virtanen') && rest[1].endsWith('Mitä asiasi koskee?') &&
      rest[2].endsWith('Vanhempainrahaa. Kiitos!') && !rest[2].startsWith('Anna');
  });
}

async function trouble(t, kiosk, reader) {
  t.step('a line that breaks can be read, and that it is back');
  const { pid } = (await kiosk.ctl('status')).programs.find((p) => p.name === 'luukku-rtc');
  process.kill(pid, 'SIGKILL');
  await reader.reads('Yhdistämme uudelleen.');
  await reader.reads('Yhteys toimii', 30000);
}

await main('deaf', async (t) => {
  const demo = await startDemo(t);
  const { kiosk } = demo;
  const reader = new Reader(kiosk);
  const browser = await startChromium();
  t.defer(() => browser.stop());
  const page = await openExpert(t, browser, demo);
  await toCall(t, kiosk, reader, page);
  await silence(t, kiosk, reader, page);
  await talk(t, kiosk, reader, page);
  await trouble(t, kiosk, reader);

  t.step('the expert ends the call; what becomes of one\'s details');
  await page.click('call-end');
  await reader.reads('Asiantuntija lopetti puhelun.');
  await reader.reads('tietosi poistetaan');
  reader.check();
  await kiosk.done();
  await reader.reads('Tervetuloa');
  assert(!(await kiosk.words()).includes('Vanhempainrahaa'), 'nothing is left of it');
  assert(page.driver.errors.length === 0, `errors on the page: ${page.driver.errors.join('; ')}`);
});
