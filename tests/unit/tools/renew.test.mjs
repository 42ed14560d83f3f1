// The office that renews certificates: right requests, and a lie in each of the others. openssl makes them, as the firmware does.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Office } from '../../../tools/fleet/renew.mjs';
import { Store } from '../../../tools/pki/store.mjs';

const TOOL = new URL('../../../tools/pki/luukku-pki', import.meta.url).pathname;
const DAY_MS = 86400e3;
let dir;
let store;
let clock = Date.now();
const at = (...parts) => join(dir, ...parts);

function run(program, ...words) {
  const r = spawnSync(program, words, { encoding: 'utf8' });
  assert.equal(r.status, 0, `${words.join(' ')}: ${r.stderr}`);
  return r.stdout;
}

const pki = (...words) => run(TOOL, ...words);
const ago = (days) => new Date(Date.now() - days * DAY_MS).toISOString();
const key = (name) => run('openssl', 'genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', at(name));
const csr = (role, file) => run('openssl', 'req', '-new', '-key', file, '-subj', `/OU=${role}/CN=any`);
const of = (kiosk, name) => at('store/kiosks', kiosk, name);

/** A request as a kiosk makes it; `over` has what is a lie in it. */
function request(kiosk, tls, over = {}) {
  const by = over.by ?? kiosk;
  const text = `luukku-renew-1 ${over.name ?? kiosk}\n${csr('device', over.device ?? of(kiosk, 'device.key'))}${csr('tls', tls)}`;
  writeFileSync(at('content'), text);
  return run('openssl', 'cms', '-sign', '-binary', '-nodetach', '-outform', 'PEM', '-in', at('content'), '-md', 'sha256',
    '-signer', over.cert ?? of(by, 'device.crt'), '-inkey', over.key ?? of(by, 'device.key'));
}

function ask(topic, text, office = new Office(store, '1095', () => {})) {
  return office.answer(topic, Buffer.from(text), clock);
}

function refused(why, kiosk, text) {
  const before = readFileSync(of(kiosk, 'tls.crt'), 'utf8');
  assert.deepEqual(ask(`renew/${kiosk}/up`, text), { topic: `renew/${kiosk}/down`, text: `refused ${why}\n` });
  assert.equal(readFileSync(of(kiosk, 'tls.crt'), 'utf8'), before);
}

before(() => {
  dir = mkdtempSync(join(tmpdir(), 'luukku-office.'));
  for (const name of ['store', 'foreign']) pki('init', at(name));
  store = new Store(at('store'));
  for (const kiosk of ['kiosk-1', 'kiosk-2', 'kiosk-3', 'kiosk-4']) pki('kiosk', at('store'), kiosk, '--site', 'X', '--from', ago(80), '--days', '100');
  pki('kiosk', at('store'), 'kiosk-5', '--site', 'X', '--days', '100');
  pki('kiosk', at('store'), 'kiosk-6', '--site', 'X', '--from', ago(80), '--days', '10');
  pki('kiosk', at('foreign'), 'kiosk-1', '--site', 'X', '--from', ago(80), '--days', '100');
  pki('revoke', at('store'), 'kiosk', 'kiosk-4');
  for (const name of ['new.key', 'other.key']) key(name);
});

after(() => rmSync(dir, { recursive: true, force: true }));

test('a lie in each', () => {
  const unreadable = 'it is no request that this fleet can read';
  refused(unreadable, 'kiosk-1', 'hello');
  refused(unreadable, 'kiosk-1', request('kiosk-1', at('new.key')).replace(/^[A-Za-z0-9+/]{4}/m, 'AAAA'));
  refused(unreadable, 'kiosk-1', request('kiosk-1', at('new.key'),
    { cert: at('foreign/kiosks/kiosk-1/device.crt'), key: at('foreign/kiosks/kiosk-1/device.key') }));
  refused('it is signed by somebody else', 'kiosk-1', request('kiosk-1', at('new.key'), { by: 'kiosk-2' }));
  refused('it is signed by somebody else', 'kiosk-1', request('kiosk-1', at('new.key'), { cert: of('kiosk-1', 'tls.crt'), key: of('kiosk-1', 'tls.key') }));
  refused('it is no request for a renewal of this kiosk', 'kiosk-1', request('kiosk-1', at('new.key'), { name: 'kiosk-2' }));
  refused('the signing key in it is another one', 'kiosk-1', request('kiosk-1', at('new.key'), { device: at('other.key') }));
  refused('the kiosk is revoked', 'kiosk-4', request('kiosk-4', at('new.key')));
  refused('the certificate it is signed with has more than half of its life left', 'kiosk-5', request('kiosk-5', at('new.key')));
  refused(unreadable, 'kiosk-6', request('kiosk-6', at('new.key'))); // it has ended
  refused('the request is too long', 'kiosk-1', 'x'.repeat(8193));
  assert.equal(ask('renew/kiosk-9/up', 'x').text, 'refused there is no such kiosk\n');
  for (const topic of ['renew/../up', 'renew/kiosk-1/down', 'renew/KIOSK/up']) assert.equal(ask(topic, 'x'), null);
});

test('new certificates, the same when it asks again, none for a key of old', () => {
  const { text } = ask('renew/kiosk-3/up', request('kiosk-3', at('new.key')));
  const [device, tls, ca] = text.match(/-----BEGIN[^-]*-----[^-]*-----END[^-]*-----/g).map((pem) => new X509Certificate(pem));
  assert.match(device.subject, /OU=device\nCN=kiosk-3/);
  assert.match(tls.subject, /OU=tls\nCN=kiosk-3/);
  assert(tls.verify(ca.publicKey) && device.verify(ca.publicKey));
  assert(tls.validToDate === undefined || tls.validToDate > new Date(Date.now() + 1000 * DAY_MS));
  assert.equal(device.publicKey.export({ type: 'spki', format: 'pem' }), run('openssl', 'pkey', '-in', of('kiosk-3', 'device.key'), '-pubout'));
  // The kiosk has not had it yet: it asks as before, with the certificate that it has.
  const old = join(at('store/fleet/issued'), `${store.fleet.serials('CN', 'kiosk-3').find((s) => store.fleet.issued(s).subject.includes('OU=device'))}.pem`);
  assert.equal(ask('renew/kiosk-3/up', request('kiosk-3', at('new.key'), { cert: old })).text, text);
  refused('the TLS key in it had a certificate before', 'kiosk-3', request('kiosk-3', of('kiosk-3', 'tls.key'), { cert: old }));
  refused('the certificate it is signed with has more than half of its life left', 'kiosk-3', request('kiosk-3', at('other.key')));
});

test('who floods is not looked at', () => {
  const office = new Office(store, '1095', () => {});
  assert.match(ask('renew/kiosk-1/up', 'x', office).text, /^refused/);
  assert.equal(ask('renew/kiosk-1/up', 'x', office), null);
  assert.match(ask('renew/kiosk-2/up', 'x', office).text, /^refused/);
  clock += 1000;
  assert.match(ask('renew/kiosk-1/up', 'x', office).text, /^refused/);
});
