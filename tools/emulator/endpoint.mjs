// One endpoint: what the device has to say and what the host asked for meet here.
import { TYPE } from './descriptors.mjs';

export const STATUS = { ok: 0, missing: -2, nodev: -19, stall: -32, proto: -71, overflow: -75, reset: -104, remoteio: -121 };

const URB_SHORT_NOT_OK = 0x1;

/** Bytes on their way to the host; packets are cut from it. */
class Message {
  constructor(bytes, { zlp = true, done = null } = {}) {
    this.bytes = bytes;
    this.at = 0;
    this.zlp = zlp; // an empty packet follows where the last one is full
    this.done = done; // called when the host has it all
  }

  get left() {
    return this.bytes.length - this.at;
  }
}

export class Endpoint {
  constructor({ address, type, max, interval }) {
    Object.assign(this, { address, type, max, interval });
    this.isIn = (address & 0x80) !== 0;
    this.clear();
  }

  /** Forgets what was to be sent; the host's requests stay. */
  flush() {
    this.queue = [];
  }

  /** As after a reset of the device; requests under way are dropped, too. */
  clear() {
    this.halted = false;
    this.flush();
    this.waiting = [];
    this.clock = 0; // isochronous: when the next frame is due, ms
  }

  /** IN: puts a message (or part of a stream, with zlp false) into the queue. */
  send(bytes, options) {
    this.queue.push(new Message(bytes, options));
    this.pump();
  }

  /** Bytes that the host has not asked for yet. */
  get backlog() {
    return this.queue.reduce((sum, m) => sum + m.left, 0);
  }

  /** The endpoint halts: whoever waits is told so. */
  halt() {
    this.halted = true;
    for (const urb of this.waiting.splice(0)) {
      urb.done(STATUS.stall);
    }
  }

  /** Answers what can be answered of the host's requests. */
  pump() {
    if (this.type === TYPE.isochronous) {
      return;
    }
    while (this.waiting.length && this.queue.length && this.fill(this.waiting[0])) {
      const urb = this.waiting.shift();
      const data = Buffer.concat(urb.parts);
      const short = urb.status === STATUS.ok && data.length < urb.length && (urb.flags & URB_SHORT_NOT_OK);
      urb.done(short ? STATUS.remoteio : urb.status, data);
    }
  }

  /** Moves packets into a request. True: it is over (full, or by a short packet, or by one that did not fit). */
  fill(urb) {
    urb.parts ??= [];
    urb.room ??= urb.length;
    urb.status = STATUS.ok;
    while (this.queue.length) {
      const m = this.queue[0];
      const whole = Math.floor(Math.min(urb.room, m.left) / this.max) * this.max;
      if (whole) {
        this.move(urb, m, whole);
      }
      if (m.left === 0 && m.at % this.max === 0 && m.at > 0 && !m.zlp) {
        this.finish();
      } else if (urb.room === 0) {
        return true;
      } else if (m.left < this.max) {
        return this.last(urb, m);
      } else {
        return this.overflow(urb, m);
      }
      if (urb.room === 0) {
        return true;
      }
    }
    return false;
  }

  /** The short packet that ends a message. */
  last(urb, m) {
    if (m.left > urb.room) {
      return this.overflow(urb, m);
    }
    if (m.left) {
      this.move(urb, m, m.left);
    }
    this.finish();
    return true;
  }

  overflow(urb, m) {
    const packet = Math.min(this.max, m.left);
    this.move(urb, m, urb.room);
    m.at = Math.min(m.bytes.length, m.at + packet); // the rest of that packet is lost
    if (m.left === 0) {
      this.finish();
    }
    urb.status = STATUS.overflow;
    return true;
  }

  move(urb, m, bytes) {
    urb.parts.push(m.bytes.subarray(m.at, m.at + bytes));
    m.at += bytes;
    urb.room -= bytes;
  }

  finish() {
    const { done } = this.queue.shift();
    done?.();
  }
}
