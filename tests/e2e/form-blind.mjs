// The form without sight: the screen is black; the keypad, a keyboard and what is spoken are all there is of the kiosk. What is private goes to
// headphones alone. What arrives is judged as in form.mjs.
import { startChromium } from './lib/chromium.mjs';
import { openExpert, startDemo } from './lib/journey.mjs';
import { onwards, toCall, turnTo, types } from './lib/keypad-form.mjs';
import { Keypad } from './lib/keypad.mjs';
import { main } from './lib/run.mjs';
import { Container, Expert } from './lib/sheet.mjs';
import { assert } from './lib/wait.mjs';

const PERSON_ID = '131052-308T';
const IBAN = 'FI2112345600000785';
const NAME = 'Aino Maria Korhonen';

/** Into the form that the expert asks to look at. */
async function toForm(t, pad, page) {
  t.step('to the call by keypad and speech');
  await toCall(pad, page);
  t.step('the expert asks to look at the form');
  await page.shows('form-panel');
  await page.click('form-open');
  await pad.hears('Asiantuntija pyytää sinua katsomaan lomaketta.');
  await pad.choose('Avaa lomake');
  await pad.hears('Vaihe 1/5');
}

async function child(t, pad, expert) {
  t.step('a choice, a number by the keys on the screen; the expert writes, and that is heard');
  await pad.choose(/Odotan lasta/);
  await expert.page.shows('field-due-date');
  await expert.fill('due-date', '14.2.2027');
  await pad.choose(/^Montako lasta/);
  await pad.choose(/^1\b/);
  await pad.press('back');
  await expert.has('children', '1');
  await expert.stored();
  await pad.choose('Seuraava');
  await pad.hears('Vaihe 2/5');
}

async function applicant(t, kiosk, pad, expert) {
  t.step('a private cell: what is typed is heard in headphones alone');
  await expert.step('applicant');
  await expert.fill('name', NAME);
  await expert.fill('phone', '040 123 4567');
  await expert.fill('home-street', 'Leipurinkatu 7');
  await expert.fill('home-postcode', '70100');
  await expert.fill('home-town', 'Kuopio');
  await expert.stored();
  await types(pad, 'Henkilötunnus', PERSON_ID);
  await expert.has('person-id', PERSON_ID);
  assert(!pad.all.some((u) => u.text.includes(PERSON_ID)), 'the identity code was spoken without headphones');
  await kiosk.ctl('emu', 'headset', 'plug');
  await pad.hears('Kuulokkeet ovat käytössä.');
  await pad.press('previous');
  await pad.press('next');
  assert((await pad.hears(PERSON_ID)).private, 'for headphones alone');
  await onwards(pad, 3);
}

async function rest(t, pad, expert) {
  t.step('the other steps');
  await expert.step('work');
  await pad.choose(/Opiskelen/);
  await expert.has('work-kind', 'student');
  await onwards(pad, 4);
  await expert.step('leave');
  await expert.page.click('row-add-periods');
  await expert.page.shows('field-periods-1-from');
  await expert.fill('periods-1-from', '1.3.2027');
  await expert.fill('periods-1-to', '31.8.2027');
  await expert.choose('periods-1-extent', 'full');
  await expert.stored();
  await onwards(pad, 5);
  await types(pad, 'Tilinumero', IBAN);
  await pad.choose(/Kyllä/);
  await expert.stored();
}

async function approves(t, pad, expert) {
  t.step('what will be sent is read out; yes; the code is heard in headphones');
  await turnTo(pad, 'Tarkista');
  await pad.hears('Mitään ei ole vielä lähetetty');
  await turnTo(pad, 'Hyväksy ja lähetä');
  await pad.hears('Lomake on lähetetty', 20000);
  assert((await pad.hears('Seurantakoodi: ')).private, 'the code is for headphones alone');
  assert(!pad.all.some((u) => !u.private && (u.text.includes(PERSON_ID) || /FI21/.test(u.text))), 'nothing private was spoken aloud');
  return expert.container();
}

await main('form-blind', async (t) => {
  const demo = await startDemo(t, { kioskArgs: '--black-screen' });
  await demo.kiosk.running();
  const browser = await startChromium();
  t.defer(() => browser.stop());
  const page = await openExpert(t, browser, demo);
  const [pad, expert] = [new Keypad(demo.kiosk), new Expert(page)];
  await toForm(t, pad, page);
  await child(t, pad, expert);
  await applicant(t, demo.kiosk, pad, expert);
  await rest(t, pad, expert);
  const box = new Container(demo, await approves(t, pad, expert));
  t.defer(() => box.free());
  box.cades();
  const verdict = box.verify();
  assert(verdict.ok, `luukku-verify: ${verdict.reason}`);
  const paper = box.pdf();
  for (const words of [NAME, PERSON_ID, 'FI21 1234 5600 0007 85', '14.2.2027']) assert(paper.includes(words), `the paper lacks "${words}"`);
  await pad.choose('Valmis');
  await pad.hears('Anna Virtanen');
}, 290000);
