// A broker that lies: MQTT 3.1.1 with QoS 0, in this process, on any byte stream. Whatever is published passes `law`,
// which delivers, drops, alters, repeats or delays it; publish() puts in anything as anybody.
import mqtt from 'mqtt-packet';

const KEPT = 20000; // messages remembered

/** The envelope in a payload, or null. */
function envelopeOf(payload) {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return null;
  }
}

function fits(filter, topic) {
  const [f, t] = [filter.split('/'), topic.split('/')];
  return f.length === t.length && f.every((part, i) => part === '+' || part === t[i]);
}

export class LiarBroker {
  clients = new Set();
  /** The user who is refused, and how often that happened; the connection is left open. */
  denies = '';
  denied = 0;
  /** All that was published by clients: {from, topic, payload, e, at}; e is the envelope or null. */
  seen = [];
  #law = () => true;
  #watchers = new Set();

  /**
   * What happens to a message {from, topic, payload, e} from now on. `law` gives true (delivered as it is), false (lost),
   * or a list of {topic, payload} that goes out instead; payload may be an object. Without a law the broker is honest.
   */
  set law(law) {
    this.#law = law ?? (() => true);
  }

  /** Serves one client; `name` is who it proved to be, or empty: then the MQTT user name counts. */
  serve(stream, name = '') {
    const client = { stream, name, filters: [] };
    const parser = mqtt.parser({ protocolVersion: 4 });
    const end = () => {
      this.clients.delete(client);
      stream.destroy();
    };
    parser.on('packet', (packet) => this.#packet(client, packet));
    parser.on('error', end);
    stream.on('data', (bytes) => parser.parse(bytes));
    stream.on('error', end).on('close', end);
    this.clients.add(client);
  }

  #packet(client, packet) {
    const say = (answer) => client.stream.write(mqtt.generate(answer));
    if (packet.cmd === 'connect') {
      client.name ||= packet.username ?? '';
      const deny = client.name === this.denies;
      this.denied += deny ? 1 : 0;
      say({ cmd: 'connack', returnCode: deny ? 5 : 0, sessionPresent: false });
    } else if (packet.cmd === 'subscribe') {
      client.filters.push(...packet.subscriptions.map((s) => s.topic));
      say({ cmd: 'suback', messageId: packet.messageId, granted: packet.subscriptions.map(() => 0) });
    } else if (packet.cmd === 'pingreq') {
      say({ cmd: 'pingresp' });
    } else if (packet.cmd === 'disconnect') {
      client.stream.end();
    } else if (packet.cmd === 'publish') {
      this.#published({ from: client.name, topic: packet.topic, payload: packet.payload, e: envelopeOf(packet.payload), at: Date.now() });
    }
  }

  #published(message) {
    this.seen.push(message);
    if (this.seen.length > KEPT) this.seen.shift();
    for (const watcher of [...this.#watchers]) watcher(message);
    const verdict = this.#law(message);
    if (verdict === true) this.publish(message.topic, message.payload);
    else for (const { topic, payload } of verdict || []) this.publish(topic, payload);
  }

  /** Puts a message in; a payload that is neither bytes nor text goes as JSON. */
  publish(topic, payload) {
    const bytes = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
    const packet = mqtt.generate({ cmd: 'publish', topic, payload: bytes, qos: 0, retain: false, dup: false });
    for (const { filters, stream } of this.clients) if (filters.some((f) => fits(f, topic)) && stream.writable) stream.write(packet);
  }

  /** Hands a message to the client `name`, whatever it subscribed to. */
  force(name, topic, payload) {
    const packet = mqtt.generate({ cmd: 'publish', topic, payload: JSON.stringify(payload), qos: 0, retain: false, dup: false });
    for (const client of this.clients) if (client.name === name) client.stream.write(packet);
  }

  /** Bytes to the client `name` that need not be MQTT; false where it is not connected. */
  raw(name, bytes) {
    const client = this.link(name);
    return client ? (client.stream.write(bytes), true) : false;
  }

  /** Who is connected under that name, and has subscribed. */
  link(name) {
    return [...this.clients].find((c) => c.name === name && c.filters.length > 0);
  }

  /** The next message for which `test` is true. */
  next(what, test, ms = 15000) {
    return new Promise((resolve, reject) => {
      const done = (settle, value) => {
        this.#watchers.delete(watcher);
        clearTimeout(timer);
        settle(value);
      };
      const watcher = (message) => test(message) && done(resolve, message);
      const timer = setTimeout(() => done(reject, new Error(`the broker did not see in ${ms} ms: ${what}`)), ms);
      this.#watchers.add(watcher);
    });
  }

  /** The newest message of that type, by anybody or by `from`. */
  last(type, from) {
    return this.seen.findLast((m) => m.e?.type === type && (from === undefined || m.from === from));
  }
}
