// tools/fleet: hostile reports are refused by their reason; what is shown follows from what was signed.
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { test } from 'node:test';
import { Fleet } from '../../../tools/fleet/fleet.mjs';
import { headline, table } from '../../../tools/fleet/table.mjs';

const NOW = Date.UTC(2026, 10, 22, 12);
const DAY_S = 86400;
const keys = Object.fromEntries(['kuopio-01', 'kuhmo-02'].map((name) => [name, generateKeyPairSync('ec', { namedCurve: 'P-256' })]));
const list = () => Object.fromEntries(Object.entries(keys).map(([name, k]) => [name, {
  key: k.publicKey.export({ type: 'spki', format: 'der' }).toString('base64url'), site: `Palvelupiste ${name}`,
}]));
const run = () => ({ call: randomBytes(16).toString('hex'), kn: randomBytes(16).toString('base64url') });
const first = run();

const part = (name, state = 'ok', why = '') => ({ name, state, restarts: 0, why });
const body = (over = {}) => ({
  n: 1, at: NOW / 1000, version: '0.1.0', up_s: 60, line: 'none', broker: { up_s: 50, lost: 0 }, programs: [part('luukkud'), part('luukku-rtc')],
  devices: [part('scanner'), part('camera', 'simulated')], certs: [{ name: 'tls', ends: NOW / 1000 + 400 * DAY_S }],
  storage: [{ name: 'root', total_mb: 7000, free_mb: 5000 }], ...over,
});

/** A signed envelope as an object; `over` changes members before, `after` behind the signature. */
function envelope(over = {}, after = {}, signer = 'kuopio-01') {
  const e = { v: 'luukku-1', type: 'health', kiosk: 'kuopio-01', expert: '', ...first, en: '', body: JSON.stringify(body()), ...over };
  const digest = createHash('sha256').update(e.body).digest('hex');
  const lines = [e.v, e.type, e.kiosk, e.expert, e.call, e.kn, e.en, digest].join('\n');
  const sig = sign('sha256', Buffer.from(lines), { key: keys[signer].privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  return { ...e, sig, ...after };
}
const sealed = (...args) => Buffer.from(JSON.stringify(envelope(...args)));
const fresh = (options = {}) => new Fleet(list(), { now: NOW, ...options });
const TOPIC = 'health/kuopio-01';
const row = (fleet, name = 'kuopio-01', now = NOW) => fleet.rows(now).find((r) => r.kiosk === name);

test('an honest report is shown', () => {
  const fleet = fresh();
  assert.deepEqual(fleet.take(TOPIC, sealed(), NOW), [{ kiosk: 'kuopio-01', state: 'ok', was: 'waiting', what: [] }]);
  assert.equal(row(fleet).cert_days, 400);
  assert.equal(row(fleet).version, '0.1.0');
  assert.deepEqual(fleet.summary().refused, {});
});

const text = (t) => Buffer.from(t);
const badBody = (over) => [TOPIC, sealed({ body: JSON.stringify(body(over)) })];
const hostile = {
  oversized: [[TOPIC, Buffer.alloc(24577, 0x20)], [TOPIC, Buffer.alloc(1 << 20)]],
  malformed: [
    [TOPIC, text('')], [TOPIC, text('null')], [TOPIC, text('[]')], [TOPIC, text('{}')], [TOPIC, text('{"v":1}')], [TOPIC, Buffer.from([0xff, 0xfe])],
    [TOPIC, text('['.repeat(20000))], [TOPIC, text('{"a":'.repeat(9) + '1' + '}'.repeat(9))], [TOPIC, Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), sealed()])],
    [TOPIC, text(`${sealed()}x`)], [TOPIC, sealed({}, { more: '' })], [TOPIC, sealed({}, { sig: 7 })], [TOPIC, sealed({ body: '[]' })],
    [TOPIC, sealed({ body: 'x' })], badBody({ n: -1 }), badBody({ n: 1.5 }), badBody({ n: '1' }), badBody({ n: 2 ** 31 }), badBody({ at: 1e15 }),
    badBody({ line: 'x' }), badBody({ broker: null }), badBody({ programs: {} }), badBody({ programs: Array(13).fill(part('a')) }), badBody({ devices: [null] }),
    badBody({ devices: [part('a', 'great')] }), badBody({ devices: [part('A')] }), badBody({ devices: [part('a', 'ok', 'x'.repeat(96))] }),
    badBody({ devices: [part('a', 'ok', '\u001b[2J')] }), badBody({ version: '<script>"' }), badBody({ certs: [{ name: 'tls', ends: -1 }] }),
    badBody({ certs: Array(21).fill({ name: 'a', ends: 1 }) }), badBody({ storage: Array(5).fill({ name: 'a', total_mb: 1, free_mb: 1 }) }),
    badBody({ more: 'x'.repeat(9000) }),
  ],
  version: [[TOPIC, sealed({ v: 'luukku-2' })]],
  type: [[TOPIC, sealed({ type: 'announce' })], [TOPIC, sealed({ type: 'constructor' })]],
  names: [['health/kuhmo-02', sealed()], [TOPIC, sealed({ kiosk: 'kuhmo-02' })], [TOPIC, sealed({ expert: 'anna' })], ['health/kuopio-01/x', sealed()], ['here/kela/kuopio-01', sealed()]],
  call: [[TOPIC, sealed({ call: '' })], [TOPIC, sealed({ call: first.call.toUpperCase().replace(/^./, 'A') })]],
  nonce: [[TOPIC, sealed({ kn: 'x' })], [TOPIC, sealed({ en: first.kn })]],
  revoked: [['health/other-01', sealed({ kiosk: 'other-01' })], ['health/constructor', sealed({ kiosk: 'constructor' })]],
  signature: [
    [TOPIC, sealed({}, {}, 'kuhmo-02')], [TOPIC, sealed({}, { sig: '' })], [TOPIC, sealed({}, { sig: 'A'.repeat(86) })], [TOPIC, sealed({}, { body: JSON.stringify(body({ n: 2 })) })],
    [TOPIC, sealed({}, { kn: run().kn })], [TOPIC, Buffer.from(JSON.stringify(envelope()).replace(/"sig":"(.{86})"/, '"sig":"$1="'))],
  ],
};
for (const [reason, messages] of Object.entries(hostile)) {
  test(`refused as ${reason}`, () => {
    messages.forEach(([topic, payload], i) => {
      const fleet = fresh();
      assert.deepEqual(fleet.take(topic, payload, NOW), []);
      assert.deepEqual(fleet.summary().refused, { [reason]: 1 }, `number ${i}`);
      assert.equal(row(fleet).state, 'waiting');
    });
  });
}

test('any byte changed is refused, whatever it is', () => {
  const good = sealed();
  for (let i = 0; i < good.length; i += 3) {
    const bad = Buffer.from(good);
    bad[i] ^= 1 + (i % 7);
    const fleet = fresh();
    assert.deepEqual(fleet.take(TOPIC, bad, NOW), [], `byte ${i}`);
    assert.equal(fleet.summary().taken, 0);
  }
});

const at = (n, over = {}, r = first) => sealed({ ...r, body: JSON.stringify(body({ n, ...over })) });

test('a report played again is refused, in its run and from an earlier one', () => {
  const fleet = fresh();
  const second = run();
  fleet.take(TOPIC, at(1), NOW);
  fleet.take(TOPIC, at(2, { devices: [part('scanner', 'failed', 'jam')] }), NOW);
  assert.deepEqual(fleet.take(TOPIC, at(1), NOW), []);
  assert.deepEqual(fleet.take(TOPIC, at(2), NOW), []);
  assert.equal(row(fleet).state, 'failed');
  fleet.take(TOPIC, at(1, {}, second), NOW);
  assert.equal(row(fleet).state, 'ok');
  assert.deepEqual(fleet.take(TOPIC, at(9), NOW), []);
  assert.deepEqual(fleet.summary().refused, { order: 3 });
});

test('an old run that nobody remembers is at least marked', () => {
  const fleet = fresh();
  fleet.take(TOPIC, at(1), NOW);
  fleet.take(TOPIC, at(1, { at: NOW / 1000 - 3600 }, run()), NOW);
  assert.equal(row(fleet).state, 'attention');
  assert.deepEqual(row(fleet).what, ['its clock fell back, or an old report was played again', 'its clock is wrong']);
});

test('what fails, what ends and what is full is named, the worst counts', () => {
  const fleet = fresh();
  fleet.take(TOPIC, at(1, {
    programs: [part('luukkud'), part('luukku-rtc', 'failed', 'signal KILL')], devices: [part('scanner', 'absent'), part('reader', 'starting')],
    certs: [{ name: 'tls', ends: NOW / 1000 + 3 * DAY_S }, { name: 'device', ends: NOW / 1000 - 1 }, { name: 'ca-kela', ends: 0 }],
    storage: [{ name: 'root', total_mb: 7000, free_mb: 200 }],
  }), NOW);
  assert.equal(row(fleet).state, 'failed');
  assert.deepEqual(row(fleet).what, [
    'luukku-rtc (calls) does not run: signal KILL', 'scanner is not there', 'certificate tls ends in 3 days', 'certificate device has ended',
    'certificate ca-kela cannot be read', 'disk root is nearly full (200 MB left)',
  ]);
  fleet.take(TOPIC, at(2, { certs: [{ name: 'tls', ends: NOW / 1000 + 30 * DAY_S }] }), NOW);
  assert.equal(row(fleet).state, 'attention');
  fleet.take(TOPIC, at(3, { certs: [{ name: 'tls', ends: NOW / 1000 + 32 * DAY_S }] }), NOW);
  assert.equal(row(fleet).state, 'ok');
});

test('a program that keeps ending is named', () => {
  const fleet = fresh();
  const programs = (restarts) => [{ ...part('luukkud'), restarts }];
  fleet.take(TOPIC, at(1, { programs: programs(7) }), NOW);
  assert.equal(row(fleet).state, 'ok'); // long ago, perhaps
  fleet.take(TOPIC, at(2, { programs: programs(10) }), NOW);
  assert.deepEqual(row(fleet).what, ['luukkud keeps ending']);
});

test('who is silent is down, and comes back', () => {
  const fleet = fresh({ downMs: 120000 });
  fleet.take(TOPIC, at(1), NOW);
  assert.deepEqual(fleet.tick(NOW + 119999), []);
  assert.deepEqual(fleet.tick(NOW + 120000).map(({ kiosk, state, what }) => [kiosk, state, what]), [
    ['kuopio-01', 'down', ['reports no more']], ['kuhmo-02', 'down', ['has not reported']]]);
  assert.deepEqual(fleet.tick(NOW + 130000), []);
  assert.equal(fleet.take(TOPIC, at(2, { at: NOW / 1000 + 131 }), NOW + 131000)[0].was, 'down');
  assert.equal(row(fleet, 'kuhmo-02', NOW + 131000).seen_s, null);
});

test('a kiosk that floods is limited, others are not', () => {
  const fleet = fresh();
  for (let n = 1; n <= 200; n++) fleet.take(TOPIC, at(n), NOW + n);
  assert.equal(fleet.summary().taken, 20);
  assert.equal(fleet.summary().refused.limited, 180);
  assert.equal(fleet.take('health/kuhmo-02', sealed({ kiosk: 'kuhmo-02' }, {}, 'kuhmo-02'), NOW + 200).length, 1);
  assert.equal(fleet.take(TOPIC, at(300), NOW + 1200).length, 0); // taken: nothing changed
  assert.equal(fleet.summary().taken, 22);
  assert.ok(fleet.refusals.length <= 50);
});

test('the table fits, and nothing in it moves a terminal', () => {
  const fleet = fresh();
  fleet.take(TOPIC, at(1, { devices: [part('scanner', 'failed', 'it does not answer when it is opened')] }), NOW);
  fleet.take('health/\u001b[2J\u0007', Buffer.from('x'), NOW);
  for (const width of [60, 80, 120, 200]) {
    const lines = table(fleet.rows(NOW), fleet.summary(), { width, height: 24 });
    assert.ok(lines.every((l) => [...l].length <= width), lines.join('\n'));
    assert.ok(!/[\u0000-\u001f\u007f]/.test(lines.join('')));
  }
  assert.equal(fleet.refusals[0].topic, 'health/?[2J?');
  assert.match(headline(fleet.summary()), /^2 kiosks: 1 fails, 1 not heard of yet; refused: 1 malformed$/);
});
