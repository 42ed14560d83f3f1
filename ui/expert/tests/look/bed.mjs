// What the page needs around it: its files, an expert, a broker, and kiosks that wait. All in this process, on 127.0.0.1.
import { createCipheriv, createHash, generateKeyPairSync, hkdfSync, pbkdf2Sync, randomBytes, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Aedes } from 'aedes';
import { createWebSocketStream, WebSocketServer } from 'ws';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
const ITERATIONS = 100_000; // the fewest that the page takes

export const AGENCY = 'kela';
export const EXPERT = { user: 'maija-virtanen', name: 'Maija Virtanen', password: 'salasana' };
export const COLLEAGUES = [
  { user: 'juha-niemi', name: 'Juha Niemi', state: 'free' }, { user: 'sari-lehto', name: 'Sari Lehto', state: 'busy' },
  { user: 'anne-aikio', name: 'Anne Aikio', state: 'busy' }, { user: 'petri-koski', name: 'Petri Koski', state: 'away' },
];

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const b64 = (bytes) => Buffer.from(bytes).toString('base64url');

/** An expert's key file as firmware/signal/PROTOCOL.md has it. */
function keyFile({ user, name, password }) {
  const [salt, iv] = [randomBytes(16), randomBytes(12)];
  const root = pbkdf2Sync(password.normalize('NFC'), salt, ITERATIONS, 32, 'sha256');
  const lock = Buffer.from(hkdfSync('sha256', root, '', 'luukku key file', 32));
  const cipher = createCipheriv('aes-256-gcm', lock, iv).setAAD(Buffer.from(user));
  const pkcs8 = newKey().privateKey.export({ type: 'pkcs8', format: 'der' });
  const data = Buffer.concat([cipher.update(pkcs8), cipher.final(), cipher.getAuthTag()]);
  return { v: 1, user, name, agency: AGENCY, kdf: 'PBKDF2-SHA256', iterations: ITERATIONS, salt: b64(salt), iv: b64(iv), data: b64(data), cert: b64(randomBytes(64)) };
}

/** A kiosk that waits, as far as the broker can see. */
export class FakeKiosk {
  call = randomBytes(16).toString('hex');
  kn = b64(randomBytes(16));
  sent = 0;
  timer = null;

  constructor(bed, name, { title, site, lang = 'fi', waitedS = 60 }) {
    Object.assign(this, { bed, name, title, site, lang, since: Date.now() - waitedS * 1000 });
    this.keys = newKey();
  }

  /** Signed with `key`, its own unless told. */
  seal(type, en, body, key = this.keys.privateKey) {
    const [kiosk, expert, text] = [this.name, type === 'announce' ? '' : EXPERT.user, typeof body === 'string' ? body : JSON.stringify(body)];
    const hash = createHash('sha256').update(text).digest('hex');
    const lines = ['luukku-1', type, kiosk, expert, this.call, this.kn, en, hash].join('\n');
    const sig = b64(sign('sha256', Buffer.from(lines), { key, dsaEncoding: 'ieee-p1363' }));
    return { v: 'luukku-1', type, kiosk, expert, call: this.call, kn: this.kn, en, body: text, sig };
  }

  wait(key = this.keys.privateKey) {
    const { title, site, lang } = this;
    const say = () => this.bed.publish(`call/${AGENCY}/${this.name}`, this.seal('announce', '', {
      agency: AGENCY, card: 'card-1', lang, title, site, since_s: Math.floor((Date.now() - this.since) / 1000), state: 'waiting',
    }, key));
    say();
    this.timer = setInterval(say, 2000);
  }

  stop() {
    clearInterval(this.timer);
  }

  /** No longer in the queue. */
  leave() {
    this.stop();
    const { title, site, lang } = this;
    this.bed.publish(`call/${AGENCY}/${this.name}`, this.seal('announce', '', { agency: AGENCY, card: 'card-1', lang, title, site, since_s: 0, state: 'gone' }));
  }

  /** To the expert, in the call whose nonce is `en`. */
  tell(type, en, body, key) {
    this.bed.publish(`k/${this.name}/up/${EXPERT.user}`, this.seal(type, en, body, key));
  }

  counted() {
    this.sent += 1;
    return this.sent;
  }

  /** The next envelope of that type that the expert sends to this kiosk; every one but `ack` is acknowledged. */
  next(type, ms = 10_000) {
    const topic = `k/${this.name}/down/${EXPERT.user}`;
    return this.bed.next((m) => m.topic === topic && m.e.type === type, `${type} to ${this.name}`, ms);
  }
}

export class Bed {
  kiosks = new Map();
  streams = new Set();
  watchers = new Set();
  timers = [];
  closed = false;
  /** identity.json; null: there is none. */
  trust = null;

  static async start() {
    const bed = new Bed();
    bed.broker = await Aedes.createBroker();
    bed.broker.on('publish', (packet, client) => client && bed.#heard(packet));
    bed.experts = new Map([EXPERT, ...COLLEAGUES].map((e) => [e.user, JSON.stringify(keyFile({ password: 'x', ...e }))]));
    bed.server = createServer((request, response) => bed.#serve(request, response));
    const sockets = new WebSocketServer({ server: bed.server, path: '/mqtt', handleProtocols: () => 'mqtt' });
    sockets.on('connection', (ws) => bed.#connected(createWebSocketStream(ws)));
    await new Promise((resolve) => bed.server.listen(0, '127.0.0.1', resolve));
    bed.url = `http://127.0.0.1:${bed.server.address().port}/`;
    return bed;
  }

  kiosk(name, about) {
    const kiosk = new FakeKiosk(this, name, about);
    this.kiosks.set(name, kiosk);
    return kiosk;
  }

  /** The agency's other experts say that they are here. */
  colleagues() {
    const say = () => COLLEAGUES.forEach(({ user, state }) => this.publish(`here/${AGENCY}/${user}`, { state, langs: ['fi'], n: 1 }));
    say();
    this.timers.push(setInterval(say, 5000));
  }

  publish(topic, body) {
    this.broker.publish({ cmd: 'publish', topic, payload: Buffer.from(JSON.stringify(body)), qos: 0, retain: false, dup: false }, () => undefined);
  }

  /** The broker is gone, or there again. */
  cut(closed) {
    this.closed = closed;
    if (closed) for (const stream of this.streams) stream.destroy();
  }

  next(test, what, ms) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => done(reject, new Error(`in ${ms} ms the page did not send: ${what}`)), ms);
      const watcher = (m) => test(m) && done(resolve, m.e);
      const done = (settle, value) => {
        clearTimeout(timer);
        this.watchers.delete(watcher);
        settle(value);
      };
      this.watchers.add(watcher);
    });
  }

  async stop() {
    for (const timer of this.timers) clearInterval(timer);
    for (const kiosk of this.kiosks.values()) kiosk.stop();
    this.cut(true);
    await new Promise((resolve) => this.broker.close(resolve));
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #connected(stream) {
    if (this.closed) return stream.destroy();
    this.streams.add(stream);
    stream.on('close', () => this.streams.delete(stream)).on('error', () => stream.destroy());
    this.broker.handle(stream);
  }

  #heard({ topic, payload }) {
    if (!topic.startsWith('k/')) return;
    const e = JSON.parse(payload.toString());
    if (e.type !== 'ack') this.kiosks.get(e.kiosk)?.tell('ack', e.en, { of: e.sig });
    for (const watcher of [...this.watchers]) watcher({ topic, e });
  }

  #serve(request, response) {
    const path = normalize(new URL(request.url, 'http://x').pathname);
    const user = /^\/keys\/([a-z-]+)\.json$/.exec(path)?.[1];
    const file = join(DIST, path === '/' ? 'index.html' : path);
    const made = { '/config.json': () => '{"mqtt":"mqtt","ice":[]}', '/fleet.json': () => this.#fleet(), '/identity.json': () => this.trust && JSON.stringify(this.trust) }[path]?.() ?? this.experts.get(user);
    const found = made ?? (extname(file) && existsSync(file) ? readFileSync(file) : null);
    response.writeHead(found === null ? 404 : 200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    response.end(found ?? '');
  }

  #fleet() {
    const kiosks = [...this.kiosks.values()].map((k) => [k.name, { key: b64(k.keys.publicKey.export({ type: 'spki', format: 'der' })), site: k.site }]);
    return JSON.stringify({ v: 1, kiosks: Object.fromEntries(kiosks), agencies: { [AGENCY]: { name: { fi: 'Kela', sv: 'FPA', en: 'Kela' } } } });
  }
}
