// luukku-super as a whole: real walls, real control socket, luukkuctl; in the place of luukkud and luukku-rtc the fake
// program that misbehaves when told to.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { createServer } from 'node:tls';

const BUILD = process.env.LUUKKU_BUILD ?? 'build';
const LIMIT_MS = 30000;
let dir;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Waits until `look` gives something true. */
async function until(what, look) {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    assert(Date.now() < end, `waited in vain for ${what}`);
    await pause(20);
  }
}

function writeConfig(name, more = {}) {
  const pem = 'pki/x.pem';
  writeFileSync(join(dir, `${name}.json`), JSON.stringify({
    kiosk: 'kiosk-1', site: 'Test', broker: { host: '127.0.0.1', port: 1 },
    tls: { ca: pem, cert: pem, key: pem }, device: { cert: pem, key: pem },
    agencies: [{ id: 'kela', ca: pem, crl: pem }], control: `${name}.sock`, ...more,
  }));
  return join(dir, `${name}.json`);
}

/** All processes whose environment holds this run's mark; super and its programs. */
function marked(mark) {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark);
    } catch {
      return false;
    }
  });
}

let count = 0;
const open = new Set();

class Kiosk {
  /** `words` are options; an object in front has members of the configuration. */
  constructor(...words) {
    const { config: members = {} } = typeof words[0] === 'object' ? words.shift() : {};
    this.name = `k${++count}`;
    this.mark = `LUUKKU_TEST_MARK=${process.pid}-${this.name}.`;
    const config = writeConfig(this.name, members);
    this.socket = join(dir, `${this.name}.sock`);
    this.errors = '';
    this.child = spawn(join(dir, 'bin/luukku-super'), ['--config', config, '--headless', ...words], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, LUUKKU_TEST_MARK: this.mark.split('=')[1] },
    });
    this.child.stderr.on('data', (text) => (this.errors += text));
    open.add(this);
    this.child.on('exit', (code, signal) => (this.how = { as: signal ?? code }));
    // All that it said has been read, too.
    this.ended = new Promise((done) => this.child.on('close', (code, signal) => done(signal ?? code)));
  }

  /** luukkuctl's exit status, output and errors. */
  ctl(...words) {
    return new Promise((done) => {
      const args = ['--socket', this.socket, '--json', ...words];
      execFile(join(dir, 'bin/luukkuctl'), args, { maxBuffer: 1 << 24 }, (error, out, err) =>
        done({ code: error?.code ?? 0, out, err, json: () => JSON.parse(out) }));
    });
  }

  async status() {
    const r = await this.ctl('status');
    return r.code === 0 ? r.json() : null;
  }

  running() {
    return until('both programs', async () => {
      const s = await this.status();
      return s?.programs.every((p) => p.state === 'running') && s;
    });
  }

  async stop(signal = 'SIGTERM') {
    this.child.kill(signal);
    await until(`the kiosk to end after ${signal}`, () => this.how);
    await until('nothing to be left', () => marked(this.mark).length === 0);
    open.delete(this);
    return this.how.as;
  }
}

before(() => {
  dir = mkdtempSync(join(tmpdir(), 'luukku-super.'));
  chmodSync(dir, 0o755);
  mkdirSync(join(dir, 'bin'));
  mkdirSync(join(dir, 'pki'));
  for (const name of ['luukku-super', 'luukkuctl']) copyFileSync(join(BUILD, 'bin', name), join(dir, 'bin', name));
  for (const name of ['luukkud', 'luukku-rtc']) copyFileSync(join(BUILD, 'tests/luukku-fake'), join(dir, 'bin', name));
  writeFileSync(join(dir, 'pki/x.pem'), 'x');
});

// A test that failed leaves its kiosk running, which would keep this program from its end.
afterEach(() => {
  for (const kiosk of open) {
    console.error(kiosk.errors);
    marked(kiosk.mark).forEach((pid) => process.kill(pid, 'SIGKILL'));
  }
  open.clear();
});

after(() => rmSync(dir, { recursive: true, force: true }));

test('answers commands, by itself and by its programs', async () => {
  const k = new Kiosk('--allow-ui-control');
  const status = await k.running();
  assert.equal(status.kiosk, 'kiosk-1');
  assert.equal(status.luukkud, 'status');
  assert.equal(status['luukku-rtc'], 'status');
  assert.equal(statSync(k.socket).mode & 0o777, 0o600);
  assert.deepEqual((await k.ctl('devices')).json(), Array(2).fill({ device: 'camera', state: 'none' }));
  const selftest = await k.ctl('selftest');
  assert.equal(selftest.json().filter((c) => c.test === 'fake').length, 2);
  assert.equal(selftest.code === 0, selftest.json().every((c) => c.result !== 'FAIL'));
  assert.equal((await k.ctl('ui', 'type', 'big')).json().length, 99997);
  const png = join(dir, 'screen.png');
  assert.equal((await k.ctl('ui', 'screenshot', png)).code, 0);
  assert.equal(readFileSync(png, 'latin1'), 'PNG!');
  const refused = await k.ctl('ui', 'tap', 'nothing');
  assert.equal(refused.code, 1);
  assert.match(refused.err, /luukkud knows no "ui"/);
  const log = await k.ctl('log');
  assert(log.json().lines.some((l) => l.program === 'luukkud' && / started pid=/.test(l.text)));
  assert.equal(await k.stop(), 0);
  assert(!existsSync(k.socket));
});

test('refuses what was not allowed, and unknown words', async () => {
  const k = new Kiosk();
  await k.running();
  for (const words of [['ui', 'tree'], ['emu', 'camera', 'unplug']]) {
    const r = await k.ctl(...words);
    assert.equal(r.code, 1);
    assert.match(r.err, /started without --allow-ui-control/);
  }
  assert.equal((await k.ctl('nonsense')).code, 2);
  assert.equal(await k.stop('SIGINT'), 0);
  const nobody = await k.ctl('status');
  assert.equal(nobody.code, 3);
  assert.match(nobody.err, /no kiosk listens there/);
});

test('options for tests alone are refused elsewhere', async () => {
  for (const word of ['--black-screen', '--short-idle']) {
    const k = new Kiosk(word);
    assert.equal(await k.ended, 2);
    assert.match(k.errors, /With --allow-ui-control alone/);
    open.delete(k);
  }
});

test('a program that is killed or stopped is back, the other stays', async () => {
  const k = new Kiosk('--allow-ui-control');
  let status = await k.running();
  const survivor = status.programs[0].pid;
  for (const signal of ['SIGKILL', 'SIGSTOP']) {
    const { pid } = status.programs[1];
    process.kill(pid, signal);
    status = await until(`luukku-rtc after ${signal}`, async () => {
      const s = await k.running();
      return s.programs[1].pid !== pid && s;
    });
    assert.equal(status.programs[0].pid, survivor);
    await until('the sibling to be heard', async () => (await k.ctl('ui', 'type', 'peer')).out.trim() === '1');
  }
  await k.stop();
});

test('says so when a program does not answer', async () => {
  const k = new Kiosk('--allow-ui-control');
  const status = await k.running();
  const silent = await k.ctl('ui', 'type', 'ignored');
  assert.equal(silent.code, 1);
  assert.match(silent.err, /luukkud does not answer/);
  const waiting = k.ctl('ui', 'key', 'ignored');
  await pause(100);
  process.kill(status.programs[0].pid, 'SIGKILL');
  const gone = await waiting;
  assert.equal(gone.code, 1);
  assert.match(gone.err, /luukkud (ended before it answered|is not running just now)/);
  await k.stop();
});

test('answers when luukkud is dead, and says so', async () => {
  const k = new Kiosk('--allow-ui-control');
  const whole = await k.running();
  assert.deepEqual({ health: whole.health, dead: whole.dead, site: whole.site }, { health: 'ok', dead: [], site: 'Test' });
  // From now on it does not start any more.
  renameSync(join(dir, 'bin/luukkud'), join(dir, 'bin/luukkud.away'));
  try {
    process.kill(whole.programs[0].pid, 'SIGKILL');
    const status = await until('luukkud to be dead', async () => {
      const s = await k.status();
      return s?.dead.some((d) => d.name === 'luukkud' && /not started/.test(d.why)) && s;
    });
    assert.equal(status.health, 'down');
    assert.equal(status.session, null);
    assert.match(status.errors.luukkud, /not running just now/);
    for (const name of ['programs', 'version', 'hardware', 'network', 'calls', 'devices', 'log']) assert.equal((await k.ctl(name)).code, 0, name);
    assert.equal((await k.ctl('programs')).json().health, 'down');
  } finally {
    renameSync(join(dir, 'bin/luukkud.away'), join(dir, 'bin/luukkud'));
  }
  await until('luukkud to be back', async () => (await k.status())?.health === 'ok');
  await k.stop();
});

test('tells the machine and its network', async () => {
  const k = new Kiosk();
  await k.running();
  const hardware = (await k.ctl('hardware')).json();
  assert(hardware.cpu.cores >= 1 && hardware.memory.total_kb > 100000 && hardware.storage.some((s) => s.path === '/'), JSON.stringify(hardware));
  assert.equal(hardware.clock.sane, true);
  const network = (await k.ctl('network')).json();
  assert(network.interfaces.some((i) => i.name === 'lo' && i.addresses.includes('127.0.0.1/8')), JSON.stringify(network));
  assert.deepEqual(network.broker, { host: '127.0.0.1', port: 1, link: null });
  assert.match((await k.ctl('version')).json().version, /^\d+\.\d+/);
  assert.deepEqual((await k.ctl('calls')).json(), []);
  await k.stop();
});

test('the log survives a power cut, and is read with care', async () => {
  const ring = join(dir, 'ring');
  let k = new Kiosk('--log', ring);
  await k.running();
  assert.equal((await k.ctl('audit', 'maija', 'opened the console')).code, 0);
  assert.equal((await k.ctl('audit', 'maija', 'a "quote"')).code, 1);
  assert.equal((await k.ctl('audit', 'ma ija', 'x')).code, 1);
  await k.stop('SIGKILL');
  k = new Kiosk('--log', ring);
  await k.running();
  const { lines } = (await k.ctl('log', 'program=console')).json();
  assert.deepEqual(lines.map((l) => [l.level, l.room, l.text]), [['info', 'audit', 'info console audit who=maija what="opened the console"']]);
  const follow = await k.ctl('log', 'level=warn', 'program=luukku-super', 'lines=5');
  assert(follow.json().lines.every((l) => ['warn', 'error'].includes(l.level) && l.program === 'luukku-super'), follow.out);
  assert.equal((await k.ctl('log', 'level=loud')).code, 1);
  await k.stop('SIGKILL');
  writeFileSync(ring, readFileSync(ring).map((byte, i) => (i % 97 === 0 ? byte ^ 0x55 : byte)));
  k = new Kiosk('--log', ring);
  await k.running();
  assert.equal((await k.ctl('log', 'program=console')).json().lines.length, 0);
  await k.stop();
});

/** A CA, what it signed, and the keys, below the folder `name`; returns the members of a configuration. */
function makeCertificates(name, days = 300) {
  const at = (file) => join(dir, name, file);
  const openssl = (...words) => execFileSync('openssl', words, { stdio: 'ignore' });
  mkdirSync(join(dir, name));
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', at('ca.key'), '-out', at('ca.pem'), '-subj', '/O=Test/CN=CA', '-days', '3650');
  for (const who of ['device', 'tls', 'server']) {
    openssl('req', ...key, '-keyout', at(`${who}.key`), '-out', at(`${who}.csr`), '-subj', `/CN=${who}`, '-addext', 'subjectAltName=IP:127.0.0.1');
    openssl('x509', '-req', '-in', at(`${who}.csr`), '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-days', `${days}`, '-copy_extensions', 'copy', '-out', at(`${who}.pem`));
  }
  const file = (what) => `${name}/${what}`;
  return {
    tls: { ca: file('ca.pem'), cert: file('tls.pem'), key: file('tls.key') }, device: { cert: file('device.pem'), key: file('device.key') },
    agencies: [{ id: 'kela', ca: file('ca.pem'), crl: file('ca.pem') }],
    help: { technicians: ['tekla'], ca: file('ca.pem'), crl: file('ca.pem') },
  };
}

/** A TURN server, as far as a relay is asked for: 401 first, then whatever the password says (RFC 8489, 9.2). */
function turnServer(password) {
  const socket = createSocket('udp4');
  const key = createHash('md5').update(`kiosk:test:${password}`).digest();
  const attribute = (type, value) => Buffer.concat([Buffer.from([type >> 8, type & 255, 0, value.length]), value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
  const answer = (asked, type, ...attributes) => {
    const body = Buffer.concat(attributes);
    const head = Buffer.from(asked.subarray(0, 20));
    head.writeUInt16BE(type, 0);
    head.writeUInt16BE(body.length, 2);
    return Buffer.concat([head, body]);
  };
  const refusal = (asked) => answer(asked, 0x0113, attribute(9, Buffer.from([0, 0, 4, 1])), attribute(0x14, Buffer.from('test')), attribute(0x15, Buffer.from('n0nce')));
  socket.on('message', (m, from) => {
    const at = m.lastIndexOf(Buffer.from([0, 8, 0, 20]));
    const signed = at > 0 && createHmac('sha1', key).update(m.subarray(0, at)).digest().equals(m.subarray(at + 4, at + 24));
    const good = m.readUInt16BE(0) === 4 ? answer(m, 0x0104) : answer(m, 0x0103, attribute(13, Buffer.from([0, 0, 2, 88])));
    socket.send(signed ? good : refusal(m), from.port, from.address);
  });
  return new Promise((done) => socket.bind(0, '127.0.0.1', () => done(socket)));
}

const turnConfig = (port, password) => ({ ice: { turn: [{ url: `turn:127.0.0.1:${port}`, user: 'kiosk', password }] } });
const firstFail = (checks) => checks.find((c) => c.result === 'FAIL');

test('tests name the true cause: certificates, broker, TURN', async () => {
  copyFileSync(join(BUILD, 'bin/luukku-probe'), join(dir, 'bin/luukku-probe'));
  const own = makeCertificates('good');
  const pem = (file) => readFileSync(join(dir, 'good', file));
  const broker = createServer({ key: pem('server.key'), cert: pem('server.pem') }, (s) => s.on('error', () => {}));
  await new Promise((done) => broker.listen(0, '127.0.0.1', done));
  const turn = await turnServer('secret');
  const at = { ...own, broker: { host: '127.0.0.1', port: broker.address().port }, ...turnConfig(turn.address().port, 'secret') };
  let k = new Kiosk({ config: at });
  await k.running();
  const certs = (await k.ctl('certs')).json();
  assert.deepEqual(certs.slice(0, 2).map((c) => [c.role, c.state, c.key, c.subject]), [['device', 'ok', 'fits', 'CN=device'], ['tls', 'ok', 'fits', 'CN=tls']], JSON.stringify(certs));
  assert(certs[0].days_left >= 298 && certs[0].days_left <= 300);
  const state = (role) => certs.find((c) => c.role === role).state;
  assert.deepEqual([state('crl-kela'), state('help-crl'), state('help-ca')], ['unreadable', 'unreadable', 'ok']); // a certificate is no list
  assert.equal((await k.ctl('test', 'turn')).json()[0].result, 'PASS');
  const refused = (await k.ctl('test', 'broker')).json(); // the fake luukku-rtc has no link, but the server is well
  assert.match(refused[0].reason, /answers, but does not let this kiosk in/);
  assert.equal((await k.ctl('net', 'tls', '127.0.0.1', `${broker.address().port}`)).json()[0].result, 'PASS');
  assert.equal((await k.ctl('net', 'tcp', '127.0.0.1', '1')).json()[0].result, 'FAIL');
  assert.deepEqual((await k.ctl('net', 'dns', 'localhost')).json()[0].result, 'PASS');
  for (const words of [['test', 'nothing'], ['net', 'dns', '-x'], ['net', 'tcp', 'a']]) assert.equal((await k.ctl(...words)).code, 1, words.join(' '));
  const two = await Promise.all([k.ctl('certs'), k.ctl('certs')]);
  assert.deepEqual(two.map((r) => r.code).sort(), [0, 1]);
  assert.match(two.map((r) => r.err).join(''), /another test is under way/);
  await k.stop();

  k = new Kiosk({ config: { ...at, ...turnConfig(turn.address().port, 'wrong'), device: { cert: own.tls.cert, key: own.device.key } } });
  await k.running();
  assert.match((await k.ctl('test', 'turn')).json()[0].reason, /user or password is wrong/);
  assert.match(firstFail((await k.ctl('test', 'certs')).json()).reason, /certificate for signing \(device\) belongs to another key/);
  broker.close();
  await until('the broker to be down', async () => /nothing listens there/.test((await k.ctl('test', 'broker')).json()[0].reason));
  turn.close();
  assert.match((await k.ctl('test', 'turn')).json()[0].reason, /nothing listens there|does not answer/);
  const all = (await k.ctl('test', 'all')).json();
  const names = [...new Set(all.map((c) => c.test))];
  assert.deepEqual(names, ['storage', 'clock', 'certs', 'programs', 'display', 'touch', 'keypad', 'camera', 'microphone', 'speaker', 'scanner', 'card', 'network', 'broker', 'stun', 'turn']);
  assert(all.every((c) => c.result !== 'FAIL' || (c.reason && c.next)), JSON.stringify(all));
  await k.stop();
});

test('a certificate that has expired is the first that fails', async () => {
  const own = makeCertificates('old', 0);
  const k = new Kiosk({ config: own });
  await k.running();
  await pause(1100);
  const all = (await k.ctl('test', 'all')).json();
  assert.match(firstFail(all).reason, /certificate for signing \(device\) ended on \d{4}-\d\d-\d\d/);
  assert.equal(firstFail(all).test, 'certs');
  await k.stop();
});

test('begins anew when asked to, and does not touch the machine', async () => {
  const k = new Kiosk();
  const before = await k.running();
  assert.match((await k.ctl('reboot')).err, /may not reboot its machine/);
  assert.equal((await k.ctl('restart')).code, 0);
  const after = await until('the kiosk to begin anew', async () => {
    const s = await k.status();
    return s?.programs.every((p) => p.state === 'running' && before.programs.every((b) => b.pid !== p.pid)) && s;
  });
  assert.equal(after.health, 'ok');
  assert.equal(k.how, undefined); // the same process
  assert.equal(await k.stop(), 0);
});

test('two kiosks do not share a socket; a left-over one is taken over', async () => {
  const k = new Kiosk();
  await k.running();
  const second = spawn(join(dir, 'bin/luukku-super'), ['--config', join(dir, `${k.name}.json`)], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  second.stderr.on('data', (text) => (said += text));
  assert.equal(await new Promise((done) => second.on('exit', done)), 1);
  assert.match(said, /another kiosk runs with control=/);
  await k.running();
  assert.equal(await k.stop('SIGKILL'), 'SIGKILL');
  assert(existsSync(k.socket));
  count--;
  const again = new Kiosk();
  await again.running();
  assert.equal(await again.stop(), 0);
});

test('mistakes in the configuration are told at once', async () => {
  const config = writeConfig('wrong');
  const run = async () => {
    const child = spawn(join(dir, 'bin/luukku-super'), ['--config', config], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (text) => (said += text));
    const code = await new Promise((done) => child.on('close', done));
    return { code, said };
  };
  const text = readFileSync(config, 'utf8');
  writeFileSync(config, text.replace('"port":1', '"port":0'));
  const port = await run();
  assert.equal(port.code, 1);
  assert.match(port.said, /line=1 broker\.port: is not 1\.\.65535/);
  writeFileSync(config, text.replace('"crl":"pki/x.pem"', '"crl":"pki/none.pem"'));
  const file = await run();
  assert.equal(file.code, 1);
  assert.match(file.said, /pki\/none\.pem" for=crl-kela err=ENOENT/);
});

test('stops at any moment and leaves nothing', async () => {
  for (let i = 0; i < 12; i++) {
    const k = new Kiosk();
    await pause(Math.random() * 150);
    const signal = ['SIGINT', 'SIGTERM', 'SIGKILL'][i % 3];
    const how = await k.stop(signal);
    // Before its first line super dies of the signal itself.
    assert(how === 0 || how === signal, `${signal}: ${how} ${k.errors}`);
  }
});
