// Letters on their whole way: luukku-super with its outbox and the real luukku-fetch behind its walls, the fake program in
// the place of luukkud and luukku-rtc, and a stand-in agency.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { listen } from '../../../tools/agency/agency.mjs';

const BUILD = process.env.LUUKKU_BUILD ?? 'build';
const LIMIT_MS = 60000;
const CODE = 'KE4F-7Q9W-2MXT-8ZA';
let dir;
let letter;
const kiosks = new Set();

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function until(what, look) {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    assert(Date.now() < end, `waited in vain for ${what}`);
    await pause(50);
  }
}

const encrypt = (text) => execFileSync('openssl', ['cms', '-encrypt', '-binary', '-aes-256-gcm', '-outform', 'DER', join(dir, 'pki/agencies/kela/post.crt')],
  { input: text }).toString('base64url');
const pki = (...args) => execFileSync('tools/pki/luukku-pki', args, { stdio: ['ignore', 'pipe', 'pipe'] });
const waiting = (name) => readdirSync(join(dir, `${name}.outbox`)).filter((f) => f.endsWith('.letter'));
const agencyDir = (name) => join(dir, `${name}.agency`);

function agency(name, port = 0, trouble = 0) {
  return listen({
    dir: agencyDir(name), cert: join(dir, 'pki/broker/server.crt'), key: join(dir, 'pki/broker/server.key'),
    postCert: join(dir, 'pki/agencies/kela/post.crt'), postKey: join(dir, 'post.key'), port, trouble,
  });
}

function close(server) {
  server.closeAllConnections();
  return new Promise((done) => server.close(done));
}

class Kiosk {
  constructor(name, port) {
    const crt = 'pki/fleet/ca.crt';
    const post = { url: `https://127.0.0.1:${port}`, cert: 'pki/agencies/kela/post.crt', ca: crt };
    this.name = name;
    writeFileSync(join(dir, `${name}.json`), JSON.stringify({
      kiosk: 'kiosk-1', site: 'Test', broker: { host: '127.0.0.1', port: 1 }, tls: { ca: crt, cert: crt, key: crt },
      device: { cert: crt, key: crt }, agencies: [{ id: 'kela', ca: crt, post }], outbox: `${name}.outbox`, control: `${name}.sock`,
    }));
    this.start();
  }

  start() {
    this.errors = '';
    this.child = spawn(join(dir, 'bin/luukku-super'), ['--config', join(dir, `${this.name}.json`), '--headless', '--allow-ui-control'],
      { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child.stderr.on('data', (text) => (this.errors += text));
    this.ended = new Promise((done) => this.child.on('close', done));
    kiosks.add(this);
  }

  ctl(...words) {
    return new Promise((done) => {
      execFile(join(dir, 'bin/luukkuctl'), ['--socket', join(dir, `${this.name}.sock`), '--json', ...words],
        (error, out) => done(error ? null : JSON.parse(out)));
    });
  }

  running() {
    return until('three programs', async () => {
      const s = await this.ctl('status');
      return s?.programs.length === 3 && s.programs.every((p) => p.state === 'running') && s;
    });
  }

  async end(signal) {
    this.child.kill(signal);
    await this.ended;
    kiosks.delete(this);
  }
}

before(() => {
  dir = mkdtempSync(join(tmpdir(), 'luukku-post.'));
  chmodSync(dir, 0o755);
  mkdirSync(join(dir, 'bin'));
  for (const name of ['luukku-super', 'luukkuctl', 'luukku-fetch']) copyFileSync(join(BUILD, 'bin', name), join(dir, 'bin', name));
  for (const name of ['luukkud', 'luukku-rtc']) copyFileSync(join(BUILD, 'tests/luukku-fake'), join(dir, 'bin', name));
  const store = join(dir, 'pki');
  pki('init', store);
  pki('agency', store, 'kela', 'Kela');
  pki('broker', store);
  pki('post', store, 'kela', '--key-out', join(dir, 'post.key'));
  letter = encrypt('a sealed container');
});

afterEach(async () => {
  for (const kiosk of kiosks) {
    console.error(kiosk.errors);
    await kiosk.end('SIGKILL');
  }
});

after(() => rmSync(dir, { recursive: true, force: true }));

test('a letter is delivered, and the matter is asked for', async () => {
  const server = await agency('a', 0, 1);
  const kiosk = new Kiosk('a', server.address().port);
  const status = await kiosk.running();
  assert.equal(status.programs[2].name, 'luukku-fetch');
  assert.equal(await kiosk.ctl('ui', 'type', `letter:kela.${CODE}:${letter}`), 0);
  await until('the delivery', async () => (await kiosk.ctl('ui', 'type', 'posted')) === 1);
  assert.deepEqual(waiting('a'), []);
  assert.equal(readFileSync(join(agencyDir('a'), 'letters', `${CODE}.asice`), 'utf8'), 'a sealed container');
  writeFileSync(join(agencyDir('a'), 'matters', `${CODE}.json`),
    JSON.stringify({ title: 'Päiväraha', state: 'Käsittelyssä', asks: ['Todistus', 'Tili'] }));
  assert.equal(await kiosk.ctl('ui', 'type', `ask:kela.${CODE}`), 0);
  await until('the answer', async () => (await kiosk.ctl('ui', 'type', 'told')) === 'yes:Päiväraha|Käsittelyssä|Todistus|Tili');
  assert.equal(await kiosk.ctl('ui', 'type', 'ask:kela.KE00'), 0);
  await until('no such matter', async () => (await kiosk.ctl('ui', 'type', 'told')) === 'no:unknown');
  assert.equal(await kiosk.ctl('ui', 'type', 'ask:vero.VE00'), 0);
  await until('no such agency', async () => (await kiosk.ctl('ui', 'type', 'told')) === 'no:');
  await kiosk.end('SIGTERM');
  await close(server);
});

test('a letter that cannot be delivered waits, also without power', async () => {
  const first = await agency('b');
  const { port } = first.address();
  await close(first);
  const kiosk = new Kiosk('b', port);
  await kiosk.running();
  assert.equal(await kiosk.ctl('ui', 'type', `letter:kela.${CODE}:${letter}`), 0);
  await until('the letter in the outbox', () => waiting('b').length === 1);
  assert.deepEqual(readFileSync(join(dir, 'b.outbox', waiting('b')[0])).toString('base64url'), letter);
  await until('an attempt in vain', () => /letter not taken status=0/.test(kiosk.errors));
  await kiosk.end('SIGKILL');
  assert.equal(waiting('b').length, 1);
  const again = await agency('b', port);
  kiosk.start();
  await until('the delivery', () => waiting('b').length === 0);
  assert.equal(readFileSync(join(agencyDir('b'), 'letters', `${CODE}.asice`), 'utf8'), 'a sealed container');
  await kiosk.end('SIGTERM');
  await close(again);
});

test('an answer to what a matter asks for', async () => {
  const server = await agency('d');
  const kiosk = new Kiosk('d', server.address().port);
  await kiosk.running();
  const matter = join(agencyDir('d'), 'matters', `${CODE}.json`);
  writeFileSync(matter, JSON.stringify({ title: 'Päiväraha', state: 'Käsittelyssä', asks: ['Tili'] }));
  const said = { v: 1, code: CODE, answer: 'FI21 "ä"\n2' };
  assert.equal(await kiosk.ctl('ui', 'type', `letter:kela.${CODE}-0123ABCZ:${encrypt(JSON.stringify(said))}`), 0);
  await until('word that it is kept', async () => (await kiosk.ctl('ui', 'type', 'held')) === 1);
  await until('the delivery', async () => (await kiosk.ctl('ui', 'type', 'posted')) === 1);
  assert.deepEqual(waiting('d'), []);
  assert.deepEqual(JSON.parse(readFileSync(join(agencyDir('d'), 'answers', `${CODE}-0123ABCZ.json`), 'utf8')), said);
  assert.deepEqual(JSON.parse(readFileSync(matter, 'utf8')), { title: 'Päiväraha', state: 'Käsittelyssä', asks: [] });
  const other = encrypt(JSON.stringify({ ...said, code: 'KE00' }));
  assert.equal(await kiosk.ctl('ui', 'type', `letter:kela.${CODE}-0123ABCY:${other}`), 0);
  await until('a refusal of another matter\'s answer', () => /letter not taken status=422/.test(kiosk.errors));
  await kiosk.end('SIGTERM');
  await close(server);
});

test('luukku-fetch is killed, and what waits is delivered', async () => {
  const first = await agency('c');
  const { port } = first.address();
  await close(first);
  const kiosk = new Kiosk('c', port);
  const status = await kiosk.running();
  assert.equal(await kiosk.ctl('ui', 'type', `letter:kela.${CODE}:${letter}`), 0);
  await until('the letter in the outbox', () => waiting('c').length === 1);
  process.kill(status.programs[2].pid, 'SIGKILL');
  const again = await agency('c', port);
  await until('the delivery', async () => (await kiosk.ctl('ui', 'type', 'posted')) === 1);
  assert.deepEqual(waiting('c'), []);
  await kiosk.end('SIGTERM');
  await close(again);
});
