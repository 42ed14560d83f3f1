// A technician opens the kiosk's console from afar: it is shown, audited, and ends when somebody at the kiosk wants that or begins a visit.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Demo } from './lib/demo.mjs';
import { main } from './lib/run.mjs';
import { assert, until } from './lib/wait.mjs';

const TOOL = fileURLToPath(new URL('../../tools/fleet/luukku-tech', import.meta.url));
const WAIT_MS = 40000;

/** luukku-tech with its keys on a pipe. */
class Tech {
  constructor(tech) {
    this.child = spawn(TOOL, [tech.kiosk, '--broker', tech.broker, '--me', tech.me, '--fleet', tech.fleet]);
    this.heard = '';
    this.exited = once(this.child, 'exit');
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.on('data', (text) => {
        this.heard += text;
      });
    }
  }

  expect(words) {
    return until(`"${words}"`, () => this.heard.includes(words), WAIT_MS).catch((error) => assert(false, `${error.message}\n${this.heard}`));
  }

  async run(line) {
    this.heard = '';
    this.child.stdin.write(`${line}\r`);
    await this.expect('luukku> ');
    return this.heard;
  }

  async ended() {
    const [code] = await this.exited;
    return code;
  }
}

/** Opens one once nobody has touched the kiosk for long enough. */
async function open(tech) {
  for (;;) {
    const one = new Tech(tech);
    await until('an answer', () => one.heard.includes('luukku> ') || one.child.exitCode !== null, WAIT_MS);
    if (one.heard.includes('luukku> ')) return one;
    assert(one.heard.includes('somebody is at the kiosk'), `it is let in:\n${one.heard}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 1000);
    });
  }
}

await main('tech', async (t) => {
  t.step('a kiosk');
  const demo = await Demo.start();
  t.defer(() => demo.stop());
  const { kiosk, info: { tech } } = demo;

  t.step('the console from afar');
  const first = await open(tech);
  assert(/^luukku-help +running/m.test(await first.run('show status')), `the status is shown:\n${first.heard}`);
  assert((await first.run('test network')).includes('PASS'), `the network is tested:\n${first.heard}`);

  t.step('what the camera sees is not for those from afar, unless the site says so');
  assert(/site does not let technicians/.test((await first.run('camera picture')).replace(/\s+/g, ' ')), first.heard);

  t.step('Ctrl-C stops what the kiosk is at');
  first.child.stdin.write('test all\r');
  await first.expect('Ctrl-C stops it.');
  first.child.stdin.write('\x03');
  await first.expect('Stopped.');
  assert((await first.run('show version')).includes('kernel'), first.heard);
  const shown = await kiosk.node('helper');
  assert(shown.name.includes('Maija Meikäläinen'), `the screen says who is there: ${JSON.stringify(shown)}`);

  t.step('a second one is refused');
  const second = new Tech(tech);
  assert(await second.ended() === 1 && second.heard.includes('another technician'), second.heard);

  t.step('the button on the screen ends it');
  await kiosk.tap('helper-stop');
  assert(await first.ended() === 1 && first.heard.includes('somebody at the kiosk ended it'), first.heard);
  assert(!(await kiosk.node('helper')), 'the strip is gone');

  t.step('a visit ends it, and keeps others out');
  const third = await open(tech);
  await kiosk.tap('next');
  assert(await third.ended() === 1 && third.heard.includes('began to use the kiosk'), third.heard);
  const fourth = new Tech(tech);
  assert(await fourth.ended() === 1 && fourth.heard.includes('somebody is at the kiosk'), fourth.heard);

  t.step('every line is in the trail');
  const trail = readFileSync(tech.trail, 'utf8');
  for (const line of ['login', 'run show status', 'run test network', 'stopped test all', 'logout']) {
    assert(trail.includes(` help maija-meikalainen ${line}`), `"${line}" is in the trail:\n${trail}`);
  }
  await demo.stop();

  t.step('a site that lets those from afar see the picture');
  const other = await Demo.start({ args: ['--pictures'] });
  t.defer(() => other.stop());
  const seer = await open(other.info.tech);
  const pids = await other.kiosk.pids();
  const rows = (await seer.run('camera picture 40')).split(/\r?\n/).filter((line) => /^[ .:=+*#%@-]{30,40}$/.test(line));
  assert(rows.length >= 10, `the picture:\n${seer.heard}`);
  assert((await seer.run('show version')).includes('kernel'), seer.heard);
  const still = await other.kiosk.pids();
  assert(`${still}` === `${pids}`, `${still} are not ${pids}`);
  t.step('once they have gone, what saw the picture begins anew');
  seer.child.stdin.write('logout\r');
  assert(await seer.ended() === 0 && seer.heard.includes('logged out'), seer.heard);
  await other.kiosk.restarted(pids);
}, 200000);
