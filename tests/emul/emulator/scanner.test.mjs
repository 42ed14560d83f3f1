// The emulated scanner over TCP: eSCL as a client has it, and every misbehaviour by name.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { order, start } from './client.mjs';
import { jpegFrame, scanSettings } from './http.mjs';

const GIVE_UP_MS = 10000;
const SILENCE_MS = 500; // where nothing is to come

let emulator;
let port;
const tried = new Set();

const say = async (line) => {
  const answer = await order(emulator.control, line);
  assert.match(answer, /^ok/, `${line}: ${answer}`);
  return answer.slice(3);
};

const arm = (name, count = '') => {
  tried.add(name);
  return say(`fault ${name} ${count}`);
};

/** All bytes of one answer; `ended` says how: 'end', 'reset' or 'silence'. */
function raw(method, path, { body = '', headers = {}, patience = GIVE_UP_MS } = {}) {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    const parts = [];
    const finish = (ended) => {
      socket.destroy();
      const bytes = Buffer.concat(parts);
      const at = bytes.indexOf('\r\n\r\n');
      const head = bytes.toString('latin1', 0, at < 0 ? bytes.length : at);
      done({ ended, bytes, head, status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0), body: at < 0 ? Buffer.alloc(0) : bytes.subarray(at + 4) });
    };
    socket.setTimeout(patience, () => finish('silence'));
    socket.on('data', (d) => parts.push(d)).on('end', () => finish('end')).on('error', () => finish('reset'));
    const lines = { Host: `127.0.0.1:${port}`, Connection: 'close', ...(body ? { 'Content-Length': body.length } : {}), ...headers };
    socket.write(`${method} ${path} HTTP/1.1\r\n${Object.entries(lines).map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n${body}`);
  });
}

/** By node's own client, which is strict. Gives {status, headers, bytes}; throws where an answer is no HTTP. */
async function ask(method, path, body) {
  const r = await fetch(`http://127.0.0.1:${port}${path}`, { method, body, redirect: 'manual', headers: { Connection: 'close' } });
  return { status: r.status, headers: r.headers, bytes: Buffer.from(await r.arrayBuffer()) };
}

async function job(options) {
  const { status, headers } = await ask('POST', '/eSCL/ScanJobs', scanSettings(options));
  assert.equal(status, 201);
  return new URL(headers.get('location')).pathname;
}

const page = async (options) => ask('GET', `${await job({ source: 'Platen', ...options })}/NextDocument`);
const rawPage = async (options) => raw('GET', `${await job({ source: 'Platen', ...options })}/NextDocument`);
const status = async () => (await ask('GET', '/eSCL/ScannerStatus')).bytes.toString();
const capabilities = () => raw('GET', '/eSCL/ScannerCapabilities');

async function reset() {
  await say('fault none');
  await say('pages 0');
  await say('cover closed');
  for (const { id } of JSON.parse(await say('state')).jobs) {
    await ask('DELETE', `/eSCL/ScanJobs/${id}`);
  }
}

before(async () => {
  emulator = await start('scanner', '--tcp', '0');
  port = Number(await say('tcp'));
});

after(async () => {
  assert.equal(await emulator.stop(), 0);
});

afterEach(reset);

test('what it offers is what it does', async () => {
  const xml = (await ask('GET', '/eSCL/ScannerCapabilities')).bytes.toString();
  const { status: well } = spawnSync('xmllint', ['--noout', '-'], { input: xml });
  assert(well === 0 || well === null, 'well-formed, where there is something to see it with');
  const offered = [...xml.matchAll(/<scan:XResolution>(\d+)</g)].map((m) => Number(m[1]));
  for (const dpi of new Set(offered)) {
    const { bytes } = await page({ dpi, region: [600, 300] });
    const { width, height } = jpegFrame(bytes);
    assert.deepEqual([width, height], [dpi * 2, dpi]);
  }
  for (const [mode, components] of [['RGB24', 3], ['Grayscale8', 1], ['BlackAndWhite1', 1]]) {
    assert.equal(jpegFrame((await page({ mode })).bytes).components, components);
  }
  assert.equal((await page({ format: 'application/pdf' })).bytes.toString('latin1', 0, 5), '%PDF-');
  for (const wrong of [{ dpi: 301 }, { mode: 'RGB48' }, { source: 'Camera' }, { format: 'image/tiff' }, { region: [9999, 100] }, { region: [1, 1] }]) {
    assert.equal((await ask('POST', '/eSCL/ScanJobs', scanSettings({ source: 'Platen', ...wrong }))).status, 409);
  }
  assert.equal((await ask('POST', '/eSCL/ScanJobs', 'nonsense')).status, 409);
  assert.equal((await ask('GET', '/eSCL/Nothing')).status, 404);
  assert.equal((await ask('POST', '/eSCL/ScannerStatus', 'x')).status, 405);
});

test('requests: chunked, split, many on one connection, nonsense', async () => {
  const body = scanSettings({ source: 'Platen' });
  const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  const statuses = (...pieces) => new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    pieces.forEach((piece, i) => setTimeout(() => socket.write(piece), i * 5));
    let text = '';
    socket.on('data', (d) => {
      text += d.toString('latin1');
    });
    socket.on('end', () => done(text.match(/HTTP\/1\.1 \d+/g).map((l) => Number(l.slice(9)))));
  });
  const post = 'POST /eSCL/ScanJobs HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n';
  assert.deepEqual(await statuses(post, chunked.slice(0, 40), chunked.slice(40)), [201]);
  const get = 'GET / HTTP/1.1\r\nHost: x\r\n';
  assert.deepEqual(await statuses(`${get}\r\n${get}\r\n`, get, 'Connection: close\r\n\r\n'), [200, 200, 200]);
  for (const line of ['NONSENSE', 'GET /', 'GET / HTTP/9.9']) {
    const answer = await new Promise((done) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(`${line}\r\n\r\n`));
      socket.once('data', (d) => {
        socket.destroy();
        done(d.toString('latin1', 0, 12));
      });
    });
    assert.equal(answer, 'HTTP/1.1 400');
  }
});

test('feeder and state', async () => {
  const post = async (options) => (await ask('POST', '/eSCL/ScanJobs', scanSettings(options))).status;
  assert.equal(await post(), 409);
  await arm('empty-feeder-as-jam');
  const jammed = await job();
  assert.equal((await ask('GET', `${jammed}/NextDocument`)).status, 409);
  assert.match(await status(), /ScannerAdfJam/);
  await reset();
  await arm('empty-feeder-taken', 1);
  assert.equal((await ask('GET', `${await job()}/NextDocument`)).status, 404);
  const said = { 'status-says-loaded': /ScannerAdfLoaded/, 'status-says-empty': /ScannerAdfEmpty/, 'odd-adf-names': /ScannerAdfProcessing/,
    'busy-state': />Processing</, 'state-testing': />Testing</ };
  for (const [name, want] of Object.entries(said)) {
    await arm(name);
    assert.match(await status(), want, name);
    assert.equal(await post({ source: 'Platen' }), name === 'busy-state' || name === 'state-testing' ? 503 : 201, name);
    await reset();
  }
  await arm('status-failing', 1);
  assert.equal((await ask('GET', '/eSCL/ScannerStatus')).status, 503);
  await arm('needs-delete');
  const done = await job({ source: 'Platen' });
  await ask('GET', `${done}/NextDocument`);
  assert.equal(await post({ source: 'Platen' }), 503);
  await ask('DELETE', done);
  assert.equal(await post({ source: 'Platen' }), 201);
});

test('nothing on the glass', async () => {
  const paper = (await page()).bytes;
  await say('glass clear');
  const nothing = (await page()).bytes;
  await say('glass paper');
  assert(nothing.length < paper.length);
  assert.deepEqual((await page()).bytes, paper);
});

test('cancelling', async () => {
  await say('pages 3');
  await arm('cancel-ignored', 1);
  const first = await job();
  assert.equal((await ask('DELETE', first)).status, 200);
  assert.equal((await ask('GET', `${first}/NextDocument`)).status, 200);
  assert.equal((await ask('DELETE', first)).status, 200);
  assert.equal((await ask('GET', `${first}/NextDocument`)).status, 404);
  await arm('delete-404', 1);
  assert.equal((await ask('DELETE', await job())).status, 404);
  await arm('delete-silent', 1);
  assert.equal((await raw('DELETE', await job(), { patience: SILENCE_MS })).ended, 'silence');
});

test('where a job is said to be', async () => {
  const want = { 'no-location': /^$/, 'relative-location': /^\/eSCL\/ScanJobs\/[\w-]+$/, 'bare-location': /^[\w-]+$/,
    'absolute-location': /^http:\/\/127\.0\.0\.1:\d+\/eSCL/, 'other-host-location': /^http:\/\/192\.168\.77\.5:8080\/eSCL/,
    'broken-location': /^http:\/\/\[fe80\/eSCL/, 'slash-location': /\/$/, 'huge-location': /x{70000}$/ };
  for (const [name, pattern] of Object.entries(want)) {
    await arm(name, 1);
    const { head } = await raw('POST', '/eSCL/ScanJobs', { body: scanSettings({ source: 'Platen' }) });
    assert.match(/^Location: (.*)$/m.exec(head)?.[1]?.trim() ?? '', pattern, name);
    await reset();
  }
  await arm('host-needs-port');
  const { head } = await raw('POST', '/eSCL/ScanJobs', { body: scanSettings({ source: 'Platen' }), headers: { Host: 'localhost' } });
  assert.match(head, /Location: http:\/\/:0\//);
  await arm('host-must-be-localhost');
  assert.equal((await raw('GET', '/eSCL/ScannerStatus')).status, 403);
  assert.equal((await raw('GET', '/eSCL/ScannerStatus', { headers: { Host: 'localhost' } })).status, 200);
  await reset();
  for (const [name, code] of [['job-200', 200], ['job-400', 400], ['job-409', 409]]) {
    await arm(name, 1);
    assert.equal((await ask('POST', '/eSCL/ScanJobs', scanSettings({ source: 'Platen' }))).status, code);
    await reset();
  }
});

test('not yet, and no more', async () => {
  for (const [name, code, after_] of [['503-not-yet', 503, null], ['503-retry-after', 503, '1'], ['503-retry-after-long', 503, '86400'],
    ['404-not-yet', 404, null], ['410-not-yet', 410, null]]) {
    await arm(name, 2);
    const path = await job({ source: 'Platen' });
    for (let i = 0; i < 2; i += 1) {
      const { status: code2, headers } = await ask('GET', `${path}/NextDocument`);
      assert.deepEqual([code2, headers.get('retry-after')], [code, after_], name);
    }
    assert.equal((await ask('GET', `${path}/NextDocument`)).status, 200);
  }
  for (const [name, code] of [['404-end', 404], ['409-end', 409], ['410-end', 410], ['200-end', 200], ['503-end', 503]]) {
    await arm(name);
    const path = await job({ source: 'Platen' });
    await ask('GET', `${path}/NextDocument`);
    assert.equal((await ask('GET', `${path}/NextDocument`)).status, code);
    await reset();
  }
  await say('pages 3');
  await arm('early-404');
  const path = await job();
  assert.equal((await ask('GET', `${path}/NextDocument`)).status, 200);
  assert.equal((await ask('GET', `${path}/NextDocument`)).status, 404);
  await say('fault none');
  await arm('sheet-limit');
  assert.equal((await ask('GET', `${path}/NextDocument`)).status, 404);
});

test('pictures', async () => {
  const frame = async (name, options = {}) => {
    await arm(name, 1);
    return jpegFrame((await page(options)).bytes);
  };
  const plain = (await page()).bytes;
  const { width, height } = jpegFrame(plain);
  for (const name of ['jpeg-bomb', 'jpeg-bomb-progressive']) {
    assert.deepEqual([(await frame(name)).width, (await frame(name)).height], [65500, 65500]);
  }
  assert.equal((await frame('height-zero-jpeg')).height, 0);
  assert.equal((await frame('zero-size-jpeg')).width, 0);
  assert.equal((await frame('progressive-jpeg')).progressive, true);
  assert.equal((await frame('cmyk-jpeg')).components, 4);
  assert.equal((await frame('gray-when-color')).components, 1);
  assert.equal((await frame('wrong-resolution', { dpi: 150 })).width, width);
  const { width: w, height: h } = await frame('image-size-differs');
  assert.deepEqual([w, h], [width + 16, height - 8]);
  assert((await frame('paper-end-mid-page')).height < height * 0.7);
  const bytes = async (name, options = {}) => {
    await arm(name, 1);
    return page(options);
  };
  assert((await bytes('truncated-jpeg')).bytes.length < plain.length);
  assert.equal((await bytes('truncated-head')).bytes.length, 100);
  assert.equal((await bytes('jpeg-garbage-after')).bytes.length, plain.length + 1024);
  assert.equal((await bytes('two-jpegs')).bytes.length, plain.length * 2);
  assert.notEqual((await bytes('not-a-jpeg')).bytes[0], 0xff);
  assert.notDeepEqual((await bytes('bad-bits')).bytes, plain);
  assert.match((await bytes('html-page')).headers.get('content-type'), /html/);
  for (const name of ['pdf-bomb', 'pdf-huge-page', 'pdf-garbage', 'pdf-for-jpeg', 'pdf-two-pages']) {
    const { bytes: pdf, headers } = await bytes(name, { format: 'application/pdf' });
    assert.equal(pdf.toString('latin1', 0, 5), '%PDF-', name);
    assert.equal(headers.get('content-type'), 'application/pdf');
    const { status: good, stdout } = spawnSync('pdfinfo', ['-'], { input: pdf });
    assert.equal(good === 0, name !== 'pdf-garbage', name);
    assert(name !== 'pdf-two-pages' || /Pages: +2/.test(stdout));
    assert(pdf.length < 1 << 20, name);
  }
  assert.equal((await bytes('wrong-media-type')).headers.get('content-type'), 'application/octet-stream');
  assert.equal((await bytes('media-type-pdf')).headers.get('content-type'), 'application/pdf');
  assert.equal((await bytes('no-media-type')).headers.get('content-type'), null);
});

test('a back side upside down', async () => {
  const back = async () => {
    await say('pages 1');
    const path = await job({ duplex: true });
    await ask('GET', `${path}/NextDocument`);
    return (await ask('GET', `${path}/NextDocument`)).bytes;
  };
  const plain = await back();
  await arm('duplex-back-rotated');
  assert.notDeepEqual(await back(), plain);
});

test('XML', async () => {
  const xml = async (name) => {
    await arm(name, 1);
    return (await capabilities()).body;
  };
  assert.match((await xml('odd-namespaces')).toString(), /<ScannerCapabilities version="1".*<p:Version>/s);
  assert.match((await xml('entity-bomb')).toString(), /<!DOCTYPE scan \[.*&l9;/s);
  assert.match((await xml('entity-outside')).toString(), /SYSTEM "file:/);
  assert((await xml('huge-xml')).length > 30e6);
  assert.match((await xml('deep-xml')).toString(), /(<scan:Deep>){1000}/);
  assert.equal((await xml('utf16-xml')).readUInt16LE(0), 0xfeff);
  assert.doesNotMatch((await xml('truncated-xml')).toString(), /<\/scan:ScannerCapabilities>/);
  assert.notEqual((await xml('garbage-xml'))[0], '<'.charCodeAt(0));
  assert.doesNotMatch((await xml('empty-capabilities')).toString(), /InputCaps/);
  assert.match((await xml('capabilities-absurd')).toString(), /99999999999999999999/);
  await say('fault none');
  assert.match((await xml('capabilities-lie')).toString(), />1200</);
  assert.equal((await ask('POST', '/eSCL/ScanJobs', scanSettings({ source: 'Platen', dpi: 1200 }))).status, 409);
  await arm('missing-capabilities', 1);
  assert.equal((await capabilities()).status, 404);
  await arm('redirect', 1);
  const { headers } = await ask('GET', '/eSCL/ScannerCapabilities');
  assert.match((await ask('GET', headers.get('location'))).bytes.toString(), /ScannerCapabilities/);
});

test('framing', async () => {
  const cases = {
    'http-1.0-close': ({ head, ended }) => /^HTTP\/1\.0 200/.test(head) && ended === 'end' && !/length|chunked/i.test(head),
    'missing-content-length': ({ head, ended }) => /^HTTP\/1\.1 200/.test(head) && ended === 'end' && !/length|chunked/i.test(head),
    'chunk-garbage': ({ body }) => body.includes('zz top\r\n'),
    'chunk-huge': ({ body }) => body.toString('latin1', 0, 17) === '10000000000000010',
    'chunk-trailers': ({ body }) => /0\r\nX-Pages: 1\r\nX-Odd:\t \r\n\r\n$/.test(body.toString('latin1')),
    'chunk-cut': ({ body }) => !/0\r\n\r\n$/.test(body.toString('latin1')),
    'content-length-long': ({ head, body }) => Number(/Length: (\d+)/.exec(head)[1]) === body.length + 4096,
    'content-length-short': ({ head, body }) => Number(/Length: (\d+)/.exec(head)[1]) === body.length - 4096,
    'content-length-twice': ({ head }) => head.match(/Content-Length/g).length === 2,
    'content-length-absurd': ({ head }) => /Length: 9{20}/.test(head),
    'length-and-chunks': ({ head }) => /Length: 17\r\nTransfer-Encoding: chunked/.test(head),
    'empty-body': ({ body, status: code }) => code === 200 && body.length === 0,
    'cut-off': ({ body }) => body.length > 0 && !/0\r\n\r\n$/.test(body.toString('latin1')),
    'stall-in': ({ ended, body }) => ended !== 'silence' && !/0\r\n\r\n$/.test(body.toString('latin1')),
    'stall-in-head': ({ ended, bytes }) => ended !== 'silence' && bytes.length === 0,
    'slow-drip': ({ bytes, ended }) => ended === 'silence' || bytes.length < 4000,
    silent: ({ bytes, ended }) => ended === 'silence' && bytes.length === 0,
    'split-packets': ({ status: code }) => code === 200,
    'zero-packets': ({ status: code }) => code === 200,
    'no-zlp': ({ bytes }) => bytes.length % 512 === 0,
  };
  for (const [name, good] of Object.entries(cases)) {
    const path = await job({ source: 'Platen' });
    await say('aim page');
    await arm(name, 1);
    const slow = name === 'slow-drip' ? setTimeout(() => say('fault none'), 100) : null;
    const options = name === 'silent' ? { patience: SILENCE_MS } : {};
    const got = name === 'slow-drip' ? await first(path) : await raw('GET', `${path}/NextDocument`, options);
    assert(good(got), `${name}: ${got.ended}, ${got.bytes.length} bytes`);
    clearTimeout(slow);
    await reset();
  }
  await arm('stall-out', 1);
  assert.equal((await raw('GET', '/')).bytes.length, 0);
});

/** The first bytes of a page that would take minutes. */
function first(path) {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`GET ${path}/NextDocument HTTP/1.1\r\nHost: x\r\n\r\n`));
    socket.once('data', (bytes) => {
      socket.destroy();
      done({ bytes, ended: 'silence' });
    });
  });
}

test('heads', async () => {
  const cases = {
    '100-continue': ({ bytes }) => /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/.test(bytes.toString('latin1')),
    'leading-crlf': ({ bytes }) => /^\r\n\r\nHTTP/.test(bytes.toString('latin1')),
    'bare-lf': ({ bytes }) => /^HTTP\/1\.1 200 OK\n/.test(bytes.toString('latin1')),
    'header-cut': ({ bytes }) => /\r\n\r$/.test(bytes.toString('latin1')),
    'header-flood': ({ head }) => head.length > 1e6,
    'header-lower-case': ({ head }) => /content-length:   \d+ {2}/.test(head),
    'no-reason': ({ head }) => /^HTTP\/1\.1 200\r\n/.test(head),
    'not-http': ({ bytes }) => /^ERROR/.test(bytes.toString('latin1')),
    'error-500': ({ status: code }) => code === 500,
    'wants-password': ({ head }) => /401.*WWW-Authenticate/s.test(head),
    'stale-answer': ({ bytes }) => bytes.toString('latin1').match(/HTTP\/1\.1 200/g).length === 2,
    'unread-bytes-poison': ({ head, body }) => Number(/Length: (\d+)/.exec(head)[1]) < body.length,
  };
  for (const [name, good] of Object.entries(cases)) {
    await arm(name, 1);
    assert(good(await raw('GET', '/eSCL/ScannerStatus')), name);
    assert.equal(await say('armed'), '', name);
  }
});

test('pulled out, and a jam, in the middle of a page', async () => {
  await say('pages 4');
  await arm('jam-mid-page', 2);
  const path = await job();
  assert.equal((await raw('GET', `${path}/NextDocument`)).status, 200);
  const broken = await raw('GET', `${path}/NextDocument`);
  assert.doesNotMatch(broken.body.toString('latin1'), /0\r\n\r\n$/);
  assert.match(await status(), /ScannerAdfJam/);
  await say('pages 4');
  await arm('unplug-on-page', 1);
  const { body } = await raw('GET', `${await job()}/NextDocument`);
  assert.doesNotMatch(body.toString('latin1'), /0\r\n\r\n$/);
  await assert.rejects(ask('GET', '/'));
  await say('plug');
  assert.match(await status(), />Idle</);
});

test('a page takes its time', async () => {
  await say('pages 2');
  await say('speed 240');
  const begun = performance.now();
  const path = await job();
  await ask('GET', `${path}/NextDocument`);
  await ask('GET', `${path}/NextDocument`);
  assert(performance.now() - begun > 450, 'two pages at four a second');
  await say('speed 0');
});

test('no misbehaviour is left out here', async () => {
  const names = (await say('faults')).split('; ').map((f) => f.split(' ')[0]).filter((n) => !n.endsWith('-at'));
  assert.deepEqual(names.filter((n) => !tried.has(n)), []);
});
