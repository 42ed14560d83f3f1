// Replays tests/vectors/signal, which the kiosk's code replays too.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readAck, readAnnounce, readAnswer, readBye, readCandidate, readClaim, readGrant, readOffer, readRefuse } from '../../src/wire/body';
import { unbase64url, utf8, type Bytes } from '../../src/wire/bytes';
import { canonicalLines, importVerifyKey, openEnvelope, sealEnvelope, type Envelope } from '../../src/wire/envelope';
import { openKeyFile, readKeyFile } from '../../src/wire/keyfile';
import { Refused } from '../../src/wire/reason';
import { placeOf } from '../../src/wire/topics';

interface Case {
  name: string; topic: string; payload?: string; payload_b64?: string; signer: string; canonical?: string;
  held: { call: string | null; kn: string | null; en: string | null; offer: number };
  stage: 'envelope' | 'body' | 'certificate'; verdict: string;
}
const load = (file: string) => JSON.parse(readFileSync(new URL(`../../../../tests/vectors/signal/${file}`, import.meta.url), 'utf8'));
const vectors = load('envelopes.json') as { keys: Record<string, { pkcs8: string; spki: string }>; cases: Case[] };
const keys = load('keyfile.json') as { cases: { password: string; wrong: string; mqtt_password: string; spki: string; file: { user: string } }[] };
const bytes = (text: string): Bytes => unbase64url(text)!;

function readBody(e: Envelope, c: Case): unknown {
  switch (e.type) {
    case 'announce': return readAnnounce(e.body, c.topic.split('/')[1]!);
    case 'grant': return readGrant(e.body);
    case 'refuse': return readRefuse(e.body);
    case 'offer': return readOffer(e.body, c.held.offer);
    case 'answer': return readAnswer(e.body, c.held.offer);
    case 'candidate': return readCandidate(e.body, c.held.offer);
    case 'bye': return readBye(e.body);
    case 'ack': return readAck(e.body);
    default: return readClaim(e.body);
  }
}

const verdict = async (judge: () => unknown): Promise<string> => {
  try {
    await judge();
    return 'ok';
  } catch (error) {
    if (error instanceof Refused) return error.reason;
    throw error;
  }
};

describe('envelopes', () => {
  test.each(vectors.cases)('$name: $verdict', async (c) => {
    const key = await importVerifyKey(bytes(vectors.keys[c.signer]!.spki));
    const payload = c.payload === undefined ? bytes(c.payload_b64!) : utf8(c.payload);
    let e: Envelope | undefined;
    const outer = await verdict(async () => { e = await openEnvelope(placeOf(c.topic)!, payload, c.held, () => key); });
    expect(outer).toBe(c.stage === 'envelope' ? c.verdict : 'ok');
    if (e === undefined) return;
    if (c.canonical !== undefined) expect(await canonicalLines(e)).toBe(c.canonical);
    expect(await verdict(() => readBody(e!, c))).toBe(c.stage === 'body' ? c.verdict : 'ok');
  });

  test('a kiosk outside the fleet is revoked', async () => {
    const c = vectors.cases.find((x) => x.name === 'grant')!;
    expect(await verdict(() => openEnvelope(placeOf(c.topic)!, utf8(c.payload!), c.held, () => null))).toBe('revoked');
  });

  test('what is sealed opens, and nothing else does', async () => {
    const pair = vectors.keys['kiosk']!;
    const secret = await crypto.subtle.importKey('pkcs8', bytes(pair.pkcs8), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
    const key = await importVerifyKey(bytes(pair.spki));
    const c = vectors.cases.find((x) => x.name === 'grant')!;
    const whole = JSON.parse(c.payload!) as Envelope;
    const sealed = await sealEnvelope({ ...whole, body: 'Ärrän kierrän 🦌' }, secret);
    const open = (e: Envelope) => verdict(() => openEnvelope(placeOf(c.topic)!, utf8(JSON.stringify(e)), c.held, () => key));
    expect(await open(sealed)).toBe('ok');
    expect(await open({ ...sealed, body: `${sealed.body} ` })).toBe('signature');
  });
});

describe('key files', () => {
  test.each(keys.cases)('opens with its password alone', async (k) => {
    const file = readKeyFile(k.file, k.file.user);
    const opened = await openKeyFile(file, k.password);
    expect(opened.brokerPassword).toBe(k.mqtt_password);
    expect(opened.key.extractable).toBe(false);
    const sig = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, opened.key, utf8('x'));
    expect(await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, await importVerifyKey(bytes(k.spki)), sig, utf8('x'))).toBe(true);
    await expect(openKeyFile(file, k.wrong)).rejects.toThrow();
    await expect(openKeyFile({ ...file, user: 'someone-else' }, k.password)).rejects.toThrow();
  });

  test.each([
    ['another user', { user: 'juha-niemi' }], ['few rounds', { iterations: 1000 }], ['endless rounds', { iterations: 1e9 }],
    ['short iv', { iv: 'AAAA' }], ['no certificate', { cert: '' }], ['another version', { v: 2 }], ['a bad agency', { agency: 'K/#' }],
  ])('refuses %s', (_what, over) => {
    expect(() => readKeyFile({ ...keys.cases[0]!.file, ...over }, keys.cases[0]!.file.user)).toThrow();
  });
});
