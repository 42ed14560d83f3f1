// The form without sight: the screen is black; the keypad, a keyboard and what is spoken are all there is of the kiosk. What is private goes to
// headphones alone. What arrives is judged as in form.mjs.
import { startChromium } from './lib/chromium.mjs';
import { openExpert, startDemo } from './lib/journey.mjs';
import { fillApplicant, fillChild, fillRest, onwards, toCall, turnTo, types } from './lib/keypad-form.mjs';
import { Keypad } from './lib/keypad.mjs';
import { main } from './lib/run.mjs';
import { Container, Expert } from './lib/sheet.mjs';
import { assert } from './lib/wait.mjs';

const PERSON_ID = '131052-308T';
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
  await fillChild(pad, expert);
  await expert.has('children', '1');
  await expert.stored();
  await pad.choose('Seuraava');
  await pad.hears('Vaihe 2/5');
}

async function applicant(t, kiosk, pad, expert) {
  t.step('a private cell: what is typed is heard in headphones alone');
  await fillApplicant(expert);
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
  t.step('the other steps');
  await fillRest(pad, expert);
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
