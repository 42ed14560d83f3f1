// Another kiosk of the fleet that waits in the same queue, as far as the queue can tell: it announces its call.
import { createPrivateKey, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { validity } from '../../../tools/pki/ca.mjs';
import { Store } from '../../../tools/pki/store.mjs';
import { nonce, seal } from './liar/forge.mjs';

const NAME = 'kiosk-2';
const EVERY_MS = 2000;

export class Neighbour {
  /** Its papers; before the broker starts. */
  static enrol(pki) {
    new Store(pki).writeKiosk(NAME, 'Siilinjärvi', validity({ days: 300 }));
  }

  /** Joins the queue of `agency` as one who has waited for a minute already. */
  static async wait(pki, { host, port }, agency, card) {
    const n = new Neighbour();
    const read = (...path) => readFileSync(join(pki, ...path));
    n.key = createPrivateKey(read('kiosks', NAME, 'device.key'));
    n.topic = `call/${agency}/${NAME}`;
    n.call = { agency, card, lang: 'fi', title: { fi: card, sv: card, en: card }, site: 'Siilinjärvi' };
    n.ids = { call: randomBytes(16).toString('hex'), kn: nonce() };
    n.from = Date.now() - 60000;
    n.client = await mqtt.connectAsync(`mqtts://${host}:${port}`, {
      ca: read('fleet', 'ca.crt'), cert: read('kiosks', NAME, 'tls.crt'), key: read('kiosks', NAME, 'tls.key'), protocolVersion: 4,
      clientId: randomBytes(16).toString('hex'), reconnectPeriod: 0,
    });
    n.timer = setInterval(() => n.#announce('waiting'), EVERY_MS);
    await n.#announce('waiting');
    return n;
  }

  #announce(state) {
    const body = JSON.stringify({ ...this.call, since_s: Math.floor((Date.now() - this.from) / 1000), state });
    const envelope = seal({ type: 'announce', kiosk: NAME, expert: '', ...this.ids, en: '', body }, this.key);
    return this.client.publishAsync(this.topic, JSON.stringify(envelope));
  }

  /** Its turn has come. */
  async leave() {
    if (this.left) return;
    this.left = true;
    clearInterval(this.timer);
    await this.#announce('gone');
    await this.client.endAsync();
  }
}
