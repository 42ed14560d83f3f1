// What other programs say of a container, a letter and codes: openssl, unzip, tools/verify.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { verify } from '../../../tools/verify/verify.mjs';

const MAKE = join(process.env.LUUKKU_BUILD ?? 'build', 'tests', 'seal-make');
const dir = mkdtempSync(join(tmpdir(), 'luukku-seal-'));
const at = (...names) => join(dir, ...names);
const run = (command, ...args) => execFileSync(command, args, { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
const make = (...args) => execFileSync(MAKE, args, { stdio: ['ignore', 'pipe', 'pipe'] }).toString();
const pki = (...args) => execFileSync('tools/pki/luukku-pki', args, { stdio: ['ignore', 'pipe', 'pipe'] });
const now = Math.floor(Date.now() / 1000);
const seed = Number(process.env.LUUKKU_SEED ?? now);
console.log(`LUUKKU_SEED=${seed}`);

after(() => rmSync(dir, { recursive: true, force: true }));
pki('init', at('pki'));
pki('kiosk', at('pki'), 'kiosk-1', '--site', 'Kuopio');
pki('agency', at('pki'), 'kela', 'Kela');
const ca = at('pki', 'fleet', 'ca.crt');
const device = (what) => at('pki', 'kiosks', 'kiosk-1', `device.${what}`);
writeFileSync(at('form.json'), '{"a":"Hyvää päivää"}');
writeFileSync(at('form.pdf'), Buffer.from([0x25, 0x50, 0x44, 0x46, 0, 255, 10]));

function container(name, files = [['form.json', 'application/json', 'form.json'], ['form.pdf', 'application/pdf', 'form.pdf']]) {
  make('container', device('key'), device('crt'), String(now), at(name),
    ...files.flatMap(([n, type, file]) => [n, type, at(file)]));
  return readFileSync(at(name));
}

function unpack(name, to) {
  mkdirSync(at(to));
  run('unzip', '-q', name, '-d', to);
}

test('openssl accepts the signature as CAdES', () => {
  container('a.asice');
  unpack('a.asice', 'a');
  run('openssl', 'cms', '-verify', '-cades', '-purpose', 'any', '-binary', '-content', 'a/META-INF/ASiCManifest001.xml',
    '-inform', 'DER', '-in', 'a/META-INF/signature001.p7s', '-CAfile', ca, '-out', '/dev/null');
  const text = run('openssl', 'cms', '-cmsout', '-print', '-inform', 'DER', '-in', 'a/META-INF/signature001.p7s').toString();
  assert.match(text, /id-smime-aa-signingCertificateV2/);
  assert.match(text, /signingTime/);
  assert.match(text, /eContent: <ABSENT>/);
  assert.deepEqual(readFileSync(at('a', 'form.json')), readFileSync(at('form.json')));
});

test('the layout, as unzip sees it', () => {
  container('b.asice');
  const lines = run('unzip', '-Z', 'b.asice').toString().trim().split('\n').slice(2, -1);
  assert.deepEqual(lines.map((l) => l.split(/\s+/).at(-1)),
    ['mimetype', 'form.json', 'form.pdf', 'META-INF/ASiCManifest001.xml', 'META-INF/signature001.p7s']);
  lines.forEach((l) => assert.match(l, / b- stor /));
  assert.doesNotMatch(run('unzip', '-Zv', 'b.asice').toString(), /length of extra field:\s+[1-9]/);
});

test('a container of a later time than the century of UTCTime', () => {
  make('container', device('key'), device('crt'), '2600000000', at('late.asice'), 'form.json', 'application/json', at('form.json'));
  const text = run('unzip', '-p', 'late.asice', 'META-INF/signature001.p7s');
  writeFileSync(at('late.p7s'), text);
  assert.match(run('openssl', 'cms', '-cmsout', '-print', '-inform', 'DER', '-in', 'late.p7s').toString(), /GENERALIZEDTIME:.*2052/);
});

test('the verifier accepts, and says what is in it', () => {
  const found = verify(container('c.asice'), { ca });
  assert.equal(found.signatures.length, 1);
  assert.equal(found.signatures[0].signer, 'kiosk-1');
  assert.equal(found.signatures[0].time, new Date(now * 1000).toISOString());
  assert.deepEqual(found.files.map((f) => f.name), ['form.json', 'form.pdf']);
  const told = spawnSync('tools/verify/luukku-verify', [at('c.asice'), '--ca', ca], { encoding: 'utf8' });
  assert.equal(told.status, 0, told.stdout + told.stderr);
  assert.equal(JSON.parse(told.stdout).ok, true);
});

test('another CA, a signer that may not, no file', () => {
  container('d.asice');
  const told = spawnSync('tools/verify/luukku-verify', [at('d.asice'), '--ca', at('pki', 'agencies', 'kela', 'ca.crt')], { encoding: 'utf8' });
  assert.equal(told.status, 1);
  assert.match(JSON.parse(told.stdout).reason, /signature/);
  assert.equal(spawnSync('tools/verify/luukku-verify', [at('none'), '--ca', ca]).status, 1);
  assert.equal(spawnSync('tools/verify/luukku-verify', []).status, 2);
  const tls = (what) => at('pki', 'kiosks', 'kiosk-1', `tls.${what}`);
  make('container', tls('key'), tls('crt'), String(now), at('tls.asice'), 'form.json', 'application/json', at('form.json'));
  assert.throws(() => verify(readFileSync(at('tls.asice')), { ca }), /not for signing documents/);
});

/** Refused, for whatever reason. */
function refused(bytes, note) {
  assert.throws(() => verify(bytes, { ca }), undefined, note);
}

test('one flipped bit in any byte is found', { timeout: 170000 }, () => {
  const good = container('e.asice');
  let state = seed;
  for (let i = 0; i < good.length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const bit = 1 << ((state >>> 16) & 7);
    const bad = Buffer.from(good);
    bad[i] ^= bit;
    refused(bad, `byte ${i} of ${good.length}, bit ${bit}`);
  }
});

/** [{start, end, local, central}]: where the bytes and the headers of each entry are. */
function places(bytes) {
  const found = [];
  let central = bytes.readUInt32LE(bytes.length - 6);
  for (let local = 0; local < bytes.readUInt32LE(bytes.length - 6);) {
    const start = local + 30 + bytes.readUInt16LE(local + 26);
    const end = start + bytes.readUInt32LE(local + 18);
    found.push({ start, end, local, central });
    central += 46 + bytes.readUInt16LE(central + 28);
    local = end;
  }
  return found;
}

test('one flipped bit in any byte of a file is found though the checksum was mended', { timeout: 170000 }, () => {
  const good = container('m.asice');
  let state = seed;
  for (const { start, end, local, central } of places(good)) {
    for (let i = start; i < end; i++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      const bad = Buffer.from(good);
      bad[i] ^= 1 << ((state >>> 16) & 7);
      const crc = crc32(bad.subarray(start, end));
      bad.writeUInt32LE(crc, local + 14);
      bad.writeUInt32LE(crc, central + 16);
      refused(bad, `byte ${i} of ${good.length}`);
    }
  }
});

test('bytes before, behind, between, and less of them', () => {
  const good = container('f.asice');
  refused(Buffer.concat([good, Buffer.from([0])]));
  refused(Buffer.concat([Buffer.from('PK'), good]));
  refused(Buffer.concat([good.subarray(0, 69), Buffer.from([0]), good.subarray(69)]));
  for (let n = 0; n < good.length; n += 37) {
    refused(good.subarray(0, n));
  }
  refused(Buffer.concat([good, good]));
});

test('files that nobody signed, files that are gone, and twice the same', () => {
  container('g.asice');
  writeFileSync(at('extra.txt'), 'more');
  run('zip', '-q', '-0', '-X', 'g.asice', 'extra.txt');
  refused(readFileSync(at('g.asice')));
  container('h.asice');
  run('zip', '-q', '-d', 'h.asice', 'form.pdf');
  refused(readFileSync(at('h.asice')));
  container('i.asice');
  unpack('i.asice', 'i');
  // Packed anew with all deflated: the mimetype is not stored.
  run('sh', '-c', 'cd i && zip -q -X -9 ../j.asice mimetype form.json form.pdf META-INF/*');
  refused(readFileSync(at('j.asice')));
});

test('a letter opens with openssl alone', () => {
  for (const [name, ...how] of [['ec', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'], ['rsa', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']]) {
    run('openssl', 'genpkey', '-algorithm', ...how, '-out', `${name}.key`);
    run('openssl', 'req', '-new', '-x509', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-out', `${name}.crt`);
    make('letter', at(`${name}.crt`), at('form.json'), at(`${name}.p7m`));
    const text = run('openssl', 'cms', '-decrypt', '-binary', '-inform', 'DER', '-in', `${name}.p7m`, '-inkey', `${name}.key`, '-recip', `${name}.crt`);
    assert.deepEqual(text, readFileSync(at('form.json')));
    const print = run('openssl', 'cms', '-cmsout', '-print', '-inform', 'DER', '-in', `${name}.p7m`).toString();
    assert.match(print, /aes-256-gcm/);
    assert.doesNotMatch(print, /sha1/i);
    const bad = readFileSync(at(`${name}.p7m`));
    bad[bad.length - 30] ^= 1;
    writeFileSync(at('bad.p7m'), bad);
    assert.throws(() => run('openssl', 'cms', '-decrypt', '-binary', '-inform', 'DER', '-in', 'bad.p7m', '-inkey', `${name}.key`, '-recip', `${name}.crt`));
  }
});
