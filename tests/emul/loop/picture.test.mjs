// `camera picture`: the kiosk's real programs take one of the simulated camera, and tell people first.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { isBlack } from '../../e2e/lib/png.mjs';
import { Kiosk, check, makeFleet, removeFleet, until } from './kiosk.mjs';

before(makeFleet);
after(removeFleet);

/** A kiosk for one test. */
async function kiosk(t, options) {
  const k = new Kiosk(options);
  t.after(() => k.stop());
  return k.ready();
}

let count = 0;
const pictureOf = (k) => {
  const file = join(k.dir, `picture-${++count}.png`);
  return { file, answer: k.ctl('camera', 'picture', file) };
};

/** Texts on the screen. */
const texts = async (k) => JSON.stringify((await k.ctl('ui', 'tree')).json);

test('a picture: the screen says so first, and every program begins anew', async (t) => {
  const k = await kiosk(t);
  const rtc = await k.pid('luukku-rtc');
  const { file, answer } = pictureOf(k);
  await k.screenIs('trial');
  assert.match(await texts(k), /Kamera ottaa kohta kuvan/);
  const { code, err, json } = await answer;
  assert.equal(err, '');
  assert.equal(code, 0);
  const camera = check(json.checks, 'camera');
  t.diagnostic(JSON.stringify(camera));
  assert.deepEqual([camera.result, camera.simulated], ['PASS', true]);
  const png = readFileSync(file);
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [640, 480]);
  assert(!isBlack(png));
  assert.deepEqual([camera.width, camera.height], [640, 480]);
  assert.equal(json.rows.length, 24);
  for (const row of json.rows) assert.match(row, /^[ .:=+*#%@-]{64}$/);
  assert(new Set(json.rows.join('')).size > 4, 'there is something in it');
  t.diagnostic(`\n${json.rows.join('\n')}`);
  await k.renewed(rtc);
  const { json: log } = await k.ctl('log', 'match=picture');
  assert(log.lines.some(({ text }) => /luukkud trial picture=taken/.test(text)), 'the log knows of it');
});

test('a touch of the screen, wherever, and there is no picture', async (t) => {
  const k = await kiosk(t);
  const { file, answer } = pictureOf(k);
  await k.screenIs('trial');
  await k.ctl('ui', 'tap', 'clock');
  const { code, err } = await answer;
  assert.equal(code, 1);
  assert.match(err, /somebody at the kiosk stopped the test/);
  assert(!existsSync(file));
  await k.screenIs('start');
});

test('not while somebody is there; not with words that are none; not without a camera', async (t) => {
  const k = await kiosk(t);
  await k.ctl('ui', 'tap', 'next');
  await until('the first screen to be left', async () => (await k.ctl('status')).json.screen !== 'start');
  assert.match((await pictureOf(k).answer).err, /somebody is at the kiosk/);
  await k.ctl('ui', 'tap', 'back');
  await k.ctl('emu', 'camera', 'unplug');
  let err = '';
  await until('nobody to be there', async () => {
    ({ err } = await pictureOf(k).answer);
    return !/somebody is at/.test(err);
  });
  assert.match(err, /the camera gives no picture: test camera/);
});
