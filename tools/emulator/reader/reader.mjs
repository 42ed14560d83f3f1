// A CCID reader: messages in and out, notifications, aborts, and the faults of messages.
import { CARDS, makeCard } from '../card/cards.mjs';
import { cardOrders } from '../card/orders.mjs';
import { CardPki } from '../card/pki.mjs';
import { UsbDevice } from '../device.mjs';
import { READER_FAULTS } from './faults.mjs';
import { ANSWER, COMMAND, encode, ERROR, Failure, HEADER, ICC, parse, PC, RDR } from './messages.mjs';
import { Pad } from './pad.mjs';
import { Slot } from './slot.mjs';
import { descriptors, EP } from './variants.mjs';

const REQUEST = { abort: 0x01, clocks: 0x02, rates: 0x03 };
const STORM = 100;

/** Faults that make a command fail, and with what. */
const FAILURES = { 'hw-error': ERROR.hardware, 'slot-busy': ERROR.slotBusy, 'not-supported': ERROR.unsupported };

export class Reader extends UsbDevice {
  /** variant: of variants.mjs. options: {card, protocol, ifsc, pki} */
  constructor(variant, { card, protocol, ifsc, pki }) {
    super({ ...descriptors(variant), faults: READER_FAULTS });
    Object.assign(this, { variant, protocol: protocol ?? variant.card, ifsc, usual: CARDS[0] });
    this.pki = new CardPki(pki);
    this.pad = new Pad();
    this.scope = 'all';
    this.injected = [];
    this.slots = Array.from({ length: variant.slots }, (_, i) => new Slot(this, i));
    this.forget();
    if (card !== 'none') {
      this.put(card, 0);
    }
    this.commands = {
      card: (words) => this.cardOrder(words),
      cards: () => CARDS.join(' '),
      pad: (words) => this.pad.type(words),
      pki: () => this.pki.dir,
      ...cardOrders(() => this.slots.find((s) => s.icc)?.icc.card),
      commands: () => String(this.count),
      scope: (words) => this.setScope(words),
      inject: (words) => this.inject(words),
      file: (words) => this.fileOrder(words),
    };
    this.onConfigured();
  }

  // Orders of the control socket.

  cardOrder([verb, name = this.usual, at = '0']) {
    const slot = this.slots[Number(at)];
    if (!['insert', 'remove'].includes(verb)) {
      throw new Error('card insert [NAME [SLOT]] or card remove [SLOT]');
    }
    if (verb === 'remove') {
      this.removeCard(/^\d+$/.test(name) ? Number(name) : 0);
      return;
    }
    if (!slot || !CARDS.includes(name)) {
      throw new Error(slot ? `no card "${name}"; there are ${CARDS.join(', ')}` : 'no such slot');
    }
    if (slot.icc) {
      this.removeCard(slot.number);
    }
    this.put(name, slot.number);
    this.notify();
  }

  put(name, at) {
    this.usual = name;
    this.slots[at].insert(makeCard(name, this.pki, { ifsc: this.ifsc }), this.protocol);
    this.changed |= 1 << at;
  }

  removeCard(at) {
    const slot = this.slots[at];
    if (!slot) {
      throw new Error('no such slot');
    }
    if (slot.icc) {
      slot.remove();
      this.changed |= 1 << at;
      this.notify();
    }
  }

  /** Whether faults of messages hit every command, or exchanges alone (a driver that polls asks for the status in between). */
  setScope([scope]) {
    if (!['all', 'xfr'].includes(scope)) {
      throw new Error('scope all or scope xfr');
    }
    this.scope = scope;
  }

  /** The card's next answers, as they are. */
  inject(words) {
    if (!words.length || !words.every((w) => /^([0-9a-f]{2})+$/i.test(w))) {
      throw new Error('inject HEX [HEX ...]');
    }
    this.injected.push(...words.map((w) => Buffer.from(w, 'hex')));
  }

  /** What is in a file of the card: told, or put there. */
  fileOrder([path, content]) {
    const file = this.slots.find((s) => s.icc)?.icc.card.master?.at(path ?? '');
    if (!file || file.isDirectory || (content !== undefined && !/^([0-9a-f]{2})*$/i.test(content))) {
      throw new Error('file PATH [HEX], the path in hexadecimal, from 3F00');
    }
    if (content !== undefined) {
      file.bytes = Buffer.from(content, 'hex');
    }
    return content === undefined ? file.bytes.toString('hex') : '';
  }

  /** A fault of messages: is it armed for this one? */
  hit(m, name) {
    const meant = this.scope === 'all' || m.type === PC.xfr || m.type === PC.secure;
    return meant && this.faults.take(name);
  }

  close() {
    this.slots.forEach((s) => s.forget());
    this.pki.close();
  }

  // The interrupt endpoint (CCID 1.1, 6.3).

  /** A port's reset is the host's own affair over USB/IP; what it sends then is this (USB 2.0, 9.1.1.5). */
  onConfigured() {
    if (this.slots) {
      this.forget();
      this.changed = (1 << this.slots.length) - 1;
      this.notify();
    }
  }

  /** What the slots are now; what was not asked for yet is replaced. */
  notify() {
    const endpoint = this.endpoints.get(EP.notify);
    if (!endpoint || !this.plugged) {
      return;
    }
    if (endpoint.queue.length) {
      endpoint.flush();
    }
    const changed = this.changed;
    endpoint.send(this.slotChange(changed, false), { zlp: false, done: () => {
      this.changed &= ~changed;
    } });
  }

  slotChange(changed, lie) {
    const b = Buffer.alloc(1 + Math.ceil(this.slots.length / 4));
    b[0] = RDR.notify;
    this.slots.forEach(({ icc, number }) => {
      const bits = ((icc !== null) !== lie ? 1 : 0) | ((changed >> number) & 1 ? 2 : 0);
      b[1 + (number >> 2)] |= bits << ((number & 3) * 2);
    });
    return b;
  }

  faultSet(name) {
    if (name === 'notify-storm') {
      const count = Math.min(10000, this.faults.armed.get(name));
      this.faults.armed.delete(name);
      for (let i = 0; i < (Number.isFinite(count) ? count : STORM); i += 1) {
        this.send(EP.notify, this.slotChange(1, i % 2 === 0), { zlp: false });
      }
      this.send(EP.notify, this.slotChange(1, false), { zlp: false });
    }
    if (name === 'notify-lie' && this.faults.take(name)) {
      this.send(EP.notify, this.slotChange(1, true), { zlp: false });
    }
    if (name === 'notify-hardware' && this.faults.take(name)) {
      this.send(EP.notify, Buffer.from([RDR.hardware, 0, this.lastSeq, 1]), { zlp: false });
    }
  }

  // Commands.

  onReset() {
    if (this.slots) {
      this.forget();
    }
  }

  forget() {
    this.slots.forEach((s) => s.forget());
    this.bytes = Buffer.alloc(0);
    this.before = null; // the answer said last
    this.aborting = new Map(); // slot to the bSeq of a control ABORT whose message has not come
    this.held = null; // an answer that waits for the end of a stall
    this.count ??= 0;
    this.lastSeq = 0;
  }

  onOut(address, data) {
    if (this.faults.take('stall-out')) {
      return 'stall';
    }
    this.bytes = Buffer.concat([this.bytes, data]);
    if (this.bytes.length < HEADER) {
      this.bytes = Buffer.alloc(0); // a transfer that holds no header: nothing to answer
      return undefined;
    }
    const m = parse(this.bytes);
    const whole = HEADER + m.length;
    if (whole <= this.variant.max && this.bytes.length < whole && data.length && data.length % this.variant.packet === 0) {
      return undefined; // more of it comes
    }
    const wrong = whole > this.variant.max || this.bytes.length !== whole;
    this.bytes = Buffer.alloc(0);
    this.count += 1;
    this.lastSeq = m.seq;
    if (this.hit(m, 'unplug-on-command')) {
      this.unplug();
    } else if (wrong) {
      this.fail(m, ERROR.length);
    } else {
      this.perform(m);
    }
    return undefined;
  }

  perform(m) {
    const slot = this.slots[m.slot];
    if (!slot) {
      this.fail(m, ERROR.slot);
      return;
    }
    if (m.type === PC.abort) {
      this.abort(m, slot);
      return;
    }
    if (this.aborting.has(m.slot)) {
      this.fail(m, ERROR.aborted);
      return;
    }
    const failure = Object.keys(FAILURES).find((f) => this.hit(m, f));
    if (failure || this.slots.some((s) => s.job)) {
      this.fail(m, failure ? FAILURES[failure] : ERROR.slotBusy);
      return;
    }
    if (m.type === PC.escape) {
      this.answer(m, {});
      return;
    }
    const plead = (times) => this.say(m, { command: COMMAND.extension, error: times });
    slot.run(m, plead).then((a) => this.answer(m, a), (error) => this.ended(m, error));
  }

  ended(m, error) {
    if (!(error instanceof Failure)) {
      throw error;
    }
    if (error.code !== null) {
      this.fail(m, error.code);
    }
  }

  /** ABORT by message; the one on the control pipe has to have come with the same bSeq. */
  abort(m, slot) {
    if (this.aborting.get(m.slot) !== m.seq) {
      this.fail(m, ERROR.unsupported);
      return;
    }
    if (this.faults.take('deaf-abort')) {
      return;
    }
    this.aborting.delete(m.slot);
    slot.giveUp();
    this.answer(m, {});
  }

  onControl(s) {
    if (s.type === 0x21 && s.request === REQUEST.abort) {
      const slot = this.slots[s.value & 0xff];
      if (!slot) {
        return null;
      }
      this.aborting.set(slot.number, s.value >> 8);
      return true;
    }
    if (s.type === 0xa1 && s.request === REQUEST.clocks) {
      return this.numbers(this.variant.clock);
    }
    if (s.type === 0xa1 && s.request === REQUEST.rates) {
      return this.numbers(this.variant.rate, this.variant.maxRate);
    }
    return null;
  }

  numbers(...list) {
    const b = Buffer.alloc(4 * list.length);
    list.forEach((n, i) => b.writeUInt32LE(n, 4 * i));
    return b;
  }

  // Answers.

  answer(m, { data, last }) {
    this.say(m, { data, last });
  }

  fail(m, error) {
    this.say(m, { command: COMMAND.failed, error });
  }

  say(m, { command, error, last, data }) {
    const icc = this.slots[m.slot]?.state ?? ICC.absent;
    const message = encode({ type: ANSWER[m.type] ?? RDR.status, slot: m.slot, seq: m.seq, icc, command, error, last, data });
    if (command === COMMAND.extension) {
      this.send(EP.in, message);
      return;
    }
    this.deliver(m, message);
    this.before = message;
  }

  /** An answer on its way out, with what may go wrong there. */
  deliver(m, message) {
    if (this.hit(m, 'stale-answer')) {
      const old = this.before ?? encode({ type: RDR.status, slot: 0, seq: (message[6] - 1) & 0xff, icc: 0 });
      this.send(EP.in, old);
    }
    if (this.hit(m, 'zero-packet')) {
      this.send(EP.in, Buffer.alloc(0));
    }
    if (this.hit(m, 'stall-in-lost')) {
      this.halt(EP.in);
      return;
    }
    const parts = this.parts(m, this.spoil(m, Buffer.from(message)));
    if (this.hit(m, 'stall-in')) {
      this.halt(EP.in);
      this.held = parts;
      return;
    }
    this.sendParts(parts);
  }

  sendParts(parts) {
    const zlp = !this.faults.take('no-zlp');
    parts.forEach((p) => this.send(EP.in, p, { zlp }));
  }

  onClearHalt(address) {
    if (address === EP.in && this.held) {
      const parts = this.held;
      this.held = null;
      this.sendParts(parts);
    }
  }

  spoil(m, b) {
    if (this.hit(m, 'wrong-seq')) {
      b[6] += 1;
    }
    if (this.hit(m, 'wrong-slot')) {
      b[5] += 1;
    }
    if (this.hit(m, 'wrong-type')) {
      b[0] = b[0] === RDR.escape ? RDR.data : RDR.escape;
    }
    if (this.hit(m, 'lie-about-length')) {
      b.writeUInt32LE(b.length - HEADER + 5, 1);
    }
    if (this.hit(m, 'overlong-length')) {
      b.writeUInt32LE(0x80000000, 1);
    }
    return b;
  }

  /** The transfers an answer goes out in. */
  parts(m, b) {
    if (this.hit(m, 'short-message')) {
      return [b.subarray(0, 5)];
    }
    if (this.hit(m, 'cut-message')) {
      return [b.subarray(0, HEADER + ((b.length - HEADER) >> 1))];
    }
    if (this.hit(m, 'extra-bytes')) {
      return [Buffer.concat([b, Buffer.from('extra')])];
    }
    return this.hit(m, 'split-answer') && b.length > HEADER ? [b.subarray(0, HEADER), b.subarray(HEADER)] : [b];
  }
}
