// Who hears all that a broker carries: an account of its own, every topic.
import { randomBytes } from 'node:crypto';
import mqtt from 'mqtt';

const USER = 'listener';

export class Listener {
  heard = []; // {topic, payload}
  marked = 0;

  constructor() {
    this.password = randomBytes(16).toString('hex');
    this.account = { user: USER, password: this.password, read: ['#'], write: [] };
  }

  /** From now on; `url`: the web server's, which leads to the broker. */
  async listen(url) {
    this.client = await mqtt.connectAsync(`${url.replace('http', 'ws')}mqtt`, {
      username: USER, password: this.password, protocolVersion: 4, clientId: randomBytes(16).toString('hex'),
    });
    this.client.on('message', (topic, payload) => this.heard.push({ topic, payload }));
    await this.client.subscribeAsync('#');
  }

  /** How many came in topics that begin so. */
  count(topic) {
    return this.heard.filter((m) => m.topic.startsWith(topic)).length;
  }

  /** From here on `later()` counts. */
  mark() {
    this.marked = this.heard.length;
  }

  later(topic) {
    return this.heard.slice(this.marked).filter((m) => m.topic.startsWith(topic)).length;
  }

  stop() {
    return this.client?.endAsync(true);
  }
}
