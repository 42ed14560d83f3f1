// Every state of the page, one after the other, as one expert's working day goes through them. Each step brings the page into a
// state and calls `see(name)`.
import { EXPERT } from './bed.mjs';
import { Citizens, notSetUp, theIdentity } from './identity.mjs';
import { line as formLine, theForm } from './form.mjs';
import { thePapers } from './paper.mjs';

const title = (fi, sv, en) => ({ fi, sv, en });
const WAITING = [
  ['kuopio-02', { title: title('Vanhempainpäiväraha', 'Föräldradagpenning', 'Parental allowance'), site: 'Yhteispalvelupiste, Kuopio', waitedS: 440 }],
  ['sotkamo-01', { title: title('Yleinen asumistuki', 'Allmänt bostadsbidrag', 'General housing allowance'), site: 'Kunnantalo, Sotkamo', waitedS: 310 }],
  ['vaasa-01', { title: title('Sairauspäiväraha', 'Sjukdagpenning', 'Sickness allowance'), site: 'Pääkirjasto, Vaasa', lang: 'sv', waitedS: 250 }],
  ['ilomantsi-01', { title: title('Takuueläke', 'Garantipension', 'Guarantee pension'), site: 'Palvelupiste, Ilomantsi', waitedS: 140 }],
  ['inari-01', { title: title('Opintotuki ja koulumatkatuki toisen asteen opiskelijalle', 'Studiestöd', 'Student aid'), site: 'Asiointipiste, Inari', lang: 'se', waitedS: 130 }],
  ['kemi-01', { title: title('Perustoimeentulotuki', 'Grundläggande utkomststöd', 'Basic social assistance'), site: 'Yhteispalvelupiste, Kemijärvi', waitedS: 20 }],
];

export const id = (name) => `[data-testid="${name}"]`;
const stage = (page, state) => page.waitForSelector(`${id('connection')}[data-state="${state}"]`, { timeout: 20_000 });
export const focusIs = (page, selector) => page.waitForFunction((s) => document.activeElement?.matches(s), selector, { timeout: 5000 });

/** Alt and the letter that the page shows for it. */
export const altKey = async (page, name) => page.keyboard.press(`Alt+${(await page.getAttribute(`${id(name)}[data-key]`, 'data-key')).toLowerCase()}`);

export async function signIn(page) {
  await page.fill(id('login-user'), EXPERT.user);
  await page.fill(id('login-password'), EXPERT.password);
  await page.click(id('login-submit'));
  await page.waitForSelector(id('state-free'));
}

async function entrance({ bed, page, see }) {
  await page.route('**/fleet.json', (route) => route.abort());
  await page.goto(bed.url);
  await page.waitForSelector('h1');
  await see('starting-failed');
  await page.unroute('**/fleet.json');
  await page.reload();
  await page.waitForSelector(id('login-user'));
  await focusIs(page, id('login-user'));
  await see('login');
  await page.fill(id('login-user'), EXPERT.user);
  await page.fill(id('login-password'), 'wrong');
  await page.click(id('login-submit'));
  await page.waitForSelector(id('login-error'));
  await see('login-refused');
  await signIn(page);
  await page.waitForSelector(`${id('device-audio')}[data-state="on"]`);
  await see('queue-empty');
}

async function queue({ bed, page, see, kiosks }) {
  bed.colleagues();
  kiosks.get('kuopio-02').wait();
  await page.waitForSelector(id('queue-item'));
  await page.waitForFunction((s) => /, Yhteispalvelupiste, Kuopio/.test(document.querySelector(s).textContent), id('said'));
  await page.waitForSelector(id('colleague'));
  await see('queue-one');
  for (const k of kiosks.values()) if (k.name !== 'kuopio-02') k.wait();
  await page.waitForFunction(() => document.querySelectorAll('[data-testid="queue-item"]').length === 6);
  await see('queue-many');
  await page.focus(`${id('queue-accept')}[data-kiosk="kuopio-02"]`);
  await page.keyboard.press('ArrowDown');
  await focusIs(page, '[data-kiosk="sotkamo-01"]');
  await page.keyboard.press('End');
  await focusIs(page, '[data-kiosk="kemi-01"]');
  kiosks.get('kemi-01').leave(); // the focus does not go with it
  await focusIs(page, '[data-testid="queue-accept"]:not([data-kiosk="kemi-01"])');
  kiosks.get('kemi-01').wait();
  await page.keyboard.press('Home');
  await focusIs(page, '[data-kiosk="kuopio-02"]');
  await page.click('.tongues summary');
  await see('queue-languages');
  await page.click('.tongues summary');
  const stranger = bed.kiosk('oulu-09', WAITING[0][1]);
  stranger.wait(kiosks.get('vaasa-01').keys.privateKey);
  await page.waitForSelector(id('trouble-kiosk'));
  bed.cut(true);
  await page.waitForSelector(id('link-down'));
  await see('queue-stranger-and-no-broker');
  stranger.stop();
  bed.cut(false);
  await page.waitForSelector(id('link-down'), { state: 'detached', timeout: 30_000 });
}

/** A kiosk signs with a key that is not its own. */
async function badSignature({ page, see, kiosks }) {
  const kiosk = kiosks.get('kuopio-02');
  await page.waitForSelector(`${id('queue-accept')}[data-kiosk="kuopio-02"]`);
  const claim = kiosk.next('claim');
  await altKey(page, 'queue-accept');
  const { en } = await claim;
  await stage(page, 'claiming');
  await focusIs(page, 'lk-call h1');
  await see('call-claiming');
  kiosk.tell('grant', en, { n: kiosk.counted(), agency: 'kela', card: 'card-1', lang: 'fi' }, kiosks.get('vaasa-01').keys.privateKey);
  await page.waitForSelector(id('trouble'));
  await focusIs(page, '#trouble-title');
  await see('trouble-signature');
  await page.keyboard.press('Escape');
  await page.waitForSelector(id('trouble'), { state: 'detached' });
  kiosk.leave();
}

async function intoCall({ page, see, kiosks, far }) {
  const kiosk = kiosks.get('sotkamo-01');
  await page.waitForFunction(() => !document.querySelector('[data-kiosk="kuopio-02"]'));
  const claim = kiosk.next('claim');
  await altKey(page, 'queue-accept');
  const { en } = await claim;
  kiosk.tell('grant', en, { n: kiosk.counted(), agency: 'kela', card: 'card-1', lang: 'fi' });
  kiosk.leave();
  await stage(page, 'connecting');
  await see('call-connecting');
  const answer = kiosk.next('answer');
  far.bedListens(kiosk);
  const offer = await far.page.evaluate(() => window.offerCall());
  kiosk.tell('offer', en, offer);
  kiosk.line = { en, offer, answer: (await answer).body };
  await far.page.evaluate((sdp) => window.answerCall(sdp), kiosk.line.answer);
  await far.flush();
  await stage(page, 'live');
  await see('call');
  return kiosk;
}

/** The citizen speaks and stops: seen beside their name, and nothing moves by it. */
async function voice({ page, see, far }) {
  const speaks = (state) => page.waitForSelector(`${id('peer-speaks')}[data-state="${state}"]`, { state: 'attached', timeout: 10_000 });
  const where = () => page.evaluate(() => JSON.stringify([...document.querySelectorAll('.person, .person *')].map((e) => e.getBoundingClientRect())));
  await speaks('off');
  const silent = await where();
  await far.page.evaluate(() => window.speak(true));
  await speaks('on');
  if (await where() !== silent) throw new Error('something moves when the citizen speaks');
  await see('call-speaks');
  await far.page.evaluate(() => window.speak(false));
  await speaks('off');
}

async function talk({ page, see, far }) {
  const write = (words) => far.page.evaluate((w) => window.writeText(w), words);
  await write('Hei! Voiko tähän laittaa puolison tilin?\u2028');
  await page.waitForSelector('[data-testid="text-log"] li');
  await altKey(page, 'text-input');
  await focusIs(page, id('text-input'));
  await page.keyboard.type('Tilin pitää olla sinun nimissäsi.');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-testid="text-log"] li.me');
  await write('Selvä, annan \ufffd\ufffd numeron. السلام عليكم\u2028Tilini nu');
  await page.waitForSelector('[data-testid="text-log"] li[data-open="true"] .caret');
  await page.keyboard.type('Kiitos, kirjoita rauhassa');
  await see('call-text');
}

async function controls({ page, see }) {
  const pressed = (button, value) => page.waitForSelector(`${id(button)}[aria-pressed="${value}"]`);
  await altKey(page, 'mute');
  await altKey(page, 'camera');
  await pressed('mute', true);
  await pressed('camera', true);
  await altKey(page, 'devices');
  await focusIs(page, '#devices-title');
  await see('call-devices-open');
  await page.keyboard.press('Escape');
  await focusIs(page, id('devices'));
  await altKey(page, 'mute');
  await altKey(page, 'camera');
  await pressed('mute', false);
}

async function lost({ bed, page, see, far, kiosks }, kiosk) {
  bed.cut(true);
  await page.waitForSelector(`${id('call-notes')} .plate`);
  await see('call-no-broker');
  bed.cut(false);
  await far.page.evaluate(() => window.dropCall());
  await stage(page, 'interrupted');
  await see('call-interrupted');
  await stage(page, 'reconnecting');
  await see('call-reconnecting');
  await page.waitForSelector(`${id('call-notes')} .plate`, { state: 'detached', timeout: 60_000 });
  const bye = kiosk.next('bye', 30_000);
  await altKey(page, 'call-end');
  await bye;
  await page.waitForSelector(id('notice'));
  await focusIs(page, id('notice'));
  for (const k of kiosks.values()) if (k !== kiosk && k.name !== 'kuopio-02') k.wait();
  await page.waitForSelector(id('queue-item'));
  await see('queue-after-call');
  for (const k of kiosks.values()) k.leave();
}

export async function everyState(world) {
  const { bed } = world;
  world.kiosks = new Map(WAITING.map(([name, about]) => [name, bed.kiosk(name, about)]));
  await entrance(world);
  await queue(world);
  await badSignature(world);
  const kiosk = await intoCall(world);
  await voice(world);
  await talk(world);
  await controls(world);
  await lost(world, kiosk);
}

async function callOnly(world) {
  const { bed, page } = world;
  world.kiosks = new Map([WAITING[1]].map(([name, about]) => [name, bed.kiosk(name, about)]));
  await page.goto(bed.url);
  await page.waitForSelector(id('login-user'));
  await signIn(page);
  world.kiosks.get('sotkamo-01').wait();
  await page.waitForSelector(id('queue-item'));
  return intoCall({ ...world, see: () => undefined });
}

/** A call in which a form is filled in. */
export async function formStates(world) {
  const { page, see } = world;
  const kiosk = await callOnly(world);
  await theForm(world);
  await world.far.page.evaluate(() => window.dropCall());
  await stage(page, 'interrupted');
  await see('form-interrupted');
  const bye = kiosk.next('bye', 30_000);
  await altKey(page, 'call-end');
  await bye;
}

/** A call in which papers are looked at, at last beside a form. */
export async function paperStates(world) {
  const { page, see, far } = world;
  const kiosk = await callOnly(world);
  await thePapers(world);
  await formLine(far);
  await far.page.evaluate(() => window.openForm());
  await page.waitForSelector(`${id('form-show')}[data-key]`);
  await see('paper-and-form');
  await altKey(page, 'form-show');
  await focusIs(page, '#form-title');
  await page.waitForSelector(id('paper-open'));
  await altKey(page, 'ask-scan');
  await focusIs(page, '#ask-title');
  await see('form-and-paper');
  const bye = kiosk.next('bye', 30_000);
  await altKey(page, 'call-end');
  await bye;
}

/** A call in which the citizen says who they are; then one of a page that could not know. */
export async function identityStates(world) {
  const { bed, page, see, far } = world;
  const citizens = new Citizens();
  bed.trust = citizens.trust();
  far.hears = { ctl: () => undefined };
  await far.page.exposeFunction('ctlHeard', (text) => far.hears.ctl(text));
  const kiosk = await callOnly(world);
  await theIdentity(world, kiosk, citizens);
  const bye = kiosk.next('bye', 30_000);
  await altKey(page, 'call-end');
  await bye;
  bed.trust = null;
  kiosk.call = 'cd'.repeat(16);
  kiosk.wait();
  await page.waitForSelector(id('queue-item'));
  await intoCall({ ...world, see: () => undefined });
  await notSetUp({ page, see, far }, kiosk);
}

/** A browser that gives no camera and no microphone. */
export async function withoutDevices({ bed, page, see }) {
  await page.goto(bed.url);
  await signIn(page);
  await page.waitForSelector(`${id('device-video')}[data-state="refused"]`);
  await see('queue-no-devices');
}
