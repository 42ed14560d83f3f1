// `call loopback`: the kiosk's real programs call themselves, over real sockets; with a network that fails; with people.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Kiosk, check, makeFleet, removeFleet, until } from './kiosk.mjs';

const TESTS = ['connect', 'picture', 'sound', 'delay', 'loss', 'rate', 'data'];

before(makeFleet);
after(removeFleet);

/** A kiosk for one test. */
async function kiosk(t, options) {
  const k = new Kiosk(options);
  t.after(() => k.stop());
  return k.ready();
}

test('a call to itself: picture, sound, delay, loss; then every program begins anew', async (t) => {
  const k = await kiosk(t);
  const rtc = await k.pid('luukku-rtc');
  const call = k.ctl('call', 'loopback', '3');
  await k.screenIs('trial');
  const { code, err, json } = await call;
  assert.equal(err, '');
  t.diagnostic(JSON.stringify(json));
  assert.deepEqual(json.map((c) => c.test), TESTS);
  for (const name of ['connect', 'sound', 'data', 'rate']) assert.equal(check(json, name).result, 'PASS', name);
  assert.equal(code === 0, json.every((c) => c.result !== 'FAIL'));
  const connect = check(json, 'connect');
  assert.match(connect.local, /^host udp /);
  assert.match(connect.encryption, /^(AEAD_)?AES/i);
  assert(connect.connect_ms > 0);
  const picture = check(json, 'picture');
  assert.equal(picture.source, 'simulated');
  assert.deepEqual([picture.width, picture.height], [640, 480]);
  assert(picture.frames_per_s > 1);
  assert(Math.abs(check(json, 'sound').tone_hz - 440) < 5);
  assert(check(json, 'delay').picture_p50_ms > 0);
  assert(check(json, 'rate').send_kbps > 0);
  await k.renewed(rtc);
});
