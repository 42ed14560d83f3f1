// The emulated camera over USB/IP, by a tiny host of its own: probe, stream, controls, faults.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { order, start, Usb } from './client.mjs';
import { jpegFrame } from './http.mjs';

const STREAM = 0x81;
const URB = 16384; // as Linux asks for

let emulator;
let usb;

const say = async (line) => {
  const answer = await order(emulator.control, line);
  assert.match(answer, /^ok/, `${line}: ${answer}`);
  return answer.slice(3);
};

const get = (request, selector, index, length) => usb.control(0xa1, request, selector << 8, index, length);
const set = (selector, index, data) => usb.control(0x21, 1, selector << 8, index, data);

async function choose(format, frame, interval = 333333) {
  const probe = Buffer.alloc(34);
  [probe[2], probe[3]] = [format, frame];
  probe.writeUInt32LE(interval, 4);
  assert.equal((await set(1, 1, probe)).status, 0);
  const { data } = await get(0x81, 1, 1, 34);
  assert.equal((await set(2, 1, data)).status, 0);
  return { size: data.readUInt32LE(18), payload: data.readUInt32LE(22) };
}

/** One payload: what comes until a transfer is short. */
async function payload() {
  const parts = [];
  for (;;) {
    const { status, data } = await usb.in(STREAM, URB);
    if (status !== 0) {
      return { status };
    }
    parts.push(data);
    if (data.length < URB) {
      const bytes = Buffer.concat(parts);
      return { status, length: bytes[0], flags: bytes[1], picture: bytes.subarray(12) };
    }
  }
}

/** Ends the stream, as Linux does. */
const end = () => usb.control(2, 1, 0, STREAM);

const stampOf = (yuyv, width) => {
  const cell = width / 16;
  const cells = Array.from({ length: 8 }, (_, i) => (yuyv[((cell >> 1) * width + i * cell + (cell >> 1)) * 2] > 128 ? 1 : 0));
  return Number.parseInt(cells.slice(1, 7).join(''), 2);
};

async function attach() {
  ({ usb } = await Usb.import(emulator.listen));
}

before(async () => {
  emulator = await start('camera', '--serial', 'CAM42');
  await attach();
});

after(async () => {
  await usb.close();
  assert.equal(await emulator.stop(), 0);
});

afterEach(async () => {
  await end();
  await say('fault none');
});

test('it is a camera with a serial number', async () => {
  const { data } = await usb.control(0x80, 6, 0x0303, 0x409, 255);
  assert.equal(data.toString('utf16le', 2), 'CAM42');
  const { data: c } = await usb.control(0x80, 6, 0x0200, 0, 4096);
  assert.equal(c.length, c.readUInt16LE(2));
  const kinds = [];
  for (let at = 0; at < c.length; at += c[at]) {
    assert(c[at] >= 2 && at + c[at] <= c.length);
    kinds.push(c[at + 1] === 0x24 ? `24.${c[at + 2]}` : String(c[at + 1]));
  }
  assert.equal(kinds.join(' '), '2 11 4 24.1 24.2 24.5 24.3 5 37 4 24.1 24.6 24.7 24.7 24.13 24.4 24.5 24.5 24.13 5');
});

test('frames of each format', async () => {
  for (const [frame, width, height] of [[1, 640, 480], [2, 1280, 720]]) {
    await choose(1, frame);
    const first = await payload();
    const second = await payload();
    assert.deepEqual([first.length, first.flags & 0x82], [12, 0x82]);
    assert.notEqual(first.flags & 1, second.flags & 1);
    const { width: w, height: h } = jpegFrame(first.picture);
    assert.deepEqual([w, h], [width, height]);
    assert.notDeepEqual(first.picture, second.picture);
    await end();
  }
  for (const [frame, width, height] of [[1, 320, 240], [2, 640, 480]]) {
    const { size } = await choose(2, frame);
    assert.equal(size, width * height * 2);
    const a = await payload();
    const b = await payload();
    assert.equal(a.picture.length, size);
    assert.equal(stampOf(b.picture, width), (stampOf(a.picture, width) + 1) % 32);
    await end();
  }
});

test('controls', async () => {
  const camera = 1 << 8;
  const processing = 3 << 8;
  assert.equal((await get(0x84, 2, camera, 1)).data[0], 9); // modes there are
  assert.equal((await get(0x81, 2, camera, 1)).data[0], 8);
  assert.equal((await set(2, camera, Buffer.from([1]))).status, 0);
  assert.equal((await set(2, camera, Buffer.from([2]))).status, -32);
  assert.equal((await set(3, camera, Buffer.from([0]))).status, 0);
  assert.equal((await set(5, processing, Buffer.from([2]))).status, 0);
  assert.equal((await set(5, processing, Buffer.from([3]))).status, -32);
  assert.equal((await set(0x0b, camera, Buffer.from([200, 0]))).status, 0);
  assert.equal((await get(0x81, 0x0b, camera, 2)).data.readUInt16LE(), 200);
  assert.equal((await set(0x11, camera, Buffer.from([1]))).status, -32); // the shutter is nobody's but the hand's
  const { 'exposure-priority': priority, 'power-line': line } = JSON.parse(await say('controls'));
  assert.deepEqual([priority, line], [0, 2]);
  const { ended } = usb.begin({ address: 0x83, length: 16 });
  await say('shutter closed');
  assert.equal((await ended).data.toString('hex'), '010100110001');
  await choose(2, 1);
  const dark = await payload();
  assert(dark.picture[320 * 120 * 2] < 40);
  await end();
  await say('shutter open');
  await say('fault control-stall 1');
  assert.equal((await get(0x81, 2, camera, 1)).status, -32);
});

test('frames that are no good', async () => {
  const good = await (async () => {
    await choose(1, 1);
    return payload();
  })();
  const next = async (name) => {
    await say(`fault ${name}`);
    await payload(); // may have been on its way
    const p = await payload();
    await say('fault none');
    return p;
  };
  assert((await next('truncated')).picture.length < good.picture.length * 0.7);
  assert.equal((await next('empty-frames')).picture.length, 0);
  assert.equal((await next('bad-header')).length, 255);
  assert.equal((await next('error-bit')).flags & 0x40, 0x40);
  assert.equal((await next('no-eof')).flags & 2, 0);
  assert.equal(jpegFrame((await next('jpeg-bomb')).picture).height, 65500);
  assert.notEqual((await next('broken-jpeg')).picture.readUInt16BE(good.picture.length - 200), 0xffd9);
  await say('fault freeze');
  await payload();
  const a = await payload();
  const b = await payload();
  assert.deepEqual(a.picture, b.picture);
});

test('the stream stalls, stops, begins anew', async () => {
  await choose(1, 1);
  await payload();
  await say('fault stall-stream 1');
  let last = await payload();
  for (let i = 0; i < 3 && last.status === 0; i += 1) {
    last = await payload();
  }
  assert.equal(last.status, -32);
  await end();
  await choose(1, 1);
  assert.equal((await payload()).status, 0);
  await say('fault stops');
  const { seq } = usb.begin({ address: STREAM, length: URB });
  assert.equal(await usb.unlink(seq), -104);
  usb.open.delete(seq);
});

test('pulled out in the middle of a frame', async () => {
  await choose(1, 2);
  await payload();
  await say('fault unplug-mid-frame 2');
  let last = await payload();
  for (let i = 0; i < 4 && last.status === 0; i += 1) {
    last = await payload();
  }
  assert.equal(last.status, -19);
  await usb.close();
  await say('plug');
  await attach();
  await choose(1, 1);
  assert.equal((await payload()).status, 0);
});

test('a document camera', async () => {
  const one = await start('camera', '--variant', 'document', '--page', '3');
  const mine = usb;
  ({ usb } = await Usb.import(one.listen));
  await choose(1, 2);
  const { width, height } = jpegFrame((await payload()).picture);
  assert.deepEqual([width, height], [1280, 720]);
  await usb.close();
  usb = mine;
  assert.equal(await one.stop(), 0);
});
