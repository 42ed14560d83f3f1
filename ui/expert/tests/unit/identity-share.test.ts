// Asking, hearing and keeping: a kiosk played by hand, a clock that stands still until it is moved; ID tokens right and wrong.
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { sign } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { loginNonce, phoneText, type Binding } from '../../src/identity/challenge';
import { judge, type Judgement, type Known } from '../../src/identity/judge';
import { SELF, type Proof, type Role } from '../../src/identity/messages';
import { IdentityShare, type TrustState } from '../../src/identity/share';
import { judgeToken } from '../../src/identity/token';
import type { TokenIssuer, Trust } from '../../src/identity/trust';
import { identitySaid, identityState, reasonsOf, roleText } from '../../src/ui/identity-look';
import { textsOf } from '../../src/text';
import { newKey } from '../support/pki.mjs';
import { HandClock } from './hand-clock';

const NOW = Date.parse('2026-11-22T09:38:00Z');
const HERE: Binding = { kiosk: 'kuopio-02', expert: 'maija-virtanen', call: 'ab'.repeat(16), kn: 'k', en: 'e', kioskPrint: '11'.repeat(32), pagePrint: '22'.repeat(32) };
const FRESH: Binding = { ...HERE, pagePrint: '33'.repeat(32) };
const COMPANY: Role = { role: 'company', name: 'Sähkö Oy', id: '1234567-1' };
const PERSON = { name: 'AINO KORHONEN', id: '99900024D', kind: 'satu' as const, issuer: { fi: 'x', sv: 'x', en: 'x' } };
const GOOD: Judgement = { faults: [], person: PERSON };
const NOTHING: Trust = { cas: [{} as Trust['cas'][0]], crls: [], issuers: [{} as Trust['issuers'][0]] };

let clock: HandClock, said: Record<string, unknown>[], binding: Binding | null, answer: Judgement, judged: Known[], earlier: Binding[], trust: TrustState, share: IdentityShare;

const make = (note: number | null = null): IdentityShare => new IdentityShare({
  clock, today: () => NOW, onChange: () => undefined, send: (text) => said.push(JSON.parse(text) as Record<string, unknown>), binding: () => binding, trust: () => trust,
  loaded: async () => undefined, kioskKey: () => null, note, earlier,
  judge: async (_proof, known) => { judged.push(known); return answer; },
});
const open = (role: Role = SELF): void => {
  share.channel(true);
  share.receive({ type: 'role', ...role });
};
const hear = (n: number, state: string, more: Record<string, unknown> = {}): void => share.receive({ type: 'identity', n, how: 'card', state, ...more });
const prove = async (n: number, sig = 'AAAA'): Promise<void> => {
  hear(n, 'proof', { cert: 'AAAA', alg: 'ES256', sig });
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

beforeEach(() => {
  [clock, said, binding, answer, judged, earlier, trust] = [new HandClock(), [], HERE, GOOD, [], [], { kind: 'ready', trust: NOTHING }];
  share = make();
});

describe('asking', () => {
  test('only where the kiosk speaks of it', () => {
    expect(share.ask('card')).toBe(false);
    open();
    expect(share.ask('card')).toBe(true);
    expect(said).toEqual([{ type: 'identify', n: 1, how: 'card' }]);
  });
  test('eight at once, then one in 5 s', () => {
    open();
    for (let i = 0; i < 8; i++) expect(share.ask('card')).toBe(true);
    expect(share.ask('card')).toBe(false);
    clock.pass(5000);
    expect([share.ask('document'), share.ask('card')]).toEqual([true, false]);
    expect(said.at(-1)).toEqual({ type: 'identify', n: 9, how: 'document' });
  });
  test('what there is no trust for is not asked', () => {
    open();
    trust = { kind: 'none' };
    expect([share.ask('card'), share.ask('phone'), share.ask('document')]).toEqual([false, false, true]);
  });
  test('a kiosk that does not answer; again when the line is back', () => {
    open();
    share.ask('card');
    clock.pass(10_000);
    expect(share.stage).toBe('silent');
    share.channel(false);
    share.channel(true);
    expect(said).toHaveLength(2);
    expect(said[1]).toEqual(said[0]);
  });
  test('taken back: what comes late is not heard', async () => {
    open();
    share.ask('card');
    hear(1, 'pin');
    share.off();
    expect(said.at(-1)).toEqual({ type: 'identify-off', n: 1 });
    await prove(1);
    expect([share.stage, share.kept]).toEqual(['off', null]);
  });
});

describe('hearing', () => {
  test('states, and failures with tries', () => {
    open();
    share.ask('card');
    for (const state of ['asked', 'card', 'pin', 'working']) {
      hear(1, state);
      expect(share.stage).toBe(state);
    }
    hear(1, 'failed', { why: 'wrong-pin', tries: 3 });
    expect([share.stage, share.why, share.tries]).toEqual(['failed', 'wrong-pin', 3]);
    expect(reasonsOf(textsOf('en'), share)).toEqual(['The PIN was wrong.', '3 tries are left.']);
    hear(1, 'card');
    expect(share.going).toBe(true);
  });
  test('nothing that was not asked for', async () => {
    open();
    await prove(1);
    expect([share.stage, share.kept, judged.length]).toEqual(['none', null, 0]);
    share.ask('phone');
    await prove(1); // by card
    hear(2, 'declined');
    expect([share.stage, judged.length]).toEqual(['sent', 0]);
  });
  test('a proof that cannot be read', () => {
    open();
    share.ask('card');
    hear(1, 'proof', { cert: '!', alg: 'none', sig: 'AAAA' });
    expect(share.verdict).toMatchObject({ ok: false, faults: ['unreadable'] });
  });
  test('a good one: for this call', async () => {
    open(COMPANY);
    share.ask('card');
    await prove(1);
    expect(share.kept).toMatchObject({ ok: true, person: PERSON, role: COMPANY, at: NOW });
    expect([share.standing, identityState(share)]).toEqual(['now', 'verified']);
    expect(identitySaid(textsOf('en'), share)).toBe('Verified for this call: AINO KORHONEN');
    expect(judged[0]).toMatchObject({ binding: HERE, role: COMPANY });
  });
  test('without identity.json, with a wrong one, or while no line stands', async () => {
    open();
    share.ask('card');
    for (const [kind, fault] of [['none', 'not-set-up'], ['broken', 'set-up-broken']] as const) {
      trust = { kind };
      await prove(1);
      expect(share.verdict?.faults).toEqual([fault]);
    }
    [trust, binding] = [{ kind: 'ready', trust: NOTHING }, null];
    await prove(1);
    expect(share.verdict?.faults).toEqual(['no-connection']);
  });
  test('one that came before a newer request is not heard of', async () => {
    open();
    share.ask('card');
    hear(1, 'proof', { cert: 'AAAA', alg: 'ES256', sig: 'AAAA' });
    share.ask('card');
    for (let i = 0; i < 20; i++) await Promise.resolve();
    expect([share.stage, share.kept]).toEqual(['sent', null]);
  });
  test('more than forty are not judged', async () => {
    open();
    share.ask('card');
    answer = { faults: ['unfit'], person: null };
    for (let i = 0; i < 45; i++) await prove(1);
    expect(judged).toHaveLength(40);
    expect(share.verdict?.faults).toEqual(['too-many']);
  });
  test('nothing is kept after the call', async () => {
    open(COMPANY);
    share.ask('card');
    await prove(1);
    share.close();
    expect(JSON.stringify([share.role, share.kept, share.verdict])).toBe('[null,null,null]');
    open();
    hear(1, 'failed', { why: 'failed' });
    expect([share.role, share.stage]).toEqual([null, 'none']);
  });
});

describe('what a verdict holds for', () => {
  beforeEach(async () => {
    open();
    share.ask('card');
    await prove(1);
  });
  test('another role than the one that was signed', () => {
    share.receive({ type: 'role', ...COMPANY });
    expect([share.standing, identityState(share)]).toEqual(['other-role', 'other-role']);
    share.receive({ type: 'role', ...SELF });
    expect(share.standing).toBe('now');
  });
  test('a fresh connection: earlier in this call, also when the kiosk repeats it', async () => {
    share.channel(false);
    binding = FRESH;
    open();
    answer = { faults: ['earlier-connection'], person: null };
    await prove(1);
    expect([judged.length, share.standing, identityState(share)]).toEqual([1, 'earlier', 'earlier']);
    expect(earlier).toEqual([HERE, FRESH]);
  });
  test('a request that fails takes it away from nobody', async () => {
    share.ask('card');
    answer = { faults: ['unfit'], person: null };
    await prove(2, 'AAAB');
    expect([identityState(share), share.kept?.person?.name]).toEqual(['unverified', 'AINO KORHONEN']);
  });
});

describe('a page that was loaded again', () => {
  test('goes on above the number, and says that an old proof is not to be checked', async () => {
    share = make(4);
    answer = { faults: ['unfit'], person: null };
    open();
    await prove(5);
    expect([share.note(), identityState(share)]).toEqual([5, 'stale']);
    share.ask('card');
    expect(said.at(-1)).toEqual({ type: 'identify', n: 6, how: 'card' });
  });
  test('takes the repeated proof where it fits this connection', async () => {
    share = make(1);
    open();
    await prove(1);
    expect(identityState(share)).toBe('verified');
  });
  test('a document that another load has seen is seen by nobody', () => {
    share = make(1);
    open();
    share.receive({ type: 'identity', n: 1, how: 'document', state: 'proof' });
    expect([share.kept, identityState(share)]).toEqual([null, 'stale']);
  });
});

describe('a document', () => {
  const doc = (state: string): void => share.receive({ type: 'identity', n: 1, how: 'document', state });
  test('is seen when the expert says so, and never verified', () => {
    open();
    share.ask('document');
    doc('proof');
    expect(share.kept).toBeNull();
    doc('document');
    share.lookedAt();
    expect(said.at(-1)).toEqual({ type: 'identify-seen', n: 1 });
    doc('proof');
    expect([identityState(share), share.kept?.person]).toEqual(['seen', null]);
  });
  test('seen is said again where it was lost', () => {
    open();
    share.ask('document');
    doc('document');
    share.lookedAt();
    share.channel(false);
    open();
    doc('document');
    expect(said.filter((m) => m['type'] === 'identify-seen')).toHaveLength(2);
  });
});

test('a role is shown without what turns a line around', () => {
  expect(roleText(textsOf('en'), { role: 'person', name: 'A\u202eB\u2069', id: '' })).toBe('Acts for: \u2068AB\u2069');
});

test('how long the code of a telephone can still be used', () => {
  open();
  share.ask('phone');
  const tell = (more: Record<string, unknown>): void => share.receive({ type: 'identity', n: 1, how: 'phone', state: 'phone', ...more });
  tell({});
  expect(share.leftS).toBe(null); // an older kiosk
  tell({ left: 300 });
  expect(share.leftS).toBe(300);
  clock.pass(10_400);
  expect(share.leftS).toBe(290);
  tell({ left: 100 });
  expect(share.leftS).toBe(100);
  clock.pass(200_000);
  expect(share.leftS).toBe(0);
  tell({ left: 601 });
  expect(share.leftS).toBe(null);
  tell({ left: 5 });
  share.receive({ type: 'identity', n: 1, how: 'phone', state: 'working' });
  expect(share.leftS).toBe(null);
});

describe('an ID token', () => {
  const NONCE = 'n'.repeat(43);
  const [key, other, kiosk] = [newKey('P-256'), newKey('P-256'), newKey('P-256')];
  const rsa = newKey(2048);
  const jwk = { ...key.public.export({ format: 'jwk' }), kid: 'one' };
  const issuer: TokenIssuer = {
    issuer: 'https://id.example', client: 'luukku', name: { fi: 'Pankki', sv: 'Banken', en: 'Bank' },
    keys: { keys: [jwk as JsonWebKey, { ...rsa.public.export({ format: 'jwk' }), kid: 'two' } as JsonWebKey] }, nonce: true,
  };
  const at = NOW / 1000;
  const CLAIMS: JWTPayload = { nonce: NONCE, iss: issuer.issuer, aud: 'luukku', sub: 's', iat: at - 5, exp: at + 300, name: 'Aino Korhonen', 'urn:oid:1.2.246.22': '99900024D' };
  const make = (claims: JWTPayload, header: Record<string, unknown> = {}, by = key): Promise<string> => new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(by.secret);

  test('that is good', async () => {
    const person = { name: 'Aino Korhonen', id: '99900024D', kind: 'satu', issuer: issuer.name };
    expect(await judgeToken(await make(CLAIMS), [issuer], NOW, NONCE)).toEqual({ faults: [], person });
    expect(await judgeToken(await make({ ...CLAIMS, aud: ['luukku'], azp: 'luukku' }), [issuer], NOW, NONCE)).toMatchObject({ faults: [] });
    for (const alg of ['RS256', 'PS256']) expect(await judgeToken(await make(CLAIMS, { alg, kid: 'two' }, rsa), [issuer], NOW, NONCE)).toMatchObject({ faults: [] });
  });
  const cases: [string, string, () => Promise<string> | string][] = [
    ['of another issuer', 'token-issuer', () => make({ ...CLAIMS, iss: 'https://id.example/' })],
    ['for another service', 'token-audience', () => make({ ...CLAIMS, aud: 'other' })],
    ['for another service, too', 'token-audience', () => make({ ...CLAIMS, aud: ['luukku', 'other'] })],
    ['given to another service', 'token-audience', () => make({ ...CLAIMS, azp: 'other' })],
    ['of another call', 'token-nonce', () => make({ ...CLAIMS, nonce: 'm'.repeat(43) })],
    ['of no call', 'token-nonce', () => make(Object.fromEntries(Object.entries(CLAIMS).filter(([k]) => k !== 'nonce')))],
    ['that is over', 'token-expired', () => make({ ...CLAIMS, exp: at - 120 })],
    ['of an hour ago', 'token-old', () => make({ ...CLAIMS, iat: at - 3600 })],
    ['from the future', 'token-early', () => make({ ...CLAIMS, iat: at + 600, exp: at + 900 })],
    ['not valid yet', 'token-early', () => make({ ...CLAIMS, nbf: at + 600 })],
    ['without an end', 'token', () => make(Object.fromEntries(Object.entries(CLAIMS).filter(([k]) => k !== 'exp')))],
    ['without a name', 'token', () => make({ ...CLAIMS, name: '' })],
    ['with a name that turns around', 'token', () => make({ ...CLAIMS, name: 'A\u202eB' })],
    ['signed by somebody', 'token-signature', () => make(CLAIMS, {}, other)],
    ['by a key that nobody knows', 'token-key', () => make(CLAIMS, { kid: 'three' }, other)],
    ['without a signature', 'token-algorithm', () => new UnsecuredJWT(CLAIMS).encode()],
    ['sealed with the public key', 'token-algorithm', () => new SignJWT(CLAIMS).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(new Uint8Array(key.spki))],
    ['an access token', 'token', () => make(CLAIMS, { typ: 'at+jwt' })],
    ['a logout token', 'token', () => make({ ...CLAIMS, events: {} })],
    ['nonsense', 'token', () => 'a.b.c'],
  ];
  test.each(cases)('%s', async (_, fault, token) => expect(await judgeToken(await token(), [issuer], NOW, NONCE)).toEqual({ faults: [fault], person: null }));

  test('of an issuer that puts no nonce into it', async () => {
    const silent = { ...issuer, nonce: false };
    const { nonce: _, ...claims } = CLAIMS;
    expect((await judgeToken(await make(claims), [silent], NOW, NONCE)).faults).toEqual([]);
    expect((await judgeToken(await make({ ...CLAIMS, nonce: 'other' }), [silent], NOW, NONCE)).faults).toEqual(['token-nonce']);
  });

  test('is tied to the call by the kiosk\'s signature', async () => {
    const spki = await crypto.subtle.importKey('spki', Uint8Array.from(kiosk.spki), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
    const token = await make({ ...CLAIMS, nonce: await loginNonce(HERE) });
    const find = async (b: Binding, by = kiosk, kioskKey: CryptoKey | null = spki): Promise<string[]> => {
      const sig = Uint8Array.from(sign('sha256', await phoneText(b, SELF, token), { key: by.secret, dsaEncoding: 'ieee-p1363' }));
      const proof: Exclude<Proof, { how: 'document' }> = { how: 'phone', token, sig };
      return (await judge(proof, { binding: HERE, role: SELF, roles: [], earlier: [FRESH] }, { trust: { cas: [], crls: [], issuers: [issuer] }, kioskKey, now: NOW })).faults;
    };
    expect(await find(HERE)).toEqual([]);
    expect(await find(FRESH)).toEqual(['earlier-connection']); // the call is the same, and so is its nonce
    expect(await find(HERE, other)).toEqual(['unfit']);
    expect(await find(HERE, kiosk, null)).toEqual(['unfit']);
  });
});
