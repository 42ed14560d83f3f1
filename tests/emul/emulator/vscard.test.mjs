// The card for QEMU's usb-ccid: the messages, with the test in QEMU's place.
import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { after, test } from 'node:test';
import { hex } from './ccid.mjs';
import { order, start } from './client.mjs';

const running = [];

after(() => Promise.all(running.map((r) => r.stop())));

/** QEMU's end of one connection. */
function peer(socket) {
  let bytes = Buffer.alloc(0);
  const queue = [];
  const waiting = [];
  socket.on('error', () => {});
  socket.on('data', (d) => {
    bytes = Buffer.concat([bytes, d]);
    while (bytes.length >= 12 && bytes.length >= 12 + bytes.readUInt32BE(8)) {
      const n = bytes.readUInt32BE(8);
      const message = { type: bytes.readUInt32BE(0), data: Buffer.from(bytes.subarray(12, 12 + n)) };
      bytes = bytes.subarray(12 + n);
      (waiting.shift() ?? ((m) => queue.push(m)))(message);
    }
  });
  const next = () => (queue.length ? Promise.resolve(queue.shift()) : new Promise((done) => waiting.push(done)));
  const say = (type, data = Buffer.alloc(0)) => {
    const head = Buffer.alloc(12);
    head.writeUInt32BE(type, 0);
    head.writeUInt32BE(data.length, 8);
    socket.write(Buffer.concat([head, data]));
  };
  const apdu = async (text) => {
    say(7, hex(text));
    const { type, data } = await next();
    assert.equal(type, 7);
    return data.toString('hex');
  };
  return { next, say, apdu, socket };
}

async function greet(p) {
  const hello = await p.next();
  assert.deepEqual([hello.type, hello.data.toString('latin1', 0, 4), hello.data.readUInt32BE(4)], [1, 'VSCD', 2]);
  p.say(1, Buffer.concat([Buffer.from('VSCD'), Buffer.alloc(8)]));
  assert.equal((await p.next()).type, 3);
  p.say(2, Buffer.alloc(4));
}

test('a card that QEMU connects to: inserted, used by T=0, pulled', async () => {
  const program = await start('vscard', '--listen', 'tcp:0');
  running.push(program);
  const p = peer(connect(Number(program.listen.split(':').at(-1)), '127.0.0.1'));
  await greet(p);
  const atr = await p.next();
  assert.deepEqual([atr.type, atr.data[0]], [5, 0x3b]);
  p.say(8);
  assert.equal((await p.next()).type, 9);
  assert.equal(await p.apdu('00A4040C0CA000000063504B43532D3135'), '9000');
  assert.equal(await p.apdu('00A40800024331'), '6110');
  assert.equal((await p.apdu('00C0000010')).length, 36);
  assert.equal(await p.apdu('0020001100'), '63c5');
  assert.equal(await order(program.control, 'card remove'), 'ok');
  assert.equal((await p.next()).type, 6);
  assert.equal(await order(program.control, 'card insert foreign'), 'ok');
  assert.equal((await p.next()).type, 5);
  assert.equal(await p.apdu('00A4040C0CA000000063504B43532D3135'), '6a82');
  assert.match(await order(program.control, 'tries'), /^error/);
  p.socket.destroy();
});

test('a card that connects to QEMU', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const came = new Promise((done) => server.once('connection', done));
  const program = await start('vscard', '--connect', `tcp:127.0.0.1:${server.address().port}`, '--card', 'fineid2');
  running.push(program);
  const p = peer(await came);
  await greet(p);
  assert.equal((await p.next()).data.toString('hex'), '3b7b940000806212515646696e454944');
  p.socket.destroy();
  server.close();
});
