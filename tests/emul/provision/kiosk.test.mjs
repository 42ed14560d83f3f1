// A new kiosk, from its first start to use: the real programs, luukkuctl as the technician, luukku-pki as the fleet's office.
import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';

const BIN = resolve(process.env.LUUKKU_BUILD ?? 'build', 'bin');
const PKI = resolve('tools/pki/luukku-pki');
const LIMIT_MS = 60000;
let dir;
let child;
let errors = '';

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const at = (name) => join(dir, name);

/** Waits until `look` gives something true. */
async function until(what, look) {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    assert(Date.now() < end, `waited in vain for ${what}\n${errors}`);
    await pause(100);
  }
}

function start() {
  child = spawn(join(BIN, 'luukku-super'), ['--home', at('home'), '--control', at('control'), '--log', at('log'), '--headless', '--allow-ui-control'],
    { stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.on('data', (text) => (errors += text));
  child.ended = new Promise((done) => child.on('close', done));
}

async function stop(signal = 'SIGTERM') {
  child.kill(signal);
  await child.ended;
}

const ctl = (...words) => new Promise((done) => {
  execFile(join(BIN, 'luukkuctl'), ['--socket', at('control'), ...words], (error, out, err) => done({ code: error?.code ?? 0, out, err }));
});

async function answer(...words) {
  const r = await ctl(...words, '--json');
  return r.code === 0 ? JSON.parse(r.out) : null;
}

/** Waits for the screen of that name, and gives `status`. */
const screen = (name) => until(`the screen ${name}`, async () => {
  const s = await answer('status');
  return s?.screen === name && s.programs.every((p) => p.state === 'running') && s;
});

async function refused(pattern, ...words) {
  const link = readlinkSync(at('home/current'));
  const r = await ctl(...words);
  assert.equal(r.code, 1, `${words.join(' ')} was not refused`);
  assert.match(r.err, pattern);
  assert.equal(readlinkSync(at('home/current')), link, 'something was changed');
}

function pki(...words) {
  const r = spawnSync(PKI, words, { encoding: 'utf8', cwd: dir });
  assert.equal(r.status, 0, r.stderr);
  return r;
}

before(() => {
  dir = mkdtempSync(join(tmpdir(), 'luukku-provision.'));
  pki('init', 'store'); // a relative path, as people type it
  pki('agency', 'store', 'kela', 'Kela');
});

after(async () => {
  if (child && child.exitCode === null && child.signalCode === null) {
    console.error(errors);
    await stop('SIGKILL');
  }
  rmSync(dir, { recursive: true, force: true });
});

test('a new kiosk shows its request', async () => {
  start();
  const status = await screen('unused');
  assert.match(status.kiosk, /^new-[0-9a-f]{8}$/);
  assert.deepEqual(status.programs.map((p) => p.name), ['luukkud']);
  const is = await answer('provision', 'status');
  assert.equal(is.state, 'new');
  assert.equal(is.kiosk, status.kiosk);
  const csr = await ctl('provision', 'csr');
  writeFileSync(at('request.pem'), csr.out);
  assert.equal(csr.out.match(/BEGIN CERTIFICATE REQUEST/g).length, 2);
  const all = JSON.parse((await ctl('test', 'all', '--json')).out);
  const [first, ...others] = all.filter((c) => c.result === 'FAIL');
  assert.equal(first?.test, 'certs', JSON.stringify(all));
  assert.match(first.reason, /not set up/);
  assert.match(first.next, /provision csr/);
  assert(others.every((c) => c.test === 'network'), JSON.stringify(others));
  assert(all.every((c) => c.result === 'PASS' || c.reason), 'each line says why');
  const tree = JSON.parse((await ctl('ui', 'tree')).out);
  assert(tree.nodes.some((n) => n.id === 'request-qr'), 'no QR code');
  assert(tree.nodes.some((n) => n.name.includes(status.kiosk)), 'its name is not on the screen');
  assert.equal((await ctl('ui', 'tap', 'lang-sv')).code, 0);
  await until('Swedish', async () => (await answer('status'))?.lang === 'sv');
});

test('only the answer to this request is taken', async () => {
  for (const role of ['device', 'tls']) {
    const r = spawnSync('openssl', ['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at('x.key'),
      '-subj', `/OU=${role}/CN=other`, '-out', at(`${role}.csr`)]);
    assert.equal(r.status, 0);
  }
  pki('sign', 'store', 'kiosk-8', '--site', 'Muu', '--device-csr', 'device.csr', '--tls-csr', 'tls.csr');
  writeFileSync(at('wrong.pem'), ['kiosks/kiosk-8/device.crt', 'kiosks/kiosk-8/tls.crt', 'fleet/ca.crt']
    .map((name) => readFileSync(at(`store/${name}`), 'utf8')).join(''));
  await refused(/certificate is refused, line 1: is for another key/, 'provision', 'certificate', at('wrong.pem'));
  await refused(/private key/, 'provision', 'certificate', at('x.key'));
  const signed = pki('sign', 'store', 'kiosk-7', '--site', 'Kirjasto, Kuhmö', '--csr', 'request.pem', '--out', 'answer.pem');
  assert.match(signed.stderr, new RegExp((await answer('provision', 'status')).kiosk));
  const r = await ctl('provision', 'certificate', at('answer.pem'), '--json');
  assert.equal(r.code, 0, r.err);
  const is = JSON.parse(r.out);
  assert.equal(is.kiosk, 'kiosk-7');
  assert.equal(is.certified, true);
  assert.equal(is.state, 'new');
});

function template(more) {
  writeFileSync(at('place.json'), JSON.stringify({
    broker: { host: '127.0.0.1', port: 1 }, agencies: [{ id: 'kela' }], camera: 'simulated', sound: 'simulated',
    keypad: JSON.parse(readFileSync('board/common/keypad.example.json', 'utf8')), ...more,
  }));
  pki('site', 'store', 'kiosk-7', '--template', 'place.json', '--out', 'site.json');
}

test('a wrong site file changes nothing, a right one puts the kiosk to use', async () => {
  template({ panel: { width_mm: 3 } });
  await refused(/site file is refused, line \d+: panel\.width_mm: is not 50\.\.3000/, 'provision', 'site', at('site.json'));
  template();
  const site = readFileSync(at('site.json'), 'utf8');
  assert.match(site, /^[\n\x20-\x7e]*$/, 'a serial line takes ASCII alone');
  writeFileSync(at('other.json'), site.replace('"kiosk-7"', '"kiosk-8"'));
  await refused(/kiosk: is not the name in the kiosk's certificate/, 'provision', 'site', at('other.json'));
  const link = readlinkSync(at('home/current'));
  assert.equal((await ctl('provision', 'site', at('site.json'), 'check')).code, 0);
  assert.equal(readlinkSync(at('home/current')), link);
  const r = await ctl('provision', 'site', at('site.json'));
  assert.equal(r.code, 0, r.err);
  const status = await screen('start');
  assert.equal(status.kiosk, 'kiosk-7');
  assert.equal(status.site, 'Kirjasto, Kuhmö');
  assert.deepEqual(status.programs.map((p) => p.name), ['luukkud', 'luukku-rtc']);
  assert.equal((await answer('provision', 'status')).state, 'in-use');
});

test('settings stand above the site file, are judged, and wait for the end of a visit', async () => {
  await refused(/volume: is not 1\.\.10 \(allowed: 1 to 10\)/, 'set', 'volume', '11');
  await refused(/language: is not fi, sv.*\(allowed: fi/, 'set', 'language', 'xx');
  await refused(/usage: set NAME VALUE/, 'set', 'kiosk', 'kiosk-8');
  await refused(/usage: set NAME VALUE/, 'unset', 'broker');
  const set = async (name, value) => {
    const before = (await screen('start')).programs[0].pid;
    const r = value === undefined ? await ctl('unset', name) : await ctl('set', name, value);
    assert.equal(r.code, 0, r.err);
    await until('new programs', async () => {
      const s = await answer('status');
      return s?.screen === 'start' && s.programs[0].pid !== before;
    });
  };
  await set('language', 'sv');
  await set('notice', 'Stängt på onsdag.');
  const status = await screen('start');
  assert.equal(status.lang, 'sv');
  let tree = JSON.parse((await ctl('ui', 'tree')).out);
  assert.equal(tree.nodes.find((n) => n.id === 'site-notice').name, 'Stängt på onsdag.');
  const all = await answer('settings');
  assert.deepEqual([all.language.value, all.language.from, all.volume.value, all.volume.from], ['sv', 'set', 7, 'default']);
  assert.deepEqual([all.site.value, all.site.from], ['Kirjasto, Kuhmö', 'site']);
  // Another site file does not undo them.
  const given = await ctl('provision', 'site', at('site.json'));
  assert.equal(given.code, 0, given.err);
  await until('Swedish again', async () => (await answer('status'))?.lang === 'sv');
  await screen('start');
  assert.equal((await ctl('ui', 'tap', 'next')).code, 0);
  await until('a visit', async () => (await answer('status'))?.session === 'visit');
  await refused(/a visit is going on/, 'set', 'volume', '3');
  assert.equal((await ctl('ui', 'tap', 'back')).code, 0);
  await screen('start');
  await until('nobody', async () => (await answer('status'))?.session === 'idle');
  await set('language');
  await set('notice');
  assert.equal((await screen('start')).lang, 'fi');
  tree = JSON.parse((await ctl('ui', 'tree')).out);
  assert(!tree.nodes.some((n) => n.id === 'site-notice'));
});

test('what was given stays, and a wrong file does not disturb the programs', async () => {
  await stop('SIGKILL');
  start();
  const { programs } = await screen('start');
  writeFileSync(at('bad.json'), '{"v": 1,\n "kiosk": "kiosk-7"}\n');
  await refused(/line 1: site: is missing|line 1: broker: is missing|is missing/, 'provision', 'site', at('bad.json'));
  await refused(/certificate is refused/, 'provision', 'certificate', at('wrong.pem'));
  const later = await answer('status');
  assert.deepEqual(later.programs.map((p) => p.pid), programs.map((p) => p.pid));
  await stop();
});

test('a factory reset needs the name, spares letters, and leaves a new kiosk', async () => {
  start();
  await screen('start');
  writeFileSync(at('home/outbox/a-letter'), 'sealed');
  await refused(/usage: factory-reset/, 'factory-reset', 'kiosk-7', 'now');
  await refused(/not this kiosk's name/, 'factory-reset', 'kiosk-8');
  await refused(/letters that were not sent yet would be lost \(1\)/, 'factory-reset', 'kiosk-7');
  assert.equal((await ctl('ui', 'tap', 'next')).code, 0);
  await until('a visit', async () => (await answer('status'))?.session === 'visit');
  await refused(/a visit is going on/, 'factory-reset', 'kiosk-7', 'letters');
  await stop();
  cpSync(at('home'), at('kept'), { recursive: true, verbatimSymlinks: true });
  start();
  await screen('start');
  assert.match(readFileSync(at('log'), 'latin1'), /luukku-super/);
  const key = readFileSync(at('home/current/device.key'), 'utf8');
  const r = await ctl('factory-reset', 'kiosk-7', 'letters');
  assert.equal(r.code, 0, r.err);
  const status = await screen('unused');
  assert.match(status.kiosk, /^new-[0-9a-f]{8}$/);
  assert.deepEqual(readdirSync(at('home/outbox')), []);
  assert.notEqual(readFileSync(at('home/current/device.key'), 'utf8'), key);
  assert(!readFileSync(at('log'), 'latin1').includes('kiosk=kiosk-7'), 'the old log is there');
  assert.equal((await answer('provision', 'status')).certified, false);
  await stop();
  rmSync(at('home'), { recursive: true });
  renameSync(at('kept'), at('home'));
});

test('a kiosk whose configuration is broken can be given another', async () => {
  truncateSync(at('home/current/kiosk.json'), 10);
  start();
  await screen('unused');
  assert.equal((await answer('provision', 'status')).state, 'broken');
  const r = await ctl('provision', 'site', at('site.json'));
  assert.equal(r.code, 0, r.err);
  await screen('start');
  await stop();
});
