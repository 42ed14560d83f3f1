// The technician's side of one session's sealed bytes: firmware/signal/PROTOCOL.md, "Remote help". No clock, no network.
import { createCipheriv, createDecipheriv } from 'node:crypto';

const VERSION = 1;
const [DATA, ACK, END] = [1, 2, 3];
const HEAD = 26;
const TAG = 16;
const DATA_MAX = 1024;
const WINDOW = 16;

/** Why it is over, by the protocol's numbers. */
export const ENDS = {
  1: 'logged out', 2: 'somebody at the kiosk ended it', 3: 'somebody began to use the kiosk', 4: 'nothing was heard for too long',
  5: 'it took too long', 6: 'the kiosk\'s programs begin anew, or one of them broke',
};

const nonceOf = (kind, counter) => {
  const nonce = Buffer.alloc(12);
  nonce[0] = kind;
  nonce.writeBigUInt64BE(counter, 4);
  return nonce;
};

export class Stream {
  #keys;
  #id;
  #frames = []; // sent, by their order, and not acknowledged
  #waiting = Buffer.alloc(0); // given, and not in a frame yet
  #acked = 0n; // the counter of #frames[0]
  #written = 0n;
  #awaited = 0n;
  #ackOut = 0n;
  #ackIn = 0n;

  /** `keys`: {down, up}; `id`: the session's 16 bytes. */
  constructor(keys, id) {
    this.#keys = keys;
    this.#id = id;
  }

  #seal(kind, counter, text) {
    const head = Buffer.alloc(HEAD);
    head[0] = VERSION;
    head[1] = kind;
    this.#id.copy(head, 2);
    head.writeBigUInt64BE(counter, 18);
    const cipher = createCipheriv('aes-256-gcm', this.#keys.down, nonceOf(kind, counter)).setAAD(head);
    return Buffer.concat([head, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  }

  #unseal(frame) {
    if (frame.length <= HEAD + TAG || frame[0] !== VERSION || !frame.subarray(2, 18).equals(this.#id)) return null;
    const [kind, counter] = [frame[1], frame.readBigUInt64BE(18)];
    const cipher = createDecipheriv('aes-256-gcm', this.#keys.up, nonceOf(kind, counter)).setAAD(frame.subarray(0, HEAD));
    cipher.setAuthTag(frame.subarray(-TAG));
    try {
      return { kind, counter, text: Buffer.concat([cipher.update(frame.subarray(HEAD, -TAG)), cipher.final()]) };
    } catch {
      return null; // forged, or of another session
    }
  }

  /** Takes a frame. Gives {text}, {end} or null. */
  receive(frame) {
    const { kind, counter, text } = this.#unseal(frame) ?? {};
    if (kind === DATA) {
      if (counter !== this.#awaited) return { again: true }; // what was lost comes again; what was here is acknowledged again
      this.#awaited += 1n;
      return { text };
    }
    if (kind === ACK && counter >= this.#ackIn && text.length === 8) {
      this.#ackIn = counter + 1n;
      const next = text.readBigUInt64BE();
      while (this.#acked < next && this.#frames.length > 0) {
        this.#frames.shift();
        this.#acked += 1n;
      }
      return { acked: true };
    }
    return kind === END && text.length === 1 ? { end: text[0] } : null;
  }

  ack() {
    const next = Buffer.alloc(8);
    next.writeBigUInt64BE(this.#awaited);
    this.#ackOut += 1n;
    return this.#seal(ACK, this.#ackOut - 1n, next);
  }

  end(why) {
    return this.#seal(END, 0n, Buffer.from([why]));
  }

  /** Gives bytes to be sent; returns the frames that go out now. */
  write(text) {
    this.#waiting = Buffer.concat([this.#waiting, text]);
    const out = [];
    while (this.#waiting.length > 0 && this.#frames.length < WINDOW) {
      const frame = this.#seal(DATA, this.#written, this.#waiting.subarray(0, DATA_MAX));
      this.#waiting = this.#waiting.subarray(DATA_MAX);
      this.#written += 1n;
      this.#frames.push(frame);
      out.push(frame);
    }
    return out;
  }

  /** What was not acknowledged. */
  get unacknowledged() {
    return this.#frames;
  }
}
