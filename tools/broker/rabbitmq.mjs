// RabbitMQ 3.10 for one fleet, with its MQTT and web-MQTT plug-ins: the rights of mosquitto.mjs in RabbitMQ's terms. A
// node of its own: name, cookie, ports, port mapper and files are all below the run directory.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeSecret } from '../pki/files.mjs';
import { MAX_PAYLOAD } from './mosquitto.mjs';
import { freePort, listens, serviceDir, serviceUser, withFreePort } from './processes.mjs';

const HOME = '/usr/lib/rabbitmq/bin';
const NAME = '[a-z0-9-]+';
// A subscription is judged by its binding key: a level is a name or the wildcard, which RabbitMQ writes "*".
const LEVEL = '([a-z0-9-]+|\\*)';
const START_MS = 90000;

const run = promisify(execFile);

/** The rights of one user on topics, as regular expressions on RabbitMQ's dotted names. */
const kioskTopics = {
  write: `^(k\\.{username}\\.up\\.${NAME}|call\\.${NAME}\\.{username}|(health|event)\\.{username}|renew\\.{username}\\.up)$`,
  read: `^(k\\.{username}\\.down\\.${LEVEL}|(call|here)\\.${LEVEL}\\.${LEVEL}|renew\\.{username}\\.down)$`,
};
const expertTopics = (agency) => ({
  write: `^(k\\.${NAME}\\.down\\.{username}|here\\.${agency}\\.{username})$`,
  read: `^(k\\.${LEVEL}\\.up\\.{username}|(call|here)\\.${agency}\\.${LEVEL})$`,
});

/** A regular expression for MQTT filters of an extra account. */
const filtersRegex = (filters) => `^(${filters.map((f) => f.split('/').map((part) =>
  ({ '#': '.*', '+': LEVEL })[part] ?? part.replace(/[^\w-]/g, '\\$&')).join('\\.')).join('|') || '(?!)'})$`;

/** Users and rights, as RabbitMQ imports them. */
function definitions(store, extra) {
  const accounts = [
    // No password: a kiosk comes in by its certificate alone.
    ...store.live('kiosk', 'tls.crt').map((k) => ({ name: k.id, hash: '', topics: kioskTopics })),
    ...store.live('expert', 'expert.crt').map((e) => ({
      name: e.user, hash: e.broker.rabbitmq, topics: expertTopics(e.agency),
    })),
    ...extra.map((x) => ({
      name: x.user, hash: x.broker.rabbitmq, topics: { write: filtersRegex(x.write), read: filtersRegex(x.read) },
    })),
  ];
  const own = '^(amq\\.topic|mqtt-subscription-.*)$';
  return {
    vhosts: [{ name: '/' }],
    users: accounts.map(({ name, hash }) => ({
      name, password_hash: hash, hashing_algorithm: 'rabbit_password_hashing_sha256', tags: [], limits: {},
    })),
    permissions: accounts.map(({ name }) => ({
      user: name, vhost: '/', configure: '^mqtt-subscription-.*$', write: own, read: own,
    })),
    topic_permissions: accounts.map(({ name, topics }) => ({ user: name, vhost: '/', exchange: 'amq.topic', ...topics })),
  };
}

const config = (dir, mqtts, web) => `listeners.tcp = none
mqtt.listeners.tcp = none
mqtt.listeners.ssl.default = 127.0.0.1:${mqtts}
mqtt.ssl_cert_login = true
mqtt.allow_anonymous = false
mqtt.vhost = /
mqtt.exchange = amq.topic
mqtt.retained_message_store = rabbit_mqtt_retained_msg_store_noop
mqtt.tcp_listen_options.nodelay = true
web_mqtt.tcp.listener = 127.0.0.1:${web}
web_mqtt.ws_path = /mqtt
ssl_cert_login_from = common_name
max_message_size = ${MAX_PAYLOAD}
load_definitions = ${dir}/definitions.json
log.console = true
log.console.level = warning
log.file = false
vm_memory_high_watermark.relative = 0.2
disk_free_limit.absolute = 50MB
`;

// What the plain file cannot say: CRLs. A kiosk's chain must have one.
const advanced = (dir) => `[{rabbit, [
  {ssl_options, [
    {cacertfile, "${dir}/ca.crt"}, {certfile, "${dir}/server.crt"}, {keyfile, "${dir}/server.key"},
    {versions, ['tlsv1.3']}, {verify, verify_peer}, {fail_if_no_peer_cert, true}, {depth, 1},
    {crl_check, true}, {crl_cache, {ssl_crl_hash_dir, {internal, [{dir, "${dir}/crls"}]}}}
  ]}
]},
{rabbitmq_mqtt, [{proxy_protocol, false}]},
{kernel, [{inet_dist_use_interface, {127, 0, 0, 1}}]}].
`;

/** Writes below `dir` what the store says. Gives the definitions' path. */
async function writeSettings(store, dir, user, extra) {
  const files = {
    'definitions.json': JSON.stringify(definitions(store, extra)),
    'ca.crt': readFileSync(store.fleet.certificatePath),
    'server.crt': readFileSync(store.path('broker', 'server.crt')),
    'server.key': readFileSync(store.path('broker', 'server.key')),
  };
  // Erlang finds a CRL by the hash of its issuer's name.
  const { stdout } = await run('openssl', ['crl', '-in', store.fleet.crlPath, '-noout', '-hash']);
  serviceDir(join(dir, 'crls'), user);
  files[`crls/${stdout.trim()}.r0`] = readFileSync(store.fleet.crlPath);
  for (const [name, data] of Object.entries(files)) {
    own(join(dir, name), data, user);
  }
}

function own(path, data, user) {
  writeSecret(path, data);
  if (user) {
    chownSync(path, user.uid, user.gid);
  }
}

function environment(dir, node, epmd, dist) {
  const plain = Object.fromEntries(['PATH', 'LANG', 'LC_ALL', 'TZ'].filter((k) => process.env[k]).map((k) => [k, process.env[k]]));
  return {
    ...plain,
    HOME: dir,
    ERL_EPMD_PORT: String(epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: node,
    RABBITMQ_DIST_PORT: String(dist),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_CONFIG_FILE: join(dir, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(dir, 'advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(dir, 'plugins'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(dir, 'generated'),
    RABBITMQ_MNESIA_BASE: join(dir, 'mnesia'),
    RABBITMQ_LOG_BASE: join(dir, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_PID_FILE: join(dir, 'pid'),
    // The server replaces its start script, so that a signal reaches it.
    RUNNING_UNDER_SYSTEMD: 'true',
  };
}

/** Loads the definitions into the running node, and takes away users that are in them no more. */
async function importDefinitions(dir, env, user, store, extra) {
  await writeSettings(store, dir, user, extra);
  const ctl = (...args) => run(join(HOME, 'rabbitmqctl'), ['--quiet', ...args], { env, ...(user && { uid: user.uid, gid: user.gid }) });
  const { stdout } = await ctl('list_users', '--formatter=json');
  const wanted = new Set(definitions(store, extra).users.map((u) => u.name));
  for (const { user: name } of JSON.parse(stdout).filter((u) => !wanted.has(u.user))) {
    await ctl('delete_user', name);
  }
  await ctl('import_definitions', join(dir, 'definitions.json'));
  // TLS keeps CRLs and sessions for a while: begin anew.
  await ctl('eval', 'ssl:clear_pem_cache().');
}

/** Starts RabbitMQ. Gives {port, websocket, reload}, as startMosquitto does. */
export async function startRabbitmq(processes, store, runDir, extra) {
  const user = serviceUser('rabbitmq');
  const dir = serviceDir(join(runDir, 'rabbitmq'), user);
  await writeSettings(store, dir, user, extra);
  own(join(dir, 'plugins'), '[rabbitmq_mqtt, rabbitmq_web_mqtt].\n', user);
  own(join(dir, 'advanced.config'), advanced(dir), user);
  own(join(dir, '.erlang.cookie'), randomBytes(24).toString('hex'), user);
  const epmd = await withFreePort(async (port) => {
    const argv = ['epmd', '-port', String(port), '-address', '127.0.0.1'];
    await processes.start('epmd', argv, () => listens({ host: '127.0.0.1', port }), { user });
    return port;
  });
  return withFreePort(async (port) => {
    const [web, dist] = [await freePort(), await freePort()];
    const env = environment(dir, `luukku-${randomBytes(4).toString('hex')}@localhost`, epmd, dist);
    own(join(dir, 'rabbitmq.conf'), config(dir, port, web), user);
    const ready = async () => (await listens({ host: '127.0.0.1', port })) && listens({ host: '127.0.0.1', port: web });
    const options = { user, env, cwd: dir, ms: START_MS };
    await processes.start('rabbitmq', [join(HOME, 'rabbitmq-server')], ready, options);
    const reload = () => importDefinitions(dir, env, user, store, extra);
    return { port, websocket: `127.0.0.1:${web}`, reload };
  });
}
