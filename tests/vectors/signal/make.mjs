#!/usr/bin/env node
// make.mjs - writes envelopes.json and keyfile.json, the vectors of firmware/signal/PROTOCOL.md. Node's crypto only.
// Keys are fixed; signatures are not deterministic, so run it only when the protocol changes.
import { createECDH, createHash, createPrivateKey, createPublicKey, sign, pbkdf2Sync, hkdfSync, createCipheriv } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificate, revocationList } from './der.mjs';

const b64 = (bytes) => Buffer.from(bytes).toString('base64url');
const sha256 = (text) => createHash('sha256').update(text, 'utf8').digest();
const here = (file) => join(import.meta.dirname, file);

/** A P-256 key pair whose secret is the hash of its label. */
function keyPair(label) {
  const d = sha256(`luukku vectors ${label}`);
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(d);
  const pub = ecdh.getPublicKey();
  const jwk = { kty: 'EC', crv: 'P-256', d: b64(d), x: b64(pub.subarray(1, 33)), y: b64(pub.subarray(33)) };
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  return {
    private: key, pkcs8: key.export({ type: 'pkcs8', format: 'der' }),
    spki: createPublicKey(key).export({ type: 'spki', format: 'der' }),
  };
}

const K = Object.fromEntries(['kiosk', 'other-kiosk', 'expert', 'kela-ca', 'vero-ca', 'stray-ca'].map((n) => [n, keyPair(n)]));
const CALL = '0123456789abcdef0123456789abcdef', KN = b64(sha256('kn').subarray(0, 16)), EN = b64(sha256('en').subarray(0, 16));
const OLD = b64(sha256('old nonce').subarray(0, 16));
const KIOSK = 'kuopio-02', EXPERT = 'maija-virtanen', AGENCY = 'kela';
const UP = `k/${KIOSK}/up/${EXPERT}`, DOWN = `k/${KIOSK}/down/${EXPERT}`, ANNOUNCE = `call/${AGENCY}/${KIOSK}`;
// The same bytes for a lenient decoder: the last character's unused bits are not zero.
const loose = (text) => text.slice(0, -1) + { A: 'B', Q: 'R', g: 'h', w: 'x' }[text.at(-1)];
const NOW = '2026-11-21T12:00:00.000Z';

const canonical = (e) => [e.v, e.type, e.kiosk, e.expert, e.call, e.kn, e.en, sha256(e.body).toString('hex')].join('\n');
const signature = (text, key) => b64(sign('sha256', Buffer.from(text), { key: K[key].private, dsaEncoding: 'ieee-p1363' }));

/** A signed envelope; `over` replaces members before signing, `after` behind the signature's back. */
function seal(type, body, key, over = {}, after = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const e = { v: 'luukku-1', type, kiosk: KIOSK, expert: EXPERT, call: CALL, kn: KN, en: EN, body: text, ...over };
  const lines = canonical(e);
  return { e: { ...e, sig: signature(lines, key), ...after }, lines };
}

// --- certificates ------------------------------------------------------------------------------------------------
const SIGNATURE = 0x80, CERT_SIGN = 0x06;
const from = new Date('2026-01-01T00:00:00Z'), to = new Date('2036-01-01T00:00:00Z');
const authority = (key, o) => {
  const name = { O: o, CN: `${o} CA` };
  const self = { name, private: K[key].private, spki: K[key].spki };
  return { ...self, der: certificate({ serial: 1, subject: name, spki: self.spki, issuer: self, from, to, usage: CERT_SIGN, ca: true }) };
};
const CA = { kela: authority('kela-ca', 'Kela'), vero: authority('vero-ca', 'Vero'), stray: authority('stray-ca', 'Kela') };
const expertCert = (over = {}) => certificate({
  serial: 2, subject: { UID: EXPERT, CN: 'Maija Virtanen' }, spki: K.expert.spki, issuer: CA.kela, from, to, usage: SIGNATURE, ...over,
});
const CERT = {
  good: expertCert(),
  expired: expertCert({ serial: 3, to: new Date('2026-02-01T00:00:00Z') }),
  future: expertCert({ serial: 4, from: new Date('2030-01-01T00:00:00Z') }),
  usage: expertCert({ serial: 5, usage: 0x08 }),
  uid: expertCert({ serial: 6, subject: { UID: 'juha-niemi', CN: 'Maija Virtanen' } }),
  noUid: expertCert({ serial: 7, subject: { CN: 'Maija Virtanen' } }),
  vero: expertCert({ issuer: CA.vero }),
  stray: expertCert({ issuer: CA.stray }),
  revoked: expertCert({ serial: 9 }),
  otherKey: expertCert({ serial: 10, spki: K['other-kiosk'].spki }),
};
const forged = Buffer.from(CERT.good); forged[forged.length - 1] ^= 1;

// --- session descriptions ------------------------------------------------------------------------------------------
const print = (label) => sha256(`certificate of ${label}`).toString('hex').toUpperCase().match(/../g).join(':');
const PRINT = `a=fingerprint:sha-256 ${print('kiosk')}`;
const mediaLines = (kind, mid, prints, setup) => [
  `m=${kind} 9 UDP/TLS/RTP/SAVPF ${kind === 'audio' ? 111 : 96}`, 'c=IN IP4 0.0.0.0', 'a=rtcp-mux', 'a=ice-ufrag:abcd',
  'a=ice-pwd:0123456789012345678901', ...prints, `a=setup:${setup}`, `a=mid:${mid}`, 'a=sendrecv',
  kind === 'audio' ? 'a=rtpmap:111 opus/48000/2' : 'a=rtpmap:96 VP8/90000',
];
function sdp({ version = 1, session = '4611686018427387904', prints = [[PRINT], [PRINT]], global = [], setup = 'actpass' } = {}) {
  return ['v=0', `o=- ${session} ${version} IN IP4 127.0.0.1`, 's=-', 't=0 0', ...global, 'a=group:BUNDLE 0 1',
    ...mediaLines('audio', '0', prints[0], setup), ...mediaLines('video', '1', prints[1], setup), ''].join('\r\n');
}
const answer = (version) => sdp({ version: 2, setup: 'active', global: [`a=x-luukku-offer:${version}`] });

// --- cases -----------------------------------------------------------------------------------------------------------
const announceBody = {
  agency: AGENCY, card: 'vanhempainpaivaraha', lang: 'fi', since_s: 12, state: 'waiting',
  title: { fi: 'Vanhempainpäiväraha', sv: 'Föräldradagpenning', en: 'Parental allowance' }, site: 'Yhteispalvelupiste, Kuopio',
};
const HELD = { call: CALL, kn: KN, en: EN, offer: 0 };
const cases = [];

/** One case. `stage` is where the fault lies: in the envelope, in the body, or in a claim's certificate. */
function put(name, receiver, topic, payload, verdict, extra = {}) {
  const held = { ...HELD, ...(extra.held ?? {}) };
  const text = Buffer.isBuffer(payload) ? { payload_b64: b64(payload) } : { payload };
  cases.push({ name, receiver, topic, signer: extra.signer ?? (receiver === 'expert' ? 'kiosk' : 'expert'), held, ...text,
    ...(extra.canonical ? { canonical: extra.canonical } : {}), stage: extra.stage ?? 'envelope', verdict });
}
const valid = (name, receiver, topic, type, body, extra = {}) => {
  const { e, lines } = seal(type, body, receiver === 'expert' ? 'kiosk' : 'expert', extra.over);
  put(name, receiver, topic, JSON.stringify(e), extra.verdict ?? 'ok', { canonical: lines, ...extra });
};
const atExpert = (name, type, body, extra) => valid(name, 'expert', UP, type, body, extra);
const atKiosk = (name, type, body, extra) => valid(name, 'kiosk', DOWN, type, body, extra);
const body = (verdict, extra = {}) => ({ stage: 'body', verdict, ...extra });

// Valid ones, every type in every direction.
const silent = { over: { expert: '', en: '' }, held: { call: null, kn: null, en: '' } };
valid('announce', 'expert', ANNOUNCE, 'announce', announceBody, silent);
valid('announce-gone', 'expert', ANNOUNCE, 'announce', { ...announceBody, state: 'gone' }, silent);
valid('announce-further-member', 'expert', ANNOUNCE, 'announce', { ...announceBody, needs: ['captions'] }, silent);
atExpert('grant', 'grant', { n: 1, agency: AGENCY, card: announceBody.card, lang: 'fi' });
atExpert('refuse-taken', 'refuse', { why: 'taken' });
atExpert('offer-first', 'offer', sdp());
atExpert('offer-session-level-fingerprint', 'offer', sdp({ global: [PRINT], prints: [[], []] }));
atExpert('offer-restart', 'offer', sdp({ version: 4 }), { held: { offer: 3 } });
atExpert('offer-lower-case-fingerprint', 'offer', sdp({ prints: [[PRINT.toLowerCase()], [PRINT]] }));
const CAND = { n: 2, offer: 1, mid: '0', candidate: 'candidate:1 1 udp 2130706431 192.0.2.7 50000 typ host' };
atExpert('candidate', 'candidate', CAND, { held: { offer: 1 } });
atExpert('candidate-end', 'candidate', { ...CAND, candidate: '' }, { held: { offer: 1 } });
atExpert('bye-ended', 'bye', { n: 3, why: 'ended' });
atExpert('ack', 'ack', { of: signature('anything', 'expert') });
const FRESH = { held: { en: null } };
atKiosk('claim', 'claim', { cert: CERT.good.toString('base64') }, FRESH);
atKiosk('claim-resume', 'claim', { cert: CERT.good.toString('base64'), resume: OLD }, FRESH);
atKiosk('answer', 'answer', answer(3), { held: { offer: 3 } });
atKiosk('candidate-down', 'candidate', { ...CAND, n: 1 }, { held: { offer: 1 } });
for (const why of ['ended', 'left', 'silent', 'failed']) atKiosk(`bye-down-${why}`, 'bye', { n: 2, why });
atKiosk('ack-down', 'ack', { of: signature('anything', 'kiosk') });

// Size and shape.
const grant = seal('grant', { n: 1, agency: AGENCY, card: announceBody.card, lang: 'fi' }, 'kiosk').e;
const grantText = JSON.stringify(grant);
const broken = (name, payload, verdict, extra) => put(name, 'expert', UP, payload, verdict, extra);
const fill = (size) => {
  const pad = (n) => JSON.stringify(seal('grant', { n: 1, agency: AGENCY, card: announceBody.card, lang: 'fi', pad: 'x'.repeat(n) }, 'kiosk').e);
  return pad(size - Buffer.byteLength(pad(0)));
};
broken('size-at-limit', fill(24576), 'ok');
broken('size-over-limit', fill(24577), 'oversized');
broken('empty-payload', '', 'malformed');
broken('not-json', 'luukku-1', 'malformed');
broken('truncated', grantText.slice(0, -1), 'malformed');
broken('trailing-bytes', `${grantText}x`, 'malformed');
broken('byte-order-mark', `\ufeff${grantText}`, 'malformed');
broken('array', `[${grantText}]`, 'malformed');
broken('nested-deep', '['.repeat(4000), 'malformed');
broken('member-missing', JSON.stringify({ ...grant, en: undefined }), 'malformed');
broken('member-too-many', JSON.stringify({ ...grant, extra: '' }), 'malformed');
broken('member-not-string', JSON.stringify({ ...grant, body: { n: 1 } }), 'malformed');
broken('member-twice', `${grantText.slice(0, -1)},"body":"{}"}`, 'malformed');
broken('nul-in-string', JSON.stringify({ ...grant, body: 'a\0b' }), 'malformed');
broken('lone-surrogate', grantText.replace('"body":"', '"body":"\\ud800'), 'malformed');
broken('invalid-utf8', Buffer.concat([Buffer.from(grantText.slice(0, -2)), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]), 'malformed');
put('spaces-and-escapes', 'expert', UP, JSON.stringify(grant, null, 2).replace('"luukku-1"', '"\\u006cuukku-1"'), 'ok');

// Version, type, names, call, nonces, signature: one fault each, and signed as sent unless the signature is the fault.
const odd = (name, verdict, over, extra = {}) => atExpert(name, 'grant', { n: 1, agency: AGENCY, card: 'x-y', lang: 'fi' }, { verdict, over, ...extra });
odd('version-other', 'version', { v: 'luukku-2' });
odd('type-unknown', 'type', { type: 'hello' });
odd('type-wrong-direction', 'type', { type: 'claim' });
odd('type-on-call-topic', 'type', {}, { held: {} });
Object.assign(cases.at(-1), { topic: ANNOUNCE });
odd('kiosk-not-topics', 'names', { kiosk: 'kuopio-03' });
odd('expert-not-topics', 'names', { expert: 'juha-niemi' });
odd('kiosk-bad-name', 'names', { kiosk: 'Kuopio 02' });
valid('announce-names-expert', 'expert', ANNOUNCE, 'announce', announceBody, { ...silent, over: { en: '' }, verdict: 'names' });
odd('call-other', 'call', { call: 'f'.repeat(32) });
odd('call-upper-case', 'call', { call: CALL.toUpperCase() });
odd('call-short', 'call', { call: CALL.slice(1) });
odd('kiosk-nonce-other', 'nonce', { kn: OLD });
odd('expert-nonce-other', 'nonce', { en: OLD });
odd('expert-nonce-empty', 'nonce', { en: '' });
odd('nonce-short', 'nonce', { kn: KN.slice(1) });
odd('nonce-loose-bits', 'nonce', { kn: loose(KN) });
atKiosk('claim-kiosk-nonce-other', 'claim', { cert: CERT.good.toString('base64') }, { ...FRESH, over: { kn: OLD }, verdict: 'nonce' });
broken('signature-of-other-kiosk', JSON.stringify(seal('grant', grant.body, 'other-kiosk').e), 'signature');
broken('signature-body-changed', JSON.stringify({ ...grant, body: grant.body.replace('"fi"', '"sv"') }), 'signature');
broken('signature-type-changed', JSON.stringify({ ...grant, type: 'bye' }), 'signature');
broken('signature-empty', JSON.stringify({ ...grant, sig: '' }), 'signature');
broken('signature-short', JSON.stringify({ ...grant, sig: grant.sig.slice(0, 80) }), 'signature');
broken('signature-zero', JSON.stringify({ ...grant, sig: 'A'.repeat(86) }), 'signature');
broken('signature-loose-bits', JSON.stringify({ ...grant, sig: loose(grant.sig) }), 'signature');
broken('signature-standard-base64', JSON.stringify({ ...grant, sig: `${grant.sig.slice(0, 84)}+/` }), 'signature');
broken('signature-der', JSON.stringify({ ...grant, sig: b64(sign('sha256', Buffer.from(canonical(grant)), K.kiosk.private)) }), 'signature');

// Bodies.
atExpert('body-not-json', 'grant', 'granted', body('malformed'));
atExpert('body-member-missing', 'grant', { n: 1, agency: AGENCY }, body('malformed'));
atExpert('body-n-zero', 'bye', { n: 0, why: 'ended' }, body('malformed'));
atExpert('body-n-fraction', 'bye', { n: 1.5, why: 'ended' }, body('malformed'));
atExpert('body-n-huge', 'bye', { n: 2147483648, why: 'ended' }, body('malformed'));
atExpert('body-bye-why-unknown', 'bye', { n: 1, why: 'bored' }, body('malformed'));
atExpert('body-refuse-why-unknown', 'refuse', { why: 'because' }, body('malformed'));
atExpert('body-ack-not-signature', 'ack', { of: 'abc' }, body('malformed'));
valid('announce-other-agency', 'expert', ANNOUNCE, 'announce', { ...announceBody, agency: 'vero' }, { ...silent, ...body('names') });
valid('announce-since-negative', 'expert', ANNOUNCE, 'announce', { ...announceBody, since_s: -1 }, { ...silent, ...body('malformed') });
valid('announce-no-title', 'expert', ANNOUNCE, 'announce', { ...announceBody, title: { fi: 'x' } }, { ...silent, ...body('malformed') });
atExpert('candidate-old-offer', 'candidate', CAND, body('order', { held: { offer: 2 } }));
atExpert('candidate-future-offer', 'candidate', { ...CAND, offer: 3 }, body('order', { held: { offer: 2 } }));
atExpert('candidate-not-one', 'candidate', { ...CAND, candidate: 'a=crypto:1' }, body('malformed', { held: { offer: 1 } }));
atExpert('candidate-line-break', 'candidate', { ...CAND, candidate: `${CAND.candidate}\r\na=x` }, body('malformed', { held: { offer: 1 } }));
const lies = (name, prints, global = []) => atExpert(name, 'offer', sdp({ prints, global }), body('fingerprint'));
const OTHER = `a=fingerprint:sha-256 ${print('another')}`;
lies('offer-no-fingerprint', [[], []]);
lies('offer-one-medium-without', [[PRINT], []]);
lies('offer-two-fingerprints', [[PRINT], [OTHER]]);
lies('offer-second-in-medium', [[PRINT, OTHER], [PRINT]]);
lies('offer-session-against-medium', [[PRINT], [PRINT]], [OTHER]);
lies('offer-sha1', [['a=fingerprint:sha-1 ' + print('kiosk').slice(0, 59)], [PRINT]]);
lies('offer-fingerprint-short', [[PRINT.slice(0, -3)], [PRINT.slice(0, -3)]]);
atExpert('offer-version-same', 'offer', sdp({ version: 3 }), body('order', { held: { offer: 3 } }));
atExpert('offer-version-lower', 'offer', sdp({ version: 2, session: '77' }), body('order', { held: { offer: 3 } }));
atExpert('offer-not-sdp', 'offer', 'hello', body('malformed'));
atExpert('offer-version-not-number', 'offer', sdp({ version: 'x' }), body('malformed'));
atExpert('offer-no-media', 'offer', 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n', body('malformed'));
atKiosk('answer-old', 'answer', answer(2), body('order', { held: { offer: 3 } }));
atKiosk('answer-without-version', 'answer', sdp({ version: 2, setup: 'active' }), body('order', { held: { offer: 3 } }));
atKiosk('answer-two-fingerprints', 'answer', answer(3).replace(PRINT, OTHER), body('fingerprint', { held: { offer: 3 } }));

// Certificates of claims. `ca` and `crl` below are what the kiosk is configured with; the time is `now`.
const claims = (name, verdict, der, over = {}) => atKiosk(name, 'claim', { cert: der.toString('base64') }, { ...FRESH, stage: 'certificate', verdict, ...over });
claims('claim-certificate-garbage', 'certificate', Buffer.from('not a certificate'));
claims('claim-certificate-empty', 'certificate', Buffer.alloc(0));
claims('claim-certificate-forged', 'certificate', forged);
claims('claim-certificate-expired', 'certificate', CERT.expired);
claims('claim-certificate-not-yet', 'certificate', CERT.future);
claims('claim-certificate-usage', 'certificate', CERT.usage);
claims('claim-certificate-other-user', 'certificate', CERT.uid);
claims('claim-certificate-no-user', 'certificate', CERT.noUid);
claims('claim-certificate-stray-ca', 'certificate', CERT.stray);
claims('claim-certificate-other-agency', 'agency', CERT.vero);
claims('claim-certificate-revoked', 'revoked', CERT.revoked);
atKiosk('claim-certificate-other-key', 'claim', { cert: CERT.otherKey.toString('base64') }, { ...FRESH, signer: 'other-kiosk', verdict: 'signature' });
atKiosk('claim-no-certificate', 'claim', {}, { ...FRESH, ...body('malformed') });
atKiosk('claim-resume-not-nonce', 'claim', { cert: CERT.good.toString('base64'), resume: 'abc' }, { ...FRESH, ...body('malformed') });

const crl = (ca, serials) => b64(revocationList({ issuer: CA[ca], serials, from, to, number: 1 }));
const keys = Object.fromEntries(Object.entries(K).map(([n, k]) => [n, { pkcs8: b64(k.pkcs8), spki: b64(k.spki) }]));
writeFileSync(here('envelopes.json'), `${JSON.stringify({
  about: 'Vectors of firmware/signal/PROTOCOL.md, written by make.mjs; README.md says how to read them. Keys are for tests only.',
  keys, agency: AGENCY, now: NOW,
  ca: { kela: b64(CA.kela.der), vero: b64(CA.vero.der) }, crl: { kela: crl('kela', [9]), vero: crl('vero', []) },
  cases,
}, null, 1)}\n`);

// --- key files -------------------------------------------------------------------------------------------------------
function keyFile(password, iterations) {
  const salt = sha256('salt').subarray(0, 16), iv = sha256('iv').subarray(0, 12);
  const root = pbkdf2Sync(password.normalize('NFC'), salt, iterations, 32, 'sha256');
  const derive = (info) => Buffer.from(hkdfSync('sha256', root, Buffer.alloc(0), info, 32));
  const cipher = createCipheriv('aes-256-gcm', derive('luukku key file'), iv);
  cipher.setAAD(Buffer.from(EXPERT));
  const data = Buffer.concat([cipher.update(K.expert.pkcs8), cipher.final(), cipher.getAuthTag()]);
  return {
    password, wrong: `${password} `, mqtt_password: b64(derive('luukku broker')), pkcs8: b64(K.expert.pkcs8), spki: b64(K.expert.spki),
    file: { v: 1, user: EXPERT, name: 'Maija Virtanen', agency: AGENCY, kdf: 'PBKDF2-SHA256', iterations, salt: b64(salt), iv: b64(iv), data: b64(data), cert: b64(CERT.good) },
  };
}
writeFileSync(here('keyfile.json'), `${JSON.stringify({
  about: 'Key files of PROTOCOL.md. The second password is the first in decomposed form: NFC makes them one.',
  cases: [keyFile('Pöytä on väärällä puolella', 600000), keyFile('Pöytä on väärällä puolella'.normalize('NFD'), 600000)],
}, null, 1)}\n`);
console.log(`${cases.length} envelopes`);
