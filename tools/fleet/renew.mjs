// luukku-fleet renew: answers kiosks that ask for new certificates.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import mqtt from 'mqtt';
import { validity } from '../pki/ca.mjs';
import { fail, UserError } from '../pki/files.mjs';
import { renewKiosk } from '../pki/renew.mjs';
import { Store } from '../pki/store.mjs';

const WAIT_MS = 1000; // of one kiosk, between two requests that are looked at
const KIOSKS_MAX = 100000; // names that are remembered for that
const OPTIONS = {
  broker: { type: 'string' }, store: { type: 'string' }, user: { type: 'string' }, 'password-file': { type: 'string' }, ca: { type: 'string' },
  days: { type: 'string', default: '1095' },
};

function readOptions(words) {
  const { values } = parseArgs({ args: words, options: OPTIONS });
  for (const name of ['broker', 'store', 'user', 'password-file']) {
    if (!values[name]) fail(`renew: --${name} is missing`);
  }
  if (!/^wss?:\/\//.test(values.broker)) fail('--broker is ws://host/mqtt or wss://host/mqtt');
  return values;
}

/** Answers by kiosk; what floods is not looked at. */
export class Office {
  #seen = new Map();

  constructor(store, days, say) {
    this.store = store;
    this.days = days;
    this.say = say;
  }

  /** The answer to what came on `topic`, as {topic, text}; null: none. */
  answer(topic, payload, now) {
    const kiosk = /^renew\/([a-z0-9-]{3,32})\/up$/.exec(topic)?.[1];
    if (!kiosk || now - (this.#seen.get(kiosk) ?? -Infinity) < WAIT_MS) return null;
    if (this.#seen.size >= KIOSKS_MAX) this.#seen.clear();
    this.#seen.set(kiosk, now);
    let text = '';
    try {
      text = renewKiosk(this.store, kiosk, payload.toString('latin1'), { now, days: this.days, period: (days) => validity({ days }) });
      this.store.publish(this.store.path('public'));
      this.say({ kiosk, renewed: true });
    } catch (error) {
      if (!(error instanceof UserError) && !error.code) throw error;
      // What openssl says, and where the store lies, stays here.
      const why = /^openssl /.test(error.message) || error.code ? 'it is no request that this fleet can read' : error.message;
      this.say({ kiosk, renewed: false, why: error.message });
      text = `refused ${why}\n`;
    }
    return { topic: `renew/${kiosk}/down`, text };
  }
}

export async function run(words) {
  const options = readOptions(words);
  const store = new Store(resolve(options.store));
  store.requireFleet();
  const say = (event) => console.log(JSON.stringify({ at: new Date().toISOString(), ...event }));
  const office = new Office(store, options.days, say);
  const client = mqtt.connect(options.broker, {
    username: options.user, password: readFileSync(options['password-file'], 'utf8').trim(), clientId: randomBytes(16).toString('hex'),
    clean: true, protocolVersion: 4, keepalive: 15, reconnectPeriod: 2000, connectTimeout: 10000, queueQoSZero: false,
    ...(options.ca && { ca: readFileSync(options.ca) }),
  });
  client.on('connect', () => client.subscribe('renew/+/up', { qos: 0 }, (error, granted) => {
    say({ link: !error && granted.every(({ qos }) => qos === 0) ? 'up' : 'refused' });
  }));
  client.on('close', () => say({ link: 'down' }));
  client.on('error', (error) => say({ link: 'down', why: error.message }));
  client.on('message', (topic, payload) => {
    const answer = office.answer(topic, payload, Date.now());
    if (answer) client.publish(answer.topic, answer.text, { qos: 0 });
  });
  await new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, done);
  });
  client.end(true);
  return 0;
}
