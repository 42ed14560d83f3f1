// Simulated kiosks: certificates of a fleet's authority, a TLS connection each, signed reports. Written apart from the firmware.
import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { certificate } from '../../vectors/signal/der.mjs';

const DAY_MS = 86400e3;

/** The fleet's authority of luukku-pki's store, as der.mjs takes an issuer. */
function authority(store) {
  const certificatePem = new X509Certificate(readFileSync(join(store, 'fleet/ca.crt')));
  const name = Object.fromEntries(certificatePem.subject.split('\n').map((line) => line.split(/=(.*)/s)));
  return {
    name, private: createPrivateKey(readFileSync(join(store, 'fleet/ca.key'))),
    spki: certificatePem.publicKey.export({ type: 'spki', format: 'der' }),
  };
}

const pem = (der) => `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** A signed report of `kiosk`, as bytes. `device`: {private}; `over`: members of the envelope that are changed before it is signed. */
export function sealReport(kiosk, device, run, body, over = {}) {
  const e = { v: 'luukku-1', type: 'health', kiosk, expert: '', call: run.call, kn: run.kn, en: '', body: JSON.stringify(body), ...over };
  const digest = createHash('sha256').update(e.body).digest('hex');
  const lines = [e.v, e.type, e.kiosk, e.expert, e.call, e.kn, e.en, digest].join('\n');
  const sig = sign('sha256', Buffer.from(lines), { key: device.private, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  return Buffer.from(JSON.stringify({ ...e, sig }));
}

export const newRun = () => ({ call: randomBytes(16).toString('hex'), kn: randomBytes(16).toString('base64url') });

/** A body as firmware/health writes it. `broken`: the scanner is not there. */
export function report({ n, now, ends, broken = false, up_s = 60 }) {
  const part = (name, state = 'ok', why = '') => ({ name, state, restarts: 0, why });
  return {
    n, at: Math.floor(now / 1000), version: '0.1.0', up_s, line: 'none', broker: { up_s, lost: 0 },
    programs: ['luukkud', 'luukku-rtc', 'luukku-fetch', 'luukku-scan', 'luukku-card'].map((name) => part(name)),
    devices: [part('scanner', broken ? 'absent' : 'ok', broken ? 'unplugged' : ''), part('reader'), part('camera'), part('sound')],
    certs: [{ name: 'device', ends }, { name: 'tls', ends }, { name: 'tls-ca', ends: ends + 1e8 }, { name: 'ca-kela', ends: ends + 1e8 }],
    storage: [{ name: 'root', total_mb: 7000, free_mb: 5200 }, { name: 'outbox', total_mb: 900, free_mb: 880 }],
  };
}

export class SimulatedKiosk {
  constructor(name, issuer, now) {
    const keys = { device: newKey(), tls: newKey() };
    const spki = (k) => k.publicKey.export({ type: 'spki', format: 'der' });
    this.name = name;
    this.site = `Palvelupiste ${name.slice(-4)}`;
    this.ends = Math.floor((now + 700 * DAY_MS) / 1000);
    this.device = { private: keys.device.privateKey, spki: spki(keys.device) };
    this.tlsKey = keys.tls.privateKey.export({ type: 'pkcs8', format: 'pem' });
    this.tlsCert = pem(certificate({
      serial: 1, subject: { CN: name }, spki: spki(keys.tls), issuer, from: new Date(now - DAY_MS), to: new Date(now + 700 * DAY_MS), usage: 0x80,
    }));
    this.run = newRun();
    this.n = 0;
    this.broken = false;
  }

  connect({ host, port }, ca) {
    this.client = mqtt.connect(`mqtts://${host}:${port}`, {
      ca, key: this.tlsKey, cert: this.tlsCert, clientId: randomBytes(16).toString('hex'), clean: true, protocolVersion: 4, keepalive: 60,
      reconnectPeriod: 0, connectTimeout: 60000, queueQoSZero: false,
    });
    return new Promise((resolve, reject) => {
      this.client.once('connect', () => resolve()).once('error', reject);
    });
  }

  /** Publishes a report now. */
  report() {
    const now = Date.now();
    this.n += 1;
    const body = report({ n: this.n, now, ends: this.ends, broken: this.broken });
    this.client.publish(`health/${this.name}`, sealReport(this.name, this.device, this.run, body), { qos: 0 });
  }

  /** Reports every `periodMs`, beginning at any moment of the first period. */
  start(periodMs) {
    this.timer = setTimeout(() => {
      this.report();
      this.timer = setInterval(() => this.report(), periodMs);
    }, Math.random() * periodMs);
  }

  /** Says nothing more; its connection stays. */
  silence() {
    clearTimeout(this.timer);
    clearInterval(this.timer);
  }

  end() {
    this.silence();
    this.client?.end(true);
  }
}

/** `count` kiosks of the fleet in `store`. */
export function makeKiosks(store, count) {
  const issuer = authority(store);
  return Array.from({ length: count }, (_, i) => new SimulatedKiosk(`sim-${String(i + 1).padStart(4, '0')}`, issuer, Date.now()));
}

/** What fleet.json says of them. */
export const fleetFile = (kiosks) => ({
  v: 1, kiosks: Object.fromEntries(kiosks.map((k) => [k.name, { key: k.device.spki.toString('base64url'), site: k.site }])), agencies: {},
});
