// Who the citizen is, by their own telephone: the expert asks, the citizen reads the code with a telephone (a second browser), identifies
// there with a real OpenID Connect service, and the page verifies it for this call. Then what goes wrong: refused on the telephone, nobody
// uses the code, a service that hands out what was made for another call. After each visit the memory of every program, which all go on
// (--keep-programs), has nothing of the token nor of who it was. PICTURES=FOLDER keeps screenshots of all three sides.
import { join } from 'node:path';
import { startChromium } from './lib/chromium.mjs';
import { Planted } from './lib/doors.mjs';
import { intoCall, openExpert } from './lib/journey.mjs';
import { looker } from './lib/look.mjs';
import { startPhone } from './lib/phone.mjs';
import { main } from './lib/run.mjs';
import { Stand } from './lib/stand.mjs';
import { assert, PATIENCE_MS, until } from './lib/wait.mjs';

const { PICTURES } = process.env;
const SHORT_S = 12; // time to see how the seconds are told
const NAME = 'Ääkkönen';
const CODE = '240785-924K';
const PIECE = 40; // of the token: buffers that are used again keep a part of it

const state = (page) => page.evaluate(() => document.querySelector('[data-testid="identity"]')?.dataset.state);
const becomes = (page, want, ms = PATIENCE_MS) => until(`the page's identity to be ${want}`, async () => (await state(page)) === want, ms);

/** The expert asks, the citizen says yes. Gives what the QR code says, and the code beside it. */
async function code({ stand, page }) {
  const { kiosk } = stand;
  await page.click('ask-identity');
  await page.click('ask-identity-phone');
  await kiosk.tap('identify');
  await kiosk.screenIs('identify');
  await kiosk.tap('consent-yes');
  const qr = await until('the code at the kiosk', () => kiosk.node('phone-qr'));
  return { url: qr.value, typed: (await kiosk.node('phone-code')).value };
}

async function back({ stand }, button) {
  await stand.kiosk.tap(button);
  await stand.kiosk.screenIs('call');
}

async function verified(t, world) {
  t.step('the citizen reads the code, identifies on the telephone, and the page verifies it for this call');
  const { stand, page, look, phones } = world;
  const { url, typed } = await code(world);
  assert(url.startsWith(`${stand.login.url}/`) && url.includes(typed), `${typed} in ${url}`);
  await stand.kiosk.says('Koodi on voimassa vielä 5 minuuttia');
  await until('the page to say how long it lasts', async () => /^Aikaa jäljellä [45]:\d\d$/.test(await page.text('identity-left')));
  await look('code');
  const phone = await phones.open(url);
  assert((await phone.text('login-shown')) === typed, 'the telephone shows the same code');
  if (PICTURES) await phone.screenshot(join(PICTURES, 'phone-confirm.png'));
  await phone.tap('login-confirm');
  await phone.choose('maija');
  if (PICTURES) await phone.screenshot(join(PICTURES, 'phone-people.png'));
  await phone.tap('login-person');
  await phone.shows('login-done');
  if (PICTURES) await phone.screenshot(join(PICTURES, 'phone-done.png'));
  await becomes(page, 'verified');
  assert((await page.text('identity-name')).includes(`Maija ${NAME}`), await page.text('identity-name'));
  assert((await page.text('identity-id')) === CODE, 'the identity code is shown');
  await until('the kiosk to say so', () => stand.kiosk.node('done'));
  await look('verified');
  await phone.close();
  await back(world, 'done');
}

async function refused(t, world) {
  t.step('refused on the telephone');
  const { stand, page, look, phones } = world;
  const phone = await phones.open((await code(world)).url);
  await phone.tap('login-abort');
  if (PICTURES) await phone.screenshot(join(PICTURES, 'phone-refused.png'));
  await becomes(page, 'failed');
  assert((await page.text('identity-why')).includes('puhelimessa'), await page.text('identity-why'));
  await stand.kiosk.says('Tunnistautuminen keskeytettiin puhelimessa.');
  await look('refused');
  await phone.close();
  await back(world, 'back');
}

async function late(t, world) {
  t.step('nobody uses the code in time');
  const { stand, page, look, phones } = world;
  stand.login.lasts = SHORT_S;
  const { url } = await code(world);
  await stand.kiosk.says('sekunti');
  await becomes(page, 'failed');
  assert((await page.text('identity-why')).includes('Aika'), await page.text('identity-why'));
  await look('late');
  const phone = await phones.open(url);
  await phone.shows('login-note');
  if (PICTURES) await phone.screenshot(join(PICTURES, 'phone-late.png'));
  await phone.close();
  stand.login.lasts = 300;
  await back(world, 'back');
}

/** The token and what it says, to be looked for. */
function plantToken(t, token) {
  const planted = new Planted(t);
  planted.text('name', NAME);
  planted.text('identity code', CODE);
  planted.text('subject', '"sub":"maija"');
  for (let at = 0; at + PIECE <= token.length; at += PIECE) planted.text(`token from ${at}`, token.slice(at, at + PIECE));
  const found = planted.secrets.in(Buffer.from(token)).map((f) => f.replace(/ \([a-z0-9-]*\)$/, ''));
  const missing = planted.names.filter((name) => !found.includes(name));
  assert(missing.length === 0, `the search finds it all in the token itself, but ${missing.join(', ')}`);
  return planted.secrets;
}

async function nothingLeft(t, { stand }, secrets) {
  t.step('nothing of it is left, in no program');
  const { programs } = await stand.kiosk.ctl('status');
  const all = [{ name: 'luukku-super', pid: stand.programs.children.kiosk.process.pid }, ...programs];
  const left = all.flatMap(({ name, pid }) => secrets.process(pid).map((what) => `${name}: ${what}`));
  assert(left.length === 0, `left behind:\n  ${left.join('\n  ')}`);
}

async function leaves({ stand, page }) {
  await page.click('call-end');
  await stand.kiosk.done();
}

async function replayed(t, world) {
  t.step('in the next call the service hands out the token of the one before');
  const { stand, page, look } = world;
  await intoCall(stand, page);
  stand.login.replays = true;
  await code(world);
  await becomes(page, 'unverified');
  assert((await page.text('identity-why')).includes('toista puhelua'), await page.text('identity-why'));
  assert(!(await page.visible('identity-name')), 'nobody is named');
  await look('replayed');
}

await main('phone', async (t) => {
  const stand = await Stand.start(t, { login: true });
  await stand.startKiosk({}, { headless: true, 'kiosk-args': '--keep-programs' });
  const browser = await startChromium();
  t.defer(() => browser.stop());
  const phones = await startPhone();
  t.defer(() => phones.stop());
  const page = await openExpert(t, browser, stand);
  const world = { stand, page, phones, look: looker(stand, page) };
  await intoCall(stand, page);
  await verified(t, world);
  await refused(t, world);
  await late(t, world);
  await leaves(world);
  const secrets = plantToken(t, stand.login.token);
  await nothingLeft(t, world, secrets);
  await replayed(t, world);
  await leaves(world);
  await nothingLeft(t, world, secrets);
  const log = (await stand.kiosk.log()).join('\n');
  for (const secret of [CODE, 'eyJ', NAME]) assert(!log.includes(secret), `"${secret}" stands in a log`);
  assert(page.driver.errors.length === 0, `errors on the page: ${page.driver.errors.join('; ')}`);
}, 230000);
