import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { OUTBOX_MAX, Outbox } from '../../src/call/outbox';
import { qualityOf, sampleOf } from '../../src/call/quality';
import { backoffMs } from '../../src/link/backoff';
import { publishPacket } from '../../src/link/packet';
import { Queue } from '../../src/state/queue';
import { base64url, random, unbase64url, utf8 } from '../../src/wire/bytes';
import { importVerifyKey, sealEnvelope, type Envelope } from '../../src/wire/envelope';
import { placeOf, type Place } from '../../src/wire/topics';

const { keys } = JSON.parse(readFileSync(new URL('../../../../tests/vectors/signal/envelopes.json', import.meta.url), 'utf8')) as { keys: Record<string, { pkcs8: string; spki: string }> };
const secret = await crypto.subtle.importKey('pkcs8', unbase64url(keys['kiosk']!.pkcs8)!, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
const key = await importVerifyKey(unbase64url(keys['kiosk']!.spki)!);
const T = { fi: 'a', sv: 'b', en: 'c' };

async function announce(queue: Queue, kiosk: string, sinceS: number, now: number, over: object = {}, signer: CryptoKey | null = key): Promise<void> {
  const body = JSON.stringify({ agency: 'kela', card: 'card-1', lang: 'fi', title: T, site: 's', since_s: sinceS, state: 'waiting', ...over });
  const e = await sealEnvelope({ type: 'announce', kiosk, expert: '', call: 'ab'.repeat(16), kn: base64url(random(16)), en: '', body }, secret);
  await queue.receive(placeOf(`call/kela/${kiosk}`) as Place & { kind: 'call' }, utf8(JSON.stringify(e)), () => signer, now);
}

describe('queue', () => {
  test('longest wait first, ties by name, forgotten after 6 s', async () => {
    const q = new Queue();
    await announce(q, 'bbb-1', 10, 1000);
    await announce(q, 'aaa-1', 10, 1000);
    await announce(q, 'ccc-1', 99, 3000);
    expect(q.list(3000).map((e) => e.kiosk)).toEqual(['ccc-1', 'aaa-1', 'bbb-1']);
    expect(q.list(7001).map((e) => e.kiosk)).toEqual(['ccc-1']);
    expect(q.list(9001)).toEqual([]);
  });
  test('gone is gone, of the same call only', async () => {
    const q = new Queue();
    await announce(q, 'aaa-1', 1, 0);
    await announce(q, 'aaa-1', 1, 0, { state: 'gone' });
    expect(q.list(0)).toEqual([]);
  });
  test('the waiting time never jumps back', async () => {
    const q = new Queue();
    await announce(q, 'aaa-1', 10, 20_000);
    await announce(q, 'aaa-1', 10, 21_900);
    expect(q.list(21_900)[0]!.since).toBe(10_000);
  });
  test('kiosks that prove nothing are named, not shown', async () => {
    const q = new Queue();
    await announce(q, 'aaa-1', 1, 0, {}, null);
    await announce(q, 'bbb-1', 1, 0, { agency: 'vero' });
    expect(q.list(0)).toEqual([]);
    expect(q.refused(0).map((r) => [r.kiosk, r.reason])).toEqual([['aaa-1', 'revoked'], ['bbb-1', 'names']]);
    expect(q.refused(6001)).toEqual([]);
  });
});

test('the outbox holds 64', () => {
  let published = 0;
  const box = new Outbox({ now: () => 0, after: () => () => undefined }, () => { published += 1; }, () => undefined);
  const e = (i: number): Envelope => ({ sig: String(i), type: 'candidate' } as Envelope);
  for (let i = 0; i < OUTBOX_MAX; i += 1) expect(box.send(e(i))).toBe(true);
  expect(box.send(e(64))).toBe(false);
  box.flush();
  expect(published).toBe(128);
  box.drop('candidate');
  expect(box.size).toBe(0);
});

test('topics', () => {
  expect(placeOf('k/kuopio-02/up/maija')).toEqual({ kind: 'up', kiosk: 'kuopio-02', expert: 'maija' });
  expect(placeOf('call/kela/kuopio-02')).toEqual({ kind: 'call', agency: 'kela', kiosk: 'kuopio-02' });
  for (const bad of ['', 'k', 'k/kuopio-02/up', 'k/Kuopio/up/maija', 'k/kuopio-02/side/maija', 'call/kela/kuopio-02/x', 'k/ab/up/maija', 'call/+/kuopio-02']) expect(placeOf(bad)).toBeNull();
});

test('back-off has full jitter and a ceiling', () => {
  expect([0, 1, 5, 6, 50].map((n) => backoffMs(n, 1))).toEqual([1000, 2000, 32_000, 60_000, 60_000]);
  expect(backoffMs(9, 0)).toBe(100);
});

test('a PUBLISH packet', () => {
  expect([...publishPacket('a/b', 'hi')]).toEqual([0x30, 7, 0, 3, 97, 47, 98, 104, 105]);
  const long = publishPacket('abc', 'x'.repeat(200));
  expect([...long.subarray(0, 5)]).toEqual([0x30, 0xcd, 0x01, 0, 3]);
  expect(long.length).toBe(3 + 2 + 3 + 200);
});

test('statistics become words', () => {
  const rows = (lost: number, received: number, rtt: number, fps: number) => sampleOf([
    { type: 'candidate-pair', nominated: true, currentRoundTripTime: rtt, bytesReceived: 10 },
    { type: 'inbound-rtp', kind: 'video', packetsReceived: received, packetsLost: lost, framesPerSecond: fps, frameWidth: 640, frameHeight: 480 },
  ]);
  expect(qualityOf(null, rows(0, 100, 0.02, 30))).toEqual({ grade: 'good', rttMs: 20, lossPercent: 0, fps: 30 });
  expect(qualityOf(rows(0, 100, 0.02, 30), rows(5, 195, 0.02, 30)).grade).toBe('fair');
  expect(qualityOf(null, rows(0, 100, 0.6, 30)).grade).toBe('poor');
  expect(qualityOf(null, rows(0, 100, 0.02, 5)).grade).toBe('poor');
  expect(qualityOf(null, rows(0, 100, 0.02, 5), false).grade).toBe('good');
});
