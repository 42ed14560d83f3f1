// `net ping` and `net speed`, and STUN in the tests: a kiosk's luukku-probe against a real coturn, and where there is none.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createServer } from 'node:tls';
import { listens, withFreePort } from '../../../tools/broker/processes.mjs';
import { Kiosk, check, makeFleet, probe, removeFleet, serverCertificate, until } from './kiosk.mjs';

const RELAY = { user: 'kiosk', password: 'salainen-viesti' };
const ICMP = ['unshare', '--net', 'sh', '-c',
  'ip link set lo up && echo "0 2147483647" >/proc/sys/net/ipv4/ping_group_range && exec "$0" "$@"'];

before(makeFleet);
after(removeFleet);

/** A kiosk for one test. */
async function kiosk(t, options) {
  const k = new Kiosk(options);
  t.after(() => k.stop());
  return k.ready();
}

/** A coturn; `words`: further ones. Gives the servers of a configuration. */
function servers(t, words = []) {
  const dir = mkdtempSync(join(tmpdir(), 'luukku-net.'));
  return withFreePort(async (port) => {
    const child = spawn('turnserver', ['-n', '--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', '--listening-port', String(port), '--lt-cred-mech',
      `--user=${RELAY.user}:${RELAY.password}`, '--realm=test', '--no-tls', '--no-dtls', '--no-cli', '--log-file=stdout', `--pidfile=${dir}/pid`,
      `--userdb=${dir}/db`, ...words], { cwd: dir, stdio: 'ignore' });
    t.after(() => {
      child.kill('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
    });
    await until('coturn', () => listens({ host: '127.0.0.1', port }));
    return { stun: [`stun:127.0.0.1:${port}`], turn: [{ url: `turn:127.0.0.1:${port}`, ...RELAY }] };
  });
}

const only = ({ json }) => {
  assert.equal(json.length, 1, JSON.stringify(json));
  return json[0];
};

test('the relay carries what it is given', async (t) => {
  const k = await kiosk(t, { config: { ice: await servers(t, ['--allow-loopback-peers']) } });
  const speed = only(await k.ctl('net', 'speed'));
  t.diagnostic(JSON.stringify(speed));
  assert.equal(speed.result, 'PASS', speed.reason);
  assert(speed.mbit_up_and_down > 0 && speed.mbit_up_and_down <= 8);
  assert(speed.delay_ms > 0);
  assert.equal(only(await k.ctl('test', 'stun')).result, 'PASS');
  assert.equal(check((await k.ctl('net', 'stun')).json, 'stun').address, '127.0.0.1');
});

test('a relay that sends to nobody, a wrong password, none at all', async (t) => {
  const k = await kiosk(t, { config: { ice: await servers(t) } });
  const closed = only(await k.ctl('net', 'speed'));
  assert.equal(closed.result, 'FAIL');
  assert.match(closed.reason, /refuses a way to its own relay \(403\)/);
  const ice = await servers(t);
  ice.turn[0].password = 'toinen';
  const wrong = only(await (await kiosk(t, { config: { ice } })).ctl('net', 'speed'));
  assert.match(wrong.reason, /user or password is wrong/);
  const none = await kiosk(t);
  assert.equal(only(await none.ctl('net', 'speed')).result, 'SKIP');
  assert.match(only(await none.ctl('test', 'stun')).reason, /no STUN server/);
});

test('a STUN server that is down is named', async (t) => {
  const k = await kiosk(t, { config: { ice: { stun: ['stun:127.0.0.1:9'], turn: [] } } });
  const down = only(await k.ctl('test', 'stun'));
  assert.equal(down.result, 'FAIL');
  assert.match(down.reason, /127\.0\.0\.1:9 refuses: nothing listens there/);
});

test('echoes of ICMP where the kernel allows them', async (t) => {
  const k = await kiosk(t, { prefix: ICMP });
  const ping = only(await k.ctl('net', 'ping', '127.0.0.1'));
  t.diagnostic(JSON.stringify(ping));
  assert.equal(ping.result, 'PASS', ping.reason);
  assert.deepEqual([ping.by, ping.sent, ping.received], ['icmp', 5, 5]);
  const six = only(await k.ctl('net', 'ping', '::1'));
  assert.deepEqual([six.result, six.by], ['PASS', 'icmp'], six.reason);
  const nowhere = only(await k.ctl('net', 'ping', '192.0.2.1'));
  assert.equal(nowhere.result, 'FAIL');
  assert.match(nowhere.reason, /there is no way to that address/);
});

test('else a connection\'s first answer, and what would change that', async (t) => {
  const k = await kiosk(t, { prefix: [...ICMP.slice(0, 4), ICMP[4].replace('0 2147483647', '1 0')] });
  const ping = only(await k.ctl('net', 'ping'));
  assert.deepEqual([ping.result, ping.host, ping.received], ['PASS', '127.0.0.1', 5], ping.reason);
  assert.match(ping.by, /^tcp 1; .*ping_group_range/);
  assert.match(ping.port, /^refuses/); // it is there all the same
});

/** A server with that certificate; gives its port. */
function tlsServer(t, certificate) {
  return new Promise((resolve) => {
    const server = createServer(certificate, (socket) => socket.on('error', () => undefined)).on('tlsClientError', () => undefined);
    t.after(() => server.close());
    server.listen(0, '127.0.0.1', () => resolve(String(server.address().port)));
  });
}

const seen = (days) => `--floor=${Math.floor(Date.now() / 1000) - days * 86400}`;
const date = (days) => new Date(Date.now() - days * 86400000).toISOString().slice(0, 10);

test('a server\'s certificate is held to the clock, or where that cannot be trusted to the latest time seen', async (t) => {
  const k = await kiosk(t);
  const ended = await tlsServer(t, serverCertificate(-40, 30));
  const early = await tlsServer(t, serverCertificate(10, 30));
  const good = await tlsServer(t, serverCertificate(-1, 30));
  for (const [port, floor, result, reason, held] of [
    [good, [], 'PASS', /^$/], [ended, [], 'FAIL', /certificate has ended/], [early, [], 'FAIL', /does not begin yet/],
    [good, [seen(30)], 'PASS', /^$/, date(30)], [ended, [seen(30)], 'PASS', /^$/, date(30)], [early, [seen(30)], 'PASS', /^$/, date(30)],
    [ended, [seen(5)], 'FAIL', new RegExp(`ended before ${date(5)}.*clock is not asked`)],
  ]) {
    const is = only({ json: await probe(k, 'net', ...floor, 'tls', '127.0.0.1', port) });
    assert.equal(is.result, result, `${floor}: ${is.reason}`);
    assert.match(is.reason, reason);
    assert.equal(is.dates_held_to, held);
  }
  t.diagnostic('the kiosk asks as its kernel vouches for the clock');
  const { clock } = (await k.ctl('hardware')).json;
  const is = only(await k.ctl('net', 'tls', '127.0.0.1', early));
  t.diagnostic(JSON.stringify({ clock, is }));
  assert.equal(is.result, clock.synchronised ? 'FAIL' : 'PASS', is.reason);
  assert.equal('dates_held_to' in is, !clock.synchronised);
});
