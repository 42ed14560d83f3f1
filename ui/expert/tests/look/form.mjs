// The shared form, from its opening to the receipt and to what may go wrong, with a kiosk's end that has yjs of its own.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { FORM } from '../support/form.mjs';
import { FormKiosk } from '../support/form-kiosk.mjs';
import { altKey, focusIs, id } from './states.mjs';

const value = (page, path) => page.inputValue(id(`field-${path}`));
const stored = (page) => page.waitForSelector(`${id('form-unsent')}[data-state="stored"]`);
const until = (page, test, arg) => page.waitForFunction(test, arg, { timeout: 10_000 });
const same = (a, b, what) => { if (a !== b) throw new Error(`${what}: ${JSON.stringify(a)} is not ${JSON.stringify(b)}`); };

/** What comes over the channel in its own time, and not with `stored`. */
async function becomes(read, wanted, what) {
  const end = Date.now() + 10_000;
  while (read() !== wanted && Date.now() < end) await new Promise((resolve) => { setTimeout(resolve, 20); });
  same(read(), wanted, what);
}
const missing = (...paths) => Object.fromEntries(paths.map((p) => [p, { error: 'missing', bound: '' }]));

const EMPTY = missing('name', 'identity', 'home-street', 'home-postcode', 'home-town', 'phone', 'due', 'count', 'employed', 'iban', 'partner', 'paper');
const without = (errors, ...paths) => Object.fromEntries(Object.entries(errors).filter(([p]) => !paths.includes(p)));

const SNAPSHOT = {
  v: 1, form: { id: FORM.id, version: 1, sha256: '', agency: 'kela' }, lang: 'fi', title: FORM.title.fi, kiosk: 'sotkamo-01', expert: { user: 'maija-virtanen', name: 'Maija Virtanen' },
  sections: [
    { id: 'applicant', title: 'Hakija', fields: [
      { id: 'name', type: 'text', label: 'Nimi', value: 'Aino Maria Korhonen', shown: 'Aino Maria Korhonen', by: 'accepted' },
      { id: 'home', type: 'address', label: 'Osoite', value: {}, shown: 'Puijonkatu 12 A 3\n70100 Kuopio', by: 'both' },
      { id: 'email', type: 'email', label: 'Sähköposti', value: '', shown: '', by: '' }] },
    { id: 'payment', title: 'Hakija ja maksu', fields: [
      { id: 'employer', type: 'text', label: 'Työnantaja', value: 'Kuopion leipomo Oy', shown: 'Kuopion leipomo Oy', by: 'expert' },
      { id: 'iban', type: 'iban', label: 'Tilinumero (IBAN)', value: 'FI2112345600000785', shown: 'FI21 1234 5600 0007 85', by: 'citizen' },
      { id: 'decision', type: 'choice', label: 'Päätös lähetetään', applies: false }] },
    { id: 'family', title: 'Perhe', fields: [
      { id: 'children', type: 'rows', label: 'Muut lapset', rows: [[
        { id: 'child-name', type: 'text', label: 'Lapsen nimi', value: 'Eino', shown: 'Eino Korhonen', by: 'expert' },
        { id: 'born', type: 'date', label: 'Syntymäaika', value: '2021-03-04', shown: '4.3.2021', by: 'citizen' }]] }] }],
};

/** The channel between the kiosk's form here and the far end's page. */
export async function line(far) {
  const wire = { kiosk: null, chunks: [], busy: false };
  const flush = async () => {
    if (wire.busy) return;
    wire.busy = true;
    while (wire.chunks.length > 0) await far.page.evaluate((list) => window.sayForm(list), wire.chunks.splice(0));
    wire.busy = false;
  };
  await far.page.exposeFunction('formHeard', (chunk) => wire.kiosk.receive(new Uint8Array(Buffer.from(chunk, 'base64'))));
  wire.kiosk = new FormKiosk(FORM, (chunk) => {
    wire.chunks.push(Buffer.from(chunk).toString('base64'));
    void flush();
  });
  return wire.kiosk;
}

function begun(kiosk) {
  kiosk.edit((f) => {
    f.get('name').insert(0, 'Aino');
    f.set('due', '14.2.2027');
    f.set('count', '1');
    f.set('employed', 'yes');
    f.get('employer').insert(0, 'Kuopion leipomo');
    f.set('iban', 'FI21 1234 5600 00');
  });
  kiosk.state.errors = without(EMPTY, 'name', 'due', 'count', 'employed');
  kiosk.state.errors.iban = { error: 'not-iban', bound: '' };
  kiosk.state.section = 'payment';
  kiosk.state.hidden = [];
}

/** As in the middle of a call: the citizen writes, a suggestion waits. */
async function filling({ page, see, far }, kiosk) {
  begun(kiosk);
  await far.page.evaluate(() => window.openForm());
  await page.waitForSelector(id('field-employer'));
  await stored(page);
  same(await value(page, 'employer'), 'Kuopion leipomo', 'the employer');
  kiosk.at({ field: 'iban', at: 17, to: 17 });
  await page.waitForSelector(`${id('citizen-at')}[data-path="iban"]`);
  kiosk.edit((f) => f.set('iban', 'FI21 1234 5600 000'));
  kiosk.at({ field: 'iban', at: 18, to: 18 });
  await page.waitForSelector(`${id('citizen-at')}[data-path="iban"][data-state="writing"]`);
  // By keyboard: into the field, suggest, send.
  await page.focus(id('field-employer'));
  await altKey(page, 'suggest-employer');
  await focusIs(page, id('suggest-text-employer'));
  await page.keyboard.type('Kuopion leipomo Oy');
  await see('form-suggesting');
  await page.keyboard.press('Enter');
  await focusIs(page, id('suggest-employer'));
  await page.waitForSelector(id('suggested-employer'));
  await page.focus(id('field-due'));
  await altKey(page, 'point-due');
  await page.waitForSelector(`${id('point-due')}[aria-pressed="true"]`);
  await page.focus(id('field-employer'));
  await page.keyboard.press('End');
  await page.keyboard.type(' Oy');
  await stored(page);
  same(kiosk.doc.getMap('f').get('employer').toString(), 'Kuopion leipomo Oy', 'at the kiosk');
  await becomes(() => kiosk.peer?.field, 'employer', 'where the expert is');
  await see('form');
}

async function steps({ page, see }, kiosk) {
  await page.focus(id('form-step-payment'));
  await page.keyboard.press('ArrowLeft');
  await focusIs(page, id('form-step-applicant'));
  same(await page.getAttribute(id('field-name'), 'readonly'), '', 'what only the citizen writes');
  kiosk.tell({ errors: { ...kiosk.state.errors, phone: { error: 'not-phone', bound: '' }, identity: { error: 'person-id-check', bound: '' } } });
  kiosk.edit((f) => { f.set('phone', '040'); f.set('identity', '131052-308S'); });
  await page.waitForSelector('.note-line.wrong');
  await see('form-applicant');
  await altKey(page, 'form-next');
  await focusIs(page, '#form-step');
  await altKey(page, 'form-next');
  await page.waitForSelector(id('row-add-children'));
  await page.focus(id('row-add-children'));
  await page.keyboard.press('Enter');
  await focusIs(page, id('field-children-1-child-name'));
  await page.keyboard.type('Eino Korhonen');
  await page.click(id('field-support-housing'));
  await page.click(id('field-support-home-care'));
  await stored(page);
  same(kiosk.doc.getMap('f').get('support'), 'home-care housing', 'the options in their order');
  await page.click(id('suggest-partner'));
  await page.selectOption(id('suggest-text-partner'), 'alone');
  await page.click(id('suggest-send-partner'));
  await page.waitForSelector(id('suggested-partner'));
  kiosk.answer('partner', false);
  await page.waitForSelector('.note-line.warn');
  kiosk.at({ field: 'children-1-born', at: 0, to: 0 });
  await page.waitForSelector(id('citizen-at'));
  await page.click(id('row-remove-children-1'));
  await see('form-family');
  kiosk.at(null);
}

async function unsent({ page, see, far }, kiosk) {
  await altKey(page, 'form-next');
  await page.waitForSelector(id('field-more-info'));
  await altKey(page, 'form-review');
  await until(page, () => document.querySelector('.kiosks .wrong') !== null);
  kiosk.holdsAcks = true;
  await page.focus(id('field-more-info'));
  await page.keyboard.type('Perhe muutti keväällä Sotkamosta Kuopioon.\nLapsi syntyy siellä.');
  await until(page, (s) => document.querySelector(s)?.matches('.warn') && Number(document.querySelector(s).dataset.characters) > 50, id('form-unsent'));
  await see('form-unsent');
  kiosk.holdsAcks = false;
  await far.page.evaluate(() => window.shutForm());
  await until(page, (s) => document.querySelector(s).querySelector('svg') && document.querySelector('[data-testid="form-open"]').ariaDisabled === 'true', id('form-unsent'));
  await page.keyboard.type(' Kiitos!');
  await see('form-no-line');
  await far.page.evaluate(() => window.openForm());
  await stored(page);
  same(kiosk.doc.getMap('f').get('more-info').toString().endsWith('siellä. Kiitos!'), true, 'what was typed without a line');
  same(kiosk.joins.at(-1).client, 2, 'the number the page goes on with');
  same(kiosk.refusals.length, 0, 'what the kiosk would have refused');
}

async function room({ page, see }) {
  await page.click(id('form-hide'));
  await focusIs(page, id('form-show'));
  await see('form-small');
  await focusIs(page, id('form-show'));
  await page.keyboard.press('Enter');
  await focusIs(page, '#form-title');
  await altKey(page, 'devices');
  await focusIs(page, '#devices-title');
  await see('form-devices');
  await page.keyboard.press('Escape');
}

async function sealed({ page, see }, kiosk) {
  kiosk.freeze(SNAPSHOT);
  await page.waitForSelector(`${id('form-hash')}[data-state="same"]`);
  await until(page, () => !document.querySelector('lk-cell'));
  same(kiosk.commands.at(-1).sha256, kiosk.state.sha256, 'the hash that the page echoes');
  await see('form-review');
  kiosk.tell({ phase: 'filling', sha256: '' });
  await page.waitForSelector(id('form-reopened'));
  kiosk.freeze(SNAPSHOT);
  kiosk.tell({ phase: 'failed', sha256: '' });
  await page.waitForSelector('.banner.bad');
  await see('form-failed');
  kiosk.freeze(SNAPSHOT);
  kiosk.tell({ phase: 'sealing' });
  await page.waitForSelector('.banner .spin');
  await see('form-sealing');
  const container = Buffer.from('PK\u0003\u0004 a container, as far as the page can see'.repeat(1000));
  kiosk.seal(container, 'K7QF-2M9X');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(id('package-download'))]);
  same(download.suggestedFilename(), 'K7QF-2M9X.asice', 'its name');
  same(Buffer.compare(await readFile(await download.path()), container), 0, 'its bytes');
  same((await page.textContent(id('package-sha256'))).trim(), createHash('sha256').update(container).digest('hex'), 'its hash');
  await see('form-sent');
  kiosk.tell({ posted: true });
  await page.waitForSelector(`${id('form-posted')}[data-state="posted"]`);
}

async function ended({ page, see }, kiosk) {
  kiosk.state = { ...kiosk.state, phase: 'filling', code: '', posted: false, sha256: '' };
  kiosk.tell({});
  await page.waitForSelector(id('field-more-info'));
  kiosk.holdsAcks = true;
  await page.focus(id('field-more-info'));
  await page.keyboard.type('abc');
  await page.waitForTimeout(200);
  kiosk.over('too-fast');
  await page.waitForSelector(`${id('form-ended')}[data-stage="over"]`);
  await see('form-over');
  kiosk.lie = { sha256: '0'.repeat(64) };
  await page.click(id('form-again'));
  await page.waitForSelector(`${id('form-ended')}[data-why="hash"]`);
  await see('form-refused');
  delete kiosk.lie;
  kiosk.holdsAcks = false;
  await page.click(id('form-again'));
  await page.waitForSelector(id('field-more-info'));
}

export async function theForm(world) {
  const kiosk = await line(world.far);
  await filling(world, kiosk);
  await steps(world, kiosk);
  await unsent(world, kiosk);
  await room(world);
  await sealed(world, kiosk);
  await ended(world, kiosk);
}
