// Certificates renew themselves: a kiosk whose certificates are nearly over, a real broker, and the fleet's office. First nobody answers
// and the office refuses; then new certificates come, are proved, and the old ones are no longer needed. node tests/e2e/fleet/renew.mjs
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { officeAccount, startBroker } from '../../../tools/broker/broker.mjs';
import { makeRunDir, Processes } from '../../../tools/broker/processes.mjs';
import { Kiosk } from '../lib/kiosk.mjs';
import { assert, until } from '../lib/wait.mjs';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const BUILD = process.env.LUUKKU_BUILD ?? join(ROOT, 'build');
const NAME = 'kiosk-7';
const DAY_MS = 86400e3;
const WAIT_MS = 90000;

function run(program, ...words) {
  const r = spawnSync(program, words, { encoding: 'utf8' });
  assert(r.status === 0, `${words.join(' ')}: ${r.stderr}`);
  return r.stdout;
}

function office(words) {
  const events = [];
  const child = spawn(process.execPath, [join(ROOT, 'tools/fleet/main.mjs'), 'renew', ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface(child.stdout).on('line', (line) => events.push(JSON.parse(line)));
  const stop = () => new Promise((done) => {
    child.once('exit', done).kill('SIGTERM');
  });
  return { events, stop };
}

function startKiosk(dir) {
  let said = '';
  const child = spawn(join(BUILD, 'bin/luukku-super'), ['--home', join(dir, 'home'), '--control', join(dir, 'control'), '--headless',
    '--allow-ui-control', '--quick-renewal'], { stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.on('data', (text) => (said += text));
  const ended = new Promise((done) => {
    child.once('close', done);
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return { stop, get said() { return said; } };
}

/** A kiosk in use, whose certificates have a tenth of their life left. */
async function provision(dir, store, kiosk, mqtts) {
  const pki = (...words) => run(join(ROOT, 'tools/pki/luukku-pki'), ...words);
  const ctl = (...words) => run(join(BUILD, 'bin/luukkuctl'), '--socket', join(dir, 'control'), ...words);
  const at = (name) => join(dir, name);
  await until('a new kiosk', () => kiosk.ctl('provision', 'status').then((s) => s.state === 'new', () => false), WAIT_MS);
  writeFileSync(at('request.pem'), ctl('provision', 'csr'));
  const from = new Date(Date.now() - 18 * DAY_MS).toISOString();
  pki('sign', store, NAME, '--site', 'Kirjasto, Kuhmo', '--csr', at('request.pem'), '--out', at('answer.pem'), '--from', from, '--days', '20');
  ctl('provision', 'certificate', at('answer.pem'));
  writeFileSync(at('place.json'), JSON.stringify({ broker: mqtts, agencies: [{ id: 'kela' }], camera: 'simulated', sound: 'simulated' }));
  pki('site', store, NAME, '--template', at('place.json'), '--out', at('site.json'));
  ctl('provision', 'site', at('site.json'));
}

const digest = (text) => createHash('sha256').update(text).digest('hex');

async function main() {
  const dir = makeRunDir();
  const processes = new Processes(join(dir, 'log'));
  const store = join(dir, 'pki');
  const pki = (...words) => run(join(ROOT, 'tools/pki/luukku-pki'), ...words);
  const password = randomBytes(16).toString('hex');
  let programs = null;
  let desk = null;
  try {
    pki('init', store);
    pki('agency', store, 'kela', 'Kela');
    pki('broker', store);
    mkdirSync(join(dir, 'servers'), { mode: 0o711 });
    writeFileSync(join(dir, 'password'), password, { mode: 0o600 });
    const broker = await startBroker({ pki: store, run: join(dir, 'servers'), extra: [officeAccount(password)], processes });
    const words = ['--store', store, '--broker', `${broker.url.replace('http', 'ws')}mqtt`, '--user', 'office', '--password-file', join(dir, 'password')];

    programs = startKiosk(dir);
    const kiosk = new Kiosk(join(dir, 'control'));
    await provision(dir, store, kiosk, broker.mqtts);
    const status = () => kiosk.ctl('provision', 'status').catch(() => null);
    const file = (name) => readFileSync(join(dir, 'home/current', name), 'utf8');

    // Nobody answers: it asks, goes on asking, and everything stays as it is.
    await until('a request', async () => (await status())?.renewal.state === 'asked', WAIT_MS);
    const old = { key: digest(file('tls.key')), device: digest(file('device.key')), cert: new X509Certificate(file('tls.crt')) };
    assert(readdirSync(join(dir, 'home/current')).includes('next-tls.key'), 'the new key is kept');

    // The office does not know it: what it says is shown.
    const record = join(store, 'kiosks', NAME, 'kiosk.json');
    const is = readFileSync(record, 'utf8');
    writeFileSync(record, JSON.stringify({ ...JSON.parse(is), revoked: 'yes' }));
    desk = office(words);
    await until('a refusal', async () => (await status())?.renewal.why === "the fleet's office says: the kiosk is revoked", WAIT_MS);
    const row = (await kiosk.ctl('certs')).find((c) => c.role === 'renewal');
    assert(row.state === 'failed' && row.why.includes('revoked'), `show certs says so: ${JSON.stringify(row)}`);
    assert(digest(file('tls.key')) === old.key, 'a refusal changes nothing');

    // It knows it again: new certificates, proved by the broker.
    writeFileSync(record, is);
    await until('new certificates', async () => {
      const s = await status();
      return s?.renewal.state === 'idle' && s.state === 'in-use' && s.certificate.days_left > 1000;
    }, WAIT_MS);
    const cert = new X509Certificate(file('tls.crt'));
    assert(digest(file('tls.key')) !== old.key, 'the TLS key is a new one');
    assert(digest(file('device.key')) === old.device, 'the signing key is not');
    assert(cert.serialNumber !== old.cert.serialNumber && cert.subject === old.cert.subject, 'another certificate, the same name');
    assert(readdirSync(join(dir, 'home/current')).every((name) => !/^(next|old)-|^renewal/.test(name)), 'nothing of the renewal is left');
    assert((await status()).renewal.why === '', 'nothing is wrong');
    await until('the link', async () => (await kiosk.ctl('status')).broker_link === 'up', WAIT_MS);
    assert(readdirSync(join(store, 'kiosks', NAME)).every((name) => !name.endsWith('.key')), 'no private key has left the kiosk');
    assert(desk.events.some((e) => e.kiosk === NAME && e.renewed === true), 'the office says what it did');

    console.log('PASS');
  } catch (error) {
    console.error(programs?.said.split('\n').slice(-40).join('\n'));
    console.error(desk?.events.slice(-10).map((e) => JSON.stringify(e)).join('\n'));
    throw error;
  } finally {
    await programs?.stop();
    await desk?.stop();
    await processes.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

await main();
process.exit(0);
