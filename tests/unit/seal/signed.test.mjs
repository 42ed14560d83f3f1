// What other programs say of a container that a citizen's card signed, too: openssl, tools/verify.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { verify } from '../../../tools/verify/verify.mjs';

const MAKE = join(process.env.LUUKKU_BUILD ?? 'build', 'tests', 'seal-make');
const dir = mkdtempSync(join(tmpdir(), 'luukku-signed-'));
const at = (...names) => join(dir, ...names);
const run = (command, ...args) => execFileSync(command, args, { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
const make = (...args) => execFileSync(MAKE, args, { stdio: ['ignore', 'pipe', 'pipe'] }).toString();
const pki = (...args) => execFileSync('tools/pki/luukku-pki', args, { stdio: ['ignore', 'pipe', 'pipe'] });
const seed = Number(process.env.LUUKKU_SEED ?? Math.floor(Date.now() / 1000));
console.log(`LUUKKU_SEED=${seed}`);

after(() => rmSync(dir, { recursive: true, force: true }));
pki('init', at('pki'));
pki('kiosk', at('pki'), 'kiosk-1', '--site', 'Kuopio');
const ca = at('pki', 'fleet', 'ca.crt');
const citizenCa = at('cards.crt');
const device = (what) => at('pki', 'kiosks', 'kiosk-1', `device.${what}`);
const paper = Buffer.from('a page');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const form = { sections: [{ fields: [{ type: 'attachment', value: [{ name: 'paper-1.jpg', sha256: sha256(paper) }] }] }] };
writeFileSync(at('paper'), paper);
writeFileSync(at('form.json'), JSON.stringify(form));
run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384', '-nodes', '-keyout', 'cards.key', '-out', 'cards.crt',
  '-subj', '/C=FI/O=Cards/CN=Cards CA', '-days', '30');
writeFileSync(at('sign.ext'), 'keyUsage=critical,nonRepudiation\nbasicConstraints=CA:FALSE\n');
writeFileSync(at('other.ext'), 'keyUsage=critical,digitalSignature\nbasicConstraints=CA:FALSE\n');

function card(name, key, ext = 'sign.ext', days = '20') {
  run('openssl', 'req', '-new', '-nodes', '-newkey', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-utf8',
    '-subj', '/C=FI/serialNumber=999000012/CN=Meikäläinen Matti');
  run('openssl', 'x509', '-req', '-in', `${name}.csr`, '-CA', 'cards.crt', '-CAkey', 'cards.key', '-days', days, '-out', `${name}.crt`, '-extfile', ext);
}

const P256 = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
card('p256', P256);
card('p384', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384']);
card('r2048', ['rsa:2048']);
card('r3072', ['rsa:3072']);
const now = Math.floor(Date.now() / 1000); // not before the certificates are valid
const FILES = [['form.json', 'application/json', at('form.json')], ['attachments/paper-1.jpg', 'image/jpeg', at('paper')]].flat();

/** A container; what was signed is in `.hash`. */
function signed(name, [key, hash, scheme], files = FILES) {
  const told = make('sign', device('key'), device('crt'), at(`${key}.key`), at(`${key}.crt`), hash, scheme, String(now), at(name), ...files);
  return Object.assign(readFileSync(at(name)), { hash: told.trim() });
}

const KINDS = [['p256', '256', 'ecdsa'], ['p256', '384', 'ecdsa'], ['p256', '512', 'ecdsa'], ['p384', '256', 'ecdsa'], ['p384', '384', 'ecdsa'],
  ['p384', '512', 'ecdsa'], ...['r2048', 'r3072'].flatMap((key) => ['256', '384', '512'].flatMap((h) => ['pkcs1', 'pss'].map((s) => [key, h, s])))];

for (const kind of KINDS) {
  test(`openssl and the verifier accept both signatures: ${kind.join(' ')}`, () => {
    const bytes = signed('a.asice', kind);
    rmSync(at('a'), { recursive: true, force: true });
    mkdirSync(at('a'));
    run('unzip', '-q', 'a.asice', '-d', 'a');
    for (const [number, trust] of [['001', ca], ['002', citizenCa]]) {
      run('openssl', 'cms', '-verify', '-cades', '-purpose', 'any', '-binary', '-content', `a/META-INF/ASiCManifest${number}.xml`,
        '-inform', 'DER', '-in', `a/META-INF/signature${number}.p7s`, '-CAfile', trust, '-out', '/dev/null');
    }
    const found = verify(bytes, { ca, citizenCa });
    assert.deepEqual(found.signatures.map((s) => [s.by, s.signer, s.satu]), [['kiosk', 'kiosk-1', undefined], ['citizen', 'Meikäläinen Matti', '999000012']]);
    assert.deepEqual(found.files.map((f) => f.name), ['form.json', 'attachments/paper-1.jpg']);
  });
}

test('the hash that was shown is that of the signed attributes', () => {
  for (const kind of [KINDS[0], KINDS[4]]) {
    const bytes = signed('h.asice', kind);
    const cms = run('unzip', '-p', 'h.asice', 'META-INF/signature002.p7s');
    // The attributes begin with content-type, which is the shortest of them; in the file their tag is [0].
    const first = cms.indexOf(Buffer.from('301806092a864886f70d010903310b', 'hex'));
    const length = cms[first - 2] === 0x81 ? 3 : 4;
    assert.equal(cms[first - length], 0xa0);
    const size = length === 3 ? cms[first - 1] : cms.readUInt16BE(first - 2);
    const set = Buffer.concat([Buffer.from([0x31]), cms.subarray(first - length + 1, first + size)]);
    assert.equal(createHash(`sha${kind[1]}`).update(set).digest('hex'), bytes.hash);
  }
});

function refused(bytes, note, reason, options = { ca, citizenCa }) {
  assert.throws(() => verify(bytes, options), reason, note);
}

/** [{name, start, end, local, central}]: where the bytes and the headers of each entry are. */
function places(bytes) {
  const found = [];
  let central = bytes.readUInt32LE(bytes.length - 6);
  for (let local = 0; local < bytes.readUInt32LE(bytes.length - 6);) {
    const length = bytes.readUInt16LE(local + 26);
    const start = local + 30 + length;
    const end = start + bytes.readUInt32LE(local + 18);
    found.push({ name: bytes.subarray(local + 30, start).toString(), start, end, local, central });
    central += 46 + bytes.readUInt16LE(central + 28);
    local = end;
  }
  return found;
}

function mend(bytes, { start, end, local, central }) {
  const crc = crc32(bytes.subarray(start, end));
  bytes.writeUInt32LE(crc, local + 14);
  bytes.writeUInt32LE(crc, central + 16);
}

// openssl is asked about the value of the signature and its time alone; what is before, the verifier itself sees. Of the value of RSA, which
// is the end of its file, every 16th byte; test_container.c has them all.
for (const kind of [KINDS[0], KINDS[4], ['r2048', '256', 'pkcs1'], ['r3072', '384', 'pss']]) {
  test(`one flipped bit in any byte is found: ${kind.join(' ')}`, { timeout: 280000 }, () => {
    const good = signed('f.asice', kind);
    let state = seed;
    const bit = () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return 1 << ((state >>> 16) & 7);
    };
    for (let i = 0; kind === KINDS[0] && i < good.length; i++) {
      const bad = Buffer.from(good);
      bad[i] ^= bit();
      refused(bad, `byte ${i} of ${good.length}`);
    }
    for (const place of places(good).filter((p) => /attachments|002/.test(p.name))) {
      const value = kind[0].startsWith('r') ? place.end - Number(kind[0].slice(1)) / 8 : place.end;
      for (let i = place.start; i < place.end; i += i < value ? 1 : 16) {
        const bad = Buffer.from(good);
        bad[i] ^= bit();
        mend(bad, place);
        refused(bad, `byte ${i - place.start} of ${place.name}`);
      }
    }
  });
}

/** The container with other bytes, of the same length, in an entry. */
function replaced(bytes, name, data) {
  const copy = Buffer.from(bytes);
  const place = places(copy).find((p) => p.name === name);
  assert.equal(place.end - place.start, data.length);
  data.copy(copy, place.start);
  mend(copy, place);
  return copy;
}

test('a second signature over another manifest, by nobody that is trusted, or that is not asked for', () => {
  writeFileSync(at('b'), 'b page');
  const kind = ['r2048', '256', 'pkcs1'];
  const one = signed('1.asice', kind);
  const other = signed('2.asice', kind, ['form.json', 'application/json', at('b'), 'attachments/paper-1.jpg', 'image/jpeg', at('paper')]);
  const cms = run('unzip', '-p', '2.asice', 'META-INF/signature002.p7s');
  const manifest = run('unzip', '-p', '2.asice', 'META-INF/ASiCManifest002.xml');
  refused(replaced(one, 'META-INF/signature002.p7s', cms), 'its signature', /not what was signed/);
  const both = replaced(replaced(one, 'META-INF/signature002.p7s', cms), 'META-INF/ASiCManifest002.xml', manifest);
  refused(both, 'both', /not what was signed/);
  refused(other, 'no form', /no form/);
  refused(one, 'nobody is trusted', /--citizen-ca/, { ca });
  refused(one, 'the kiosks\' CA', /not accepted/, { ca, citizenCa: ca });
  refused(one, 'the cards\' CA', /not accepted/, { ca: citizenCa, citizenCa });
  const told = spawnSync('tools/verify/luukku-verify', [at('1.asice'), '--ca', ca, '--citizen-ca', citizenCa], { encoding: 'utf8' });
  assert.equal(told.status, 0, told.stdout + told.stderr);
  assert.equal(JSON.parse(told.stdout).signatures[1].by, 'citizen');
});

test('papers that are not those of the form', () => {
  const without = signed('p.asice', KINDS[0], ['form.json', 'application/json', at('form.json')]);
  refused(without, 'none', /papers/);
  writeFileSync(at('b'), 'b page');
  const other = signed('p.asice', KINDS[0], ['form.json', 'application/json', at('form.json'), 'attachments/paper-1.jpg', 'image/jpeg', at('b')]);
  refused(other, 'another', /paper-1/);
  const named = signed('p.asice', KINDS[0], ['form.json', 'application/json', at('form.json'), 'attachments/x.jpg', 'image/jpeg', at('paper')]);
  refused(named, 'another name', /paper-1/);
});

test('a certificate that does not fit makes no container', () => {
  card('usage', P256, 'other.ext');
  card('curve', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-521']);
  card('short', ['rsa:1024']);
  for (const name of ['usage', 'curve', 'short']) {
    assert.throws(() => signed('x.asice', [name, '256', name === 'short' ? 'pkcs1' : 'ecdsa']), /rejected/i, name);
  }
  // The key of another certificate, and another scheme than the key's.
  run('cp', 'usage.key', 'mixed.key');
  run('cp', 'p256.crt', 'mixed.crt');
  assert.throws(() => signed('x.asice', ['mixed', '256', 'ecdsa']), /Bad message/);
});
