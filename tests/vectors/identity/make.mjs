#!/usr/bin/env node
// make.mjs - writes challenges.json, the vectors of "Identity" in firmware/signal/PROTOCOL.md. Node's crypto only.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const sha = (name, bytes) => createHash(name).update(bytes).digest();
const b64 = (bytes) => Buffer.from(bytes).toString('base64url');
const nonce = (label) => b64(sha('sha256', label).subarray(0, 16));

const BINDING = {
  kiosk: 'kuopio-02', expert: 'maija-virtanen', call: '0123456789abcdef0123456789abcdef', kn: nonce('kn'), en: nonce('en'),
  kioskPrint: sha('sha256', 'kiosk').toString('hex'), pagePrint: sha('sha256', 'page').toString('hex'),
};
const SELF = { role: 'self', name: '', id: '' };

const lines = (how, b, a) => [
  'luukku-identity-1', how, b.kiosk, b.expert, b.call, b.kn, b.en, b.kioskPrint, b.pagePrint, 'identify', a.role, a.name, a.id,
].join('\n');

/** One challenge; of a phone with its token's line, too. */
function challenge(title, how, over = {}, acting = SELF, token) {
  const binding = { ...BINDING, ...over };
  const text = lines(how, binding, acting);
  const digest = sha('sha256', Buffer.from(text));
  const card = Buffer.concat([Buffer.from('luukku-identify-1\nidentify\n'), digest]);
  const nonce = b64(sha('sha256', ['luukku-login-1', binding.kiosk, binding.expert, binding.call, binding.kn, binding.en].join('\n')));
  const tokenHash = token && sha('sha256', token).toString('hex');
  return {
    title, how, binding, acting, lines: text, challenge: digest.toString('hex'), nonce,
    ...(how === 'card' ? { cardSha256: sha('sha256', card).toString('hex'), cardSha384: sha('sha384', card).toString('hex') } : {}),
    ...(token ? { token, tokenLines: `${text}\n${tokenHash}` } : {}),
  };
}

const challenges = [
  challenge('a card', 'card'),
  challenge('the same, the fingerprints swapped', 'card', { kioskPrint: BINDING.pagePrint, pagePrint: BINDING.kioskPrint }),
  challenge('another call', 'card', { call: 'f'.repeat(32) }),
  challenge('a page that was loaded again', 'card', { en: nonce('another') }),
  challenge('another expert', 'card', { expert: 'ville-virtanen' }),
  challenge('for a child', 'card', {}, { role: 'person', name: 'Aino Ylönen', id: '010115A901K' }),
  challenge('for a company', 'card', {}, { role: 'company', name: 'Sähkö & "Valo" Oy', id: '1234567-1' }),
  challenge('a telephone', 'phone', {}, SELF, 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'),
  challenge('a document', 'document', {}, { role: 'person', name: 'x'.repeat(128), id: '' }),
];

// What stands in no line: it could be read in two ways, or be hidden.
const badActing = [
  { role: 'self', name: 'Aino', id: '' }, { role: 'self', name: '', id: '1' }, { role: 'person', name: '', id: '010115A901K' },
  ...['\n', '\r', '\t', '\u0000', '\u007f', '\u0085', '\u2028', '\u2029'].map((c) => ({ role: 'company', name: `a${c}b`, id: '' })),
  { role: 'company', name: 'a', id: '1\n2' }, { role: 'company', name: 'x'.repeat(129), id: '' }, { role: 'company', name: 'a', id: '1'.repeat(33) },
];

const ask = (o) => JSON.stringify(o);
const asks = [
  { text: ask({ type: 'identify', n: 1, how: 'card' }), kind: 'identify', n: 1, how: 'card' },
  { text: ask({ type: 'identify', n: 2147483647, how: 'phone', more: [1] }), kind: 'identify', n: 2147483647, how: 'phone' },
  { text: ask({ how: 'document', n: 3, type: 'identify' }), kind: 'identify', n: 3, how: 'document' },
  { text: ask({ type: 'identify-off', n: 3 }), kind: 'identify-off', n: 3 },
  { text: ask({ type: 'identify-seen', n: 4 }), kind: 'identify-seen', n: 4 },
  ...['state', 'bye', 'role', 'identity', 'identify ', ''].map((type) => ({ text: ask({ type, n: 1, how: 'card' }), error: 'other' })),
  ...[
    '', '{}', '[]', 'null', '{"type":"identify"', '{"type":"identify","n":1}', '{"type":"identify","n":1,"how":"pin"}', '{"type":1,"n":1,"how":"card"}',
    '{"type":"identify","n":0,"how":"card"}', '{"type":"identify","n":-1,"how":"card"}', '{"type":"identify","n":2147483648,"how":"card"}',
    '{"type":"identify","n":1.0,"how":"card"}', '{"type":"identify","n":"1","how":"card"}', '{"type":"identify","n":1,"n":2,"how":"card"}',
    '{"type":"identify","n":1,"how":"card"}x', '{"type":"identify-off"}', '{"type":"identify-seen","n":true}', `{"type":"identify","n":1,"how":"card","x":${'['.repeat(9)}${']'.repeat(9)}}`,
    '{"type":"identify","n":99999999999999999999999,"how":"card"}',
  ].map((text) => ({ text, error: 'malformed' })),
  { text: `{"type":"identify","n":1,"how":"card","x":"${'x'.repeat(1024)}"}`, error: 'too-large' },
];

writeFileSync(join(import.meta.dirname, 'challenges.json'), `${JSON.stringify({ challenges, badActing, asks }, null, 1)}\n`);
