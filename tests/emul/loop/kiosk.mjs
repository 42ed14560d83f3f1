// A kiosk of the real programs with simulated camera and sound, and nobody to call: no broker, no page.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const BUILD = resolve(process.env.LUUKKU_BUILD ?? 'build');
const LIMIT_MS = 120000;
const TRIAL_MS = 180000;

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Waits until `look` gives something true. */
export async function until(what, look) {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    assert(Date.now() < end, `waited in vain for ${what}`);
    await pause(50);
  }
}

let dir;

/** A folder with a fleet of one kiosk and one agency. */
export function makeFleet() {
  dir = mkdtempSync(join(tmpdir(), 'luukku-loop.'));
  const pki = (...words) => execFileSync('tools/pki/luukku-pki', words, { stdio: 'ignore' });
  pki('init', join(dir, 'pki'));
  pki('agency', join(dir, 'pki'), 'kela', 'Kela');
  pki('kiosk', join(dir, 'pki'), 'kiosk-1', '--site', 'Test');
}

/** The broker's certificate anew, from so many days from now, for `length`: {key, cert} for a server. */
export function serverCertificate(from, length) {
  const day = new Date(Date.now() + from * 86400000).toISOString().slice(0, 10);
  execFileSync('tools/pki/luukku-pki', ['broker', join(dir, 'pki'), '--renew', '--from', day, '--days', String(length)], { stdio: 'ignore' });
  const [key, cert] = ['server.key', 'server.crt'].map((file) => readFileSync(join(dir, 'pki', 'broker', file)));
  return { key, cert };
}

/** What luukku-probe says by itself of those words, with the files of that kiosk. */
export function probe(kiosk, ...words) {
  const files = [openSync(kiosk.config, 'r'), openSync(join(dir, 'pki', 'fleet', 'ca.crt'), 'r')];
  const child = spawn(join(BUILD, 'bin/luukku-probe'), words, { stdio: ['ignore', 'pipe', 'inherit', ...files], env: { LUUKKU_FDS: 'config=3,tls-ca=4' }, timeout: LIMIT_MS });
  files.forEach(closeSync);
  let out = '';
  child.stdout.on('data', (text) => (out += text));
  return new Promise((done) => child.once('close', (code) => {
    assert.equal(code, 0, out);
    done(out.trim().split('\n').map((line) => JSON.parse(line)));
  }));
}

export const removeFleet = () => rmSync(dir, { recursive: true, force: true });

let count = 0;

export class Kiosk {
  /** `config`: members of the configuration; `prefix`: words before the command. */
  constructor({ config = {}, prefix = [], words = [] } = {}) {
    const name = `k${++count}`;
    const at = (...path) => join(dir, 'pki', ...path);
    const mine = (file) => at('kiosks', 'kiosk-1', file);
    this.socket = join(dir, `${name}.sock`);
    this.dir = dir;
    this.said = '';
    this.config = join(dir, `${name}.json`);
    writeFileSync(this.config, JSON.stringify({
      kiosk: 'kiosk-1', site: 'Test', broker: { host: '127.0.0.1', port: 1 }, control: this.socket, camera: 'simulated', sound: 'simulated',
      tls: { ca: at('fleet', 'ca.crt'), cert: mine('tls.crt'), key: mine('tls.key') }, device: { cert: mine('device.crt'), key: mine('device.key') },
      agencies: [{ id: 'kela', ca: at('agencies', 'kela', 'ca.crt'), crl: at('agencies', 'kela', 'crl.pem') }], ...config,
    }));
    const all = [...prefix, join(BUILD, 'bin/luukku-super'), '--config', this.config, '--headless', '--allow-ui-control', ...words];
    this.child = spawn(all[0], all.slice(1), { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child.stderr.on('data', (text) => (this.said += text));
    this.child.on('exit', (code, signal) => (this.how = signal ?? code));
  }

  /** luukkuctl's exit status, JSON and errors. */
  ctl(...words) {
    return new Promise((done) => {
      const args = ['--socket', this.socket, '--json', ...words];
      execFile(join(BUILD, 'bin/luukkuctl'), args, { maxBuffer: 1 << 24, timeout: TRIAL_MS }, (error, out, err) =>
        done({ code: error?.code ?? 0, err, json: out.trim() ? JSON.parse(out) : null }));
    });
  }

  /** Waits until every program runs and the screen is the first one. */
  async ready() {
    await until('the kiosk to be ready', async () => {
      assert.equal(this.how, undefined, `the kiosk ended\n${this.said}`);
      const { json } = await this.ctl('status');
      return json?.programs?.every((p) => p.state === 'running') && json.screen === 'start' && json.broker_link;
    });
    return this;
  }

  pid(name) {
    return this.ctl('programs').then(({ json }) => json.programs.find((p) => p.name === name)?.pid);
  }

  /** Waits for the programs that follow those of `pids`. */
  async renewed(pid) {
    await until('the programs to begin anew', async () => (await this.pid('luukku-rtc')) !== pid);
    await this.ready();
  }

  screenIs(name) {
    return until(`the screen ${name}`, async () => (await this.ctl('ui', 'tree')).json?.screen === name);
  }

  async stop() {
    if (this.how === undefined) this.child.kill('SIGTERM');
    await until('the kiosk to end', () => this.how !== undefined);
  }
}

/** One check of a list. */
export const check = (list, test) => list.find((c) => c.test === test) ?? { result: 'missing' };
