// The servers of one fleet, unprivileged and on loopback: a broker (mosquitto or RabbitMQ) and nginx with the page.
import { chmodSync, cpSync, existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeJson } from '../pki/files.mjs';
import { brokerHashes } from '../pki/keyfile.mjs';
import { Store } from '../pki/store.mjs';
import { startMosquitto } from './mosquitto.mjs';
import { startNginx } from './nginx.mjs';
import { Processes, requirePrograms } from './processes.mjs';
import { startRabbitmq } from './rabbitmq.mjs';

/** The account of the fleet's tool (tools/fleet): it reads every kiosk's health, and nothing else. */
export const fleetAccount = (password) => ({ user: 'fleet', password, read: ['health/+'], write: [] });

/** The account of the fleet's office (luukku-fleet renew): it reads kiosks' requests for new certificates and answers them. */
export const officeAccount = (password) => ({ user: 'office', password, read: ['renew/+/up'], write: ['renew/+/down'] });

const KINDS = { mosquitto: startMosquitto, rabbitmq: startRabbitmq };

/** Puts together what nginx serves: the built page, config.json, identity.json where there is one, and the fleet's files. */
function writePage(store, www, page, { ice, identity }) {
  mkdirSync(www, { recursive: true });
  if (page) {
    cpSync(page, www, { recursive: true, filter: (path) => !basename(path).startsWith('.') });
  }
  store.publish(www);
  writeJson(join(www, 'config.json'), { mqtt: 'mqtt', ice });
  if (identity) {
    writeJson(join(www, 'identity.json'), identity);
  }
}

/**
 * Starts broker and nginx below the empty directory `run` (short: Unix sockets lie in it).
 *   kind   'mosquitto' or 'rabbitmq'
 *   pki    luukku-pki's store; the broker must have its certificate
 *   page   the built page, or null for none
 *   ice    as in config.json
 *   identity  identity.json, or null for none (identity.mjs)
 *   extra  accounts besides the fleet's, [{user, password, read, write}] with lists of topic filters: a collector's,
 *          a technician's, a test's
 *   processes  the children join these; by default, those of their own
 * Gives {url, port, mqtts: {host, port}, technicians: {host, port}, failed, reload(), stop()}. `port` is nginx's. `reload` brings the store's
 * revocations, experts and kiosks into force. `failed` resolves with a message if a server ends by itself.
 */
export async function startBroker({ kind = 'mosquitto', pki, run, page = null, ice = [], identity = null, extra = [], processes }) {
  const start = KINDS[kind];
  if (!start) {
    throw new Error(`broker "${kind}": mosquitto or rabbitmq`);
  }
  if (page && !existsSync(join(page, 'index.html'))) {
    throw new Error(`${page}: the page is not built`);
  }
  requirePrograms('setpriv', 'nginx', kind === 'rabbitmq' ? 'rabbitmq-server' : 'mosquitto');
  const store = new Store(pki);
  chmodSync(run, 0o711);
  const children = processes ?? new Processes(join(run, 'log'));
  try {
    const accounts = extra.map(({ password, ...rest }) => ({ ...rest, broker: brokerHashes(password) }));
    const broker = await start(children, store, run, accounts);
    const www = join(run, 'www');
    writePage(store, www, page, { ice, identity });
    const web = await startNginx(children, run, www, broker.websocket);
    const reload = async () => {
      store.publish(www);
      await broker.reload();
    };
    return {
      ...web, mqtts: { host: '127.0.0.1', port: broker.port }, technicians: { host: '127.0.0.1', port: broker.technicians ?? 0 }, failed: children.failed, reload, stop: () => children.stop(),
    };
  } catch (error) {
    await children.stop();
    throw error;
  }
}
