// One session of remote help: firmware/signal/PROTOCOL.md, "Remote help".
import { createECDH, createHash, createPublicKey, hkdfSync, randomBytes, sign, verify, X509Certificate } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { fail, readJson } from '../../pki/files.mjs';
import { ENDS, Stream } from './stream.mjs';

const LABEL = 'luukku-help-1';
const ANSWER_MS = 10000;
const AGAIN_MS = 1000;
const ALIVE_MS = 5000;
const SILENT_MS = 30000;

export const REFUSALS = {
  off: 'this kiosk\'s site allows no remote help',
  'in-use': 'somebody is at the kiosk, or was a moment ago: try again when nobody has touched it for ten seconds',
  busy: 'another technician is connected',
  certificate: 'your certificate is not one of this fleet\'s technicians, or out of date',
  revoked: 'your certificate is revoked',
  role: 'your certificate is not a technician\'s',
  'not-here': 'you are not on the list of this kiosk\'s site',
  broken: 'the kiosk\'s program for it does not run',
};

const digest = (...parts) => parts.reduce((h, p) => h.update(p), createHash('sha256')).digest();
const lines = (e) => ['luukku-1', e.type, e.kiosk, e.expert, e.call, e.kn, e.en, digest(e.body).toString('hex')].join('\n');

/** Who I am: what `luukku-pki technician` left in a directory. */
export function readIdentity(dir) {
  const record = readJson(join(dir, 'technician.json'));
  const read = (name) => readFileSync(join(dir, name));
  return { user: record.user, key: read('technician.key'), cert: read('technician.crt'), ca: read('ca.crt') };
}

/** Emits 'data' (Buffer), and once 'end' ({ok, why}). */
export class Session extends EventEmitter {
  #options;
  #client;
  #ecdh = createECDH('prime256v1');
  #open = null; // its envelope
  #stream = null;
  #timers = [];
  #heard = 0;
  #said = 0;
  #over = false;

  /** `broker`: mqtts://HOST:PORT; `me`: readIdentity(); `kiosk`; `fleet`: fleet.json's path. */
  constructor({ broker, me, kiosk, fleet }) {
    super();
    const record = readJson(fleet).kiosks?.[kiosk] ?? fail(`${fleet} has no kiosk "${kiosk}"`);
    const device = createPublicKey({ key: Buffer.from(record.key, 'base64url'), format: 'der', type: 'spki' });
    this.#options = { me, kiosk, device };
    this.#client = mqtt.connect(broker, {
      ca: me.ca, cert: me.cert, key: me.key, clientId: randomBytes(16).toString('hex'), clean: true, protocolVersion: 4, keepalive: 15,
      reconnectPeriod: 2000, connectTimeout: 10000, queueQoSZero: false,
    });
    let told = 'the broker does not answer';
    this.#client.on('error', (error) => {
      told = error.message;
      if (!this.#open) this.#finish(false, `the broker: ${told}`);
    });
    this.#client.on('connect', () => this.#subscribe());
    this.#client.on('message', (topic, payload) => this.#receive(payload));
    this.#later(ANSWER_MS, () => this.#stream || this.#finish(false, this.#open ? 'the kiosk does not answer: does it run, and can it reach the broker?' : `the broker: ${told}`));
  }

  #later(ms, what) {
    this.#timers.push(setTimeout(what, ms));
  }

  #subscribe() {
    const { me, kiosk } = this.#options;
    this.#client.subscribe(`tech/${kiosk}/up/${me.user}`, { qos: 0 }, (error, granted) => {
      if (error || granted.some(({ qos }) => qos > 0)) {
        this.#finish(false, 'the broker does not let this account read its answers');
      } else if (!this.#open) {
        this.#sendOpen();
      }
    });
  }

  #sendOpen() {
    const { me, kiosk } = this.#options;
    const body = JSON.stringify({
      cert: new X509Certificate(me.cert).raw.toString('base64url'), key: this.#ecdh.generateKeys().toString('base64url'),
    });
    const e = { v: 'luukku-1', type: 'help-open', kiosk, expert: me.user, call: randomBytes(16).toString('hex'), kn: '', en: randomBytes(16).toString('base64url'), body };
    e.sig = sign('sha256', Buffer.from(lines(e)), { key: me.key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
    this.#open = e;
    this.#publish(JSON.stringify(e));
  }

  #publish(payload) {
    const { me, kiosk } = this.#options;
    this.#said = Date.now();
    this.#client.publish(`tech/${kiosk}/down/${me.user}`, payload, { qos: 0 });
  }

  #receive(payload) {
    if (this.#over) return;
    if (payload[0] === 0x7b) this.#answer(payload);
    else if (this.#stream) this.#frame(payload);
  }

  /** An envelope that the kiosk signed for this very session; null: it is none. */
  #envelope(payload) {
    let e = null;
    try {
      e = JSON.parse(payload);
    } catch {
      return null;
    }
    const { kiosk, device, me } = this.#options;
    const own = this.#open;
    const fits = own && e.v === 'luukku-1' && e.kiosk === kiosk && e.expert === me.user && e.call === own.call && e.en === own.en &&
      typeof e.kn === 'string' && /^[A-Za-z0-9_-]{22}$/.test(e.kn) && typeof e.body === 'string' && typeof e.sig === 'string' && typeof e.type === 'string';
    return fits && verify('sha256', Buffer.from(lines(e)), { key: device, dsaEncoding: 'ieee-p1363' }, Buffer.from(e.sig, 'base64url')) ? e : null;
  }

  #answer(payload) {
    const e = this.#envelope(payload);
    if (!e || this.#stream) return;
    const body = JSON.parse(e.body);
    if (e.type === 'help-refuse') {
      this.#finish(false, REFUSALS[body.why] ?? `the kiosk refuses: ${body.why}`);
    } else if (e.type === 'help-accept') {
      this.#begin(e, Buffer.from(String(body.key), 'base64url'));
    }
  }

  #begin(accept, point) {
    const salt = digest(LABEL, digest(lines(this.#open)), accept.kn, point);
    const both = Buffer.from(hkdfSync('sha256', this.#ecdh.computeSecret(point), salt, LABEL, 64));
    this.#stream = new Stream({ down: both.subarray(0, 32), up: both.subarray(32) }, Buffer.from(this.#open.call, 'hex'));
    this.#heard = Date.now();
    this.#publish(this.#stream.ack());
    this.#timers.push(setInterval(() => this.#tick(), AGAIN_MS));
    this.emit('begin');
  }

  #tick() {
    const now = Date.now();
    if (now - this.#heard > SILENT_MS) {
      this.#finish(false, ENDS[4]);
      return;
    }
    this.#stream.unacknowledged.forEach((frame) => this.#publish(frame));
    if (now - this.#said > ALIVE_MS) this.#publish(this.#stream.ack());
  }

  #frame(payload) {
    const got = this.#stream.receive(payload);
    if (!got) return;
    this.#heard = Date.now();
    if (got.end) {
      this.#finish(got.end === 1, ENDS[got.end] ?? 'it ended');
      return;
    }
    if (got.text) this.emit('data', got.text);
    if (got.text || got.again) this.#publish(this.#stream.ack());
    if (got.acked) this.write(Buffer.alloc(0));
  }

  /** Sends what was typed. */
  write(text) {
    if (this.#stream && !this.#over) this.#stream.write(text).forEach((frame) => this.#publish(frame));
  }

  /** Hangs up. */
  close() {
    if (this.#stream && !this.#over) this.#publish(this.#stream.end(1));
    this.#finish(true, 'hung up');
  }

  #finish(ok, why) {
    if (this.#over) return;
    this.#over = true;
    this.#timers.forEach((t) => clearTimeout(t));
    this.#client.end(false, {}, () => this.emit('end', { ok, why }));
  }
}
