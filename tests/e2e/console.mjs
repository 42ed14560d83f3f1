// A technician at the demo's console: logs in, finds a way by ? and Tab, pages, looks, tests everything; a stranger is locked out.
import { Demo } from './lib/demo.mjs';
import { main } from './lib/run.mjs';
import { Technician } from './lib/technician.mjs';
import { assert, until } from './lib/wait.mjs';

const PATIENCE_MS = 60000;
const PASS = ['storage', 'clock', 'programs', 'certs', 'camera', 'microphone', 'speaker', 'scanner', 'card', 'network', 'broker'];

async function findsAWay(t, technician) {
  t.step('it explains, completes, remembers');
  technician.type('test ?');
  const explained = await technician.expect('luukku> test ');
  for (const word of ['all', 'storage', 'broker']) assert(explained.includes(word), `"${word}" is explained`);
  technician.type('prog\t');
  await technician.expect('programs ');
  technician.type('\r');
  await technician.expect('Nothing failed.');
  await technician.expect('luukku> ');
  technician.type('\x1b[A');
  await technician.expect('test programs ');
  technician.type('\x03');
  await technician.expect('luukku> ');
  t.step('it pages and picks');
  await technician.run('terminal rows 6');
  technician.type('show status\r');
  await technician.expect('--More--');
  technician.type(' ');
  await technician.expect('--More--');
  technician.type('q');
  await technician.expect('luukku> ');
  await technician.run('terminal rows 0');
  const some = await technician.run('show status | include luukku-rtc');
  assert(some.includes('luukku-rtc') && !some.includes('luukkud'), `the filter picks:\n${some}`);
}

async function shows(t, technician) {
  t.step('it shows the kiosk');
  const status = await technician.run('show status');
  for (const program of ['luukkud', 'luukku-rtc', 'luukku-scan', 'luukku-card']) {
    assert(new RegExp(`^${program} +running`, 'm').test(status), `${program} is shown:\n${status}`);
  }
  assert(/^device +ok/m.test(await technician.run('show certs')), 'certificates are shown');
  assert(/lo +/.test(await technician.run('show net')), 'the network is shown');
}

async function tests(t, technician) {
  let checks;
  t.step('everything is tested');
  await until('nothing to fail', async () => {
    checks = await technician.test('all');
    return checks.text.includes('Nothing failed.');
  }, PATIENCE_MS, 1000).catch((error) => assert(false, `${error.message}\n${checks.text}`));
  for (const test of PASS) {
    assert(checks.some((c) => c.test === test && c.result === 'PASS'), `${test} passes:\n${checks.text}`);
  }
  console.log(checks.text);
}

async function seesThroughTheCamera(t, technician) {
  t.step('what the camera sees, in characters');
  const said = await technician.run('camera picture 40');
  const rows = said.split(/\r?\n/).filter((line) => /^[ .:=+*#%@-]{30,40}$/.test(line));
  assert(rows.length >= 10, `the picture:\n${said}`);
  assert(/PASS +camera +.*brightness/s.test(said), `figures below it:\n${said}`);
}

const busy = (said) => /another test is under way|being wiped/.test(said);

/** A command that takes long, stopped with Ctrl-C as soon as the kiosk is at it; what is typed behind that is run. */
async function stops(t, demo, technician) {
  const screen = async () => (await demo.kiosk.screen());
  for (const command of ['call loopback 30', 'test all']) {
    t.step(`Ctrl-C stops ${command}`);
    let said = 'another test is under way';
    await until(`${command} to begin`, async () => {
      technician.type(`${command}\r`);
      await technician.expect('Ctrl-C stops it.');
      await until('the notice on the screen, or no', async () => (await screen()) === 'trial' || technician.listens().includes('luukku> '));
      if ((await screen()) === 'trial') return true;
      said = await technician.expect('luukku> ');
      assert(busy(said), said);
      return false;
    }, PATIENCE_MS, 500);
    const begun = Date.now();
    technician.type('\x03show version\r');
    said = await technician.expect('luukku> ');
    assert(said.includes('Stopped.'), `it says so:\n${said}`);
    assert((await technician.expect('luukku> ')).includes('kernel'), 'the next command is run');
    console.log(`    ${Date.now() - begun} ms`);
    await until('the notice to be gone', async () => (await screen()) !== 'trial');
  }
  t.step('what was stopped can be begun again');
  await until('a call to itself', async () => !busy(await technician.run('call loopback 3')), PATIENCE_MS, 500);
}

async function lockedOut(t, technician, { user, password }) {
  t.step('a stranger is locked out');
  technician.type('logout\r');
  await technician.expect('Logged out.');
  for (let i = 0; i < 3; i += 1) {
    await technician.expect('login: ');
    technician.type(`${user}\r`);
    await technician.expect('password: ');
    technician.type(`arvaus-${i}\r`);
    await technician.expect('not right');
  }
  await technician.expect('Locked for');
  await technician.expect('login: ');
  technician.type(`${user}\r${password}\rshow status\r`);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert(!technician.heard.includes('luukku> '), `the right password does not help now:\n${technician.heard}`);
}

await main('console', async (t) => {
  t.step('a kiosk and its console');
  const demo = await Demo.start();
  t.defer(() => demo.stop());
  const { technician: line } = demo.info;
  const technician = new Technician(line.tty);
  t.defer(() => technician.close());
  await technician.logIn(line);
  await shows(t, technician);
  await findsAWay(t, technician);
  await tests(t, technician);
  await seesThroughTheCamera(t, technician);
  await stops(t, demo, technician);
  await lockedOut(t, technician, line);
}, 340000);
