// `test camera`, `microphone` and `speaker`: the kiosk's real programs open what stands for its devices; with people, and with programs that die.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Kiosk, check, makeFleet, removeFleet, until } from './kiosk.mjs';

const OPENED = ['camera', 'microphone', 'speaker'];

before(makeFleet);
after(removeFleet);

/** A kiosk for one test. */
async function kiosk(t, options) {
  const k = new Kiosk(options);
  t.after(() => k.stop());
  return k.ready();
}

const only = ({ json }) => {
  assert.equal(json.length, 1, JSON.stringify(json));
  return json[0];
};

test('devices are opened, one by one and all; the screen says so, and nothing begins anew', async (t) => {
  const k = await kiosk(t);
  const rtc = await k.pid('luukku-rtc');
  const asked = k.ctl('test', 'camera');
  await k.screenIs('trial');
  const camera = only(await asked);
  t.diagnostic(JSON.stringify(camera));
  assert.deepEqual([camera.result, camera.simulated, camera.width, camera.height], ['PASS', true, 640, 480], camera.reason);
  assert(camera.frames_per_s > 0 && camera.brightness > 16 && camera.contrast > 4 && camera.sharpness > 0);
  await k.screenIs('start');
  const microphone = only(await k.ctl('test', 'microphone'));
  assert.deepEqual([microphone.result, microphone.simulated], ['PASS', true], microphone.reason);
  assert(microphone.level_db < -10 && microphone.level_db > -40);
  const speaker = only(await k.ctl('test', 'speaker'));
  assert.deepEqual([speaker.result, speaker.simulated, speaker.microphone], ['PASS', true, undefined], speaker.reason);
  const { json } = await k.ctl('test', 'all');
  for (const name of OPENED) assert.equal(check(json, name).result, 'PASS', check(json, name).reason);
  assert.equal(await k.pid('luukku-rtc'), rtc);
});

test('a camera that was unplugged is missed', async (t) => {
  const k = await kiosk(t);
  await k.ctl('emu', 'camera', 'unplug');
  const gone = only(await k.ctl('test', 'camera'));
  assert.equal(gone.result, 'FAIL');
  assert.match(gone.reason, /camera is not there/);
  assert.match(gone.next, /USB cable/);
  assert.equal(only(await k.ctl('test', 'microphone')).result, 'PASS');
  await k.ctl('emu', 'camera', 'plug');
  assert.equal(only(await k.ctl('test', 'camera')).result, 'PASS');
});

test('not while somebody is there; whoever comes by stops it', async (t) => {
  const k = await kiosk(t);
  await k.ctl('ui', 'tap', 'next');
  await until('the first screen to be left', async () => (await k.ctl('status')).json.screen !== 'start');
  for (const name of OPENED) {
    const busy = only(await k.ctl('test', name));
    assert.equal(busy.result, 'SKIP');
    assert.match(busy.reason, /somebody is at the kiosk/);
  }
  await k.ctl('ui', 'tap', 'back');
  const asked = until('nobody to be there', async () => {
    const { reason } = only(await k.ctl('test', 'camera'));
    return !/somebody is at|is being wiped/.test(reason) && reason;
  });
  await k.screenIs('trial');
  await k.ctl('ui', 'tap', 'trial-stop');
  assert.match(await asked, /somebody at the kiosk stopped the test/);
  await k.screenIs('start');
});

test('two at once: the second says so', async (t) => {
  const k = await kiosk(t);
  const first = k.ctl('call', 'loopback', '3');
  await k.screenIs('trial');
  const second = only(await k.ctl('test', 'speaker'));
  assert.equal(second.result, 'SKIP');
  assert.match(second.reason, /another test is under way/);
  assert.equal((await first).err, '');
});
