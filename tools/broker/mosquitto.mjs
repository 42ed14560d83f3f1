// mosquitto 2.0 for one fleet: kiosks by mutual TLS on loopback, experts by password on a Unix socket, behind the
// WebSocket bridge. Access lists are those of firmware/signal/PROTOCOL.md.
import { chownSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeSecret } from '../pki/files.mjs';
import { freePort, listens, serviceDir, serviceUser, withFreePort } from './processes.mjs';

/** Largest payload of the protocol, and largest packet: payload, topic and header. */
export const MAX_PAYLOAD = 24576;
export const MAX_PACKET = MAX_PAYLOAD + 256;

const KIOSK_ACL = `pattern read k/%u/down/+
pattern read call/+/+
pattern read here/+/+
pattern write k/%u/up/+
pattern write call/+/%u
pattern write health/%u
pattern write event/%u
pattern write renew/%u/up
pattern read renew/%u/down
pattern read tech/%u/down/+
pattern write tech/%u/up/+
`;

/** Technicians write in their own name alone, and hear what is for them; of kiosks' doings only their health. */
const TECHNICIAN_ACL = `pattern read tech/+/up/%u
pattern write tech/+/down/%u
topic read health/+
`;

const expertAcl = ({ user, agency }) => `user ${user}
topic read k/+/up/${user}
topic read call/${agency}/+
topic read here/${agency}/+
topic write k/+/down/${user}
topic write here/${agency}/${user}
`;

const extraAcl = ({ user, read, write }) => `user ${user}
${read.map((t) => `topic read ${t}\n`).join('')}${write.map((t) => `topic write ${t}\n`).join('')}`;

/** Technicians have a CA of their own, so that no technician can be taken for a kiosk. */
const technicianListener = (dir, port) => `
listener ${port} 127.0.0.1
max_connections 64
cafile ${dir}/technician-ca.crt
crlfile ${dir}/technician-crl.pem
certfile ${dir}/server.crt
keyfile ${dir}/server.key
tls_version tlsv1.3
require_certificate true
use_identity_as_username true
acl_file ${dir}/acl-technicians
`;

const config = (dir, port) => `per_listener_settings true
persistence false
log_dest stderr
log_type error
log_type warning
log_type notice
log_type information
connection_messages false
retain_available false
max_packet_size ${MAX_PACKET}
max_inflight_messages 20
max_queued_messages 200
max_queued_bytes 1048576
memory_limit 268435456
set_tcp_nodelay true
user root

# Kiosks: the name in the certificate is the user name.
listener ${port} 127.0.0.1
max_connections 4096
cafile ${dir}/ca.crt
crlfile ${dir}/crl.pem
certfile ${dir}/server.crt
keyfile ${dir}/server.key
tls_version tlsv1.3
require_certificate true
use_identity_as_username true
acl_file ${dir}/acl-kiosks

# Experts: this listener is no WebSocket, because the one of mosquitto 2.0 listens on every interface and knows no
# limit of size. The socket lies in a directory of mosquitto's own user.
listener 0 ${dir}/mqtt.sock
max_connections 4096
allow_anonymous false
password_file ${dir}/passwords
acl_file ${dir}/acl-experts
`;

/** Writes what the store says: passwords, access lists, CRL, certificates. */
function writeSettings(store, dir, user, extra) {
  const experts = store.live('expert', 'expert.crt');
  const acl = [...experts.map(expertAcl), ...extra.map(extraAcl)];
  const files = {
    'acl-kiosks': KIOSK_ACL,
    'acl-experts': acl.join('\n') || '# nobody\n',
    passwords: [...experts, ...extra].map((e) => `${e.user}:${e.broker.mosquitto}\n`).join(''),
    'ca.crt': readFileSync(store.fleet.certificatePath),
    'crl.pem': readFileSync(store.fleet.crlPath),
    ...(store.technicians.exists ? {
      'acl-technicians': TECHNICIAN_ACL,
      'technician-ca.crt': readFileSync(store.technicians.certificatePath),
      'technician-crl.pem': readFileSync(store.technicians.crlPath),
    } : {}),
    'server.crt': readFileSync(store.path('broker', 'server.crt')),
    'server.key': readFileSync(store.path('broker', 'server.key')),
  };
  for (const [name, text] of Object.entries(files)) {
    writeSecret(join(dir, name), text);
    if (user) {
      chownSync(join(dir, name), user.uid, user.gid);
    }
  }
}

/** Starts mosquitto and the bridge. Gives {port, technicians, websocket, reload}; `technicians`: their port, 0 where there are none. */
export async function startMosquitto(processes, store, run, extra) {
  const user = serviceUser('mosquitto');
  const dir = serviceDir(join(run, 'mosquitto'), user);
  const socket = join(dir, 'mqtt.sock');
  writeSettings(store, dir, user, extra);
  const { port, technicians, child } = await withFreePort(async (p) => {
    const second = store.technicians.exists ? await freePort() : 0;
    writeSecret(join(dir, 'mosquitto.conf'), config(dir, p) + (second ? technicianListener(dir, second) : ''));
    if (user) {
      chownSync(join(dir, 'mosquitto.conf'), user.uid, user.gid);
    }
    const ready = async () => (await listens({ host: '127.0.0.1', port: p })) && listens({ path: socket });
    const argv = ['mosquitto', '-c', join(dir, 'mosquitto.conf')];
    return { port: p, technicians: second, child: await processes.start('mosquitto', argv, ready, { user }) };
  });

  // The bridge drops root itself: the node it runs on may lie where that user cannot read.
  const front = join(serviceDir(join(run, 'bridge'), user, 0o711), 'ws.sock');
  const bridge = [process.execPath, fileURLToPath(new URL('bridge.mjs', import.meta.url)), front, socket, String(MAX_PACKET),
    ...(user ? [String(user.uid), String(user.gid)] : [])];
  await processes.start('bridge', bridge, () => listens({ path: front }), { stdin: 'pipe' });

  const reload = async () => {
    const reloads = () => child.log.split('Reloading config').length;
    const before = reloads();
    writeSettings(store, dir, user, extra);
    child.process.kill('SIGHUP');
    await child.until(() => reloads() > before);
  };
  return { port, technicians, websocket: `unix:${front}:`, reload };
}
