// The parental allowance form: a citizen at the kiosk and an expert at the page fill it in at the same time, disagree, agree; the citizen
// approves, and what arrives is what was approved. PICTURES=FOLDER keeps screenshots of both sides.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startChromium } from './lib/chromium.mjs';
import { intoCall, openExpert, startDemo } from './lib/journey.mjs';
import { seeded } from './lib/random.mjs';
import { looker } from './lib/look.mjs';
import { main } from './lib/run.mjs';
import { Citizen, Container, Expert } from './lib/sheet.mjs';
import { assert, until } from './lib/wait.mjs';

const NAME = 'Aino Maria Korhonen';
const PERSON_ID = '131052-308T';
const IBAN = 'FI21 1234 5600 0007 85';
const FLIPS = 24;

let look = null; // in the visit

async function opens(t, demo, page) {
  t.step('the expert asks to look at the form; the citizen opens it');
  await page.shows('form-panel');
  await page.click('form-open');
  await demo.kiosk.says('Asiantuntija pyytää sinua katsomaan lomaketta.');
  await look('called');
  await demo.kiosk.tap('form');
  await demo.kiosk.screenIs('form');
}

/** Both at once, in different cells and in the same one. */
async function child(t, demo, citizen, expert) {
  t.step('both fill in the first step at the same time');
  await citizen.choose('situation', 'expected');
  await until('the date to be asked for on the page', () => expert.page.visible('field-due-date'));
  await Promise.all([citizen.write('children', '1'), expert.fill('due-date', '14.2.2027'), expert.page.click('field-also-child-benefit')]);
  await Promise.all([citizen.has('due-date', '14.2.2027'), expert.has('children', '1')]);
  await look('child');
  t.step('they disagree on the date: both ends agree on one, and the citizen\'s word is the last');
  await Promise.all([expert.fill('due-date', '15.2.2027'), citizen.write('due-date', '16.2.2027')]);
  await expert.stored();
  await until('one date on both ends', async () => (await citizen.value('due-date')) === (await expert.value('due-date')));
  await citizen.write('due-date', '14.2.2027');
  await expert.has('due-date', '14.2.2027');
  await citizen.on();
}

async function applicant(t, demo, citizen, expert) {
  t.step('the citizen writes the name while the expert writes the phone number');
  await expert.step('applicant');
  await Promise.all([citizen.write('name', NAME), expert.type('phone', '040 123 4567')]);
  await Promise.all([expert.has('name', NAME), citizen.has('phone', '040 123 4567')]);
  t.step('in one text at the same time: nobody loses a letter');
  await Promise.all([citizen.type('home-street', 'Leipurinkatu 7'), expert.type('home-street', ' B 12')]);
  await until('one street on both ends', async () => {
    const [a, b] = [await citizen.value('home-street'), await expert.value('home-street')];
    return a === b && a.length === 'Leipurinkatu 7 B 12'.length && [...'Leipurinkatu 7 B 12'].every((c) => a.includes(c));
  });
  await citizen.write('home-street', 'Leipurinkatu 7 B 12');
  await Promise.all([citizen.write('home-postcode', '70100'), expert.fill('home-town', 'Kuopio')]);
  t.step('an identity code with a slip: both sides say so; the expert cannot write there');
  assert(await expert.page.evaluate(() => document.querySelector('[data-testid="field-person-id"]').readOnly), 'the expert may not write it');
  await citizen.write('person-id', '131052-308U');
  const wrong = async () => (await demo.kiosk.tree()).nodes.some((n) => n.id === 'error-person-id' && !n.state.includes('hidden'));
  await citizen.on({ done: wrong });
  await look('slip');
  await citizen.write('person-id', PERSON_ID);
  await citizen.on();
}

async function work(t, demo, citizen, expert) {
  t.step('the expert points, suggests, and the citizen accepts');
  await expert.step('work');
  await citizen.choose('work-kind', 'employed');
  await expert.page.shows('field-employer');
  await citizen.write('employer', 'Kuopion leipomo');
  await expert.has('employer', 'Kuopion leipomo');
  await expert.page.click('point-employer');
  await demo.kiosk.says('näyttää tätä kohtaa');
  await expert.page.click('suggest-employer');
  await expert.driver.fill('suggest-text-employer', 'Kuopion leipomo Oy');
  await expert.page.click('suggest-send-employer');
  await citizen.putKeyboardAway();
  await until('the suggestion at the kiosk', () => demo.kiosk.node('suggest-employer-accept'));
  await look('suggestion');
  await demo.kiosk.tap('suggest-employer-accept');
  await Promise.all([citizen.has('employer', 'Kuopion leipomo Oy'), expert.has('employer', 'Kuopion leipomo Oy')]);
  await citizen.choose('paid-leave', 'no');
  await expert.fill('income', '2650,50');
  await citizen.has('income', '2650,50');
  await citizen.on();
}

async function leave(t, demo, citizen, expert) {
  t.step('rows: the expert adds one, the citizen fills it in');
  await expert.step('leave');
  await expert.page.click('row-add-periods');
  await until('the row at the kiosk', () => demo.kiosk.node('field-periods-1-from'));
  await Promise.all([citizen.write('periods-1-from', '1.3.2027'), expert.fill('periods-1-to', '31.8.2027')]);
  await citizen.choose('periods-1-extent', 'full');
  await expert.fill('more', 'Hakija soittaa, jos ajat muuttuvat.\nPuoliso hakee myöhemmin.');
  await expert.stored();
  await look('leave');
  await citizen.on();
}

async function payment(t, demo, citizen, expert) {
  await expert.step('payment');
  await citizen.write('account', IBAN);
  await expert.fill('decision-by', '31.12.2026');
  await expert.stored();
  await citizen.choose('truthful', 'yes');
  t.step('the citizen reads all that will be sent, goes back, changes a word: the approval asked for is void');
  const approving = async () => (await demo.kiosk.screen()) === 'approve';
  await citizen.on({ id: 'review', done: approving });
  await look('approve');
  await demo.kiosk.tap('decline');
  await demo.kiosk.screenIs('form');
  await citizen.on({ id: 'review', done: approving });
  await until('the page to have compared what it sees', () => expert.page.evaluate(() =>
    document.querySelector('[data-testid="form-hash"]')?.dataset.state === 'same'));
}

async function approves(t, demo, citizen, expert) {
  t.step('the citizen approves; a receipt at the kiosk, the package at the page');
  await citizen.on({ id: 'approve', done: async () => (await demo.kiosk.screen()) === 'receipt' });
  const code = (await demo.kiosk.node('tracking-code')).value || (await demo.kiosk.node('tracking-code')).name;
  const bytes = await expert.container();
  await look('receipt');
  assert((await expert.page.text('form-code')).replaceAll(/\s/g, '') === code.replaceAll(/\s/g, ''), 'both have the same code');
  await demo.kiosk.tap('done');
  await demo.kiosk.screenIs('call');
  return bytes;
}

function judged(t, demo, bytes) {
  t.step(`the package, ${bytes.length} bytes, before other eyes`);
  const box = new Container(demo, bytes);
  t.defer(() => box.free());
  box.cades();
  const verdict = box.verify();
  assert(verdict.ok, `luukku-verify: ${verdict.reason}`);
  const next = seeded();
  for (let i = 0; i < FLIPS; i++) box.fails(Math.floor(next() * bytes.length));
  const json = box.json();
  const cells = json.sections.flatMap((s) => s.fields).flatMap((f) => (f.rows ? f.rows.flat() : [f])).filter((f) => f.applies !== false);
  const by = Object.fromEntries(cells.map((f) => [f.id, f.by]));
  assert(by.name === 'citizen' && by.phone === 'expert' && by.employer === 'accepted', `who wrote what: ${JSON.stringify(by)}`);
  const paper = box.pdf().replaceAll(/\s+/g, ' ');
  for (const f of cells.filter((c) => c.shown)) {
    for (const line of f.shown.split('\n')) assert(paper.includes(line.replaceAll(/\s+/g, ' ')), `the paper lacks "${line}" of ${f.id}`);
  }
  for (const words of [NAME, PERSON_ID, IBAN, 'Leipurinkatu 7 B 12', 'Kuopion leipomo Oy', '14.2.2027', 'Puoliso hakee myöhemmin.']) {
    assert(paper.includes(words), `the paper lacks "${words}"`);
  }
}

/** By HTTPS, encrypted to the agency; nothing waits at the kiosk any more. */
async function arrived(t, demo, bytes) {
  t.step('the agency has the same package');
  const letters = join(demo.info.agency, 'letters');
  const taken = () => readdirSync(letters).find((f) => f.endsWith('.asice'));
  await until('the letter at the agency', taken);
  assert(readFileSync(join(letters, taken())).equals(bytes), 'it is the very package that the page has');
  await until('the outbox to be empty', () => readdirSync(join(dirname(demo.info.control), 'outbox')).length === 0);
}

await main('form', async (t) => {
  const demo = await startDemo(t, { args: ['--agency'] });
  const browser = await startChromium();
  t.defer(() => browser.stop());
  const page = await openExpert(t, browser, demo);
  await intoCall(demo, page);
  look = looker(demo, page);
  const [citizen, expert] = [new Citizen(demo.kiosk), new Expert(page)];
  await opens(t, demo, page);
  await child(t, demo, citizen, expert);
  await applicant(t, demo, citizen, expert);
  await work(t, demo, citizen, expert);
  await leave(t, demo, citizen, expert);
  await payment(t, demo, citizen, expert);
  const bytes = await approves(t, demo, citizen, expert);
  judged(t, demo, bytes);
  await arrived(t, demo, bytes);
  const told = await demo.kiosk.told();
  for (const secret of [NAME, PERSON_ID, 'Leipurinkatu', 'leipomo']) assert(!told.includes(secret), `"${secret}" stands in a log or an answer`);
  assert(page.driver.errors.length === 0, `errors on the page: ${page.driver.errors.join('; ')}`);
});
