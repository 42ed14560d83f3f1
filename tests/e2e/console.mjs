// A technician at the demo's console: logs in, looks, tests everything; a device is unplugged, and the console names it.
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { Demo } from './lib/demo.mjs';
import { main } from './lib/run.mjs';
import { assert, until } from './lib/wait.mjs';

const PATIENCE_MS = 60000;

/** The far end of the technician's cable. */
class Cable {
  constructor(tty) {
    this.fd = openSync(tty, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    this.heard = '';
  }

  #listen() {
    const bytes = Buffer.alloc(4096);
    try {
      for (let n = 1; n > 0;) {
        n = readSync(this.fd, bytes);
        this.heard += bytes.toString('latin1', 0, n);
      }
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }

  /** Waits for a text; gives what came before it and takes both off. */
  async expect(text) {
    await until(`"${text}" on the console`, () => {
      this.#listen();
      return this.heard.includes(text);
    }, PATIENCE_MS);
    const at = this.heard.indexOf(text);
    const before = this.heard.slice(0, at);
    this.heard = this.heard.slice(at + text.length);
    return before;
  }

  type(text) {
    writeSync(this.fd, text);
  }

  /** Runs a command; gives its output. */
  async run(command) {
    this.type(`${command}\r`);
    await this.expect(`${command}\r\n`);
    return this.expect('luukku> ');
  }

  close() {
    closeSync(this.fd);
  }
}

/** Lines of a test's answer, as {result, test}. */
const checks = (text) => [...text.matchAll(/^(PASS|FAIL|SKIP) +(\S+)/gm)].map(([, result, test]) => ({ result, test }));

const result = (text, test) => checks(text).find((c) => c.test === test)?.result;

async function logIn(cable, { user, password }) {
  cable.type('\r');
  await cable.expect('login: ');
  cable.type(`${user}\r`);
  await cable.expect('password: ');
  cable.type(`${password}\r`);
  const shown = await cable.expect('luukku> ');
  assert(!shown.includes(password), 'a password is not echoed');
  await cable.run('terminal rows 0');
}

/** What is taken away is what the console names first; it is well again afterwards. */
async function unplugged(t, cable, kiosk, device, test) {
  t.step(`without the ${device}`);
  await kiosk.ctl('emu', device, 'unplug');
  await until(`test ${test} to fail`, async () => result(await cable.run(`test ${test}`), test) === 'FAIL', PATIENCE_MS, 500);
  const all = await cable.run('test all');
  assert(all.includes(`Begin with: ${test}`), `test all begins with the ${test}:\n${all}`);
  await kiosk.ctl('emu', device, 'plug');
  await until(`test ${test} to pass again`, async () => result(await cable.run(`test ${test}`), test) === 'PASS', PATIENCE_MS, 500);
}

await main('console', async (t) => {
  t.step('a kiosk and its console');
  const demo = await Demo.start();
  t.defer(() => demo.stop());
  const cable = new Cable(demo.info.technician.tty);
  t.defer(() => cable.close());
  await logIn(cable, demo.info.technician);
  t.step('it shows the kiosk');
  const status = await cable.run('show status');
  for (const program of ['luukkud', 'luukku-rtc', 'luukku-scan', 'luukku-card']) {
    assert(new RegExp(`^${program} +running`, 'm').test(status), `${program} is shown:\n${status}`);
  }
  assert(/^device +ok/m.test(await cable.run('show certs')), 'certificates are shown');
  assert(/lo +/.test(await cable.run('show net')), 'the network is shown');
  t.step('everything is tested');
  let all = '';
  await until('nothing to fail', async () => {
    all = await cable.run('test all');
    return all.includes('Nothing failed.');
  }, PATIENCE_MS, 1000).catch((error) => assert(false, `${error.message}\n${all}`));
  for (const test of ['programs', 'certs', 'scanner', 'card', 'network', 'broker']) {
    assert(result(all, test) === 'PASS', `${test} passes:\n${all}`);
  }
  console.log(all);
  await unplugged(t, cable, demo.kiosk, 'scanner', 'scanner');
  await unplugged(t, cable, demo.kiosk, 'reader', 'card');
  t.step('the line is let go');
  cable.type('logout\r');
  await cable.expect('Logged out.');
}, 280000);
