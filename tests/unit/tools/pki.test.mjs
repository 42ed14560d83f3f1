// luukku-pki from outside: the command, openssl as the judge of certificates, WebCrypto as the judge of key files.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createPublicKey, webcrypto, X509Certificate } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

const TOOL = new URL('../../../tools/pki/luukku-pki', import.meta.url).pathname;
const PASSWORD = 'pa\u0308ssi sana 1'; // decomposed: NFC makes the same key of it

let root;
let base;

function run(args, input = '') {
  return spawnSync(TOOL, args, { encoding: 'utf8', input });
}

function pki(...args) {
  const r = run(args);
  assert.equal(r.status, 0, `${args.join(' ')}: ${r.stderr}`);
  return r.stdout;
}

function refused(pattern, ...args) {
  const r = run(args);
  assert.notEqual(r.status, 0, `${args.join(' ')} was not refused`);
  assert.match(r.stderr, pattern);
  assert.doesNotMatch(r.stderr, /\n\s+at /, 'a stack trace is no message');
}

/** A copy of the common store, to spoil. */
function copy(t) {
  const dir = mkdtempSync(join(root, 's-'));
  cpSync(base, dir, { recursive: true });
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function verify(ca, certificate, ...more) {
  return spawnSync('openssl', ['verify', '-x509_strict', '-CAfile', ca, ...more, certificate], { encoding: 'utf8' }).status;
}

const cert = (...path) => new X509Certificate(readFileSync(join(...path)));
const json = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));
const bytes = (b64u) => Buffer.from(b64u, 'base64url');

/** Opens a key file as the page does; throws where the password is wrong. */
async function openKeyFile(file, password) {
  const { subtle } = webcrypto;
  const raw = new TextEncoder().encode(password.normalize('NFC'));
  const pass = await subtle.importKey('raw', raw, 'PBKDF2', false, ['deriveBits']);
  const rootBits = await subtle.deriveBits(
    { name: 'PBKDF2', hash: 'SHA-256', salt: bytes(file.salt), iterations: file.iterations }, pass, 256);
  const hkdf = await subtle.importKey('raw', rootBits, 'HKDF', false, ['deriveBits', 'deriveKey']);
  const params = (info) => ({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: new TextEncoder().encode(info) });
  const aes = await subtle.deriveKey(params('luukku key file'), hkdf, { name: 'AES-GCM', length: 256 }, false, ['decrypt']);
  const pkcs8 = await subtle.decrypt(
    { name: 'AES-GCM', iv: bytes(file.iv), additionalData: new TextEncoder().encode(file.user) }, aes, bytes(file.data));
  const key = await subtle.importKey('pkcs8', pkcs8, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  const broker = Buffer.from(await subtle.deriveBits(params('luukku broker'), hkdf, 256)).toString('base64url');
  return { key, broker };
}

before(() => {
  root = mkdtempSync(join(tmpdir(), 'luukku-pki-'));
  base = join(root, 'base');
  pki('init', base);
  pki('agency', base, 'kela', 'Kela', '--sv', 'FPA');
  pki('agency', base, 'vero', 'Verohallinto', '--sv', 'Skatteförvaltningen', '--en', 'Tax Administration');
  pki('broker', base, '--host', 'mqtt.example.fi');
  pki('kiosk', base, 'kiosk-1', '--site', 'Yhteispalvelupiste, Kuopio');
  pki('kiosk', base, 'kiosk-2', '--site', 'Kirjasto');
  pki('expert', base, 'anna-virtanen', '--agency', 'kela', '--name', 'Anna Virtanen', '--password', PASSWORD);
  pki('expert', base, 'jari-aalto', '--agency', 'vero', '--name', 'Järi Ålto/+=\\', '--password', PASSWORD);
});

after(() => rmSync(root, { recursive: true, force: true }));

test('every certificate chains to its authority and to no other', () => {
  const fleet = join(base, 'fleet/ca.crt');
  const kela = join(base, 'agencies/kela/ca.crt');
  const vero = join(base, 'agencies/vero/ca.crt');
  for (const name of ['kiosks/kiosk-1/tls.crt', 'kiosks/kiosk-1/device.crt', 'broker/server.crt']) {
    assert.equal(verify(fleet, join(base, name)), 0, name);
    assert.notEqual(verify(kela, join(base, name)), 0, name);
  }
  assert.equal(verify(kela, join(base, 'experts/anna-virtanen/expert.crt')), 0);
  assert.notEqual(verify(vero, join(base, 'experts/anna-virtanen/expert.crt')), 0);
  assert.notEqual(verify(fleet, join(base, 'experts/anna-virtanen/expert.crt')), 0);
});

test('many at once: a batch makes what single commands make, and stops at what is no such command', async () => {
  const dir = join(root, 'many');
  const lines = (...list) => list.map((words) => JSON.stringify(words)).join('\n');
  const refusedBatch = (pattern, input) => {
    const r = run(['batch', dir, '-'], input);
    assert.equal(r.status, 1);
    assert.match(r.stderr, pattern);
    assert.doesNotMatch(r.stderr, /\n\s+at /, 'a stack trace is no message');
  };
  pki('init', dir);
  const expert = (user) => ['expert', user, '--agency', 'kela', '--name', 'Anna', '--password', PASSWORD];
  const r = run(['batch', dir, '-'], lines(['agency', 'kela', 'Kela'], ['broker'], ['kiosk', 'kiosk-1', '--site', 'X'], expert('anna-virtanen'), expert('jari-aalto')));
  assert.equal(r.status, 0, r.stderr);
  assert.deepEqual([Object.keys(json(dir, 'public/fleet.json').kiosks), readdirSync(join(dir, 'public/keys'))], [['kiosk-1'], ['anna-virtanen.json', 'jari-aalto.json']]);
  for (const user of ['anna-virtanen', 'jari-aalto']) {
    assert.equal(verify(join(dir, 'agencies/kela/ca.crt'), join(dir, 'experts', user, 'expert.crt')), 0);
    const { key } = await openKeyFile(json(dir, 'experts', user, 'key.json'), PASSWORD);
    assert.equal(key.type, 'private');
  }
  refusedBatch(/a batch holds agency/, lines(['revoke', 'expert', 'anna-virtanen']));
  refusedBatch(/each name once/, lines(['kiosk', 'kiosk-2', '--site', 'X'], ['kiosk', 'kiosk-2', '--site', 'X']));
  refusedBatch(/exists/, lines(expert('anna-virtanen')));
  refusedBatch(/JSON array of words/, '{"kiosk":1}');
  refusedBatch(/JSON array of words/, 'kiosk kiosk-3');
});

test('each key is good for its own purpose only', () => {
  const fleet = join(base, 'fleet/ca.crt');
  const purposes = [
    ['kiosks/kiosk-1/tls.crt', 'sslclient', 0], ['kiosks/kiosk-1/tls.crt', 'sslserver', 2],
    ['kiosks/kiosk-1/device.crt', 'sslclient', 2], ['kiosks/kiosk-1/device.crt', 'sslserver', 2],
    ['broker/server.crt', 'sslserver', 0], ['broker/server.crt', 'sslclient', 2],
  ];
  for (const [name, purpose, status] of purposes) {
    assert.equal(verify(fleet, join(base, name), '-purpose', purpose), status, `${name} as ${purpose}`);
  }
  for (const host of ['-verify_hostname localhost', '-verify_hostname mqtt.example.fi', '-verify_ip 127.0.0.1']) {
    assert.equal(verify(fleet, join(base, 'broker/server.crt'), ...host.split(' ')), 0, host);
  }
  assert.notEqual(verify(fleet, join(base, 'broker/server.crt'), '-verify_hostname', 'other.example.fi'), 0);
});

test('subjects name whom they should', () => {
  assert.equal(cert(base, 'agencies/kela/ca.crt').subject, 'O=Kela\nCN=Kela: experts');
  assert.match(cert(base, 'kiosks/kiosk-1/tls.crt').subject, /^CN=kiosk-1$/m);
  assert.equal(cert(base, 'experts/anna-virtanen/expert.crt').subject, 'UID=anna-virtanen\nCN=Anna Virtanen');
  const r = spawnSync('openssl', ['x509', '-noout', '-subject', '-nameopt', 'utf8', '-in',
    join(base, 'experts/jari-aalto/expert.crt')], { encoding: 'utf8' });
  assert.equal(r.stdout.trim(), 'subject=UID=jari-aalto, CN=Järi Ålto/+=\\');
});

test('device key and TLS key differ, and fleet.json has the device key', () => {
  const device = cert(base, 'kiosks/kiosk-1/device.crt').publicKey.export({ type: 'spki', format: 'der' });
  const tls = cert(base, 'kiosks/kiosk-1/tls.crt').publicKey.export({ type: 'spki', format: 'der' });
  assert.notDeepEqual(device, tls);
  const fleet = json(base, 'public/fleet.json');
  assert.deepEqual(Object.keys(fleet.kiosks), ['kiosk-1', 'kiosk-2']);
  assert.equal(fleet.v, 1);
  assert.equal(fleet.kiosks['kiosk-1'].key, device.toString('base64url'));
  assert.equal(fleet.kiosks['kiosk-1'].site, 'Yhteispalvelupiste, Kuopio');
  assert.deepEqual(fleet.agencies.kela, { name: { fi: 'Kela', sv: 'FPA', en: 'Kela' } });
});

test('private files are for their owner alone, and nothing half-written stays', () => {
  const files = readdirSync(base, { recursive: true, withFileTypes: false }).map((f) => join(base, f));
  for (const file of files.filter((f) => /\.key$|expert\.json$/.test(f))) {
    assert.equal(statSync(file).mode & 0o777, 0o600, file);
  }
  assert.equal(statSync(base).mode & 0o077, 0);
  assert.deepEqual(files.filter((f) => /\.tmp$|work-/.test(f)), []);
  assert.ok(!existsSync(join(base, 'experts/anna-virtanen/expert.key')));
});

test('a key file opens with WebCrypto and its password only', async () => {
  const file = json(base, 'public/keys/anna-virtanen.json');
  const { key, broker } = await openKeyFile(file, PASSWORD);
  const message = new TextEncoder().encode('luukku-1');
  const signature = await webcrypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, message);
  const spki = new X509Certificate(bytes(file.cert)).publicKey.export({ type: 'spki', format: 'der' });
  const check = await webcrypto.subtle.importKey('spki', spki, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
  assert.ok(await webcrypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, check, signature, message));
  assert.deepEqual(bytes(file.cert), cert(base, 'experts/anna-virtanen/expert.crt').raw);
  assert.equal(bytes(broker).length, 32);
  await openKeyFile(file, PASSWORD.normalize('NFC'));
  await assert.rejects(openKeyFile(file, 'another password'), { name: 'OperationError' });
  await assert.rejects(openKeyFile({ ...file, user: 'jari-aalto' }, PASSWORD), { name: 'OperationError' });
});

test('the key file has the members of the protocol', () => {
  const file = json(base, 'public/keys/anna-virtanen.json');
  assert.deepEqual(Object.keys(file).sort(),
    ['agency', 'cert', 'data', 'iterations', 'iv', 'kdf', 'name', 'salt', 'user', 'v']);
  assert.deepEqual([file.v, file.user, file.name, file.agency, file.kdf, file.iterations],
    [1, 'anna-virtanen', 'Anna Virtanen', 'kela', 'PBKDF2-SHA256', 600000]);
  assert.equal(bytes(file.iv).length, 12);
  assert.ok(bytes(file.salt).length >= 16);
});

test('an expert revoked is in the CRL and gone from the page', (t) => {
  const dir = copy(t);
  const path = join(dir, 'experts/jari-aalto/expert.crt');
  const ca = join(dir, 'agencies/vero/ca.crt');
  const crl = ['-crl_check', '-CRLfile', join(dir, 'agencies/vero/crl.pem')];
  assert.equal(verify(ca, path, ...crl), 0);
  pki('revoke', dir, 'expert', 'jari-aalto');
  assert.notEqual(verify(ca, path, ...crl), 0);
  assert.equal(verify(ca, path), 0);
  assert.deepEqual(readdirSync(join(dir, 'public/keys')), ['anna-virtanen.json']);
  refused(/revoked already/, 'revoke', dir, 'expert', 'jari-aalto');
});

test('a kiosk revoked loses both certificates and its place in fleet.json', (t) => {
  const dir = copy(t);
  pki('revoke', dir, 'kiosk', 'kiosk-1');
  const crl = ['-crl_check', '-CRLfile', join(dir, 'fleet/crl.pem')];
  assert.notEqual(verify(join(dir, 'fleet/ca.crt'), join(dir, 'kiosks/kiosk-1/tls.crt'), ...crl), 0);
  assert.notEqual(verify(join(dir, 'fleet/ca.crt'), join(dir, 'kiosks/kiosk-1/device.crt'), ...crl), 0);
  assert.equal(verify(join(dir, 'fleet/ca.crt'), join(dir, 'kiosks/kiosk-2/tls.crt'), ...crl), 0);
  assert.deepEqual(Object.keys(json(dir, 'public/fleet.json').kiosks), ['kiosk-2']);
});

test('renewal keeps the old certificate, replacement revokes it', (t) => {
  const dir = copy(t);
  const ca = join(dir, 'fleet/ca.crt');
  const crl = ['-crl_check', '-CRLfile', join(dir, 'fleet/crl.pem')];
  const old = join(dir, 'old.crt');
  const device = json(dir, 'public/fleet.json').kiosks['kiosk-1'].key;
  cpSync(join(dir, 'kiosks/kiosk-1/tls.crt'), old);
  pki('kiosk', dir, 'kiosk-1', '--renew', '--only', 'tls');
  assert.equal(verify(ca, old, ...crl), 0);
  assert.notDeepEqual(cert(old).raw, cert(dir, 'kiosks/kiosk-1/tls.crt').raw);
  assert.equal(json(dir, 'public/fleet.json').kiosks['kiosk-1'].key, device);
  pki('kiosk', dir, 'kiosk-1', '--replace', '--only', 'tls');
  assert.notEqual(verify(ca, old, ...crl), 0);
  assert.equal(verify(ca, join(dir, 'kiosks/kiosk-1/tls.crt'), ...crl), 0);
  assert.equal(verify(ca, join(dir, 'kiosks/kiosk-1/device.crt'), ...crl), 0);
  assert.equal(json(dir, 'public/fleet.json').kiosks['kiosk-1'].site, 'Yhteispalvelupiste, Kuopio');
});

test('a new password replaces key, certificate and broker password', async (t) => {
  const dir = copy(t);
  const before = json(dir, 'experts/anna-virtanen/expert.json').broker;
  const r = run(['expert', dir, 'anna-virtanen', '--replace', '--password-file', '-'], 'another password\n');
  assert.equal(r.status, 0, r.stderr);
  const file = json(dir, 'public/keys/anna-virtanen.json');
  await openKeyFile(file, 'another password');
  await assert.rejects(openKeyFile(file, PASSWORD));
  assert.equal(file.name, 'Anna Virtanen');
  assert.notDeepEqual(json(dir, 'experts/anna-virtanen/expert.json').broker, before);
});

test('validity is what was asked for, and ends with the authority at the latest', (t) => {
  const dir = copy(t);
  pki('kiosk', dir, 'kiosk-3', '--site', 'X', '--from', '2020-01-01', '--days', '10');
  const c = cert(dir, 'kiosks/kiosk-3/tls.crt');
  assert.equal(new Date(c.validFrom).toISOString(), '2020-01-01T00:00:00.000Z');
  assert.equal(new Date(c.validTo).toISOString(), '2020-01-11T00:00:00.000Z');
  assert.ok(!('kiosk-3' in json(dir, 'public/fleet.json').kiosks), 'an expired kiosk is not published');
  refused(/outlive/, 'kiosk', dir, 'kiosk-4', '--site', 'X', '--days', '7000');
  refused(/--days/, 'kiosk', dir, 'kiosk-4', '--site', 'X', '--days', 'soon');
});

test('what makes no sense is refused in words', (t) => {
  const dir = copy(t);
  for (const name of ['ab', 'A-kiosk', 'a'.repeat(33), '../evil', 'k/1', 'kiosk+']) {
    refused(/name is 3 to 32/, 'kiosk', dir, name, '--site', 'X');
  }
  refused(/exists/, 'kiosk', dir, 'kiosk-1', '--site', 'X');
  refused(/exists/, 'agency', dir, 'kela', 'Kela');
  refused(/already/, 'init', dir);
  refused(/no agency/, 'expert', dir, 'new-expert', '--agency', 'dvv', '--name', 'X', '--password', PASSWORD);
  refused(/password/, 'expert', dir, 'new-expert', '--agency', 'kela', '--name', 'X', '--password', 'short');
  refused(/printable/, 'expert', dir, 'new-expert', '--agency', 'kela', '--name', 'a\nb', '--password', PASSWORD);
  refused(/another agency/, 'expert', dir, 'anna-virtanen', '--agency', 'vero', '--renew', '--password', PASSWORD);
  refused(/no kiosk/, 'revoke', dir, 'kiosk', 'kiosk-9');
  refused(/no such directory/, 'kiosk', join(dir, 'absent'), 'kiosk-1', '--site', 'X');
  refused(/Unknown option/, 'kiosk', dir, 'kiosk-9', '--sight', 'X');
  assert.ok(!existsSync(join(dir, 'experts/new-expert')));
});

test('two commands at once wait for each other', async (t) => {
  const dir = copy(t);
  const { spawn } = await import('node:child_process');
  const done = await Promise.all(['kiosk-5', 'kiosk-6', 'kiosk-7'].map((k) => new Promise((resolve) => {
    spawn(TOOL, ['kiosk', dir, k, '--site', 'X'], { stdio: 'ignore' }).on('exit', resolve);
  })));
  assert.deepEqual(done, [0, 0, 0]);
  assert.equal(Object.keys(json(dir, 'public/fleet.json').kiosks).length, 5);
  const key = createPublicKey(readFileSync(join(dir, 'kiosks/kiosk-6/tls.key')));
  assert.ok(cert(dir, 'kiosks/kiosk-6/tls.crt').publicKey.equals(key));
});

test('letters: a certificate to encrypt to, and a key that is not in the store', (t) => {
  const dir = copy(t);
  const key = join(dir, '..', 'kela-post.key');
  t.after(() => rmSync(key, { force: true }));
  refused(/--key-out/, 'post', dir, 'kela');
  refused(/no agency/, 'post', dir, 'nobody', '--key-out', key);
  pki('post', dir, 'kela', '--key-out', key);
  assert.equal(statSync(key).mode & 0o777, 0o600);
  const post = join(dir, 'agencies', 'kela', 'post.crt');
  assert.equal(verify(join(dir, 'agencies', 'kela', 'ca.crt'), post), 0);
  const text = spawnSync('openssl', ['x509', '-in', post, '-noout', '-ext', 'keyUsage'], { encoding: 'utf8' }).stdout;
  assert.match(text, /critical\s+Key Agreement\s*$/);
  const letter = spawnSync('openssl', ['cms', '-encrypt', '-binary', '-aes-256-gcm', '-outform', 'DER', post], { input: 'Hyvää päivää' });
  const opened = spawnSync('openssl', ['cms', '-decrypt', '-binary', '-inform', 'DER', '-inkey', key, '-recip', post], { input: letter.stdout, encoding: 'utf8' });
  assert.equal(opened.stdout, 'Hyvää päivää', opened.stderr);
  refused(/--renew/, 'post', dir, 'kela', '--key-out', `${key}.2`);
  refused(/never written over/, 'post', dir, 'kela', '--key-out', key, '--renew');
  pki('post', dir, 'kela', '--key-out', `${key}.2`, '--renew');
  rmSync(`${key}.2`);
});

test("a kiosk's own keys are certified by its requests; subject and use are the fleet's", (t) => {
  const dir = copy(t);
  const file = (name) => join(dir, name);
  const request = (name, ...key) => {
    const r = spawnSync('openssl', ['req', '-new', '-nodes', ...key, '-keyout', file(`${name}.key`), '-out', file(`${name}.csr`), '-subj', '/CN=other/O=Other',
      '-addext', 'basicConstraints=critical,CA:true'], { encoding: 'utf8' });
    assert.equal(r.status, 0, r.stderr);
  };
  const p256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  request('device', ...p256);
  request('tls', ...p256);
  request('rsa', '-newkey', 'rsa:2048');
  const words = ['sign', dir, 'kuhmo-77', '--site', 'Kuhmo'];
  refused(/needs both/, ...words, '--tls-csr', file('tls.csr'));
  refused(/P-256/, ...words, '--tls-csr', file('tls.csr'), '--device-csr', file('rsa.csr'));
  refused(/openssl req failed/, ...words, '--tls-csr', file('tls.csr'), '--device-csr', file('tls.key'));
  assert.ok(!existsSync(join(dir, 'kiosks/kuhmo-77/tls.crt')), 'nothing of a refused request stays');
  pki(...words, '--tls-csr', file('tls.csr'), '--device-csr', file('device.csr'));
  const made = new X509Certificate(readFileSync(join(dir, 'kiosks/kuhmo-77/tls.crt')));
  assert.equal(made.subject, 'OU=tls\nCN=kuhmo-77');
  assert.equal(made.ca, false);
  assert.ok(!existsSync(join(dir, 'kiosks/kuhmo-77/tls.key')), 'its keys are its own');
  assert.ok(JSON.parse(readFileSync(join(dir, 'public/fleet.json'))).kiosks['kuhmo-77']);
  refused(/exists/, ...words, '--tls-csr', file('tls.csr'), '--device-csr', file('device.csr'));
  pki('sign', dir, 'kuhmo-77', '--tls-csr', file('tls.csr'), '--renew');
  const renewed = new X509Certificate(readFileSync(join(dir, 'kiosks/kuhmo-77/tls.crt')));
  assert.notEqual(renewed.serialNumber, made.serialNumber);
  assert.equal(renewed.publicKey.export({ type: 'spki', format: 'pem' }), made.publicKey.export({ type: 'spki', format: 'pem' }));
});
