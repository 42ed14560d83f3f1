// Papers and a name without sight: the screen is black; the keypad and what is spoken are all there is of the kiosk.
import { startChromium } from './lib/chromium.mjs';
import { openExpert, startDemo } from './lib/journey.mjs';
import { fillAllowance, toCall, turnTo } from './lib/keypad-form.mjs';
import { Keypad } from './lib/keypad.mjs';
import { main } from './lib/run.mjs';
import { Container, Expert } from './lib/sheet.mjs';
import { assert, until } from './lib/wait.mjs';

const PIN1 = '1234';
const PIN2 = '123456';
const SCANS = 3; // a busy machine may draw the emulated pages too late

async function asks(t, pad, page) {
  t.step('the expert asks for a paper; how that goes, and who sees it when');
  await page.click('ask-scan');
  await page.driver.fill('paper-ask-text', 'Palkkalaskelma lokakuulta');
  await page.click('paper-ask-send');
  await pad.hears('Asiantuntija haluaa katsoa paperia kanssasi.');
  await pad.choose('Näytä paperi');
  const tray = await pad.hears('Paperit.');
  for (const words of ['Aseta paperi skanneriin ja paina Skannaa. Asiantuntija ei näe sitä, ennen kuin annat luvan.', 'Palkkalaskelma lokakuulta', 'Missä paperi on?']) {
    assert(tray.text.includes(words), `"${words}" in "${tray.text}"`);
  }
  assert(!/Varmistettu|Äänen voimakkuus|Lopeta puhelu/.test(tray.text), `what the call's own screen said is not said again: ${tray.text}`);
}

async function scans(t, pad) {
  t.step('three sheets, one of them blank');
  await pad.choose('Syöttölaitteessa');
  let tray = null;
  for (let turn = 0; !tray?.text.includes('jätettiin pois'); turn += 1) {
    assert(turn < SCANS, `no scan succeeds: ${tray?.text}`);
    await pad.kiosk.ctl('emu', 'scanner', 'pages', '3', 'blank', '2');
    await pad.choose('Skannaa');
    await pad.hears('Skannataan sivua 1');
    tray = await pad.hears(/Yksi tyhjä sivu jätettiin pois\.|Skanneri ei vastaa\./, 120000);
  }
  assert(tray.text.includes('Sivu 1/2') && tray.text.includes('Näytä kaikki'), tray.text);
}

async function shares(t, pad, page) {
  t.step('two of them are shared, each after a question and a yes');
  for (const n of [1, 2]) {
    assert(!(await page.visible(`paper-page-${n}`)), 'nothing is seen before the yes');
    const said = await pad.find(/^Näytä asiantuntijalle/);
    assert(said.includes(`Sivu ${n}/2`), said);
    await pad.press('select');
    const question = await pad.hears('Näytetäänkö asiantuntijalle?');
    assert(question.text.includes(`Sivu ${n}/2. Asiantuntija näkee tämän sivun ja voi tallentaa sen.`) && question.text.includes('Älä näytä'), question.text);
    await pad.choose(/^Näytä asiantuntijalle/);
    await pad.hears(new RegExp(`^Sivu ${n}/2: Asiantuntija näkee`), 30000);
    await pad.press('back');
    await pad.hears('Paperit.');
  }
  await until('both pages sharp on the page', () => page.evaluate(() =>
    [1, 2].every((n) => document.querySelector(`[data-testid="paper-page-${n}"]`)?.dataset.state === 'whole')), 60000);
}

async function marks(t, pad, page) {
  t.step('the expert looks, points, marks, saves: each is heard, and where');
  await page.click('paper-page-1');
  await pad.hears('Sivu 1/2');
  await page.click('paper-point');
  await page.driver.hover('paper-well', { x: 0.45, y: 0.5 });
  await pad.hears(/^Anna Virtanen osoittaa sivun 1 (ylä|keski|ala)osaa\.$/);
  await page.click('paper-box');
  await page.driver.drag('paper-well', { x: 0.4, y: 0.3 }, { x: 0.6, y: 0.36 });
  await pad.hears(/^Anna Virtanen kehysti kohdan\. \d+ % vasemmalta, \d+ % ylhäältä\.$/);
  await page.driver.download('paper-save');
  await pad.hears('Asiantuntija on tallentanut');
}

async function attaches(t, pad) {
  t.step('one goes with the form');
  await pad.press('back');
  await pad.hears('Paperit.');
  await pad.choose(/^Sivu 1/);
  await pad.hears('Voit valita: ');
  await pad.choose('Liitteeksi');
  await pad.hears('Lomakkeen liite');
  await pad.press('back');
  await pad.hears('Paperit.');
  await pad.press('back');
  await pad.hears('Anna Virtanen: Kela.');
}

/** The number whose key has the focus. What is spoken of it is for headphones, and stands in no log: the tree has which key it is. */
const keyAt = async ({ kiosk }) => (await kiosk.tree()).nodes.find((n) => n.state.includes('focused'))?.id ?? '';

/** A PIN on the pad. Every step of the focus on a digit's key is heard, in headphones alone. */
async function pin(pad, digits) {
  for (const want of [...digits, 'ok']) {
    for (let i = 0; (await keyAt(pad)) !== `pin-${want}`; i += 1) {
      assert(i < 30, `the keypad never came to the key ${want}`);
      await pad.press('next');
      const digit = /^pin-[0-9]$/.test(await keyAt(pad));
      const heard = await pad.hears(digit ? /^$/ : /./);
      assert(heard.private === digit, `of a PIN is spoken: ${JSON.stringify(heard)}`);
    }
    await pad.press('select');
    if (want !== 'ok') await pad.hears(/numero/);
  }
}

async function identifies(t, pad, page) {
  const { kiosk } = pad;
  t.step('the expert asks who it is: what is told to whom; yes; where the card goes');
  await page.click('ask-identity');
  await page.click('ask-identity-card');
  await pad.hears('Asiantuntija pyytää sinua tunnistautumaan.');
  await pad.choose('Tunnistaudu');
  const asked = await pad.hears('Tunnistautuminen.');
  for (const words of ['Anna Virtanen (Kela)', 'nimesi ja sähköisen asiointitunnuksesi', 'Tiedot saa vain tämä asiantuntija', 'Suostun']) {
    assert(asked.text.includes(words), `"${words}" in "${asked.text}"`);
  }
  await pad.choose('Suostun');
  await pad.hears('Aseta henkilökorttisi lukijaan. Siru edellä, sirupuoli ylöspäin.');
  await kiosk.ctl('emu', 'card', 'insert');
  await pad.hears('Korttia luetaan. Älä ota korttia pois.', 30000);
  t.step('the PIN: digits are for headphones alone');
  await pad.hears('Numerot kuulet vain kuulokkeista. Kytke kuulokkeet.', 30000);
  await pad.find('Numeronäppäimet');
  await pad.press('next');
  assert((await pad.hears(/^/)).text.startsWith('Numeronäppäin, painike'), 'no digit without headphones');
  await kiosk.ctl('emu', 'headset', 'plug');
  await pad.hears('Kuulokkeet ovat käytössä.');
  await pin(pad, PIN1);
  const done = await pad.hears('Sinut on tunnistettu', 30000);
  assert(done.text.includes('Ota korttisi lukijasta.'), done.text);
  await until('the page to have verified it', async () => (await page.evaluate(() =>
    document.querySelector('[data-testid="identity"]')?.dataset.state)) === 'verified', 30000);
  assert((await pad.hears('Asiantuntija näkee nimesi')).private, 'the name is for headphones alone');
  await kiosk.ctl('emu', 'card', 'remove');
  await pad.choose('Valmis');
  await pad.hears('Anna Virtanen');
}

async function signs(t, pad, expert) {
  const { kiosk } = pad;
  t.step('the form, and the card\'s signature under it');
  await expert.page.click('form-show');
  await pad.choose('Avaa lomake');
  await pad.hears('Vaihe 1/5');
  await fillAllowance(pad, expert);
  await turnTo(pad, 'Tarkista');
  await pad.hears('Mitään ei ole vielä lähetetty');
  await turnTo(pad, 'Allekirjoita kortilla');
  await pad.hears('Aseta henkilökorttisi lukijaan.');
  await kiosk.ctl('emu', 'card', 'insert');
  await pad.hears('Allekirjoitustunnusluku PIN2', 30000);
  await pin(pad, PIN2);
  await pad.hears('Lomake on lähetetty', 60000);
  await kiosk.ctl('emu', 'card', 'remove');
  return expert.container();
}

await main('papers-blind', async (t) => {
  const demo = await startDemo(t, { kioskArgs: '--black-screen' });
  await demo.kiosk.running();
  const browser = await startChromium();
  t.defer(() => browser.stop());
  const page = await openExpert(t, browser, demo);
  const [pad, expert] = [new Keypad(demo.kiosk), new Expert(page)];
  t.step('to the call by keypad and speech');
  await toCall(pad, page);
  await asks(t, pad, page);
  await scans(t, pad);
  await shares(t, pad, page);
  await marks(t, pad, page);
  await attaches(t, pad);
  await identifies(t, pad, page);
  const box = new Container(demo, await signs(t, pad, expert));
  t.defer(() => box.free());
  box.cades();
  box.cardCades();
  const verdict = box.verify();
  assert(verdict.ok, `luukku-verify: ${verdict.reason}`);
  const papers = box.json().sections.flatMap((s) => s.fields).filter((f) => f.type === 'attachment').flatMap((f) => f.value);
  assert(papers.length === 1, `one paper goes with it: ${JSON.stringify(papers)}`);
  const aloud = pad.all.filter((u) => !u.private).map((u) => u.text).join('\n');
  for (const secret of [PIN1, PIN2, '131052-308T', 'DOE']) assert(!new RegExp(`\\b${secret}\\b`).test(aloud), `"${secret}" was spoken aloud`);
  pad.wasCalm('fi');
}, 290000);
