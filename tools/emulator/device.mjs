// The base of every emulated device: standard requests, endpoints, faults of single transfers. See README.md here.
import { EventEmitter } from 'node:events';
import { parseAlternates, SPEED, stringDescriptor, TYPE } from './descriptors.mjs';
import { Endpoint, STATUS } from './endpoint.mjs';
import { Faults } from './faults.mjs';

export { STATUS };

const FULL_FRAME_MS = 1;
const HIGH_FRAME_MS = 0.125;

export class UsbDevice extends EventEmitter {
  /**
   * device, configuration: descriptors; strings: texts from index 1; speed: of SPEED; faults: {name: what it does}.
   * Emits 'unplug' and 'plug'.
   */
  constructor({ device, configuration, strings = [], speed = SPEED.high, faults = {} }) {
    super();
    Object.assign(this, { device, configuration, strings, speed });
    this.faults = new Faults(faults);
    this.commands = {};
    this.plugged = true;
    this.transfers = 0; // bulk and interrupt transfers begun since the start
    this.alternates = parseAlternates(configuration);
    this.endpoints = new Map();
    this.configured = 0;
    this.setConfiguration(configuration[5]);
  }

  // What a device fills in.

  /** A class or vendor request. A Buffer answers IN, true OUT; null stalls; 'silent' never ends. */
  onControl(_setup, _data) {
    return null;
  }

  /** Bytes of one OUT transfer came. 'stall' halts the endpoint, 'hold' leaves the transfer open until release(). */
  onOut(_address, _data) {}

  /** The bytes of one isochronous packet of at most `max`. */
  onIsochronous(_address, _max) {
    return Buffer.alloc(0);
  }

  /** Attached, detached or reset: forget what belongs to a connection. */
  onReset() {}

  /** The host chose the configuration: endpoints are empty. */
  onConfigured() {}

  onInterface(_number, _alternate) {}

  onClearHalt(_address) {}

  /** A fault was armed, all were disarmed. */
  faultSet(_name) {}

  faultsCleared() {}

  // What a device uses.

  /** Puts a message into the queue of an IN endpoint; options: zlp (default true), done (a function). */
  send(address, bytes, options) {
    this.endpoints.get(address)?.send(bytes, options);
  }

  /** Lets the OUT transfers go on that were held. */
  release(address) {
    const e = this.endpoints.get(address);
    for (const urb of e?.waiting.splice(0) ?? []) {
      this.out(e, urb);
    }
  }

  halt(address) {
    this.endpoints.get(address)?.halt();
  }

  unplug() {
    if (this.plugged) {
      this.plugged = false;
      this.emit('unplug');
      this.reset();
    }
  }

  plug() {
    if (!this.plugged) {
      this.plugged = true;
      this.emit('plug');
    }
  }

  /** Ends for good: timers and the like are given up. */
  close() {}

  // What the USB/IP server uses.

  /** As after power on: first configuration, alternate settings 0, nothing under way. */
  reset() {
    this.setConfiguration(this.configuration[5]);
    this.onReset();
    this.onConfigured();
  }

  /**
   * A transfer: {address, setup, data, length, flags, packets}; its done(status, data or moved bytes, packets) is
   * called once, maybe at once, unless it was taken back before.
   */
  submit(urb) {
    if ((urb.address & 0x7f) === 0) {
      this.control(urb);
      return;
    }
    const e = this.endpoints.get(urb.address);
    if (!e) {
      urb.done(STATUS.missing);
      return;
    }
    if (e.type !== TYPE.isochronous) {
      this.transfers += 1;
      if (this.misbehave(e, urb)) {
        return;
      }
    }
    if (e.halted) {
      urb.done(STATUS.stall);
    } else if (e.type === TYPE.isochronous) {
      this.isochronous(e, urb);
    } else if (e.isIn) {
      e.waiting.push(urb);
      e.pump();
    } else {
      this.out(e, urb);
    }
  }

  /** The host does not want it any more. */
  unlink(urb) {
    clearTimeout(urb.timer);
    const waiting = this.endpoints.get(urb.address)?.waiting ?? [];
    const at = waiting.indexOf(urb);
    if (at >= 0) {
      waiting.splice(at, 1);
    }
  }

  // Inside.

  out(e, urb) {
    const verdict = this.onOut(e.address, urb.data);
    if (verdict === 'stall') {
      e.halted = true;
      urb.done(STATUS.stall);
    } else if (verdict === 'hold') {
      e.waiting.push(urb);
    } else {
      urb.done(STATUS.ok, urb.data.length);
    }
  }

  /** The faults of single transfers. True: it is dealt with. */
  misbehave(e, urb) {
    switch (this.faults.transfer()) {
      case 'unplug':
        this.unplug();
        return true;
      case 'stall':
        e.halted = true;
        urb.done(STATUS.stall);
        return true;
      case 'error':
        urb.done(STATUS.proto);
        return true;
      case 'zero':
        urb.done(STATUS.ok, e.isIn ? Buffer.alloc(0) : 0);
        return true;
      case 'silent':
        return true;
      case 'short':
        this.shorten(e, urb);
        return false;
      default:
        return false;
    }
  }

  shorten(e, urb) {
    const { done } = urb;
    if (e.isIn) {
      urb.done = (status, data) => done(status, data?.subarray(0, data.length >> 1));
    } else {
      urb.data = urb.data.subarray(0, urb.data.length >> 1);
    }
  }

  isochronous(e, urb) {
    const frames = e.interval ? 2 ** (e.interval - 1) : 1;
    const each = frames * (this.speed >= SPEED.high ? HIGH_FRAME_MS : FULL_FRAME_MS);
    const now = performance.now();
    e.clock = Math.max(e.clock, now) + each * urb.packets.length;
    urb.timer = setTimeout(() => {
      const packets = urb.packets.map(({ length }) => {
        const data = e.isIn ? this.onIsochronous(e.address, Math.min(length, e.max)) : Buffer.alloc(0);
        return { data, actual: e.isIn ? data.length : length, status: STATUS.ok };
      });
      urb.done(STATUS.ok, e.isIn ? Buffer.concat(packets.map((p) => p.data)) : urb.data.length, packets);
    }, e.clock - now);
    urb.timer.unref();
  }

  control(urb) {
    const s = urb.setup;
    const standard = (s.type & 0x60) === 0;
    const said = standard ? this.standard(s) : this.onControl(s, urb.data);
    if (said === 'silent') {
      return;
    }
    if (said === null || said === undefined || said === false) {
      urb.done(STATUS.stall);
    } else if (s.type & 0x80) {
      urb.done(STATUS.ok, said.subarray(0, Math.min(s.length, urb.length)));
    } else {
      urb.done(STATUS.ok, urb.data.length);
    }
  }

  /** USB 2.0, 9.4. A Buffer, true or null. */
  standard(s) {
    switch ((s.type << 8) | s.request) {
      case 0x8006:
        return this.descriptor(s.value >> 8, s.value & 0xff);
      case 0x8106:
        return this.onControl(s, Buffer.alloc(0)); // class descriptors of an interface
      case 0x8008:
        return Buffer.from([this.configured]);
      case 0x0009:
        return this.configure(s.value & 0xff);
      case 0x810a:
        return this.chosen.has(s.index) ? Buffer.from([this.chosen.get(s.index)]) : null;
      case 0x010b:
        return this.setInterface(s.index, s.value);
      case 0x8000:
      case 0x8100:
        return Buffer.from([0, 0]);
      case 0x8200:
        return Buffer.from([this.endpoints.get(s.index & 0x8f)?.halted ? 1 : 0, 0]);
      case 0x0201:
        return this.clearHalt(s);
      case 0x0203:
        this.halt(s.index & 0x8f);
        return s.value === 0 ? true : null;
      case 0x0001:
      case 0x0003:
        return true; // remote wake-up
      default:
        return null;
    }
  }

  descriptor(type, index) {
    switch (type) {
      case 1:
        return this.device;
      case 2:
        return index === 0 ? this.configuration : null;
      case 3:
        return stringDescriptor(this.strings, index);
      case 6: // device qualifier: what it is at the other speed
        return this.speed === SPEED.high
          ? Buffer.concat([Buffer.from([10, 6]), this.device.subarray(2, 8), Buffer.from([1, 0])]) : null;
      default:
        return null;
    }
  }

  configure(value) {
    const done = this.setConfiguration(value);
    if (done && value) {
      this.onConfigured();
    }
    return done;
  }

  setConfiguration(value) {
    if (value !== 0 && value !== this.configuration[5]) {
      return null;
    }
    this.configured = value;
    this.drop([...this.endpoints.keys()]);
    this.chosen = new Map();
    for (const number of new Set(this.alternates.map((a) => a.number))) {
      if (value) {
        this.choose(number, 0);
      }
    }
    return true;
  }

  setInterface(number, alternate) {
    if (!this.choose(number, alternate)) {
      return null;
    }
    this.onInterface(number, alternate);
    return true;
  }

  choose(number, alternate) {
    const wanted = this.alternates.find((a) => a.number === number && a.alternate === alternate);
    if (!wanted) {
      return false;
    }
    const mine = this.alternates.filter((a) => a.number === number);
    this.drop(mine.flatMap((a) => a.endpoints.map((e) => e.address)));
    this.chosen.set(number, alternate);
    for (const e of wanted.endpoints) {
      this.endpoints.set(e.address, new Endpoint(e));
    }
    return true;
  }

  /** Takes endpoints away; nobody is told, for the host has given up its requests on them. */
  drop(addresses) {
    for (const address of addresses) {
      this.endpoints.get(address)?.waiting.forEach((urb) => clearTimeout(urb.timer));
      this.endpoints.delete(address);
    }
  }

  clearHalt({ value, index }) {
    const e = this.endpoints.get(index & 0x8f);
    if (value !== 0 || (!e && (index & 0x7f))) {
      return null;
    }
    if (e) {
      e.halted = false;
      this.onClearHalt(e.address);
      e.pump();
    }
    return true;
  }
}
