// The emulated scanner over USB/IP: what it is, eSCL on its pipes, and the misbehaviours of pipes.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { order, start, Usb } from './client.mjs';
import { jpegFrame, Pipes, scanSettings } from './http.mjs';

let emulator;
let usb;
let pipes;

const say = async (line) => {
  const answer = await order(emulator.control, line);
  assert.match(answer, /^ok/, `${line}: ${answer}`);
  return answer.slice(3);
};

async function attach() {
  ({ usb } = await Usb.import(emulator.listen));
  pipes = await new Pipes(usb, 0).select();
}

const status = () => pipes.request('GET', '/eSCL/ScannerStatus');

async function job(options) {
  const { status: code, headers } = await pipes.request('POST', '/eSCL/ScanJobs', { body: scanSettings(options) });
  assert.equal(code, 201);
  return new URL(headers.location).pathname;
}

before(async () => {
  emulator = await start('scanner', '--listen', 'tcp:0', '--control', 'tcp:0');
  await attach();
});

after(async () => {
  await usb.close();
  assert.equal(await emulator.stop(), 0);
});

afterEach(async () => {
  await say('fault none');
  await say('empty');
});

test('three interfaces, IPP over USB on their second setting', async () => {
  const { data } = await usb.control(0x80, 6, 0x0200, 0, 1024);
  const settings = [];
  for (let at = 0; at < data.length; at += data[at]) {
    if (data[at + 1] === 4) {
      settings.push([data[at + 2], data[at + 3], data[at + 5], data[at + 6], data[at + 7]].join('/'));
    }
  }
  assert.deepEqual(settings, ['0/0/7/1/2', '0/1/7/1/4', '1/0/7/1/2', '1/1/7/1/4', '2/0/7/1/2', '2/1/7/1/4', '3/0/255/255/255']);
  assert.match((await usb.control(0xa1, 0, 0, 0, 1024)).data.toString('latin1', 2), /^MFG:Luukku;MDL:/);
});

test('a plain printer answers nothing', async () => {
  const plain = new Pipes(usb, 2);
  await plain.send('GET', '/eSCL/ScannerStatus');
  await plain.select(); // and forgets what it was sent
  assert.equal((await plain.request('GET', '/eSCL/ScannerStatus')).status, 200);
});

test('a flatbed page', async () => {
  const path = await job({ source: 'Platen', dpi: 100, mode: 'Grayscale8' });
  assert.match((await status()).body.toString(), /<pwg:State>Processing</);
  const page = await pipes.request('GET', `${path}/NextDocument`);
  assert.equal(page.headers['content-type'], 'image/jpeg');
  assert.deepEqual(jpegFrame(page.body), { width: 827, height: 1169, components: 1, progressive: false });
  assert.equal((await pipes.request('GET', `${path}/NextDocument`)).status, 404);
  assert.match((await status()).body.toString(), /<pwg:State>Idle</);
});

test('duplex from the feeder, while another pair of pipes asks for the status', async () => {
  await say('pages 2 blank 2b');
  const other = await new Pipes(usb, 1).select();
  const path = await job({ duplex: true });
  const pages = [];
  for (;;) {
    const [page, { body }] = await Promise.all([pipes.request('GET', `${path}/NextDocument`), other.request('GET', '/eSCL/ScannerStatus')]);
    assert.match(body.toString(), /<scan:AdfState>/);
    if (page.status !== 200) {
      break;
    }
    pages.push(page.body);
  }
  assert.equal(pages.length, 4);
  assert.equal(new Set(pages.map((p) => p.toString('base64'))).size, 4);
  assert(pages[3].length < pages[1].length, 'the blank side is the smaller file');
  assert.equal((await pipes.request('DELETE', path)).status, 200);
});

test('an empty feeder, a jam, an open cover', async () => {
  const refused = () => pipes.request('POST', '/eSCL/ScanJobs', { body: scanSettings() });
  assert.equal((await refused()).status, 409);
  await say('fault empty-feeder-as-jam');
  const path = await job();
  assert.equal((await pipes.request('GET', `${path}/NextDocument`)).status, 409);
  assert.match((await status()).body.toString(), /ScannerAdfJam/);
  await say('pages 3');
  await say('fault none');
  await say('cover open');
  assert.equal((await refused()).status, 503);
  assert.match((await status()).body.toString(), /ScannerAdfHatchOpen/);
  await say('cover closed');
  await say('jam 2');
  const second = await job();
  assert.equal((await pipes.request('GET', `${second}/NextDocument`)).status, 200);
  assert.equal((await pipes.request('GET', `${second}/NextDocument`)).status, 409);
  assert.equal(JSON.parse(await say('state')).jobs[0].state, 'Aborted');
});

test('IPP says what it is', async () => {
  const body = Buffer.concat([Buffer.from('0200000b00000007', 'hex'), Buffer.from([1, 0x47, 0, 18]), Buffer.from('attributes-charset'),
    Buffer.from([0, 5]), Buffer.from('utf-8'), Buffer.from([3])]);
  const answer = await pipes.request('POST', '/ipp/print', { body, headers: { 'Content-Type': 'application/ipp' } });
  assert.equal(answer.body.toString('hex', 0, 8), '0200000000000007');
  assert.equal(answer.body.at(-1), 3);
  assert(answer.body.includes('printer-uuid') && answer.body.includes('printer-device-id'));
});

test('answers in odd packets are the same answers', async () => {
  const { body: plain } = await status();
  for (const name of ['split-packets', 'zero-packets', 'no-zlp', 'slow-drip', '100-continue', 'leading-crlf', 'header-lower-case']) {
    await say('aim status');
    await say(`fault ${name} 1`);
    if (name === '100-continue') {
      await pipes.send('GET', '/eSCL/ScannerStatus');
      assert.equal((await pipes.head()).status, 100);
      const { headers } = await pipes.head();
      await pipes.take(Number(headers['content-length']));
      continue;
    }
    if (name === 'leading-crlf') {
      await pipes.send('GET', '/eSCL/ScannerStatus');
      assert.equal((await pipes.take(4)).bytes.toString(), '\r\n\r\n');
      const { headers } = await pipes.head();
      await pipes.take(Number(headers['content-length']));
      continue;
    }
    pipes.reads = [];
    assert.equal((await status()).body.length, plain.length, name);
    assert.equal(await say('armed'), '', name);
    if (name === 'zero-packets') {
      assert.deepEqual(pipes.reads.slice(0, 2), [0, 0]);
      await pipes.more(); // the last empty packet
    }
    if (name === 'split-packets') {
      assert(pipes.reads.filter((n) => n === 1).length >= 400);
    }
    await say('fault none');
  }
});

test('stalls, and what lies behind them until the setting is chosen anew', async () => {
  await say('aim status');
  await say('fault stall-in 1');
  await pipes.send('GET', '/eSCL/ScannerStatus');
  assert((await usb.in(0x81, 16384)).data.length > 0);
  assert.equal((await usb.in(0x81, 16384)).status, -32);
  await usb.control(2, 1, 0, 0x81);
  assert((await usb.in(0x81, 16384)).data.length > 0, 'the rest was waiting');
  await say('fault stall-out 1');
  assert.equal((await pipes.send('GET', '/')).status, -32);
  await usb.control(2, 1, 0, 0x01);
  pipes = await new Pipes(usb, 0).select();
  assert.equal((await status()).status, 200);
});

test('stale and poisonous bytes', async () => {
  await say('fault stale-answer 1');
  await status();
  assert.equal((await pipes.head()).status, 200); // unasked for
  pipes = await new Pipes(usb, 0).select();
  await say('fault unread-bytes-poison 1');
  await status();
  assert(pipes.bytes.length > 0);
  pipes = await new Pipes(usb, 0).select();
  assert.equal((await status()).status, 200);
});

test('pulled out in the middle of the second page', async () => {
  await say('pages 3');
  await say('fault unplug-on-page 2');
  const path = await job({ dpi: 150 });
  assert.equal((await pipes.request('GET', `${path}/NextDocument`)).status, 200);
  await assert.rejects(pipes.request('GET', `${path}/NextDocument`));
  assert.equal((await Usb.import(emulator.listen)).status, 4);
  await usb.close();
  await say('plug');
  await attach();
  assert.match((await status()).body.toString(), /<pwg:State>Idle<.*<pwg:JobState>Aborted</s);
});

test('a device of another shape', async () => {
  const cases = [['single', 0], ['full-speed', 1], ['flatbed', 1], ['feeder', 1], ['simplex', 1]];
  for (const [variant, alternate] of cases) {
    const one = await start('scanner', '--variant', variant, '--pages', '1');
    const { usb: host } = await Usb.import(one.listen);
    const pair = await new Pipes(host, 0).select(alternate);
    const { body } = await pair.request('GET', '/eSCL/ScannerCapabilities');
    assert.equal(body.includes('<scan:Platen>'), variant !== 'feeder', variant);
    assert.equal(body.includes('<scan:Adf>'), variant !== 'flatbed', variant);
    assert.equal(body.includes('AdfDuplexInputCaps'), variant !== 'flatbed' && variant !== 'simplex', variant);
    await host.close();
    assert.equal(await one.stop(), 0);
  }
});
