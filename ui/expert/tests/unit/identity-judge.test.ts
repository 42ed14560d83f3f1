// What the page finds of a card's proof, right and wrong in every way it tells apart; and that nothing a kiosk sends throws.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cardText, linesOf, loginNonce, phoneText, type Binding } from '../../src/identity/challenge';
import { judge, type Fault, type Known } from '../../src/identity/judge';
import { ALGORITHMS, SELF, readMessage, readRole, writeAsk, type Algorithm, type How, type Role } from '../../src/identity/messages';
import { readTrust, type Trust } from '../../src/identity/trust';
import { rawEcdsa } from '../../src/identity/cert';
import { hex, sha256, utf8, type Bytes } from '../../src/wire/bytes';
import { DAY, USAGE, cardSign, certificate, fleet, newKey, revocationList, tlv, trustFile, type Fleet, type Key, type Over } from '../support/pki.mjs';
import { chance, seed } from './chance';

const NOW = Date.parse('2026-11-22T09:38:00Z');
const KEYS = { rootKey: newKey('P-384'), caKey: newKey('P-384'), key: newKey('P-384') };
const own = (b: Uint8Array): Bytes => Uint8Array.from(b);

const HERE: Binding = {
  kiosk: 'kuopio-02', expert: 'maija-virtanen', call: 'ab'.repeat(16), kn: 'A'.repeat(22), en: 'B'.repeat(21) + 'A', kioskPrint: '11'.repeat(32), pagePrint: '22'.repeat(32),
};
const COMPANY: Role = { role: 'company', name: 'Sähkö Oy', id: '1234567-1' };
const known = (over: Partial<Known> = {}): Known => ({ binding: HERE, role: SELF, roles: [], earlier: [], ...over });
const trustOf = (f: Fleet, over: { cas?: Buffer[]; crls?: Buffer[] } = {}): Trust => readTrust(trustFile(over.cas ?? [f.caCert, f.rootCert], over.crls ?? [f.crl, f.rootCrl]));

interface Case { over?: Over; trust?: (f: Fleet) => Trust; binding?: Partial<Binding>; role?: Role; known?: Partial<Known>; alg?: Algorithm; key?: Key; at?: number }

async function faults(c: Case): Promise<{ faults: Fault[]; name: string | undefined }> {
  const f = fleet(NOW, { ...KEYS, ...c.over });
  const alg = c.alg ?? 'ES384';
  const sig = cardSign(c.key ?? f.key, alg, await cardText({ ...HERE, ...c.binding }, c.role ?? SELF));
  const proof = { how: 'card' as const, cert: own(f.card), alg, sig: own(sig) };
  const found = await judge(proof, known(c.known), { trust: (c.trust ?? trustOf)(f), kioskKey: null, now: c.at ?? NOW });
  return { faults: found.faults, name: found.person?.name };
}

describe('a good card', () => {
  test('is verified, with name, SATU and issuer', async () => {
    const f = fleet(NOW, KEYS);
    const sig = own(cardSign(f.key, 'ES384', await cardText(HERE, COMPANY)));
    const found = await judge({ how: 'card', cert: own(f.card), alg: 'ES384', sig }, known({ role: COMPANY }), { trust: trustOf(f), kioskKey: null, now: NOW });
    const issuer = 'Testi Citizen Certificates';
    expect(found).toEqual({ faults: [], person: { name: 'AINO MARIA KORHONEN', id: '99900024D', kind: 'satu', issuer: { fi: issuer, sv: issuer, en: issuer } } });
  });
  const rsa = newKey(2048);
  test.each<[Algorithm, Key]>([['ES256', newKey('P-256')], ['RS256', rsa], ['PS256', rsa]])('signs by %s', async (alg, key) => {
    expect(await faults({ alg, over: { key } })).toEqual({ faults: [], name: 'AINO MARIA KORHONEN' });
  });
  const byRsa = { ...KEYS, rootKey: rsa, caKey: newKey('P-256') };
  test.each(['RS256', 'PS256'])('below an authority that signs by %s', async (how) => {
    expect(await faults({ over: { ...byRsa, root: { how }, ca: { how }, rootCrl: { how } } })).toMatchObject({ faults: [] });
  });
  test('of an authority without lists, which names none', async () => {
    expect(await faults({ over: { card: { points: false }, ca: { points: false } }, trust: (f) => trustOf(f, { crls: [] }) })).toMatchObject({ faults: [] });
  });
});

describe('not of this call', () => {
  const earlier = { ...HERE, en: 'C'.repeat(21) + 'A', pagePrint: '33'.repeat(32) };
  const another = { ...HERE, call: 'cd'.repeat(16), kiosk: 'vaasa-01' };
  test.each<[string, Fault, Case]>([
    ['the fingerprints changed places', 'swapped', { binding: { kioskPrint: HERE.pagePrint, pagePrint: HERE.kioskPrint } }],
    ['another fingerprint of the kiosk', 'unfit', { binding: { kioskPrint: '44'.repeat(32) } }],
    ['another fingerprint of the page', 'unfit', { binding: { pagePrint: '44'.repeat(32) } }],
    ['a call that this page never had', 'unfit', { binding: { call: 'ef'.repeat(16) } }],
    ['a call that this page had', 'other-call', { binding: another, known: { earlier: [earlier, another] } }],
    ['an earlier connection of this call', 'earlier-connection', { binding: earlier, known: { earlier: [another, earlier] } }],
    ['another kiosk', 'unfit', { binding: { kiosk: 'kuopio-03' } }],
    ['another expert', 'unfit', { binding: { expert: 'ville-virtanen' } }],
    ['another nonce of the kiosk', 'unfit', { binding: { kn: 'D'.repeat(21) + 'A' } }],
    ['another nonce of the page', 'unfit', { binding: { en: 'D'.repeat(21) + 'A' } }],
    ['signed for oneself, told a company', 'other-role', { known: { role: COMPANY } }],
    ['signed for the role that was told before', 'other-role', { role: COMPANY, known: { roles: [COMPANY] } }],
    ['signed for a role that was never told', 'unfit', { role: COMPANY }],
    ['another card\'s key', 'unfit', { key: newKey('P-384') }],
  ])('%s', async (_, fault, c) => expect(await faults(c)).toEqual({ faults: [fault], name: undefined }));

  test('signed as a phone\'s proof, or without the purpose', async () => {
    const f = fleet(NOW, KEYS);
    const digest = await sha256(linesOf('phone', HERE, SELF));
    for (const text of [Buffer.concat([utf8('luukku-identify-1\nidentify\n'), digest]), Buffer.from(await sha256(linesOf('card', HERE, SELF)))]) {
      const proof = { how: 'card' as const, cert: own(f.card), alg: 'ES384' as const, sig: own(cardSign(f.key, 'ES384', text)) };
      expect((await judge(proof, known(), { trust: trustOf(f), kioskKey: null, now: NOW })).faults).toEqual(['unfit']);
    }
  });
});

describe('not to be believed', () => {
  const stranger = newKey('P-384');
  const [early, late] = [NOW - 2 * DAY, NOW + 2 * DAY];
  const caUsage = USAGE.certSign | USAGE.crlSign;
  const between = (f: Fleet, pathLen?: number): Buffer => certificate({
    serial: 9, subject: { CN: 'Between' }, key: stranger, issuer: f.ca, from: early, to: late, usage: caUsage, ca: true, ...(pathLen === undefined ? {} : { pathLen }),
  });
  const below = { issuer: { fields: { CN: 'Between' }, key: stranger }, points: false };
  test.each<[string, Fault[], Case]>([
    ['expired', ['expired'], { over: { card: { to: NOW - 1000 } } }],
    ['not valid yet', ['not-yet'], { over: { card: { from: NOW + 1000 } } }],
    ['revoked', ['revoked'], { over: { crl: { serials: [7, 3] } } }],
    ['its issuer revoked', ['issuer-revoked'], { over: { rootCrl: { serials: [2] } } }],
    ['revoked and expired', ['revoked', 'expired'], { over: { card: { to: NOW - 1000 }, crl: { serials: [3] } } }],
    ['of an authority that nobody knows', ['unknown-issuer'], { over: { card: { issuer: { fields: { CN: 'Somebody' }, key: stranger } } } }],
    ['of an authority that borrowed a name', ['forged'], { over: { card: { issuer: { fields: { C: 'FI', O: 'Testi', CN: 'Testi Citizen Certificates' }, key: stranger } } } }],
    ['without the root', ['unknown-issuer'], { trust: (f) => trustOf(f, { cas: [f.caCert] }) }],
    ['signed by itself', ['unknown-issuer'], { over: { card: { issuer: { fields: { CN: 'Me' }, key: KEYS.key }, subject: { CN: 'Me' } } } }],
    ['its issuer expired', ['issuer-invalid'], { over: { ca: { to: NOW - 1000 } } }],
    ['the root not valid yet', ['issuer-invalid'], { over: { root: { from: NOW + 1000 } } }],
    ['the key for signing', ['usage'], { over: { card: { usage: USAGE.nonRepudiation } } }],
    ['no usage at all', ['usage'], { over: { card: { usage: null } } }],
    ['a server\'s', ['usage'], { over: { card: { purposes: ['1.3.6.1.5.5.7.3.1'] } } }],
    ['an authority as a card', ['usage'], { over: { card: { ca: true, usage: USAGE.digitalSignature | USAGE.certSign } } }],
    ['an extension that must be understood', ['usage'], { over: { card: { more: [['1.2.246.1.2.3', true, tlv(5)]] } } }],
    ['an authority with name constraints', ['chain'], { over: { ca: { more: [['2.5.29.30', true, tlv(0x30)]] } } }],
    ['an authority that may not certify', ['chain'], { over: { ca: { usage: USAGE.crlSign } } }],
    ['one authority more than the path may have', ['chain'], { over: { card: below }, trust: (f) => trustOf(f, { cas: [f.caCert, f.rootCert, between(f)] }) }],
    ['one authority more, where it may', [], { over: { card: below, ca: { pathLen: 1 } }, trust: (f) => trustOf(f, { cas: [between(f, 0), f.caCert, f.rootCert] }) }],
    ['a list that is too old', ['crl-old'], { over: { crl: { to: NOW - 1000 } } }],
    ['a list that is too old, and names it', ['revoked', 'crl-old'], { over: { crl: { to: NOW - 1000, serials: [3] } } }],
    ['a list from the future', ['crl-early'], { over: { crl: { from: NOW + DAY, to: NOW + 2 * DAY } } }],
    ['a list that never ends', ['crl-missing'], { over: { crl: { to: null } } }],
    ['a list of somebody else\'s making', ['crl-missing'], { trust: (f) => trustOf(f, { crls: [revocationList({ issuer: { ...f.ca, key: stranger }, from: early, to: late }), f.rootCrl] }) }],
    ['a list of a part alone', ['crl-missing'], { over: { crl: { more: [['2.5.29.28', true, tlv(0x30)]] } } }],
    ['no list', ['crl-missing'], { trust: (f) => trustOf(f, { crls: [f.rootCrl] }) }],
    ['an older list beside the newest', ['revoked'], { trust: (f) => trustOf(f, { crls: [revocationList({ issuer: f.ca, from: NOW - 1000, to: late, serials: [3] }), f.crl, f.rootCrl] }) }],
    ['SHA-1', ['forged'], { over: { caKey: newKey(2048), card: { how: 'RS1' } } }],
    ['an algorithm inside, another outside', ['unreadable'], { over: { card: { inner: 'ES256' } } }],
    ['a name without a number', ['nameless'], { over: { card: { subject: { GN: 'A', SN: 'B' } } } }],
    ['two names', ['nameless'], { over: { card: { subject: { serialNumber: '1' } } } }],
  ])('%s', async (_, wanted, c) => expect((await faults(c)).faults).toEqual(wanted));

  test.each(['expired', 'revoked', 'crl-old'] as const)('%s: what is written on the card is told', async (what) => {
    const over = { expired: { card: { to: NOW - 1 } }, revoked: { crl: { serials: [3] } }, 'crl-old': { crl: { to: NOW - 1 } } }[what];
    expect((await faults({ over })).name).toBe('AINO MARIA KORHONEN');
  });
  test('not where it may be anybody\'s', async () => expect((await faults({ over: { crl: { serials: [3] } }, key: stranger })).name).toBeUndefined());
});

describe('another algorithm than the key\'s', () => {
  const [p256, rsa] = [newKey('P-256'), newKey(2048)];
  test.each<[string, Key, Algorithm, Algorithm, Fault]>([
    ['ES256 of a P-384 key', KEYS.key, 'ES384', 'ES256', 'algorithm'], ['ES384 of a P-256 key', p256, 'ES256', 'ES384', 'algorithm'],
    ['RS256 of an EC key', KEYS.key, 'ES384', 'RS256', 'algorithm'], ['ES256 of an RSA key', rsa, 'RS256', 'ES256', 'algorithm'],
    ['PS256 told RS256', rsa, 'PS256', 'RS256', 'unfit'], ['RS256 told PS256', rsa, 'RS256', 'PS256', 'unfit'], ['a key of 1024 bits', newKey(1024), 'RS256', 'RS256', 'algorithm'],
  ])('%s', async (_, key, signs, says, fault) => {
    const f = fleet(NOW, { ...KEYS, key });
    const sig = own(cardSign(key, signs, await cardText(HERE, SELF)));
    expect((await judge({ how: 'card', cert: own(f.card), alg: says, sig }, known(), { trust: trustOf(f), kioskKey: null, now: NOW })).faults).toEqual([fault]);
  });
  test('r and s as DER, which is no raw signature', () => {
    expect(hex(rawEcdsa(own(Buffer.from('3006020101020102', 'hex')), 2))).toBe('00010002');
    for (const bad of ['3006020101020102ff', '30060201810201020', '300602010102018200', '3005020101020102', '3006030101020102', '30060201010201']) {
      expect(() => rawEcdsa(own(Buffer.from(bad, 'hex')), 2)).toThrow();
    }
  });
});

describe('the lines, as the vectors have them', () => {
  interface Row { title: string; how: How; binding: Binding; acting: Role; lines: string; challenge: string; nonce: string; cardSha256?: string; cardSha384?: string; token?: string; tokenLines?: string }
  const { challenges, badActing, asks } = JSON.parse(readFileSync(new URL('../../../../tests/vectors/identity/challenges.json', import.meta.url), 'utf8')) as {
    challenges: Row[]; badActing: Role[]; asks: { text: string; kind?: string; n?: number; how?: How }[];
  };
  const digest = async (name: string, bytes: Bytes): Promise<string> => hex(new Uint8Array(await crypto.subtle.digest(name, bytes)));
  test.each(challenges)('$title', async (row) => {
    expect(linesOf(row.how, row.binding, row.acting)).toBe(row.lines);
    expect(hex(await sha256(row.lines))).toBe(row.challenge);
    expect(readRole({ ...row.acting })).toEqual(row.acting);
    if (row.cardSha256 !== undefined) {
      expect(await digest('SHA-256', await cardText(row.binding, row.acting))).toBe(row.cardSha256);
      expect(await digest('SHA-384', await cardText(row.binding, row.acting))).toBe(row.cardSha384);
    }
    expect(await loginNonce(row.binding)).toBe(row.nonce);
    if (row.token !== undefined) expect(await phoneText(row.binding, row.acting, row.token)).toEqual(utf8(row.tokenLines!));
  });
  test.each(badActing)('no role: %j', (role) => expect(readMessage({ type: 'role', ...role })).toBeNull());
  test('the page asks in the words that a kiosk reads', () => {
    for (const { text, kind, n, how } of asks) if (kind === 'identify' && text === JSON.stringify({ type: kind, n, how })) expect(writeAsk(n!, how!)).toBe(text);
  });
});

describe(`nothing throws (LUUKKU_SEED=${seed})`, () => {
  const pick = chance(seed);
  const f = fleet(NOW, KEYS);
  const around = { trust: trustOf(f), kioskKey: null, now: NOW };
  const mutate = (from: Uint8Array): Bytes => {
    const bytes = own(from);
    for (let n = 1 + pick(4); n > 0; n--) bytes[pick(bytes.length)] = pick(256);
    const cut = pick(4);
    return cut === 0 ? own(bytes.subarray(0, pick(bytes.length))) : cut === 1 ? own(Buffer.concat([bytes, Buffer.from([pick(256)])])) : bytes;
  };
  test('certificates that were mutated: none is verified', async () => {
    const text = await cardText(HERE, SELF);
    const sig = own(cardSign(f.key, 'ES384', text));
    for (let i = 0; i < 300; i++) {
      const cert = mutate(f.card);
      const found = await judge({ how: 'card', cert, alg: ALGORITHMS[pick(4)]!, sig }, known(), around);
      if (!Buffer.from(cert).equals(f.card)) expect(found.faults.length).toBeGreaterThan(0);
    }
  });
  test('every shorter one', async () => {
    for (let i = 0; i < f.card.length; i += 7) {
      expect((await judge({ how: 'card', cert: own(f.card.subarray(0, i)), alg: 'ES384', sig: own(Buffer.alloc(96)) }, known(), around)).faults).toEqual(['unreadable']);
    }
  });
  test('deep and long nonsense', async () => {
    const deep = Array.from({ length: 1500 }).reduce<Buffer>((b) => tlv(0x30, b), Buffer.alloc(0));
    for (const cert of [deep, Buffer.alloc(8192, 0x30), Buffer.from('30808080', 'hex'), Buffer.alloc(1)]) {
      expect((await judge({ how: 'card', cert: own(cert), alg: 'ES256', sig: own(Buffer.alloc(64)) }, known(), around)).faults).toEqual(['unreadable']);
    }
  });
  test('messages', () => {
    const odd = [null, true, 0, -1, 1.5, 'card', '', 'proof', [], {}, 'x'.repeat(9000), '\ud800', NaN];
    const keys = ['type', 'n', 'how', 'state', 'why', 'tries', 'cert', 'alg', 'sig', 'token', 'role', 'name', 'id'];
    const good = { type: 'identity', n: 1, how: 'card', state: 'proof', cert: 'AAAA', alg: 'ES256', sig: 'AAAA' };
    for (let i = 0; i < 5000; i++) {
      const m: Record<string, unknown> = { ...good, type: pick(2) === 0 ? 'identity' : 'role', state: ['proof', 'failed', 'asked'][pick(3)] };
      for (let n = pick(4); n >= 0; n--) m[keys[pick(keys.length)]!] = odd[pick(odd.length)];
      const read = readMessage(m);
      if (read?.type === 'identity') expect(read.said.n).toBeGreaterThan(0);
    }
  });
});

describe('identity.json', () => {
  const f = fleet(NOW, KEYS);
  const jwk = newKey('P-256').public.export({ format: 'jwk' });
  const issuer = { issuer: 'https://id.example', client: 'luukku', name: { fi: 'a', sv: 'b', en: 'c' }, keys: { keys: [jwk] } };
  const good = trustFile([f.caCert], [f.crl], [issuer]);
  test('is read', () => expect(readTrust(good)).toMatchObject({ cas: [{ ca: true }], crls: [{ partial: false }], issuers: [{ client: 'luukku' }] }));
  test.each<[string, unknown]>([
    ['no object', []], ['null', null], ['another version', { ...good, v: 2 }], ['no list', { ...good, cas: {} }], ['a card as an authority', { ...good, cas: [f.card.toString('base64url')] }],
    ['base64 with padding', { ...good, cas: [f.caCert.toString('base64')] }], ['a list as an authority', { ...good, cas: [f.crl.toString('base64url')] }],
    ['an authority as a list', { ...good, crls: [f.caCert.toString('base64url')] }], ['65 of them', { ...good, cas: Array.from({ length: 65 }).fill(f.caCert.toString('base64url')) }],
    ['a secret key', { ...good, issuers: [{ ...issuer, keys: { keys: [newKey('P-256').secret.export({ format: 'jwk' })] } }] }],
    ['a symmetric key', { ...good, issuers: [{ ...issuer, keys: { keys: [{ kty: 'oct', k: 'AAAA' }] } }] }], ['no key', { ...good, issuers: [{ ...issuer, keys: { keys: [] } }] }],
    ['an issuer twice', { ...good, issuers: [issuer, issuer] }], ['no client', { ...good, issuers: [{ ...issuer, client: '' }] }], ['a name in one language', { ...good, issuers: [{ ...issuer, name: { fi: 'a' } }] }],
    ['a nonce that is no yes or no', { ...good, issuers: [{ ...issuer, nonce: 'no' }] }],
    ['no address', { ...good, issuers: [{ ...issuer, issuer: 'id' }] }],
  ])('%s is no such file', (_, file) => expect(() => readTrust(file)).toThrow(/identity\.json/));
});
