// Command APDUs (ISO/IEC 7816-4, 5.1) and what is common to all cards: chaining of commands, GET RESPONSE, short and
// extended lengths.

export const SW = { ok: 0x9000, length: 0x6700, class: 0x6e00, chaining: 0x6883, channel: 0x6881, secure: 0x6882, security: 0x6982,
  blocked: 0x6983, conditions: 0x6985, noFile: 0x6a82, wrongData: 0x6a80, reference: 0x6a88, p1p2: 0x6a86, p1p2Range: 0x6b00,
  instruction: 0x6d00, function: 0x6a81, endOfFile: 0x6282, commandNotAllowed: 0x6986, state: 0x6a82, internal: 0x6f00 };

const COMMAND_MAX = 4096; // bytes of a chained command

/** {cla, ins, p1, p2, data, ne (0: none asked for), extended}, or null where the lengths are wrong. */
export function parse(bytes) {
  if (bytes.length < 4) {
    return null;
  }
  const [cla, ins, p1, p2] = bytes;
  const c = { cla, ins, p1, p2, data: Buffer.alloc(0), ne: 0, extended: false };
  const body = bytes.subarray(4);
  if (body.length === 0) {
    return c;
  }
  if (body.length === 1) {
    return { ...c, ne: body[0] || 256 };
  }
  return body[0] !== 0 ? parseShort(c, body) : parseExtended(c, body);
}

function parseShort(c, body) {
  const lc = body[0];
  const rest = body.length - 1 - lc;
  if (rest !== 0 && rest !== 1) {
    return null;
  }
  return { ...c, data: body.subarray(1, 1 + lc), ne: rest ? body.at(-1) || 256 : 0 };
}

function parseExtended(c, body) {
  if (body.length < 3) {
    return null;
  }
  const n = body.readUInt16BE(1);
  if (body.length === 3) {
    return { ...c, extended: true, ne: n || 65536 };
  }
  const rest = body.length - 3 - n;
  if (n === 0 || (rest !== 0 && rest !== 2)) {
    return null;
  }
  return { ...c, extended: true, data: body.subarray(3, 3 + n), ne: rest ? body.readUInt16BE(body.length - 2) || 65536 : 0 };
}

const status = (sw) => Buffer.from([sw >> 8, sw & 0xff]);

/** A card by what it does with one command: execute({cla, ins, p1, p2, data, ne}) gives {data, sw} or a status. */
export class Card {
  /** atr: {t0, t1} */
  constructor(atr) {
    this.atr = atr;
    this.commands = 0; // since power on
    this.clear();
  }

  clear() {
    this.chain = null;
    this.pending = Buffer.alloc(0);
  }

  /** Power was on again, or a warm reset: what was proven is forgotten. */
  reset() {
    this.commands = 0;
    this.clear();
  }

  /** An APDU to its answer, status included. */
  process(bytes) {
    this.commands += 1;
    const c = parse(bytes);
    if (!c) {
      this.chain = null;
      return status(SW.length);
    }
    if (c.cla === 0xff || (c.cla & 0x60)) {
      return status(SW.class);
    }
    if (c.cla & 0x0f) {
      return status(c.cla & 0x0c ? SW.secure : SW.channel);
    }
    if (c.ins === 0xc0) {
      return this.getResponse(c);
    }
    this.pending = Buffer.alloc(0);
    return c.cla & 0x10 ? this.part(c) : this.whole(c);
  }

  part(c) {
    if (this.chain && (this.chain.ins !== c.ins || this.chain.p1 !== c.p1 || this.chain.p2 !== c.p2)) {
      this.chain = null;
      return status(SW.chaining);
    }
    const data = Buffer.concat([this.chain?.data ?? Buffer.alloc(0), c.data]);
    if (data.length > COMMAND_MAX) {
      this.chain = null;
      return status(SW.length);
    }
    this.chain = { ...c, data };
    return status(SW.ok);
  }

  whole(c) {
    let command = c;
    if (this.chain) {
      const { ins, p1, p2, data } = this.chain;
      this.chain = null;
      if (ins === c.ins && p1 === c.p1 && p2 === c.p2) {
        command = { ...c, data: Buffer.concat([data, c.data]) };
      }
    }
    let said;
    try {
      said = this.execute(command);
    } catch (error) {
      process.stderr.write(`card: ${error.stack}\n`);
      said = SW.internal;
    }
    const { data = Buffer.alloc(0), sw = SW.ok } = typeof said === 'number' ? { sw: said } : said;
    return this.answer(data, sw, c);
  }

  /** What does not fit into Ne waits for GET RESPONSE. Without Ne everything is sent: a reader of T=0 says none. */
  answer(data, sw, c) {
    const room = c.ne || 65536;
    if (data.length <= room) {
      return Buffer.concat([data, status(sw)]);
    }
    this.pending = data.subarray(room);
    return Buffer.concat([data.subarray(0, room), status(0x6100 | (this.pending.length < 256 ? this.pending.length : 0))]);
  }

  getResponse(c) {
    if (!this.pending.length) {
      return status(SW.conditions);
    }
    const data = this.pending;
    this.pending = Buffer.alloc(0);
    return this.answer(data, SW.ok, { ...c, ne: c.ne || 256 });
  }
}
