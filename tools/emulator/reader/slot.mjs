// One slot: its card, and the commands about it, one at a time.
import { encode as encodeBlock } from '../card/t1.mjs';
import { Icc } from './icc.mjs';
import { ERROR, Failure, ICC, PC } from './messages.mjs';
import { FEATURE } from './variants.mjs';

const PAD_SECONDS = 30;
const PAUSE_MS = 60; // between time extensions
const PAD_PAUSE_MS = 400;
const SLOW_MS = 400;
const NEVER_MS = 2 ** 30;

/** wLevelParameter, bChainParameter */
const CHAIN = { whole: 0, first: 1, last: 2, middle: 3, more: 0x10 };

/** A command under way; can be given up at each of its pauses. */
class Job {
  constructor() {
    this.over = null;
    this.wake = null;
  }

  /** Waits; `watch` is told how to end the wait early. */
  pause(ms, watch) {
    return new Promise((done, failed) => {
      const timer = setTimeout(done, ms);
      watch?.(() => {
        clearTimeout(timer);
        done();
      });
      this.wake = () => {
        clearTimeout(timer);
        failed(this.over);
      };
      if (this.over) {
        this.wake();
      }
    });
  }

  /** code: what the host is told; null nothing. */
  stop(code) {
    this.over = new Failure(code);
    this.wake?.();
  }
}

export class Slot {
  constructor(reader, number) {
    Object.assign(this, { reader, number });
    this.icc = null;
    this.job = null;
    this.forget();
  }

  get faults() {
    return this.reader.faults;
  }

  get state() {
    return !this.icc ? ICC.absent : this.icc.powered ? ICC.active : ICC.inactive;
  }

  /** What belongs to a connection with the host. */
  forget() {
    this.giveUp();
    this.job = null;
    this.icc?.powerOff();
    this.parameters = null;
  }

  /** The command under way ends without an answer. */
  giveUp() {
    this.job?.stop(null);
    this.command = null; // parts of an APDU that comes in several messages
    this.rest = null; // parts of an answer that goes in several
  }

  insert(card, protocol) {
    const { faults, variant } = this.reader;
    this.icc = new Icc(card, { faults, variant, protocol, injected: this.reader.injected });
  }

  remove() {
    this.job?.stop(ERROR.mute);
    this.icc = null;
    this.command = null;
    this.rest = null;
  }

  /** Carries out one command: gives {data, last}, or throws a Failure. say(extension): a time extension. */
  async run(message, say) {
    const job = new Job();
    this.job = job;
    try {
      if (this.reader.hit(message, 'slow')) {
        await job.pause(SLOW_MS);
      }
      await this.extend(message, job, say);
      return await this.dispatch(message, job, say);
    } finally {
      if (this.job === job) {
        this.job = null;
      }
    }
  }

  async extend(m, job, say) {
    if (this.reader.hit(m, 'time-extension-forever')) {
      for (;;) {
        say(1);
        await job.pause(PAUSE_MS);
      }
    }
    if (this.reader.hit(m, 'silent')) {
      await job.pause(NEVER_MS);
    }
    if (this.reader.hit(m, 'time-extension')) {
      await this.plead(3, job, say);
    }
  }

  async plead(times, job, say) {
    for (let i = 0; i < times; i += 1) {
      say(2);
      await job.pause(PAUSE_MS);
    }
  }

  async dispatch(m, job, say) {
    switch (m.type) {
      case PC.powerOn:
        return { data: this.present().powerOn(m.specific[0]) };
      case PC.powerOff:
        this.icc?.powerOff();
        return {};
      case PC.status:
        return { last: this.icc?.powered ? 0 : 1 }; // the clock
      case PC.xfr:
        return this.transfer(m, job, say);
      case PC.getParameters:
      case PC.resetParameters:
        this.active();
        return this.getParameters(m.type === PC.resetParameters);
      case PC.setParameters:
        return this.setParameters(m);
      case PC.clock:
        this.active();
        return { last: m.specific[0] };
      case PC.secure:
        return this.secure(m, job, say);
      default:
        throw new Failure(ERROR.unsupported);
    }
  }

  present() {
    if (!this.icc) {
      throw new Failure(ERROR.mute);
    }
    return this.icc;
  }

  active() {
    if (!this.present().powered) {
      throw new Failure(ERROR.mute);
    }
    return this.icc;
  }

  // Parameters (6.1.5 to 6.1.7). `last` is bProtocolNum.

  getParameters(anew) {
    const isT1 = this.icc.protocol === 't1';
    if (anew || !this.parameters) {
      this.parameters = isT1 ? Buffer.from([0x11, 0x10, 0, 0x4d, 0, 32, 0]) : Buffer.from([0x11, 0, 0, 10, 0]);
      if (this.reader.variant.features & FEATURE.autoParameters) {
        this.parameters[0] = this.icc.card.atr[this.icc.protocol][2];
      }
    }
    return { data: this.parameters, last: this.parameters.length === 7 ? 1 : 0 };
  }

  setParameters(m) {
    this.active();
    const protocol = m.specific[0];
    if (protocol > 1) {
      throw new Failure(7);
    }
    if (m.data.length !== (protocol ? 7 : 5)) {
      throw new Failure(ERROR.length);
    }
    this.parameters = Buffer.from(m.data);
    this.icc.host = { rate: m.data[0], protocol: protocol ? 't1' : 't0' };
    return { data: this.parameters, last: protocol };
  }

  // The exchange (6.1.4).

  async transfer(m, job, say) {
    if (this.faults.take('unplug-on-apdu')) {
      this.reader.unplug();
      throw new Failure(null);
    }
    if (this.faults.take('remove-on-apdu')) {
      this.reader.removeCard(this.number);
      throw new Failure(ERROR.mute);
    }
    const icc = this.active();
    const errors = { parity: ERROR.parity, overrun: ERROR.overrun };
    for (const [name, code] of Object.entries(errors)) {
      if (this.faults.take(name)) {
        throw new Failure(code);
      }
    }
    const level = this.reader.variant.features & FEATURE.levels;
    if (level === FEATURE.extendedApdu) {
      return this.extended(icc, m, job, say);
    }
    if (m.specific.readUInt16LE(1) !== 0 && level === FEATURE.shortApdu) {
      throw new Failure(ERROR.level);
    }
    const { bytes, nulls } = level === FEATURE.tpdu ? icc.tpdu(m.data) : this.short(icc, m.data);
    await this.plead(nulls, job, say);
    return { data: bytes };
  }

  short(icc, apdu) {
    if (apdu.length < 4 || apdu.length > 261) {
      throw new Failure(ERROR.length);
    }
    return icc.apdu(apdu);
  }

  /** APDUs in parts, both ways. */
  async extended(icc, m, job, say) {
    const part = m.specific.readUInt16LE(1);
    if (part === CHAIN.more) {
      if (!this.rest || m.data.length) {
        throw new Failure(ERROR.level);
      }
      return this.part();
    }
    this.rest = null;
    if (part > CHAIN.middle || (part === CHAIN.last || part === CHAIN.middle) !== (this.command !== null)) {
      this.command = null;
      throw new Failure(ERROR.level);
    }
    this.command = Buffer.concat([this.command ?? Buffer.alloc(0), m.data]);
    if (part === CHAIN.first || part === CHAIN.middle) {
      return { last: CHAIN.more };
    }
    const apdu = this.command;
    this.command = null;
    if (apdu.length < 4 || apdu.length > 65544) {
      throw new Failure(ERROR.length);
    }
    const { bytes, nulls } = icc.apdu(apdu);
    await this.plead(nulls, job, say);
    this.rest = bytes;
    this.begun = false;
    return this.part();
  }

  part() {
    const data = this.rest.subarray(0, this.reader.variant.max - 10);
    const left = this.rest.subarray(data.length);
    const last = left.length ? (this.begun ? CHAIN.middle : CHAIN.first) : (this.begun ? CHAIN.last : CHAIN.whole);
    this.begun = true;
    this.rest = left.length ? left : null;
    return { data, last };
  }

  // The pad (6.1.11).

  async secure(m, job, say) {
    const { pad, variant } = this.reader;
    if (!variant.pad || m.data.length < 1 || this.faults.take('pad-broken')) {
      throw new Failure(variant.pad ? ERROR.hardware : ERROR.unsupported);
    }
    const icc = this.active();
    const { apdu, prologue, verdict } = await pad.ask(m.data, (seconds) => this.untilTyped(seconds, job, say));
    if (verdict) {
      return { data: verdict };
    }
    if ((variant.features & FEATURE.levels) !== FEATURE.tpdu) {
      return { data: icc.apdu(apdu).bytes };
    }
    const isT1 = icc.protocol === 't1';
    return { data: icc.tpdu(isT1 ? encodeBlock({ nad: prologue[0], pcb: prologue[1], inf: apdu }) : apdu).bytes };
  }

  /** Time extensions until somebody types. */
  async untilTyped(seconds, job, say) {
    const { pad } = this.reader;
    const end = Date.now() + (seconds || PAD_SECONDS) * 1000;
    while (!pad.typed.length) {
      if (Date.now() >= end) {
        throw new Failure(ERROR.pinTimeout);
      }
      say(1);
      await job.pause(PAD_PAUSE_MS, (wake) => {
        pad.waiting = wake;
      });
    }
    pad.waiting = null;
  }
}
