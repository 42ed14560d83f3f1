// A small fleet with a broker, and clients of it, for the access tests.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mqtt from 'mqtt';
import { fleetAccount, startBroker } from '../../../tools/broker/broker.mjs';
import { derive } from '../../../tools/pki/keyfile.mjs';

const PKI = fileURLToPath(new URL('../../../tools/pki/luukku-pki', import.meta.url));
export const WAIT_MS = 15000;
export const PASSWORD = 'salasana 123';

export const COLLECTOR = 'fleet';
export const KIOSKS = ['kiosk-1', 'kiosk-2'];
export const EXPERTS = { 'anna-virtanen': 'kela', 'mikko-nieminen': 'kela', 'saara-makinen': 'vero' };

/** Rejects after WAIT_MS with a message of its own. */
export function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`in ${WAIT_MS} ms not seen: ${what}`)), WAIT_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function makePki(dir) {
  const pki = (command, ...args) => execFileSync(PKI, [command, dir, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = [
    ['agency', 'kela', 'Kela'], ['agency', 'vero', 'Verohallinto'], ['broker'],
    ...[...KIOSKS, 'kiosk-gone', 'kiosk-later'].map((kiosk) => ['kiosk', kiosk, '--site', 'X']),
    ...[...Object.entries(EXPERTS), ['expert-gone', 'kela']].map(([user, agency]) => ['expert', user, '--agency', agency, '--name', user, '--password', PASSWORD]),
  ];
  pki('init');
  execFileSync(PKI, ['batch', dir, '-'], { input: lines.map((words) => JSON.stringify(words)).join('\n'), stdio: ['pipe', 'pipe', 'inherit'] });
  pki('revoke', 'kiosk', 'kiosk-gone');
  return pki;
}

/** A connection that remembers what it received. */
class Client {
  constructor(connection) {
    this.connection = connection;
    this.received = []; // [topic, text]
    this.waiting = [];
    this.closed = new Promise((resolve) => {
      connection.once('close', resolve);
    });
    connection.on('error', () => {}); // "close" follows
    connection.on('message', (topic, payload) => {
      this.received.push([topic, payload.toString()]);
      this.waiting = this.waiting.filter(([text, done]) => text !== payload.toString() || done());
    });
  }

  /** Resolves when a message with this text has come. */
  got(text) {
    if (this.received.some(([, t]) => t === text)) {
      return Promise.resolve();
    }
    return within(new Promise((resolve) => {
      this.waiting.push([text, resolve]);
    }), text);
  }

  /** Subscribes; true if the broker said so (mosquitto says so always). */
  subscribe(...filters) {
    return within(Promise.race([
      new Promise((resolve) => {
        this.connection.subscribe(filters, { qos: 0 }, (error, granted) =>
          resolve(!error && granted.every(({ qos }) => qos === 0)));
      }),
      this.closed.then(() => false),
    ]), `answer to the subscription of ${filters}`);
  }

  /** Publishes and waits until the broker has dealt with it: acknowledged it, or closed. */
  publish(topic, text, options = {}) {
    return within(Promise.race([
      new Promise((resolve) => {
        this.connection.publish(topic, text, { qos: 1, ...options }, resolve);
      }),
      this.closed,
    ]), `acknowledgement on ${topic}`);
  }

  async end() {
    await within(new Promise((resolve) => {
      this.connection.end(true, {}, resolve);
    }), 'end');
  }
}

/** Connects, or throws why not. */
function open(url, options) {
  const id = randomBytes(16).toString('hex');
  const connection = mqtt.connect(url, {
    clientId: id, clean: true, protocolVersion: 4, reconnectPeriod: 0, connectTimeout: WAIT_MS, resubscribe: false,
    queueQoSZero: false, ...options,
  });
  const client = new Client(connection);
  return within(new Promise((resolve, reject) => {
    connection.once('connect', () => resolve(client));
    connection.once('error', (error) => {
      connection.end(true);
      reject(error);
    });
    connection.once('close', () => reject(new Error('closed')));
  }), 'connection');
}

export class Fleet {
  #derived = new Map();

  /** Everything up; `kind` is mosquitto or rabbitmq. */
  static async start(kind) {
    const fleet = new Fleet();
    fleet.dir = mkdtempSync(join(tmpdir().length > 40 ? '/tmp' : tmpdir(), 'luukku-'));
    chmodSync(fleet.dir, 0o711);
    const run = join(fleet.dir, 'run');
    mkdirSync(run);
    fleet.pki = makePki(join(fleet.dir, 'pki'));
    fleet.foreign = makeForeign(join(fleet.dir, 'foreign'));
    fleet.collector = randomBytes(16).toString('hex');
    fleet.all = { user: 'observer', password: randomBytes(16).toString('hex'), read: ['#'], write: ['#'] };
    try {
      fleet.broker = await startBroker({ kind, pki: join(fleet.dir, 'pki'), run, extra: [fleet.all, fleetAccount(fleet.collector)] });
    } catch (error) {
      rmSync(fleet.dir, { recursive: true, force: true });
      throw error;
    }
    return fleet;
  }

  async stop() {
    await this.broker.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  file(...parts) {
    return readFileSync(join(this.dir, ...parts));
  }

  /** A kiosk's connection; `key` and `cert` may be others, or null. */
  kiosk(name, { key = ['pki/kiosks', name, 'tls.key'], cert = ['pki/kiosks', name, 'tls.crt'], ...options } = {}) {
    const { host, port } = this.broker.mqtts;
    return open(`mqtts://${host}:${port}`, {
      ca: this.file('pki/fleet/ca.crt'), key: key && this.file(...key), cert: cert && this.file(...cert), ...options,
    });
  }

  /** An expert's connection, with the password derived as the page does. */
  async expert(user, { password = PASSWORD, ...options } = {}) {
    return this.websocket({ username: user, password: await this.#brokerPassword(user, password), ...options });
  }

  /** Slow by design, so each is derived once. */
  #brokerPassword(user, password) {
    const id = `${user} ${password}`;
    if (!this.#derived.has(id)) {
      const file = JSON.parse(this.file('pki/experts', user, 'key.json'));
      this.#derived.set(id, derive(password, Buffer.from(file.salt, 'base64url'), file.iterations).then((d) => d.brokerPassword));
    }
    return this.#derived.get(id);
  }

  websocket(options) {
    return open(`${this.broker.url.replace('http', 'ws')}mqtt`, options);
  }

  /** Sees all and may write all. */
  observer() {
    return this.websocket({ username: this.all.user, password: this.all.password });
  }

  client(name) {
    if (name === COLLECTOR) {
      return this.websocket({ username: COLLECTOR, password: this.collector });
    }
    return KIOSKS.includes(name) ? this.kiosk(name) : this.expert(name);
  }
}

/** Another fleet with a kiosk of the same name. */
function makeForeign(dir) {
  execFileSync(PKI, ['init', dir]);
  execFileSync(PKI, ['kiosk', dir, 'kiosk-1', '--site', 'X']);
  return dir;
}
