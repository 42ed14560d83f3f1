// The card in a slot, from power to the exchange of TPDUs and APDUs: what the electronics of a reader see.
import { randomBytes } from 'node:crypto';
import { CardT0 } from '../card/t0.mjs';
import { CardT1 } from '../card/t1.mjs';
import { ERROR, Failure } from './messages.mjs';
import { FEATURE } from './variants.mjs';

const DEFAULT_RATE = 0x11; // Fi 372, Di 1
const GET_RESPONSE_MAX = 4096; // rounds of an answer by GET RESPONSE

const status = (sw) => Buffer.from([sw >> 8, sw & 0xff]);

export class Icc {
  /** protocol: 't0' or 't1', what the card speaks in this reader. injected: answers that are to be given in place of its own. */
  constructor(card, { faults, variant, protocol, injected = [] }) {
    Object.assign(this, { card, faults, variant, injected, protocol: card.speaksOnly ?? protocol });
    this.powered = false;
    this.faulty = { process: (apdu) => this.misanswer(card.process(apdu)) };
  }

  /** The answer to reset, or a Failure. voltage: 0 automatic, 1 5 V, 2 3 V, 3 1.8 V */
  powerOn(voltage) {
    const automatic = (this.variant.features & FEATURE.autoVoltage) !== 0;
    if (voltage > 3 || (voltage === 0 && !automatic) || (voltage > 0 && !(this.variant.voltages & (1 << (voltage - 1))))) {
      throw new Failure(ERROR.power);
    }
    this.powered = false;
    if (voltage === 1 && this.faults.take('no-power-5v')) {
      throw new Failure(ERROR.mute);
    }
    if (this.card.mute || this.faults.take('mute-card')) {
      throw new Failure(ERROR.mute);
    }
    this.powered = true;
    this.card.reset();
    this.engine = this.protocol === 't1' ? new CardT1(this.faulty, this.faults, this.card.ifsc) : new CardT0(this.faulty, this.faults);
    this.fresh = true; // a PPS may come
    this.rate = DEFAULT_RATE; // what the card runs at
    this.host = { rate: DEFAULT_RATE, protocol: null }; // what the host set
    if (this.variant.features & (FEATURE.autoParameters | FEATURE.autoNegotiate | FEATURE.autoPps)) {
      this.rate = null; // the reader sees to it
    }
    return this.spoilAtr(this.card.atr[this.protocol]);
  }

  spoilAtr(atr) {
    const b = Buffer.from(atr);
    if (this.faults.take('garbage-atr')) {
      return randomBytes(17);
    }
    if (this.faults.take('bad-tck')) {
      b[b.length - 1] ^= 0x55;
    }
    if (this.faults.take('short-atr')) {
      return b.subarray(0, 6);
    }
    if (this.faults.take('long-atr')) {
      return Buffer.concat([b, Buffer.alloc(40 - b.length, 0x33)]);
    }
    return this.faults.take('empty-atr') ? Buffer.alloc(0) : b;
  }

  powerOff() {
    this.powered = false;
  }

  /** Nothing of the host's arrives unless both run at the same rate and by the same protocol. */
  get understood() {
    const named = this.host.protocol === null || this.host.protocol === this.protocol;
    return this.rate === null || (this.rate === this.host.rate && named && (this.host.protocol !== null || this.protocol === 't0'));
  }

  /** One TPDU. Gives {bytes, nulls}; throws where the card is mute. */
  tpdu(bytes) {
    if (this.fresh && bytes[0] === 0xff) {
      return { bytes: this.pps(bytes), nulls: 0 };
    }
    this.fresh = false;
    if (!this.understood || this.faults.take('mute-apdu')) {
      throw new Failure(ERROR.mute);
    }
    return this.protocol === 't1' ? this.block(bytes) : this.command(bytes);
  }

  /** PPS (7816-3, 9): said back where the card agrees, silence where not. */
  pps(bytes) {
    const sum = bytes.reduce((x, b) => x ^ b, 0);
    const rate = bytes[1] & 0x10 ? bytes[2] : DEFAULT_RATE;
    const wanted = this.protocol === 't1' ? 1 : 0;
    const best = this.card.atr[this.protocol][2];
    if (sum !== 0 || bytes.length < 3 || (bytes[1] & 0x0f) !== wanted || ![DEFAULT_RATE, best].includes(rate) ||
      this.faults.take('pps-refused')) {
      this.fresh = false;
      throw new Failure(ERROR.mute);
    }
    if (this.rate !== null) {
      this.rate = rate;
    }
    this.fresh = false;
    return bytes;
  }

  block(bytes) {
    const said = this.engine.exchange(bytes);
    if (!said) {
      throw new Failure(ERROR.mute);
    }
    return { bytes: said, nulls: 0 };
  }

  command(bytes) {
    if (bytes.length < 4 || (bytes.length > 5 && bytes.length !== 5 + bytes[4])) {
      throw new Failure(ERROR.length);
    }
    const { bytes: said, nulls = 0, conflict } = this.engine.exchange(bytes.length === 4 ? Buffer.concat([bytes, Buffer.alloc(1)]) : bytes);
    if (conflict !== undefined) {
      throw new Failure(ERROR.procedure);
    }
    return { bytes: said, nulls };
  }

  /** One APDU, the protocol done by the reader. Gives {bytes, nulls: how often the card asked for time}. */
  apdu(bytes) {
    this.fresh = false;
    if (this.faults.take('mute-apdu') || this.faults.take('lost-block') || this.faults.take('lost-command')) {
      throw new Failure(ERROR.mute);
    }
    if (this.faults.take('bad-lrc') || this.faults.take('deaf-card')) {
      throw new Failure(ERROR.parity);
    }
    if (this.protocol === 't0') {
      return this.byT0(bytes);
    }
    const nulls = ['wtx', 'null-bytes'].filter((f) => this.faults.take(f)).length;
    return { bytes: this.faulty.process(bytes), nulls };
  }

  /** A short APDU over T=0 (7816-3, 12.2): GET RESPONSE and the right Le are the reader's business. */
  byT0(bytes) {
    if (bytes.length > 5 && bytes[4] === 0) {
      throw new Failure(ERROR.length); // extended
    }
    const lc = bytes.length > 5 ? bytes[4] : 0;
    const isWithLe = bytes.length === 5 || bytes.length === 6 + lc;
    let wanted = isWithLe ? bytes.at(-1) || 256 : 0;
    let { bytes: said, nulls } = this.command(lc ? bytes.subarray(0, 5 + lc) : bytes);
    if (said.length === 2 && said[0] === 0x6c) {
      said = this.command(Buffer.concat([bytes.subarray(0, 4), said.subarray(1)])).bytes;
    }
    const parts = [];
    for (let i = 0; i < GET_RESPONSE_MAX && said.at(-2) === 0x61 && wanted > said.length - 2; i += 1) {
      parts.push(said.subarray(0, -2));
      wanted -= said.length - 2;
      said = this.command(Buffer.from([bytes[0] & 0xef, 0xc0, 0, 0, Math.min(wanted, said.at(-1) || 256) & 0xff])).bytes;
    }
    return { bytes: Buffer.concat([...parts, said]), nulls };
  }

  /** Faults of the answer itself, whatever carries it. */
  misanswer(said) {
    if (this.injected.length) {
      return this.injected.shift();
    }
    if (this.faults.take('no-status')) {
      return said.subarray(0, -2);
    }
    if (this.faults.take('one-byte')) {
      return said.subarray(-1);
    }
    if (this.faults.take('huge-answer')) {
      return Buffer.concat([Buffer.alloc(700, 0xaa), said]);
    }
    return this.protocol === 't1' && this.faults.take('more-forever') ? Buffer.concat([Buffer.alloc(16, 0xee), status(0x6110)]) : said;
  }
}
