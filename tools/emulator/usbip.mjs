// A USB/IP server for one device: protocol 1.1.1 as Linux' Documentation/usb/usbip_protocol.rst has it.
import { listenAt } from './address.mjs';
import { TYPE } from './descriptors.mjs';

const VERSION = 0x0111;
const OP = { reqDevlist: 0x8005, repDevlist: 0x0005, reqImport: 0x8003, repImport: 0x0003 };
const ST = { ok: 0, notAvailable: 1, busy: 2, noDevice: 4 };
const CMD = { submit: 1, unlink: 2, retSubmit: 3, retUnlink: 4 };
const HEADER = 48;
const PACKET = 16;
const TRANSFER_MAX = 1 << 20;
const PACKETS_MAX = 1024;
const ECONNRESET = -104;
const LEAVING_MS = 300; // the importer before may have gone without our having seen it yet

/** What the device is to others: busid "1-1" is bus 1, device 2. */
const PLACE = { bus: 1, device: 2 };

function usbDevice(device, busid) {
  const b = Buffer.alloc(312);
  const { device: d, configuration: c } = device;
  b.write(`/sys/devices/luukku/usb${PLACE.bus}/${busid}`, 0, 255, 'latin1');
  b.write(busid, 256, 31, 'latin1');
  b.writeUInt32BE(PLACE.bus, 288);
  b.writeUInt32BE(PLACE.device, 292);
  b.writeUInt32BE(device.speed, 296);
  b.writeUInt16BE(d.readUInt16LE(8), 300);
  b.writeUInt16BE(d.readUInt16LE(10), 302);
  b.writeUInt16BE(d.readUInt16LE(12), 304);
  d.copy(b, 306, 4, 7);
  b[309] = c[5];
  b[310] = d[17];
  b[311] = c[4];
  return b;
}

/** The interfaces' classes, alternate settings 0, four bytes each. */
function usbInterfaces(device) {
  const first = device.alternates.filter((a) => a.alternate === 0);
  return Buffer.concat(first.map((a) => Buffer.from([...a.class, 0])));
}

function reply(code, status, ...rest) {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(VERSION, 0);
  head.writeUInt16BE(code, 2);
  head.writeUInt32BE(status, 4);
  return Buffer.concat([head, ...rest]);
}

function count(n) {
  const b = Buffer.alloc(4);
  b.writeUInt32BE(n);
  return b;
}

/** One connection: questions about the device, or, after an import, its transfers. */
class Connection {
  constructor(server, socket) {
    this.server = server;
    this.socket = socket;
    this.bytes = Buffer.alloc(0);
    this.urbs = new Map();
    this.step = this.operation;
    socket.setNoDelay?.(true);
    socket.on('data', (more) => this.received(more));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => server.left(this));
  }

  received(more) {
    this.bytes = this.bytes.length ? Buffer.concat([this.bytes, more]) : more;
    while (!this.socket.destroyed && this.step()) {
      // as long as there is a whole message
    }
  }

  /** The next `n` bytes, or null as long as they are not there. */
  take(n) {
    if (this.bytes.length < n) {
      return null;
    }
    const head = this.bytes.subarray(0, n);
    this.bytes = this.bytes.subarray(n);
    return head;
  }

  operation() {
    if (this.bytes.length < 8) {
      return false;
    }
    const code = this.bytes.readUInt16BE(2);
    if (this.bytes.readUInt16BE(0) !== VERSION || (code !== OP.reqDevlist && code !== OP.reqImport)) {
      this.socket.destroy();
      return false;
    }
    const whole = this.take(code === OP.reqImport ? 40 : 8);
    if (!whole) {
      return false;
    }
    if (code === OP.reqDevlist) {
      const { device, busid } = this.server;
      this.socket.end(device.plugged
        ? reply(OP.repDevlist, ST.ok, count(1), usbDevice(device, busid), usbInterfaces(device))
        : reply(OP.repDevlist, ST.ok, count(0)));
      return false;
    }
    this.step = () => false;
    const wanted = whole.toString('latin1', 8).replace(/\0.*$/s, '');
    this.server.import(this, wanted);
    return false;
  }

  imported() {
    this.socket.write(reply(OP.repImport, ST.ok, usbDevice(this.server.device, this.server.busid)));
    this.step = this.command;
    this.received(Buffer.alloc(0));
  }

  refused(status) {
    this.socket.end(reply(OP.repImport, status));
  }

  command() {
    if (this.bytes.length < HEADER) {
      return false;
    }
    const b = this.bytes;
    if (b.readUInt32BE(0) === CMD.unlink) {
      this.take(HEADER);
      this.unlink(b.readUInt32BE(4), b.readUInt32BE(20));
      return true;
    }
    const urb = this.parse(b);
    if (!urb) {
      this.socket.destroy();
      return false;
    }
    const out = urb.address & 0x80 ? 0 : urb.length;
    const whole = this.take(HEADER + out + urb.count * PACKET);
    if (!whole) {
      return false;
    }
    this.body(urb, whole, out);
    this.submit(urb);
    return true;
  }

  /** The header of a submission, or null where it is none that we can follow. */
  parse(b) {
    const number = b.readUInt32BE(16);
    const length = b.readInt32BE(24);
    const packets = b.readInt32BE(32);
    if (b.readUInt32BE(0) !== CMD.submit || number > 15 || length < 0 || length > TRANSFER_MAX || packets > PACKETS_MAX) {
      return null;
    }
    const address = number | (b.readUInt32BE(12) ? 0x80 : 0);
    const isochronous = this.server.device.endpoints.get(address)?.type === TYPE.isochronous;
    return { seq: b.readUInt32BE(4), address, flags: b.readUInt32BE(20), length, count: isochronous ? Math.max(0, packets) : 0 };
  }

  body(urb, whole, out) {
    const s = whole.subarray(40, 48);
    urb.setup = { type: s[0], request: s[1], value: s.readUInt16LE(2), index: s.readUInt16LE(4), length: s.readUInt16LE(6) };
    urb.data = Buffer.from(whole.subarray(HEADER, HEADER + out));
    urb.packets = Array.from({ length: urb.count }, (_, i) => {
      const at = HEADER + out + i * PACKET;
      return { offset: whole.readUInt32BE(at), length: whole.readUInt32BE(at + 4) };
    });
  }

  submit(urb) {
    this.urbs.set(urb.seq, urb);
    urb.done = (status, moved, packets) => {
      if (this.urbs.get(urb.seq) === urb) { // one that was unlinked is never answered
        this.urbs.delete(urb.seq);
        this.answer(urb, status, moved, packets);
      }
    };
    this.server.device.submit(urb);
  }

  answer(urb, status, moved, packets = []) {
    const data = Buffer.isBuffer(moved) ? moved : null;
    const head = Buffer.alloc(HEADER + packets.length * PACKET);
    head.writeUInt32BE(CMD.retSubmit, 0);
    head.writeUInt32BE(urb.seq, 4);
    head.writeInt32BE(status, 20);
    head.writeUInt32BE(data ? data.length : moved ?? 0, 24);
    head.writeUInt32BE(packets.length, 32);
    head.writeUInt32BE(packets.filter((p) => p.status).length, 36);
    packets.forEach((p, i) => {
      const at = HEADER + i * PACKET;
      head.writeUInt32BE(urb.packets[i].offset, at);
      head.writeUInt32BE(urb.packets[i].length, at + 4);
      head.writeUInt32BE(p.actual, at + 8);
      head.writeInt32BE(p.status, at + 12);
    });
    this.socket.cork();
    this.socket.write(head.subarray(0, HEADER));
    if (data?.length) {
      this.socket.write(data);
    }
    if (packets.length) {
      this.socket.write(head.subarray(HEADER));
    }
    this.socket.uncork();
  }

  unlink(seq, victim) {
    const urb = this.urbs.get(victim);
    if (urb) {
      this.urbs.delete(victim);
      this.server.device.unlink(urb);
    }
    const b = Buffer.alloc(HEADER);
    b.writeUInt32BE(CMD.retUnlink, 0);
    b.writeUInt32BE(seq, 4);
    b.writeInt32BE(urb ? ECONNRESET : 0, 20);
    this.socket.write(b);
  }
}

export class UsbipServer {
  constructor(device, busid) {
    this.device = device;
    this.busid = busid;
    this.connections = new Set();
    this.importer = null;
    device.on('unplug', () => this.dropAll());
  }

  /** Listens; gives the address. */
  async listen(at) {
    const { server, address } = await listenAt(at, (socket) => this.connections.add(new Connection(this, socket)));
    this.server = server;
    return address;
  }

  import(connection, busid, patience = LEAVING_MS) {
    if (connection.socket.destroyed) {
      return; // it went while it waited: it would never leave again
    }
    if (!this.device.plugged || busid !== this.busid) {
      connection.refused(ST.noDevice);
    } else if (this.importer && patience) {
      setTimeout(() => this.import(connection, busid, 0), patience).unref();
    } else if (this.importer) {
      connection.refused(ST.busy);
    } else {
      this.importer = connection;
      this.device.reset();
      connection.imported();
    }
  }

  left(connection) {
    this.connections.delete(connection);
    if (this.importer === connection) {
      this.importer = null;
      this.device.reset();
    }
  }

  /** The device is gone: so are its connections. */
  dropAll() {
    for (const c of this.connections) {
      c.urbs.clear();
      c.socket.destroy();
    }
  }

  close() {
    this.dropAll();
    this.server?.close();
  }
}
