// The doors by which a secret comes into a kiosk: each function plants one and says so in `planted`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { order } from './emulator.mjs';
import { Secrets } from './memory.mjs';
import { Citizen } from './sheet.mjs';
import { stripes } from './stripes.mjs';
import { assert, PATIENCE_MS, until } from './wait.mjs';

const BUILD = process.env.LUUKKU_BUILD ?? fileURLToPath(new URL('../../../build', import.meta.url));
const NAME = 'Tuulikki Vaitelias';
const STREET = 'Hiljaisuudenkuja 77';
const SAID = 'kukaan ei saa tietää tästä';
const ASKED = 'Sairauskertomus vuodelta 1987';
const MARKED = 'tämä rivi on väärin';
const CARD = { kind: 'p256', surname: 'MEIKÄLÄINEN', satu: '99912346' };
const PIN = '807391465290';
const VERIFY = [0x00, 0x20, 0x00, 0x11, 0x0c]; // then the PIN, 12 bytes

/** What was planted so far, and under which names it must be found. */
export class Planted {
  names = [];
  secrets = new Secrets();
  #stripes = new Map();
  #passing = new Set();

  constructor(context) {
    this.dir = mkdtempSync(join(tmpdir(), 'luukku-planted-'));
    context.defer(() => rmSync(this.dir, { recursive: true, force: true }));
  }

  /** Once only: a second visit brings the same. */
  #first(name) {
    if (this.names.includes(name)) return false;
    this.names.push(name);
    return true;
  }

  text(name, secret) {
    if (this.#first(name)) this.secrets.plant(name, secret);
    return secret;
  }

  /** `kept`: the kiosk has it until the end; else it may be gone at once, as what only was to be decoded. */
  file(name, bytes, kept) {
    if (this.names.includes(name) || this.#passing.has(name)) return;
    if (kept) this.names.push(name);
    else this.#passing.add(name);
    this.secrets.plantFile(name, bytes);
    assert(this.secrets.in(bytes).some((found) => found.startsWith(name)), `the search finds ${name} in itself`);
  }

  /** The widths of a picture's stripes, which are its own. */
  stripesOf(name) {
    if (this.#first(name)) this.#stripes.set(name, this.secrets.plantStripes(name, stripes(1 + this.#stripes.size * 1000)));
    return this.#stripes.get(name);
  }
}

/** The expert's face: its stripes are in the page's picture from the beginning (probe.js). */
export async function plantCall(t, stand) {
  t.step('the expert\'s picture');
  const before = await stand.kiosk.stats();
  await until('the expert\'s picture at the kiosk', async () => (await stand.kiosk.stats()).stamps_good > before.stamps_good);
}

export async function plantText(t, stand, page, planted) {
  t.step('what is written in the conversation');
  await stand.kiosk.tap('text');
  await stand.kiosk.tap('text-input');
  await stand.kiosk.ctl('ui', 'type', planted.text('conversation', SAID));
  await until('the words on the page', async () => (await page.text('text-log')).includes(SAID));
  await stand.kiosk.tap('text');
}

export async function plantForm(t, stand, planted) {
  const citizen = new Citizen(stand.kiosk);
  t.step('what is written in the form');
  await stand.kiosk.tap('form');
  await stand.kiosk.screenIs('form');
  await citizen.choose('situation', 'expected');
  await citizen.write('children', '1');
  await citizen.write('due-date', '14.2.2027');
  await citizen.on();
  await citizen.write('name', planted.text('name in the form', NAME));
  await citizen.write('home-street', planted.text('street in the form', STREET));
  await citizen.putKeyboardAway();
  await stand.kiosk.tap('call-view');
  await stand.kiosk.screenIs('call');
}

const isWhole = (n) => document.querySelector(`[data-testid="paper-page-${n}"]`)?.dataset.state === 'whole';

/** Scans until a page can be shared; again where a busy machine drew the emulated page too late. Gives the id of the button, one of `ids`;
 *  looks again after `everyMs`. */
export async function scanOne(kiosk, ids, everyMs = 0) {
  await kiosk.tap('scan');
  return until('the page in the kiosk\'s tray', async () => {
    const { nodes } = await kiosk.tree();
    const found = nodes.find((n) => ids.includes(n.id));
    if (!found && nodes.some((n) => n.id === 'scan' && !n.state.includes('disabled'))) await kiosk.ctl('ui', 'tap', 'scan');
    return found?.id;
  }, 120000, everyMs);
}

const SCANS = 3;

/** Scans what `load` lays into the emulated scanner until the kiosk says `done`: again where a busy machine drew the emulated pages too late. */
export async function scanSheets(kiosk, load, done) {
  for (let turn = 1; ; turn += 1) {
    await load();
    await kiosk.tap('scan');
    if (turn > 1) await until('the last trouble to go', async () => !(await kiosk.node('paper-trouble')));
    const said = await until('the scan to end', async () => {
      if ((await kiosk.words()).includes(done)) return done;
      return (await kiosk.node('paper-trouble'))?.name;
    }, 120000);
    if (said === done) return;
    assert(turn < SCANS, `no scan succeeds: ${said}`);
    for (let n = 0; await kiosk.node('page-1'); n += 1) {
      assert(n < 40, 'the tray can be emptied');
      await kiosk.tap('page-1');
      await kiosk.tap('remove');
    }
  }
}

/** The citizen's page, as the scanner sent it, as the page has it and as pixels. */
async function plantScan(t, stand, page, planted) {
  const scanner = stand.scanner;
  const sent = join(planted.dir, 'sent.jpg');
  t.step('a page that was asked for is scanned and shared');
  await page.click('ask-scan');
  await page.driver.fill('paper-ask-text', planted.text('what was asked for', ASKED));
  await page.click('paper-ask-send');
  await stand.kiosk.tap('papers');
  await order(scanner, 'stripes', planted.stripesOf('the scanned page'));
  await stand.kiosk.tap('source-glass');
  await scanOne(stand.kiosk, ['share']);
  await stand.kiosk.tap('share');
  await stand.kiosk.tap('consent-yes');
  await until('the shared page at the kiosk', () => stand.kiosk.node('paper-view'));
  await until('it, sharp, on the page', () => page.evaluate(isWhole, 1), 60000);
  await order(scanner, 'sent', sent);
  planted.file('what the scanner sent', readFileSync(sent), false);
  planted.file('the shared page', await page.driver.download('paper-save'), true);
}

async function plantMark(t, stand, page, planted) {
  t.step('the expert writes upon it; it goes with the form');
  await page.click('paper-text');
  await page.driver.drag('paper-well', { x: 0.5, y: 0.3 }, { x: 0.5, y: 0.3 });
  await page.driver.fill('paper-mark-text', planted.text('mark', MARKED));
  await page.click('paper-mark-add');
  await stand.kiosk.says(MARKED);
  await stand.kiosk.tap('back');
  await stand.kiosk.tap('page-1');
  await stand.kiosk.tap('attach');
  await stand.kiosk.says('Lomakkeen liite');
}

async function plantShown(t, stand, page, planted) {
  t.step('the expert shows a page');
  const file = { name: 'nayta.jpg', mimeType: 'image/jpeg', buffer: execFileSync(`${BUILD}/bin/luukku-paper`,
    ['--seed', '7', '--dpi', '150', '--stripes', planted.stripesOf('the page that the expert shows')]) };
  planted.file('what the expert shows', file.buffer, false);
  await page.driver.upload('paper-file', file);
  await until('it to be shown', () => page.evaluate(() => document.querySelector('[data-testid="paper-shown"]')?.dataset.state === 'shown'), 60000);
  await until('it, sharp, on the page', () => page.evaluate(isWhole, 2), 60000);
}

export async function plantPapers(t, stand, page, planted) {
  await plantScan(t, stand, page, planted);
  await plantMark(t, stand, page, planted);
  await plantShown(t, stand, page, planted);
  await until('the call at the kiosk', async () => {
    if ((await stand.kiosk.screen()) === 'call') return true;
    await stand.kiosk.ctl('ui', 'tap', 'back');
    return false;
  }, PATIENCE_MS, 200);
}

/** The card is in, and its PIN is typed but for the last key. */
export async function typePin(t, stand, page, planted) {
  const reader = stand.reader;
  t.step('a card is asked for, put in, and its PIN typed');
  await page.click('ask-identity');
  await page.click('ask-identity-card');
  await stand.kiosk.tap('identify');
  await stand.kiosk.screenIs('identify');
  await stand.kiosk.tap('consent-yes');
  await order(reader, 'card', 'insert', CARD.kind);
  await order(reader, 'pin', 'pin1', PIN);
  await until('the keys for the PIN', () => stand.kiosk.node('pin-ok'), 60000);
  for (const d of PIN) await stand.kiosk.tap(`pin-${d}`);
  planted.secrets.plantPin('PIN', PIN);
  planted.secrets.plant('PIN', Buffer.from([...VERIFY, ...Buffer.from(PIN)]));
}

/** Who the citizen is: the name and number on the card, and its PIN. `look(program)` is called while that one alone may have the PIN, and
 *  with null when none may. */
export async function identify(t, stand, page, planted, look) {
  await typePin(t, stand, page, planted);
  await look('luukku-card');
  await stand.kiosk.tap('pin-ok');
  await until('the page to have verified it', () => page.evaluate(() =>
    document.querySelector('[data-testid="identity"]')?.dataset.state === 'verified'), 60000);
  await look(null);
  planted.text('name on the card', CARD.surname);
  planted.text('number of the card', CARD.satu);
  await stand.kiosk.tap('done');
}
