// The reader in its variants, over USB/IP: power, parameters, exchanges at each level, the pad, notifications, faults.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Ccid, hex } from './ccid.mjs';
import { order, start, Usb } from './client.mjs';
import { HostT1 } from './host-t1.mjs';

const AID = '00A4040C0C A000000063504B43532D3135';
const READ = '00A40800024331';
const running = [];

after(() => Promise.all(running.map((r) => r.stop())));

/** A reader as a program, imported: {usb, ccid, tell}. */
async function open(...words) {
  const program = await start('reader', ...words);
  running.push(program);
  const { usb } = await Usb.import(program.listen);
  const tell = async (line) => {
    const said = await order(program.control, line);
    assert.match(said, /^ok/, `${line}: ${said}`);
    return said.slice(3);
  };
  return { program, usb, tell, ccid: new Ccid(usb) };
}

test('extended APDU level: one certificate in one command, in several messages', async () => {
  const { ccid, usb } = await open('--variant', 'extended');
  const config = (await usb.control(0x80, 6, 0x0200, 0, 255)).data;
  assert.equal(config.readUInt32LE(9 + 9 + 40), 0x404be);
  const atr = await ccid.powerOn();
  assert.equal(atr.data[0], 0x3b);
  assert.equal(atr.data.subarray(1).reduce((x, b) => x ^ b, 0), 0);
  assert.equal((await ccid.apdu(AID)).toString('hex'), '9000');
  assert.equal((await ccid.apdu(READ)).toString('hex'), '9000');
  const whole = await ccid.apdu('00B00000000FFF');
  assert.equal(whole.readUInt16BE(whole.length - 2), 0x6282);
  assert.equal(whole[0], 0x30);
  assert.equal(whole.readUInt16BE(2) + 4, whole.length - 2);
  const long = await ccid.apdu(Buffer.concat([hex('002A90A0000258'), Buffer.alloc(600)]));
  assert.equal(long.toString('hex'), '6a80');
});

test('short APDU level: what does not fit is fetched', async () => {
  const { ccid } = await open('--variant', 'short', '--card', 'rsa3072');
  await ccid.powerOn();
  await ccid.apdu('00200011 0C 313233340000000000000000');
  await ccid.apdu('002241B606800142840101');
  await ccid.apdu(Buffer.concat([hex('002A90A0229020'), Buffer.alloc(32, 1)]));
  const first = await ccid.apdu('002A9E9A00');
  assert.equal(first.length, 258);
  assert.equal(first.subarray(-2).toString('hex'), '6180');
  assert.equal((await ccid.apdu('00C0000080')).length, 130);
  assert.equal((await ccid.send(0x6f, [0, 1, 0], hex('00840000'))).error, 8);
  assert.equal((await ccid.send(0x6f, [0, 0, 0], hex('00'))).error, 1);
});

test('APDU levels, T=0: the reader fetches what was asked for, and no more', async () => {
  for (const variant of ['short', 'extended']) {
    const { ccid } = await open('--variant', variant, '--card', 'fineid2');
    assert.equal((await ccid.powerOn()).data.toString('hex'), '3b7b940000806212515646696e454944');
    await ccid.apdu('00200011 0C 313233340000000000000000');
    assert.equal((await ccid.apdu('002241B606800142840101')).toString('hex'), '9000');
    const sign = Buffer.concat([hex('002A9E9A20'), Buffer.alloc(32, 1)]);
    assert.equal((await ccid.apdu(Buffer.concat([sign, hex('00')]))).length, 258, 'with Le');
    assert.equal((await ccid.apdu(sign)).toString('hex'), '6100', 'without Le');
    const most = await ccid.apdu('00C00000FF');
    assert.deepEqual([most.length, most.subarray(-2).toString('hex')], [257, '6101']);
    assert.equal((await ccid.apdu('00C0000001')).length, 3);
    await ccid.apdu('00A4080C022F00');
    assert.equal((await ccid.apdu('00B0000000')).subarray(-2).toString('hex'), '9000', '6Cxx is dealt with');
  }
});

test('TPDU level, T=0: the host does GET RESPONSE', async () => {
  const { ccid } = await open('--variant', 'tpdu-t0');
  const { data: atr } = await ccid.powerOn();
  assert.equal(atr.toString('hex'), '3b7f9600008031b865b0850402 1b1200f6829000'.replace(' ', ''));
  assert.equal((await ccid.good(0x6c)).data.length, 5);
  assert.equal((await ccid.xfr(hex(AID))).data.toString('hex'), '9000');
  const more = (await ccid.xfr(hex('00A40800024331'))).data;
  assert.equal(more[0], 0x61, 'control information');
  assert.equal((await ccid.xfr(Buffer.from([0, 0xc0, 0, 0, more[1]]))).data.length, more[1] + 2);
  assert.equal((await ccid.xfr(hex('00C0000001'))).data.toString('hex'), '6985');
  assert.equal((await ccid.xfr(hex('00B2000000'))).data.toString('hex'), '6d00');
  await ccid.xfr(hex('00A4000C022F00'));
  const dir = (await ccid.xfr(hex('00B0000000'))).data;
  assert.match(dir.toString('hex'), /^6c/);
  const exact = (await ccid.xfr(Buffer.from([0, 0xb0, 0, 0, dir[1]]))).data;
  assert.equal(exact.length, dir[1] + 2);
  assert.equal((await ccid.xfr(hex('0020001100'))).data.toString('hex'), '63c5');
});

test('TPDU level, all by hand: voltage, PPS, parameters, T=1', async () => {
  const { ccid, tell } = await open('--variant', 'tpdu-t1', '--ifsc', '60');
  assert.equal((await ccid.send(0x62, [0, 0, 0])).error, 7);
  await tell('fault no-power-5v 1');
  assert.equal((await ccid.send(0x62, [1, 0, 0])).error, 0xfe);
  await ccid.powerOn(2);
  assert.equal((await ccid.send(0x6f, [0, 0, 0], hex('00C101FE3E'))).error, 0xfe, 'no parameters, no T=1');
  await ccid.powerOn(2);
  assert.equal((await ccid.xfr(hex('FF119678'))).data.toString('hex'), 'ff119678');
  assert.equal((await ccid.good(0x61, [1, 0, 0], hex('96100045003C00'))).last, 1);
  const t1 = new HostT1((block) => ccid.xfr(block).then((a) => a.data), 60);
  await t1.ifs(254);
  assert.equal((await t1.apdu(hex(AID))).toString('hex'), '9000');
  assert.equal((await t1.apdu(hex(READ))).toString('hex'), '9000');
  assert.equal((await t1.apdu(hex('00B00000FF'))).length, 257);
  await tell('fault wtx 2');
  assert.equal((await t1.apdu(hex('00B00000FF'))).length, 257);
  assert.equal(t1.waits, 2);
  const long = Buffer.concat([hex('00240011C8'), Buffer.alloc(200)]);
  assert.equal((await t1.apdu(long)).toString('hex'), '6700');
});

test('two endpoints: nothing tells of cards, the status does', async () => {
  const { ccid, usb, tell } = await open('--variant', 'tpdu-t1-poll', '--card', 'none');
  assert.equal((await usb.in(0x81, 8)).status, -2);
  assert.equal((await ccid.good(0x65)).icc, 2);
  assert.equal((await ccid.send(0x62, [0, 0, 0])).error, 0xfe);
  await tell('card insert p384');
  assert.equal((await ccid.good(0x65)).icc, 1);
  await ccid.powerOn(2);
  assert.equal((await ccid.good(0x65)).icc, 0);
  await tell('card remove');
  assert.equal((await ccid.good(0x65)).icc, 2);
});

test('notifications', async () => {
  const { usb, tell } = await open('--variant', 'two-slot');
  assert.equal((await usb.in(0x81, 8)).data.toString('hex'), '500b');
  await tell('card remove');
  assert.equal((await usb.in(0x81, 8)).data.toString('hex'), '5002');
  await tell('card insert foreign 1');
  assert.equal((await usb.in(0x81, 8)).data.toString('hex'), '500c');
  await tell('fault notify-storm 5');
  for (let i = 0; i < 6; i += 1) {
    assert.equal((await usb.in(0x81, 8)).data[0], 0x50);
  }
});

test('a pad: verify, wrong, cancelled, too short, modify', async () => {
  const { ccid, tell } = await open('--variant', 'pad');
  await ccid.powerOn(1);
  const verify = hex('00 00 82 0C 00 0C04 02 01 0904 00 000000 0020 0011 0C 000000000000000000000000');
  const ask = (data, text) => Promise.all([ccid.send(0x69, [0, 0, 0], data), tell(`pad ${text}`)]).then(([a]) => a);
  assert.equal((await ask(verify, '1234 ok')).data.toString('hex'), '9000');
  assert.equal((await ask(verify, '4321 ok')).data.toString('hex'), '63c4');
  assert.equal((await ask(verify, '12 ok')).data.toString('hex'), '6403');
  assert.equal((await ask(verify, '12 cancel')).error, 0xef);
  assert.equal((await ask(verify, 'timeout')).error, 0xf0);
  assert.equal(await tell('tries'), 'pin1:4 pin2:5 puk:5');
  assert(ccid.extensions > 0);
  const modify = hex(`01 00 82 0C 00 00 0C 0C04 03 02 03 0904 00 01 02 000000 0024 0011 18 ${'00'.repeat(24)}`);
  assert.equal((await ask(modify, '1234 ok 5678 ok 5679 ok')).data.toString('hex'), '6402');
  assert.equal((await ask(modify, '1234 ok 5678 ok 5678 ok')).data.toString('hex'), '9000');
  assert.equal((await ask(verify, '5678 ok')).data.toString('hex'), '9000');
  await tell('reset');
  assert.equal((await ask(verify, '1234 ok')).data.toString('hex'), '9000');
});

test('a pad at TPDU level', async () => {
  const { ccid, tell } = await open('--variant', 'pad-tpdu');
  await ccid.powerOn(1);
  await ccid.good(0x61, [1, 0, 0], hex('11100045003C00'));
  const verify = hex('00 00 82 0C 00 0C04 02 01 0904 00 000000 0020 0011 0C 000000000000000000000000');
  await tell('pad 1234 ok');
  assert.equal((await ccid.good(0x69, [0, 0, 0], verify)).data.toString('hex'), '00000290 0092'.replace(' ', ''));
});

test('a false pad', async () => {
  const { ccid } = await open('--variant', 'false-pad');
  await ccid.powerOn();
  assert.deepEqual([(await ccid.send(0x69, [0, 0, 0], Buffer.alloc(20))).command], [1]);
});

test('an abort ends a silent command', async () => {
  const { ccid, usb, tell } = await open();
  await ccid.powerOn();
  await tell('fault silent 1');
  await usb.out(2, ccid.encode(0x6f, [0, 0, 0], hex('0084000008')));
  assert.equal((await ccid.send(0x65)).error, 0xe0);
  const seq = ccid.seq + 1;
  assert.equal((await usb.control(0x21, 1, seq << 8, 0)).status, 0);
  assert.equal((await ccid.good(0x72)).type, 0x81);
  assert.equal((await ccid.apdu('0084000008')).length, 10);
});

test('faults of messages', async () => {
  const { ccid, usb, tell, program } = await open();
  await ccid.powerOn();
  const raw = async () => {
    await usb.out(2, ccid.encode(0x65, [0, 0, 0], Buffer.alloc(0)));
    return usb.in(0x83, 512);
  };
  const cases = [
    ['wrong-seq', (b) => b[6] !== ccid.seq], ['wrong-slot', (b) => b[5] === 1], ['wrong-type', (b) => b[0] === 0x83],
    ['short-message', (b) => b.length === 5], ['lie-about-length', (b) => b[1] === 5], ['overlong-length', (b) => b[4] === 0x80],
    ['extra-bytes', (b) => b.length === 15], ['hw-error', (b) => b[8] === 0xfb], ['slot-busy', (b) => b[8] === 0xe0],
  ];
  for (const [name, right] of cases) {
    await tell(`fault ${name} 1`);
    const { data } = await raw();
    assert(right(data), `${name}: ${data.toString('hex')}`);
    assert((await raw()).data.length === 10, name);
  }
  await tell('fault stale-answer 1');
  assert.notEqual((await raw()).data[6], ccid.seq);
  assert.equal((await usb.in(0x83)).data[6], ccid.seq);
  await tell('fault zero-packet 1');
  assert.equal((await raw()).data.length, 0);
  assert.equal((await usb.in(0x83)).data[6], ccid.seq);
  await tell('fault stall-in 1');
  assert.equal((await raw()).status, -32);
  assert.equal((await usb.control(2, 1, 0, 0x83)).status, 0);
  assert.equal((await usb.in(0x83)).data[6], ccid.seq);
  await tell('fault stall-out 1');
  assert.equal((await usb.out(2, ccid.encode(0x65, [0, 0, 0], Buffer.alloc(0)))).status, -32);
  await usb.control(2, 1, 0, 2);
  assert.equal((await raw()).data.length, 10);
  await tell('fault time-extension 1');
  await ccid.good(0x65);
  assert.equal(ccid.extensions, 3);
  await tell('fault unplug-on-apdu 1');
  await usb.out(2, ccid.encode(0x6f, [0, 0, 0], hex('0084000008')));
  assert.equal((await usb.in(0x83)).status, -19);
  await tell('plug');
  const again = new Ccid((await Usb.import(program.listen)).usb);
  await again.powerOn();
});

test('faults later, for exchanges alone; answers and files of the test', async () => {
  const { ccid, tell } = await open();
  await ccid.powerOn();
  await tell('scope xfr');
  await tell('fault hw-error 1 1');
  await ccid.good(0x65);
  assert.equal((await ccid.apdu('0084000008')).length, 10);
  await ccid.good(0x65);
  assert.equal(await tell('armed'), 'hw-error:1');
  assert.equal((await ccid.send(0x6f, [0, 0, 0], hex('0084000008'))).error, 0xfb);
  assert.equal(await tell('armed'), '');
  await tell('inject 6f00 0102039000');
  assert.equal((await ccid.apdu('0084000008')).toString('hex'), '6f00');
  assert.equal((await ccid.apdu('0084000008')).toString('hex'), '0102039000');
  await tell('file 3F005031 3000');
  assert.equal(await tell('file 3F005031'), '3000');
  await ccid.apdu('00A4080C025031');
  assert.equal((await ccid.apdu('00B0000000')).toString('hex'), '30009000');
});

test('an abort that is not heard', async () => {
  const { ccid, usb, tell } = await open();
  await ccid.powerOn();
  await tell('fault silent 1');
  await tell('fault deaf-abort 1');
  await usb.out(2, ccid.encode(0x6f, [0, 0, 0], hex('0084000008')));
  const abort = async () => {
    await usb.control(0x21, 1, ((ccid.seq + 1) & 0xff) << 8, 0);
    await usb.out(2, ccid.encode(0x72, [0, 0, 0], Buffer.alloc(0)));
  };
  await abort();
  await abort();
  assert.equal((await ccid.receive()).seq, ccid.seq, 'the second one is');
});

test('faults of the answer to reset', async () => {
  const { ccid, tell } = await open();
  const sum = (b) => b.subarray(1).reduce((x, v) => x ^ v, 0);
  await tell('fault bad-tck 1');
  assert.notEqual(sum((await ccid.powerOn()).data), 0);
  await tell('fault short-atr 1');
  assert.equal((await ccid.powerOn()).data.length, 6);
  await tell('fault long-atr 1');
  assert.equal((await ccid.powerOn()).data.length, 40);
  await tell('fault mute-card 1');
  assert.equal((await ccid.send(0x62)).error, 0xfe);
  await tell('card insert mute');
  assert.equal((await ccid.send(0x62)).error, 0xfe);
});

test('every fault can be armed, and a wrong command line is refused', async () => {
  const { tell } = await open();
  for (const [, name] of (await tell('faults')).matchAll(/(?:^|; )([a-z0-9-]+) \(/g)) {
    await tell(`fault ${name} 1`);
  }
  await tell('fault none');
  await assert.rejects(start('reader', '--variant', 'nonsense'));
  await assert.rejects(start('nonsense'));
});
