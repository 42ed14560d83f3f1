// A USB/IP client and a control client for the emulators' own tests; it shares nothing with them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const EMULATOR = 'tools/emulator/luukku-emulator';

const where = (address) => (address.startsWith('unix:') ? { path: address.slice(5) }
  : { host: '127.0.0.1', port: Number(address.split(':').at(-1)) });

/** Bytes of a socket, as many as asked for. */
class Stream {
  constructor(address) {
    this.bytes = Buffer.alloc(0);
    this.waiting = [];
    this.ended = false;
    this.socket = connect(where(address));
    this.socket.on('data', (d) => {
      this.bytes = Buffer.concat([this.bytes, d]);
      this.serve();
    });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.ended = true;
      this.serve();
    });
  }

  serve() {
    while (this.waiting.length && (this.ended || this.bytes.length >= this.waiting[0].n)) {
      const { n, done } = this.waiting.shift();
      if (this.bytes.length < n) {
        done(null);
      } else {
        done(this.bytes.subarray(0, n));
        this.bytes = this.bytes.subarray(n);
      }
    }
  }

  read(n) {
    return new Promise((done) => {
      this.waiting.push({ n, done });
      this.serve();
    });
  }
}

/** The emulator as a program; give it words of its command line. */
export async function start(...words) {
  const child = spawn(EMULATOR, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((done) => child.once('exit', done));
  const first = await new Promise((done, failed) => {
    createInterface(child.stdout).once('line', done);
    ended.then((code) => failed(new Error(`it ended with ${code}`)));
  });
  assert.match(first, /^ready \{/);
  return { ...JSON.parse(first.slice(6)), child, ended, stop: () => { child.stdin.end(); return ended; } };
}

/** One order on the control socket; gives the whole answer. */
export function order(address, line) {
  return new Promise((done, failed) => {
    const socket = connect(where(address));
    createInterface(socket).once('line', (l) => {
      socket.destroy();
      done(l);
    });
    socket.on('error', failed);
    socket.write(`${line}\n`);
  });
}

export async function list(address) {
  const s = new Stream(address);
  s.socket.write(Buffer.from('0111800500000000', 'hex'));
  const head = await s.read(12);
  const n = head.readUInt32BE(8);
  const device = n ? await s.read(312) : null;
  const interfaces = device ? await s.read(4 * device[311]) : null;
  s.socket.destroy();
  return { version: head.readUInt16BE(0), code: head.readUInt16BE(2), status: head.readUInt32BE(4), n, device, interfaces };
}

/** An imported device. */
export class Usb {
  constructor(stream) {
    this.stream = stream;
    this.seq = 0;
    this.open = new Map();
    this.unlinks = new Map();
    this.gone = this.pump();
  }

  /** Gives {status} where the import was refused, {usb} otherwise. */
  static async import(address, busid = '1-1') {
    const s = new Stream(address);
    const request = Buffer.alloc(40);
    request.writeUInt32BE(0x01118003, 0);
    request.write(busid, 8, 'latin1');
    s.socket.write(request);
    const head = await s.read(8);
    if (!head || head.readUInt32BE(4)) {
      s.socket.destroy();
      return { status: head?.readUInt32BE(4) ?? null };
    }
    return { status: 0, device: await s.read(312), usb: new Usb(s) };
  }

  async pump() {
    for (;;) {
      const h = await this.stream.read(48);
      if (!h) {
        break;
      }
      const seq = h.readUInt32BE(4);
      if (h.readUInt32BE(0) === 4) {
        this.unlinks.get(seq)(h.readInt32BE(20));
        continue;
      }
      assert.equal(h.readUInt32BE(0), 3);
      const urb = this.open.get(seq);
      assert(urb, `answer to ${seq}, which nobody waits for`);
      this.open.delete(seq);
      const moved = h.readUInt32BE(24);
      const data = urb.isIn && moved ? Buffer.from(await this.stream.read(moved)) : Buffer.alloc(0);
      const packets = [];
      for (let i = 0; i < h.readUInt32BE(32); i += 1) {
        const p = await this.stream.read(16);
        packets.push({ offset: p.readUInt32BE(0), length: p.readUInt32BE(4), actual: p.readUInt32BE(8), status: p.readInt32BE(12) });
      }
      urb.done({ status: h.readInt32BE(20), moved, data, packets });
    }
    for (const urb of this.open.values()) {
      urb.done({ status: -19, moved: 0, data: Buffer.alloc(0) });
    }
  }

  /** Gives {seq, ended: a promise of {status, moved, data}}. */
  begin({ address, length = 0, data = Buffer.alloc(0), setup = Buffer.alloc(8), packets = [], flags = 0 }) {
    const isIn = (address & 0x80) !== 0;
    const seq = (this.seq += 1);
    const h = Buffer.alloc(48);
    [1, seq, 0x10002, isIn ? 1 : 0, address & 15, flags, isIn ? length : data.length, 0, packets.length, 0]
      .forEach((v, i) => h.writeUInt32BE(v, i * 4));
    setup.copy(h, 40);
    const list = Buffer.concat(packets.map((p) => {
      const b = Buffer.alloc(16);
      b.writeUInt32BE(p.offset, 0);
      b.writeUInt32BE(p.length, 4);
      return b;
    }));
    const ended = new Promise((done) => this.open.set(seq, { isIn, done }));
    this.stream.socket.write(Buffer.concat([h, isIn ? Buffer.alloc(0) : data, list]));
    return { seq, ended };
  }

  unlink(victim) {
    const seq = (this.seq += 1);
    const h = Buffer.alloc(48);
    [2, seq, 0x10002, 0, 0, victim].forEach((v, i) => h.writeUInt32BE(v, i * 4));
    this.stream.socket.write(h);
    return new Promise((done) => this.unlinks.set(seq, done));
  }

  control(type, request, value, index, lengthOrData) {
    const isIn = (type & 0x80) !== 0;
    const data = isIn ? Buffer.alloc(0) : lengthOrData ?? Buffer.alloc(0);
    const length = isIn ? lengthOrData : data.length;
    const setup = Buffer.from([type, request, value & 255, value >> 8, index & 255, index >> 8, length & 255, length >> 8]);
    return this.begin({ address: isIn ? 0x80 : 0, length, data, setup }).ended;
  }

  in(address, length = 512) {
    return this.begin({ address, length }).ended;
  }

  out(address, data) {
    return this.begin({ address, data }).ended;
  }

  close() {
    this.stream.socket.destroy();
    return this.gone;
  }
}
