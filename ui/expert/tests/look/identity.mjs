// Who the citizen is: asked for in three ways, proved, not proved, and by a kiosk that lies. The kiosk's end has cards and an issuer of its own.
import { createHash, sign } from 'node:crypto';
import { SignJWT } from 'jose';
import { cardSign, fleet, newKey, trustFile } from '../support/pki.mjs';
import { EXPERT } from './bed.mjs';
import { line as formLine } from './form.mjs';
import { line as paperLine, scanned } from './paper.mjs';
import { altKey, focusIs, id } from './states.mjs';

const SELF = { role: 'self', name: '', id: '' };
const COMPANY = { role: 'company', name: 'Kuopion leipomo Oy', id: '1234567-1' };
const ISSUER = 'https://tunnistus.luukku.invalid';
const b64 = (bytes) => Buffer.from(bytes).toString('base64url');
const sha = (bytes) => createHash('sha256').update(bytes).digest();
const same = (a, b, what) => { if (JSON.stringify(a) !== JSON.stringify(b)) throw new Error(`${what}: ${JSON.stringify(a)} is not ${JSON.stringify(b)}`); };
const print = (sdp) => /^a=fingerprint:sha-256 (\S+)/im.exec(sdp)[1].replaceAll(':', '').toLowerCase();

export class Citizens {
  phone = newKey('P-256');

  constructor() {
    this.pki = fleet(Date.now());
    this.revoked = fleet(Date.now(), { rootKey: this.pki.root.key, caKey: this.pki.ca.key, crl: { serials: [9] }, card: { serial: 9, subject: { C: 'FI', serialNumber: '99912350C', GN: 'SIRPA', SN: 'SULKU', CN: 'SULKU SIRPA' } } });
  }

  /** A card below the same authorities, with this about it changed. */
  card(card) {
    return fleet(Date.now(), { rootKey: this.pki.root.key, caKey: this.pki.ca.key, card });
  }

  /** identity.json. */
  trust() {
    const { caCert, rootCert, rootCrl } = this.pki;
    const name = { fi: 'Testipankki', sv: 'Testbanken', en: 'Test Bank' };
    const keys = { keys: [{ ...this.phone.public.export({ format: 'jwk' }), kid: 'one', alg: 'ES256', use: 'sig' }] };
    return trustFile([caCert, rootCert], [this.revoked.crl, rootCrl], [{ issuer: ISSUER, client: 'luukku', name, keys }]);
  }

  token(nonce) {
    const claims = { nonce, given_name: 'Aino Maria', family_name: 'Korhonen', 'urn:oid:1.2.246.21': '010190-999A' };
    return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one' }).setIssuer(ISSUER).setAudience('luukku').setSubject('a1').setIssuedAt().setExpirationTime('5m').sign(this.phone.secret);
  }
}

/** The kiosk's side of `ctl`, in one call. */
class Teller {
  heard = [];
  role = SELF;

  constructor(far, kiosk, citizens) {
    Object.assign(this, { far, kiosk, citizens });
  }

  static async start(far, kiosk, citizens) {
    const teller = new Teller(far, kiosk, citizens);
    far.hears.ctl = (text) => teller.heard.push(JSON.parse(text));
    await far.page.evaluate(() => window.openCtl());
    return teller;
  }

  say(m) {
    return this.far.page.evaluate((text) => window.sayCtl(text), JSON.stringify(m));
  }

  act(role) {
    this.role = role;
    return this.say({ type: 'role', ...role });
  }

  state(n, how, state, more = {}) {
    return this.say({ type: 'identity', n, how, state, ...more });
  }

  lines(how, over = {}) {
    const { offer, answer, en } = this.kiosk.line;
    const b = { call: this.kiosk.call, kioskPrint: print(offer), pagePrint: print(answer), ...over };
    return ['luukku-identity-1', how, this.kiosk.name, EXPERT.user, b.call, this.kiosk.kn, en, b.kioskPrint, b.pagePrint, 'identify', this.role.role, this.role.name, this.role.id].join('\n');
  }

  card(n, { card, key } = this.citizens.pki, over = {}) {
    const text = Buffer.concat([Buffer.from('luukku-identify-1\nidentify\n'), sha(this.lines('card', over))]);
    return this.state(n, 'card', 'proof', { cert: b64(card), alg: 'ES384', sig: b64(cardSign(key, 'ES384', text)) });
  }

  async token(n) {
    const { call, kn, name, line } = this.kiosk;
    const token = await this.citizens.token(sha(['luukku-login-1', name, EXPERT.user, call, kn, line.en].join('\n')).toString('base64url'));
    const text = `${this.lines('phone')}\n${sha(token).toString('hex')}`;
    await this.state(n, 'phone', 'proof', { token, sig: b64(sign('sha256', Buffer.from(text), { key: this.kiosk.keys.privateKey, dsaEncoding: 'ieee-p1363' })) });
  }

  async asked(type) {
    for (let i = 0; i < 200; i += 1) {
      const found = this.heard.filter((m) => m.type === type).at(-1);
      if (found !== undefined) {
        this.heard = this.heard.filter((m) => m.type !== type);
        return found;
      }
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`the page never said ${type}`);
  }
}

const stands = (page, state) => page.waitForSelector(`${id('identity')}[data-state="${state}"]`, { timeout: 15_000 });

async function ask({ page }, teller, how) {
  await altKey(page, 'ask-identity');
  await focusIs(page, '.way');
  await page.click(id(`ask-identity-${how}`));
  await focusIs(page, '#identity-title');
  const asked = await teller.asked('identify');
  same(asked.how, how, 'how it was asked');
  return asked.n;
}

async function byCard(world, teller) {
  const { page, see } = world;
  await stands(page, 'none');
  await see('identity-none');
  await altKey(page, 'ask-identity');
  await focusIs(page, id('ask-identity-card'));
  await see('identity-ways');
  await page.keyboard.press('Escape');
  await focusIs(page, id('ask-identity'));
  const n = await ask(world, teller, 'card');
  same(n, 1, 'the first request');
  await stands(page, 'going');
  await teller.state(n, 'card', 'pin');
  await page.waitForFunction((s) => /tunnusluvun|kod|PIN/.test(document.querySelector(s).textContent), id('identity-why'));
  await see('identity-going');
  await teller.card(n);
  await stands(page, 'verified');
  same(await page.textContent(id('identity-name')), 'AINO MARIA KORHONEN', 'the name');
  same(await page.textContent(id('identity-id')), '99900024D', 'the number');
  same(await page.textContent(id('identity-issuer')), 'Testi Citizen Certificates', 'the issuer');
  same((await page.textContent(id('person'))).trim(), 'AINO MARIA KORHONEN', 'the name in the picture');
  await page.waitForFunction((s) => /AINO MARIA KORHONEN/.test(document.querySelector(s).textContent), id('said'));
  await see('identity-verified');
}

async function lies(world, teller) {
  const { page, see } = world;
  await teller.act(COMPANY);
  await stands(page, 'other-role');
  await page.waitForSelector(`${id('role')}[data-role="company"]`);
  await see('identity-other-role');
  const { offer, answer } = teller.kiosk.line;
  let n = await ask(world, teller, 'card');
  await teller.card(n, undefined, { kioskPrint: print(answer), pagePrint: print(offer) });
  await stands(page, 'unverified');
  await see('identity-swapped');
  n = await ask(world, teller, 'card');
  await teller.card(n, undefined, { call: 'ef'.repeat(16) });
  await page.waitForFunction((s) => document.querySelectorAll(s).length === 1, id('identity-why'));
  await stands(page, 'unverified');
  n = await ask(world, teller, 'card');
  await teller.card(n, teller.citizens.revoked);
  await page.waitForSelector(id('identity-written'));
  same(await page.getAttribute(id('identity'), 'data-state'), 'unverified', 'a revoked card');
  await see('identity-revoked');
  n = await ask(world, teller, 'card');
  await teller.state(n, 'card', 'failed', { why: 'wrong-pin', tries: 3 });
  await stands(page, 'failed');
  await see('identity-wrong-pin');
  teller.n = n;
  await falseProofs(world, teller);
  await teller.card(n); // the same request, after another try
  await stands(page, 'verified');
}

/** Proofs that are not to be believed: each in words of its own, and without a name that could be taken for the citizen's. */
async function falseProofs(world, teller) {
  const { page } = world;
  const { citizens } = teller;
  const { offer, answer } = teller.kiosk.line;
  const stranger = newKey('P-384');
  const good = citizens.pki;
  const cert = (n, text, sig) => teller.state(n, 'card', 'proof', { cert: text, alg: 'ES384', sig });
  const cases = [
    ['swapped', (n) => teller.card(n, good, { kioskPrint: print(answer), pagePrint: print(offer) })],
    ['unfit', (n) => teller.card(n, good, { kioskPrint: '44'.repeat(32) })],
    ['unfit', (n) => teller.card(n, good, { call: 'ef'.repeat(16) })],
    ['unfit', (n) => teller.card(n, { card: good.card, key: stranger })],
    ['expired', (n) => teller.card(n, citizens.card({ to: Date.now() - 1000 }))],
    ['not-yet', (n) => teller.card(n, citizens.card({ from: Date.now() + 86_400_000 }))],
    ['revoked', (n) => teller.card(n, citizens.revoked)],
    ['unknown', (n) => teller.card(n, citizens.card({ issuer: { fields: { CN: 'Somebody' }, key: stranger } }))],
    ['forged', (n) => teller.card(n, citizens.card({ issuer: { fields: good.ca.fields, key: stranger } }))],
    ['usage', (n) => teller.card(n, citizens.card({ usage: 0x40 }))],
    ['unreadable', (n) => cert(n, 'AAAA', b64(Buffer.alloc(96)))],
    ['unreadable', (n) => cert(n, b64(good.card), '!')],
    ['unreadable', (n) => cert(n, b64(Buffer.alloc(8000, 0x30)), b64(Buffer.alloc(96)))],
    ['algorithm', (n) => teller.state(n, 'card', 'proof', { cert: b64(good.card), alg: 'RS256', sig: b64(Buffer.alloc(256)) })],
  ];
  const told = new Map();
  for (const [what, tell] of cases) {
    // As fast as this nobody may ask: what is told is told of one request, after another try at the kiosk.
    await teller.state(teller.n, 'card', 'working');
    await stands(page, 'going');
    await tell(teller.n);
    await stands(page, 'unverified');
    const words = (await page.$$eval(id('identity-why'), (list) => list.map((e) => e.textContent))).join(' ');
    same(told.get(what) ?? words, words, `the words for ${what}`);
    same(words.length > 10, true, `words for ${what}`);
    same([await page.$(id('identity-name')), await page.getAttribute(id('connection'), 'data-state')], [null, 'live'], `the name, and the call, after ${what}`);
    told.set(what, words);
  }
  same(new Set(told.values()).size, told.size, 'false proofs that are told apart');
}

async function otherWays(world, teller) {
  const { page, see } = world;
  await teller.act({ role: 'person', name: 'Eino \u202eKorhonen', id: '010120A901K' });
  let n = await ask(world, teller, 'phone');
  await teller.state(n, 'phone', 'phone', { left: 272 });
  await teller.token(n);
  await stands(page, 'verified');
  same(await page.textContent(id('identity-issuer')), await page.evaluate(() => ({ fi: 'Testipankki', sv: 'Testbanken', en: 'Test Bank' })[document.documentElement.lang]), 'the issuer');
  await see('identity-phone');
  n = await ask(world, teller, 'document');
  await teller.state(n, 'document', 'document');
  await page.waitForSelector(id('identity-seen'));
  await see('identity-document');
  await page.click(id('identity-seen'));
  await focusIs(page, '#identity-title');
  same((await teller.asked('identify-seen')).n, n, 'what was seen');
  await teller.state(n, 'document', 'proof');
  await stands(page, 'seen');
  await see('identity-seen');
  await teller.act(SELF);
}

/** In the smallest places that the panel has. */
async function beside(world, teller) {
  const { page, see, far } = world;
  const n = await ask(world, teller, 'card');
  await teller.card(n);
  await stands(page, 'verified');
  await formLine(far);
  await far.page.evaluate(() => window.openForm());
  await page.waitForSelector('lk-form #form-title');
  await see('identity-and-form');
  await altKey(page, 'ask-identity');
  await focusIs(page, '.way');
  await see('identity-ways-and-form');
  await page.keyboard.press('Escape');
  const kiosk = await paperLine(far);
  await far.page.evaluate(() => window.openPaper());
  const sheet = await scanned(far, 1);
  kiosk.add(sheet.detail, sheet.preview, sheet.size);
  await page.waitForSelector(id('paper-page-1'));
  await see('identity-and-paper');
}

export async function theIdentity(world, kiosk, citizens) {
  const teller = await Teller.start(world.far, kiosk, citizens);
  await teller.act(SELF);
  await byCard(world, teller);
  await lies(world, teller);
  await otherWays(world, teller);
  await beside(world, teller);
}

/** A page without identity.json. */
export async function notSetUp({ page, see, far }, kiosk) {
  const teller = await Teller.start(far, kiosk, null);
  await teller.act(SELF);
  await stands(page, 'none');
  await altKey(page, 'ask-identity');
  await focusIs(page, id('ask-identity-document'));
  await page.waitForSelector(`${id('identity-setup')}[data-state="none"]`);
  same(await page.$(id('ask-identity-card')), null, 'a card that nobody could check');
  await see('identity-not-set-up');
}
