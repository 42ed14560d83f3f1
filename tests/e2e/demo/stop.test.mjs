// tools/demo stopped at every stage, and two at once. A stand-in takes the kiosk's place: this is about the demo alone.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MARK = `luukku-demo-test-${process.pid}`; // in the environment of all that the demo starts
const STAGES = ['pki/fleet/ca.crt', 'pki/kiosks/kiosk-1', 'pki/experts/anna-virtanen', 'servers', 'servers/mosquitto',
  'servers/bridge', 'servers/nginx.conf', 'kiosk', 'kiosk/control'];

let root;

before(() => {
  root = mkdtempSync(join(tmpdir(), 'ldt-'));
  mkdirSync(join(root, 'bin'));
  const program = (name, text) => {
    writeFileSync(join(root, 'bin', name), text);
    chmodSync(join(root, 'bin', name), 0o755);
  };
  program('luukku-super', `#!${process.execPath}
const { createServer } = require('node:net');
const config = JSON.parse(require('node:fs').readFileSync(process.argv[process.argv.indexOf('--config') + 1]));
createServer().listen(config.control);
`);
  program('luukkuctl', '#!/bin/sh\necho \'{"programs":[]}\'\n');
});

after(() => rmSync(root, { recursive: true, force: true }));

/** Processes that carry the mark. */
function marked() {
  return readdirSync('/proc').filter((p) => /^\d+$/.test(p)).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(MARK);
    } catch {
      return false; // ended, or not ours
    }
  });
}

/** Starts a demo whose temporary directory lies in `tmp`. Gives its process, its line, its end. */
function start(name) {
  const tmp = join(root, name);
  mkdirSync(tmp);
  chmodSync(root, 0o711);
  chmodSync(tmp, 0o711);
  const env = { ...process.env, LUUKKU_BUILD: root, TMPDIR: tmp, LUUKKU_MARK: MARK };
  const demo = spawn(join(ROOT, 'tools/demo'), ['--built', '--headless'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  let errors = '';
  demo.stderr.on('data', (d) => (errors += d));
  const ready = new Promise((resolve, reject) => {
    demo.stdout.on('data', (d) => {
      text += d;
      if (text.includes('\n')) {
        resolve(JSON.parse(/^ready (.*)$/m.exec(text)[1]));
      }
    });
    demo.once('exit', (code) => reject(new Error(`ended with ${code}: ${errors}`)));
  });
  ready.catch(() => {});
  const ended = new Promise((resolve) => demo.once('exit', (code, signal) => resolve(signal ?? code)));
  return { tmp, demo, ready, ended };
}

/** Resolves once `path` is there below the demo's directory, or the demo has ended. */
async function reached({ tmp, ended }, path) {
  let over = false;
  ended.then(() => (over = true));
  while (!over && !readdirSync(tmp).some((d) => existsSync(join(tmp, d, path)))) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Nothing is left of it. */
function assertGone({ tmp }) {
  assert.deepEqual(readdirSync(tmp), [], 'files are left');
  assert.deepEqual(marked(), [], 'processes are left');
}

for (const [i, stage] of STAGES.entries()) {
  const [signal, code] = i % 2 ? ['SIGINT', 130] : ['SIGTERM', 143];
  test(`${signal} when ${stage} is there`, async () => {
    const it = start(`at-${i}`);
    await reached(it, stage);
    it.demo.kill(signal);
    assert.equal(await it.ended, code);
    assertGone(it);
  });
}

test('two demos stand side by side, and each ends alone', async () => {
  const [one, two] = [start('one'), start('two')];
  const [a, b] = await Promise.all([one.ready, two.ready]);
  assert.notEqual(a.url, b.url);
  assert.notEqual(a.control, b.control);
  assert.ok(a.experts.length >= 3 && new Set(a.experts.map((e) => e.agency)).size >= 2);
  assert.deepEqual([a.user, a.password], [a.experts[0].user, a.experts[0].password]);
  one.demo.kill('SIGTERM');
  await one.ended;
  assert.equal((await fetch(new URL('fleet.json', b.url))).status, 200);
  await assert.rejects(fetch(new URL('fleet.json', a.url)));
  two.demo.kill('SIGTERM');
  await two.ended;
  assertGone(one);
  assertGone(two);
});

test('a kiosk that ends by itself ends the demo, with words', async () => {
  const it = start('dies');
  await it.ready;
  const pid = marked().find((p) => readFileSync(`/proc/${p}/cmdline`, 'utf8').includes('bin/luukku-super'));
  process.kill(Number(pid), 'SIGKILL');
  assert.equal(await it.ended, 1);
  assertGone(it);
});
