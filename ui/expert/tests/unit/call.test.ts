// The call's logic against a kiosk that is played by hand: real signatures, a clock that stands still until it is moved.
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Call, type CallDeps } from '../../src/call/call';
import type { Clock } from '../../src/call/clock';
import type { Peer, PeerEvents } from '../../src/call/peer';
import type { Sample } from '../../src/call/quality';
import { base64url, random, unbase64url, utf8 } from '../../src/wire/bytes';
import { importVerifyKey, openEnvelope, sealEnvelope, type Envelope } from '../../src/wire/envelope';
import { placeOf } from '../../src/wire/topics';

const { keys, cases } = JSON.parse(readFileSync(new URL('../../../../tests/vectors/signal/envelopes.json', import.meta.url), 'utf8')) as {
  keys: Record<string, { pkcs8: string; spki: string }>; cases: { name: string; payload: string }[];
};
const secret = (name: string) =>
  crypto.subtle.importKey('pkcs8', unbase64url(keys[name]!.pkcs8)!, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
const FIRST = (JSON.parse(cases.find((c) => c.name === 'offer-first')!.payload) as Envelope).body;
const offer = (version: number, session = '1'): string => FIRST.replace(/^o=.*$/m, `o=- ${session} ${version} IN IP4 127.0.0.1`);
const WANTED = { kiosk: 'kuopio-02', call: 'ab'.repeat(16), kn: base64url(random(16)), agency: 'kela' };
const UP = placeOf('k/kuopio-02/up/maija-virtanen')!;
const DOWN = placeOf('k/kuopio-02/down/maija-virtanen')!;

class HandClock implements Clock {
  private at = 0;
  private jobs: { at: number; run: () => void }[] = [];
  now = (): number => this.at;
  after = (ms: number, run: () => void): (() => void) => {
    const job = { at: this.at + ms, run };
    this.jobs.push(job);
    return () => { this.jobs = this.jobs.filter((j) => j !== job); };
  };
  move(ms: number): void {
    const end = this.at + ms;
    for (;;) {
      const next = this.jobs.filter((j) => j.at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.jobs = this.jobs.filter((j) => j !== next);
      this.at = next.at;
      next.run();
    }
    this.at = end;
  }
}

class HandPeer implements Peer {
  offers: string[] = [];
  candidates: string[] = [];
  ctl: string[] = [];
  traffic = 0;
  closed = false;
  loud: number | null = null;
  both: { kiosk: string; page: string } | null = null;
  constructor(readonly events: PeerEvents) {}
  async accept(sdp: string, send: (answer: string) => void): Promise<void> {
    this.offers.push(sdp);
    if (sdp.includes('unusable')) throw new Error('no');
    send('v=0\r\no=- 9 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=fingerprint:sha-256 AA\r\n');
    this.events.onCandidate('0', 'candidate:1 1 udp 1 192.0.2.1 9 typ host');
  }
  async addCandidate(_mid: string, candidate: string): Promise<void> { this.candidates.push(candidate); }
  async sample(): Promise<Sample> { return { traffic: this.traffic, rttMs: 20, received: 0, lost: 0, fps: 30, width: 1, height: 1 }; }
  async level(): Promise<number | null> { return this.loud; }
  sendCtl(text: string): void { this.ctl.push(text); }
  prints(): { kiosk: string; page: string } | null { return this.both; }
  replace(): void { /* nothing to send in a test */ }
  close(): void { this.closed = true; }
}

let clock: HandClock, sent: Envelope[], peers: HandPeer[], call: Call, kiosk: CryptoKey, other: CryptoKey;

/** Signing runs on another thread: wait until what was said is out, and nothing more was said meanwhile. */
const settle = async (): Promise<void> => {
  let said: Promise<void> | undefined;
  while (said !== call.settled()) {
    said = call.settled();
    await said;
    await new Promise((done) => setTimeout(done));
  }
};
const seal = (type: string, body: unknown, over: Partial<Envelope> = {}, key = kiosk): Promise<Envelope> => sealEnvelope({
  type, kiosk: WANTED.kiosk, expert: 'maija-virtanen', call: WANTED.call, kn: WANTED.kn, en: call.en,
  body: typeof body === 'string' ? body : JSON.stringify(body), ...over,
}, key);
const give = async (e: Envelope): Promise<void> => {
  await call.receive(UP, utf8(JSON.stringify(e)));
  await settle();
};
const say = async (type: string, body: unknown, over: Partial<Envelope> = {}, key = kiosk): Promise<Envelope> => {
  const e = await seal(type, body, over, key);
  await give(e);
  return e;
};
const GRANT = { n: 1, agency: 'kela', card: 'card-1', lang: 'fi' };
const ofType = (type: string): Envelope[] => sent.filter((e) => e.type === type);
const acked = (e: Envelope): number => ofType('ack').filter((a) => JSON.parse(a.body).of === e.sig).length;
const granted = async (): Promise<void> => { await say('grant', GRANT); };
const live = async (): Promise<void> => {
  await granted();
  await say('offer', offer(1));
  peers[0]!.traffic = 5;
  await call.tick();
};

beforeEach(async () => {
  [clock, sent, peers] = [new HandClock(), [], []];
  [kiosk, other] = await Promise.all([secret('kiosk'), secret('other-kiosk')]);
  const kioskKey = await importVerifyKey(unbase64url(keys['kiosk']!.spki)!);
  const deps: CallDeps = {
    expert: 'maija-virtanen', key: await secret('expert'), cert: 'AAAA', clock, kioskKey: () => kioskKey,
    publish: (text) => sent.push(JSON.parse(text) as Envelope),
    newPeer: (events) => { peers.push(new HandPeer(events)); return peers.at(-1)!; },
    onChange: () => undefined,
  };
  call = new Call(WANTED, deps);
  call.claim(null);
  await settle();
});

describe('claim', () => {
  test('is signed, repeated byte for byte, then given up', async () => {
    const key = await importVerifyKey(unbase64url(keys['expert']!.spki)!);
    const opened = await openEnvelope(DOWN, utf8(JSON.stringify(sent[0])), { call: WANTED.call, kn: WANTED.kn, en: null }, () => key);
    expect(JSON.parse(opened.body)).toEqual({ cert: 'AAAA' });
    clock.move(11_000);
    expect(ofType('claim')).toHaveLength(6);
    expect(new Set(sent.map((e) => JSON.stringify(e))).size).toBe(1);
    clock.move(2_000);
    expect(call.view.ending).toEqual({ kind: 'no-answer', why: null });
    await settle();
    expect(JSON.parse(ofType('bye')[0]!.body).why).toBe('failed');
  });

  test('lost to another', async () => {
    const e = await say('refuse', { why: 'taken' });
    expect(call.view.ending).toEqual({ kind: 'declined', why: 'taken' });
    expect(acked(e)).toBe(1);
    expect(ofType('bye')).toHaveLength(0);
    clock.move(20_000);
    expect(ofType('claim')).toHaveLength(1);
  });

  test('granted, and no connection before the offer', async () => {
    await granted();
    expect(call.view).toMatchObject({ phase: 'connecting', verified: true });
    clock.move(20_000);
    expect(ofType('claim')).toHaveLength(1);
    expect(peers).toHaveLength(0);
  });

  test('granted for another agency', async () => {
    await say('grant', { ...GRANT, agency: 'vero' });
    expect(call.view.ending).toEqual({ kind: 'refused', why: 'agency' });
  });
});

describe('lies before the first verified offer end the attempt by name, with no connection', () => {
  const liars: [string, string, () => Promise<unknown>][] = [
    ['another key', 'signature', () => say('grant', GRANT, {}, other)],
    ['another kiosk nonce', 'nonce', () => say('grant', GRANT, { kn: base64url(random(16)) })],
    ['another kiosk', 'names', () => say('grant', GRANT, { kiosk: 'kuopio-03' })],
    ['a type of the other direction', 'type', () => say('claim', {})],
    ['garbage', 'malformed', () => call.receive(UP, utf8('hello'))],
    ['too much', 'oversized', () => call.receive(UP, new Uint8Array(24_577))],
    ['a swapped fingerprint', 'signature', async () => {
      await granted();
      const e = await seal('offer', offer(1));
      await give({ ...e, body: e.body.replace(/sha-256 ..:/, 'sha-256 00:') });
    }],
    ['two fingerprints, signed', 'fingerprint', async () => {
      await granted();
      await say('offer', offer(1).replace(/sha-256 ..:/, 'sha-256 00:'));
    }],
  ];
  test.each(liars)('%s: %s', async (_what, reason, lie) => {
    await lie();
    await settle();
    expect(call.view.ending).toEqual({ kind: 'refused', why: reason });
    expect(peers).toHaveLength(0);
    expect(JSON.parse(ofType('bye')[0]!.body).why).toBe('failed');
  });

  test('messages of another call or another tab are no verdict', async () => {
    await say('grant', GRANT, { en: base64url(random(16)) });
    await say('grant', GRANT, { call: 'cd'.repeat(16) });
    expect(call.view.phase).toBe('claiming');
    expect(sent.filter((e) => e.type !== 'claim')).toHaveLength(0);
    clock.move(13_000);
    expect(call.view.ending).toEqual({ kind: 'no-answer', why: 'call' });
  });
});

describe('offers', () => {
  test('an offer whose grant was lost waits for it', async () => {
    const early = await say('offer', offer(1));
    expect([peers.length, acked(early)]).toEqual([0, 0]);
    await granted();
    await give(early);
    expect([peers.length, acked(early)]).toEqual([1, 1]);
  });

  test('the answer goes first, names the offer, and candidates follow', async () => {
    await live();
    const order = sent.filter((e) => ['answer', 'candidate'].includes(e.type));
    expect(order.map((e) => e.type)).toEqual(['answer', 'candidate']);
    expect(order[0]!.body).toMatch(/t=0 0\r\na=x-luukku-offer:1\r\nm=audio/);
    expect(JSON.parse(order[1]!.body)).toMatchObject({ offer: 1, mid: '0' });
    expect(call.view.phase).toBe('live');
  });

  test('a repeat is acknowledged and otherwise ignored', async () => {
    await granted();
    const e = await say('offer', offer(1));
    await give(e);
    expect(acked(e)).toBe(2);
    expect(peers[0]!.offers).toHaveLength(1);
  });

  test('a version that does not rise is refused, also over a fresh connection; the call goes on', async () => {
    await live();
    await say('offer', offer(1, '2'));
    expect(call.view).toMatchObject({ phase: 'live', dropped: 'order' });
    expect(peers).toHaveLength(1);
  });

  test('what belongs to another tab is not mentioned in a call', async () => {
    await live();
    const other = await say('offer', offer(1, '2'));
    expect(call.view.dropped).toBe('order');
    await give({ ...other, en: 'AAAAAAAAAAAAAAAAAAAAAA' });
    expect(call.view).toMatchObject({ phase: 'live', dropped: 'order' });
  });

  test('the same session is a restart, another one a fresh connection', async () => {
    await live();
    await say('offer', offer(2));
    expect([peers.length, peers[0]!.offers.length]).toEqual([1, 2]);
    await say('offer', offer(3, '2'));
    expect([peers.length, peers[0]!.closed]).toEqual([2, true]);
    peers[0]!.events.onCandidate('0', 'candidate:of the old one');
    await settle();
    expect(ofType('candidate').some((e) => e.body.includes('old one'))).toBe(false);
  });

  test('candidates of another offer are dropped', async () => {
    await live();
    const candidate = { n: 2, mid: '0', candidate: 'candidate:1 1 udp 1 192.0.2.9 9 typ host' };
    const good = await say('candidate', { ...candidate, offer: 1 });
    const old = await say('candidate', { ...candidate, n: 3, offer: 7 });
    expect([peers[0]!.candidates.length, acked(good), acked(old)]).toEqual([1, 1, 0]);
  });

  test('an offer the browser cannot take ends the call, said', async () => {
    await granted();
    await say('offer', offer(1).replace('s=-', 's=unusable'));
    expect(call.view.ending).toEqual({ kind: 'ended', why: 'failed', byUs: true });
    expect(JSON.parse(ofType('bye')[0]!.body).why).toBe('failed');
  });
});

test('whether the citizen speaks is looked at while the line stands, not before and not after', async () => {
  const looks = async (n: number): Promise<boolean> => {
    for (let i = 0; i < n; i += 1) { clock.move(250); await settle(); }
    return call.view.speaks;
  };
  await granted();
  await say('offer', offer(1));
  peers[0]!.loud = 0.4;
  expect(await looks(3)).toBe(false);
  peers[0]!.traffic = 5;
  await call.tick();
  expect([await looks(1), await looks(1)]).toEqual([false, true]);
  clock.move(3_000);
  await call.tick();
  expect([call.view.silence, await looks(3)]).toEqual(['interrupted', false]);
  peers[0]!.traffic += 1;
  await call.tick();
  expect(await looks(2)).toBe(true);
  await say('offer', offer(2, '2'));
  expect([peers.length, call.view.speaks]).toEqual([2, false]);
  call.end();
  expect([await looks(3), peers[1]!.closed]).toEqual([false, true]);
});

describe('the end', () => {
  test('by us: signed, repeated until acknowledged', async () => {
    await live();
    call.end();
    await settle();
    expect(call.view.ending).toEqual({ kind: 'ended', why: 'ended', byUs: true });
    expect(peers[0]!.closed).toBe(true);
    expect(peers[0]!.ctl.at(-1)).toBe('{"type":"bye","why":"ended"}');
    clock.move(500);
    expect(ofType('bye')).toHaveLength(2);
    await say('ack', { of: ofType('bye')[0]!.sig });
    clock.move(20_000);
    expect(ofType('bye')).toHaveLength(2);
  });

  test('said while the link is down: time stands still until it is back', async () => {
    await live();
    call.linkDown();
    call.end();
    await settle();
    const before = ofType('bye').length;
    clock.move(60_000);
    expect(ofType('bye')).toHaveLength(before);
    call.linkUp();
    clock.move(500);
    expect(ofType('bye')).toHaveLength(before + 2);
    clock.move(20_000);
    expect(ofType('bye')).toHaveLength(before + 6);
  });

  test('by the kiosk: acknowledged, again where it is repeated', async () => {
    await live();
    const e = await say('bye', { n: 2, why: 'ended' });
    await give(e);
    expect(call.view.ending).toEqual({ kind: 'ended', why: 'ended', byUs: false });
    expect(acked(e)).toBe(2);
  });

  test('by the faster word in ctl: the signed one is sent', async () => {
    await live();
    peers[0]!.events.onCtl('{"type":"bye","why":"ended"}');
    await settle();
    expect(call.view.ending?.kind).toBe('ended');
    expect(ofType('bye')).toHaveLength(1);
  });

  test('by silence: 3, 10 and 120 s; a packet heals it', async () => {
    await live();
    const after = async (ms: number): Promise<string> => { clock.move(ms); await call.tick(); return call.view.silence; };
    expect([await after(2_900), await after(200), await after(7_000)]).toEqual(['none', 'interrupted', 'reconnecting']);
    peers[0]!.traffic += 1;
    expect(await after(1_000)).toBe('none');
    expect(await after(119_000)).toBe('reconnecting');
    await after(1_000);
    await settle();
    expect(call.view.ending).toEqual({ kind: 'ended', why: 'silent', byUs: true });
    expect(JSON.parse(ofType('bye')[0]!.body).why).toBe('silent');
  });

  test('by a kiosk that began anew, once it is silent', async () => {
    await live();
    call.announcedAnother();
    expect(call.view.ending).toBeNull();
    clock.move(3_100);
    await call.tick();
    call.announcedAnother();
    await settle();
    expect(call.view.ending).toEqual({ kind: 'vanished', why: null });
    expect(ofType('bye')).toEqual([]);
  });

  test('leaving has its word ready', async () => {
    expect(call.leave()).toBeNull();
    await live();
    await vi.waitFor(() => expect(call.leave()).not.toBeNull());
    expect(JSON.parse((JSON.parse(call.leave()!) as Envelope).body).why).toBe('left');
  });
});

describe('hostile ctl', () => {
  test.each(['', 'null', '[]', '{"type":5}', '{"type":"state"}', 'x'.repeat(5000)])('%s', async (text) => {
    await live();
    peers[0]!.events.onCtl(text);
    expect(call.view.phase).toBe('live');
  });
});
