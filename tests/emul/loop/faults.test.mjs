// `call loopback` through relays that are right and wrong, without a network, and with a luukku-rtc that dies or hangs: each time the true cause.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { listens, withFreePort } from '../../../tools/broker/processes.mjs';
import { Kiosk, check, makeFleet, removeFleet, until } from './kiosk.mjs';

const RELAY = { user: 'kiosk', password: 'salainen-viesti' };

/** An address of this machine that is no loopback's: a call has no others. */
const HERE = Object.values(networkInterfaces()).flat().find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

before(makeFleet);
after(removeFleet);

/** A kiosk for one test. */
async function kiosk(t, options) {
  const k = new Kiosk(options);
  t.after(() => k.stop());
  return k.ready();
}

/** A coturn; `words`: further ones. Gives the servers of a configuration. */
function relay(t, words = []) {
  assert(HERE, 'this machine has an address');
  const dir = mkdtempSync(join(tmpdir(), 'luukku-relay.'));
  return withFreePort(async (port) => {
    const child = spawn('turnserver', ['-n', `--listening-ip=${HERE}`, `--relay-ip=${HERE}`, '--listening-port', String(port), '--lt-cred-mech',
      `--user=${RELAY.user}:${RELAY.password}`, '--realm=test', '--no-tls', '--no-dtls', '--no-cli', '--log-file=stdout', `--pidfile=${dir}/pid`,
      `--userdb=${dir}/db`, ...words], { cwd: dir, stdio: 'ignore' });
    t.after(() => {
      child.kill('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
    });
    await until('coturn', () => listens({ host: HERE, port }));
    return { stun: [], turn: [{ url: `turn:${HERE}:${port}`, ...RELAY }] };
  });
}

const connect = ({ json, err }) => {
  assert.equal(err, '');
  return check(json, 'connect');
};

test('through a relay: picture and sound come back from there', async (t) => {
  const k = await kiosk(t, { config: { ice: await relay(t) } });
  const answer = await k.ctl('call', 'loopback', '3', 'turn');
  const c = connect(answer);
  t.diagnostic(JSON.stringify(answer.json));
  assert.equal(c.result, 'PASS', c.reason);
  assert.match(c.local, /^relay /);
  assert.match(c.remote, /^relay /);
  for (const name of ['sound', 'data']) assert.equal(check(answer.json, name).result, 'PASS', check(answer.json, name).reason);
});

test('a relay that does not send to itself, a wrong password, none at all', async (t) => {
  const closed = connect(await (await kiosk(t, { config: { ice: await relay(t, [`--denied-peer-ip=${HERE}`]) } })).ctl('call', 'loopback', '3', 'turn'));
  assert.equal(closed.result, 'FAIL');
  assert.match(closed.reason, /relays were given, but nothing passes/);
  const ice = await relay(t);
  ice.turn[0].password = 'toinen';
  const wrong = connect(await (await kiosk(t, { config: { ice } })).ctl('call', 'loopback', '3', 'turn'));
  assert.equal(wrong.result, 'FAIL');
  assert.match(wrong.reason, /no TURN server gave a relay/);
  assert.match(wrong.next, /net turn/);
  const none = connect(await (await kiosk(t)).ctl('call', 'loopback', '3', 'turn'));
  assert.equal(none.result, 'SKIP');
  assert.match(none.reason, /no TURN server is configured/);
});

/** Words before a command, which then has a network of its own, set up by `lines`. */
const alone = (lines) => ['unshare', '--net', 'sh', '-c', `${lines} && exec "$0" "$@"`];

test('a machine without an address, and one whose packets go nowhere', async (t) => {
  const none = connect(await (await kiosk(t, { prefix: alone('true') })).ctl('call', 'loopback', '3'));
  assert.equal(none.result, 'FAIL');
  assert.match(none.reason, /no network address/);
  assert.match(none.next, /test network/);
  const lost = alone('echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6 && ip link add v0 type veth peer name v1 && ip address add 10.9.8.7/24 dev v0 && ip link set v0 up && ip link set v1 up');
  const broken = connect(await (await kiosk(t, { prefix: lost })).ctl('call', 'loopback', '3'));
  assert.equal(broken.result, 'FAIL');
  assert.match(broken.reason, /do not reach each other/);
});

/** Whatever luukku-rtc there is meets `signal` until `asked` is answered; gives the answer. */
async function haunted(k, signal, asked) {
  const met = new Set();
  let over = false;
  const answer = asked.finally(() => (over = true));
  await until('the answer', async () => {
    const { json } = await k.ctl('programs');
    const rtc = json.programs.find((p) => p.name === 'luukku-rtc');
    if (!over && rtc.state === 'running' && !met.has(rtc.pid)) {
      met.add(rtc.pid);
      process.kill(rtc.pid, signal);
    }
    return over;
  });
  assert(met.size > 0, 'it met the signal');
  await k.ready();
  return answer;
}

for (const signal of ['SIGKILL', 'SIGSTOP']) {
  test(`luukku-rtc meets ${signal} again and again`, async (t) => {
    const k = await kiosk(t);
    const loop = await haunted(k, signal, k.ctl('call', 'loopback', '5'));
    assert.equal(loop.code, 1);
    assert.match(loop.err, /luukku-rtc (ended before it was done|does not run)/);
    const all = await haunted(k, signal, k.ctl('test', 'all'));
    for (const name of ['camera', 'microphone', 'speaker']) {
      const one = check(all.json, name);
      assert(['FAIL', 'SKIP'].includes(one.result), `${name} ${one.result}`);
      assert.match(one.reason, /luukku-rtc|its program does not answer/, name);
    }
    await k.ready();
    assert.equal(check((await k.ctl('test', 'camera')).json, 'camera').result, 'PASS');
  });
}

test('figures of a call are asked for while luukku-rtc hangs', async (t) => {
  const k = await kiosk(t);
  process.kill(await k.pid('luukku-rtc'), 'SIGSTOP');
  const { code, err } = await k.ctl('call', 'stats');
  assert.equal(code, 1);
  assert.match(err, /luukku-rtc (ended before it answered|is not running just now|does not answer|cannot be asked)/);
});
