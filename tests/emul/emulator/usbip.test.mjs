// The common part: the USB/IP protocol and the base of a device, tried with a device that echoes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { configurationDescriptor, deviceDescriptor, SPEED, TYPE } from '../../../tools/emulator/descriptors.mjs';
import { UsbDevice } from '../../../tools/emulator/device.mjs';
import { listenControl } from '../../../tools/emulator/control.mjs';
import { UsbipServer } from '../../../tools/emulator/usbip.mjs';
import { list, order, Usb } from './client.mjs';

const bulk = (address, max) => ({ address, type: TYPE.bulk, max });

/** What it gets on endpoint 2 comes back on 81; empty messages stall; "hold" waits for a release. */
class Echo extends UsbDevice {
  constructor() {
    super({
      device: deviceDescriptor({ vendor: 0x1209, product: 1, iProduct: 1 }),
      configuration: configurationDescriptor({ parts: [
        { number: 0, class: [255, 1, 2], endpoints: [bulk(0x81, 64), bulk(0x02, 64)] },
        { number: 0, alternate: 1, class: [255, 1, 3], endpoints: [bulk(0x84, 512)] },
        { number: 1, class: [255, 9, 9], endpoints: [{ address: 0x83, type: TYPE.isochronous, max: 32, interval: 4 }] },
      ] }),
      strings: ['Echo äö'], speed: SPEED.high, faults: { odd: 'nothing' },
    });
    this.resets = 0;
    this.n = 0;
  }

  onReset() {
    this.resets += 1;
  }

  onOut(address, data) {
    if (data.toString() === 'hold' && !this.free) {
      return 'hold';
    }
    if (data.length === 0) {
      return 'stall';
    }
    this.send(0x81, data);
    return undefined;
  }

  onIsochronous() {
    this.n += 1;
    return Buffer.alloc(this.n, this.n);
  }

  onControl(s) {
    return s.request === 9 ? Buffer.from('nine') : s.request === 8 ? 'silent' : null;
  }
}

let echo;
let server;
let at;
let orders;
let usb;

before(async () => {
  echo = new Echo();
  server = new UsbipServer(echo, '1-1');
  at = await server.listen('tcp:0');
  orders = await listenControl('tcp:0', echo);
  ({ usb } = await Usb.import(at));
});

after(async () => {
  await usb.close();
  server.close();
  orders.server.close();
});

test('list says what there is', async () => {
  const l = await list(at);
  assert.deepEqual([l.version, l.code, l.status, l.n], [0x111, 5, 0, 1]);
  assert.equal(l.device.toString('latin1', 256, 260), '1-1\0');
  assert.equal(l.device.readUInt32BE(296), 3);
  assert.equal(l.device.readUInt16BE(300), 0x1209);
  assert.equal(l.interfaces.toString('hex'), 'ff010200ff090900');
});

test('a second importer and a wrong place are refused', async () => {
  assert.equal((await Usb.import(at)).status, 2);
  assert.equal((await Usb.import(at, '9-9')).status, 4);
});

test('standard requests', async () => {
  const cases = [
    [[0x80, 6, 0x0100, 0, 18], /^1201000200000040091201000001000100?01$/],
    [[0x80, 6, 0x0200, 0, 9], /^0902/],
    [[0x80, 6, 0x0301, 0x409, 255], /^1003450063006800/],
    [[0x80, 6, 0x0600, 0, 10], /^0a06/],
    [[0x80, 8, 0, 0, 1], /^01$/],
    [[0x80, 0, 0, 0, 2], /^0000$/],
    [[0x81, 10, 0, 0, 1], /^00$/],
    [[0xc0, 9, 0, 0, 2], /^6e69$/],
  ];
  for (const [words, want] of cases) {
    const { status, data } = await usb.control(...words);
    assert.equal(status, 0, words.join());
    assert.match(data.toString('hex'), want);
  }
  for (const words of [[0x80, 6, 0x0f00, 0, 5], [0x80, 6, 0x0309, 0, 255], [0, 9, 7, 0], [1, 11, 5, 0], [0xc0, 1, 0, 0, 2]]) {
    assert.equal((await usb.control(...words)).status, -32, words.join());
  }
});

test('packets end requests as on a wire', async () => {
  await usb.out(2, Buffer.alloc(100, 7));
  assert.equal((await usb.in(0x81)).data.length, 100);
  await usb.out(2, Buffer.alloc(128, 7)); // a full last packet: an empty one follows
  assert.equal((await usb.in(0x81, 128)).data.length, 128);
  assert.equal((await usb.in(0x81, 128)).data.length, 0);
  await usb.out(2, Buffer.alloc(60));
  await usb.out(2, Buffer.alloc(61));
  assert.equal((await usb.in(0x81)).data.length, 60);
  assert.equal((await usb.in(0x81)).data.length, 61);
  await usb.out(2, Buffer.alloc(60));
  const over = await usb.in(0x81, 10);
  assert.deepEqual([over.status, over.data.length], [-75, 10]);
});

test('stalls last until they are cleared', async () => {
  assert.equal((await usb.out(2, Buffer.alloc(0))).status, -32);
  assert.equal((await usb.out(2, Buffer.from('x'))).status, -32);
  assert.equal((await usb.control(0x82, 0, 0, 2, 2)).data[0], 1);
  assert.equal((await usb.control(2, 1, 0, 2)).status, 0);
  assert.equal((await usb.out(2, Buffer.from('x'))).status, 0);
  assert.equal((await usb.in(0x81)).data.toString(), 'x');
});

test('what was unlinked is not answered', async () => {
  const { seq } = usb.begin({ address: 0x81, length: 64 });
  assert.equal(await usb.unlink(seq), -104);
  usb.open.delete(seq);
  await usb.out(2, Buffer.from('later'));
  assert.equal((await usb.in(0x81)).data.toString(), 'later');
  assert.equal(await usb.unlink(seq), 0);
  const held = usb.begin({ address: 2, data: Buffer.from('hold') });
  assert.equal(await usb.unlink(held.seq), -104);
  usb.open.delete(held.seq);
  const silent = usb.begin({ address: 0x80, length: 1, setup: Buffer.from([0xc0, 8, 0, 0, 0, 0, 1, 0]) });
  assert.equal(await usb.unlink(silent.seq), -104);
  usb.open.delete(silent.seq);
});

test('a held transfer goes on', async () => {
  const { ended } = usb.begin({ address: 2, data: Buffer.from('hold') });
  assert.equal((await usb.control(0x80, 8, 0, 0, 1)).status, 0);
  echo.free = true;
  echo.release(2);
  assert.equal((await ended).moved, 4);
  await usb.in(0x81);
});

test('alternate settings have endpoints of their own', async () => {
  assert.equal((await usb.in(0x84)).status, -2);
  assert.equal((await usb.control(1, 11, 1, 0)).status, 0);
  assert.equal((await usb.out(2, Buffer.from('x'))).status, -2);
  assert.equal((await usb.control(0x81, 10, 0, 0, 1)).data[0], 1);
  assert.equal((await usb.control(1, 11, 0, 0)).status, 0);
  assert.equal((await usb.out(2, Buffer.from('x'))).status, 0);
  await usb.in(0x81);
});

test('isochronous packets', async () => {
  const packets = [0, 1, 2].map((i) => ({ offset: i * 32, length: 32 }));
  const { status, data, packets: got } = await usb.begin({ address: 0x83, length: 96, packets }).ended;
  assert.equal(status, 0);
  assert.equal(data.toString('hex'), '010202030303');
  assert.deepEqual(got.map((p) => [p.offset, p.actual, p.status]), [[0, 1, 0], [32, 2, 0], [64, 3, 0]]);
});

test('faults hit the transfer that is meant', async () => {
  const cases = [['stall-at', -32, 0], ['error-at', -71, 0], ['zero-at', 0, 0], ['short-at', 0, 2]];
  for (const [name, status, moved] of cases) {
    assert.equal(await order(orders.address, `fault ${name} 2`), 'ok');
    assert.equal((await usb.out(2, Buffer.from('four'))).moved, 4);
    const second = await usb.in(0x81);
    assert.deepEqual([second.status, second.data.length], [status, moved], name);
    await usb.control(2, 1, 0, 0x81);
    if (name !== 'short-at') {
      assert.equal((await usb.in(0x81)).data.toString(), 'four');
    }
  }
});

test('the control socket', async () => {
  assert.equal(await order(orders.address, 'ping'), 'ok pong');
  assert.equal(await order(orders.address, 'fault odd 3'), 'ok');
  assert.equal(await order(orders.address, 'armed'), 'ok odd:3');
  assert.equal(await order(orders.address, 'fault none'), 'ok');
  assert.equal(await order(orders.address, 'armed'), 'ok');
  assert.match(await order(orders.address, 'faults'), /^ok odd \(nothing\); unplug-at/);
  assert.match(await order(orders.address, 'fault nonsense'), /^error /);
  assert.match(await order(orders.address, 'fault odd x'), /^error /);
  assert.match(await order(orders.address, 'nonsense'), /^error /);
});

test('pulled and plugged', async () => {
  const { ended } = usb.begin({ address: 0x81, length: 64 });
  assert.equal(await order(orders.address, 'unplug'), 'ok');
  assert.equal((await ended).status, -19);
  assert.equal((await Usb.import(at)).status, 4);
  assert.equal((await list(at)).n, 0);
  assert.equal(await order(orders.address, 'plug'), 'ok');
  const again = await Usb.import(at);
  assert.equal(again.status, 0);
  usb = again.usb;
  await order(orders.address, 'fault unplug-at 2');
  assert.equal((await usb.out(2, Buffer.from('x'))).status, 0);
  assert.equal((await usb.in(0x81)).status, -19);
  await order(orders.address, 'plug');
  ({ usb } = await Usb.import(at));
});

test('whoever comes right after another is let in', async () => {
  await usb.close();
  const again = await Usb.import(at);
  assert.equal(again.status, 0);
  usb = again.usb;
});

test('whoever goes while it waits is not let in', async (t) => {
  const letIn = server.import.bind(server);
  let asked = 0;
  const twice = new Promise((done) => t.mock.method(server, 'import', (...words) => {
    letIn(...words);
    asked += 1;
    if (asked === 1) echo.unplug(); // it waits for `usb` to go
    if (asked === 2) done();
  }));
  assert.equal((await Usb.import(at)).status, null);
  echo.plug();
  await twice;
  t.mock.restoreAll();
  const again = await Usb.import(at);
  assert.equal(again.status, 0);
  usb = again.usb;
});
