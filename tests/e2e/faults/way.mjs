// The way to the broker and the relays, broken in each place: the first FAIL names it and says what to do.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { USER, startTurn } from '../lib/turn.mjs';
import { assert } from '../lib/wait.mjs';

const ice = (turn) => ({ ice: { stun: [], turn: [turn] } });

async function turn(t, bench) {
  const good = await startTurn(bench.stand.servers, bench.stand.dir);
  t.step('a relay that is right');
  await bench.kiosk(ice(good));
  const checks = await bench.sound();
  if (!checks.some((c) => c.test === 'turn' && c.result === 'PASS')) throw new Error(checks.text);
  t.step('its password is wrong');
  await bench.kiosk(ice({ ...good, password: 'väärä' }));
  await bench.first('turn', /user or password is wrong/, /site file/);
  t.step('its port is wrong');
  await bench.kiosk(ice({ ...good, url: 'turn:127.0.0.1:9' }));
  await bench.first('turn', /127\.0\.0\.1:9 refuses/, /port is right/);
  t.step('it is down');
  await bench.kiosk(ice(good));
  await bench.stand.servers.children.turn.stop();
  await bench.first('turn', /nothing listens there/, /whether that server runs/);
}

/** Somebody who takes connections and says nothing. */
function startMute(t) {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1', () => resolve(server.address().port));
    t.defer(() => server.close());
  });
}

/** The broker's certificate by a CA that nobody knows. */
function strangersCertificate(stand) {
  const dir = join(stand.dir, 'stranger');
  mkdirSync(dir);
  const openssl = (...words) => execFileSync('openssl', words, { cwd: dir, stdio: 'pipe' });
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '30', '-subj', '/CN=Stranger');
  openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=broker');
  writeFileSync(join(dir, 'ext'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  openssl('x509', '-req', '-in', 'server.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '30', '-extfile', 'ext', '-out', 'server.crt');
  return join(dir, 'ca.crt');
}

async function broker(t, bench) {
  const { stand } = bench;
  t.step('the broker is down');
  await bench.kiosk();
  await stand.killBroker();
  await bench.first('broker', /refuses the connection: nothing listens/, /whether that server runs/);
  await stand.reviveBroker();
  await bench.sound();
  t.step('its certificate is by another CA than the kiosk knows');
  const own = { ca: join(stand.pki, 'fleet/ca.crt'), cert: join(stand.pki, 'kiosks/kiosk-1/tls.crt'), key: join(stand.pki, 'kiosks/kiosk-1/tls.key') };
  await bench.kiosk({ tls: { ...own, ca: strangersCertificate(stand) } });
  await bench.first('broker', /not from the CA that this kiosk knows/, /tell the office/);
  t.step('something else takes the connection');
  await bench.kiosk({ broker: { host: '127.0.0.1', port: await startMute(t) } });
  await bench.first('broker', /says nothing/, /port is the right one/);
}

/** A name server that answers every question with "there is no such name"; gives its address, or '' where port 53 is not ours to take. */
function knowsNothing(t) {
  const address = '127.0.0.8';
  const socket = createSocket('udp4');
  socket.on('message', (asked, from) => {
    const answer = Buffer.from(asked);
    answer.writeUInt16BE(0x8183, 2); // response, recursion, NXDOMAIN
    socket.send(answer, from.port, from.address);
  });
  t.defer(() => socket.close());
  return new Promise((resolve) => {
    socket.once('error', () => resolve('')).bind(53, address, () => resolve(address));
  });
}

async function names(t, bench) {
  const { port } = bench.stand.mqtts;
  const file = join(bench.stand.dir, 'resolv.conf');
  t.step('no name server answers');
  writeFileSync(file, 'nameserver 127.0.0.7\n');
  await bench.kiosk({ broker: { host: 'broker.luukku.test', port } }, { prefix: withFile(file, '/etc/resolv.conf') });
  await bench.first('network', /no name server answers.*broker\.luukku\.test/, /name server's address/);
  t.step('a name that nobody knows');
  const server = await knowsNothing(t);
  assert(server, 'port 53 of 127.0.0.8 can be taken');
  writeFileSync(file, `nameserver ${server}\n`);
  await bench.kiosk({ broker: { host: 'broker.luukku.test', port } }, { prefix: withFile(file, '/etc/resolv.conf') });
  await bench.first('broker', /no server of the name broker\.luukku\.test/, /right name/);
  t.step('a relay and a STUN server whose names are wrong');
  const relay = { url: 'turn:relay.luukku.test:3478', user: USER, password: 'salainen' };
  await bench.kiosk(ice(relay), { prefix: withFile(file, '/etc/resolv.conf') });
  await bench.first('turn', /no server of the name relay\.luukku\.test/, /right name/);
  await bench.kiosk({ ice: { stun: ['stun:stun.luukku.test:3478'], turn: [] } }, { prefix: withFile(file, '/etc/resolv.conf') });
  await bench.first('stun', /no server of the name stun\.luukku\.test/, /right name/);
}

/** Words before a command, for which `file` lies at `path`. */
const withFile = (file, path) => ['unshare', '--mount', 'sh', '-c', `mount --bind ${file} ${path} && exec "$0" "$@"`];

export default { broker, turn, names };
