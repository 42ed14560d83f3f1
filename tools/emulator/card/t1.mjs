// The card's end of T=1 (ISO/IEC 7816-3, clause 11), with LRC.

const lrc = (bytes) => bytes.reduce((x, b) => x ^ b, 0);

const R_OK = 0;
const R_EDC = 1;
const R_OTHER = 2;
const S = { resynch: 0x00, ifs: 0x01, abort: 0x02, wtx: 0x03 };
const RESPONSE = 0x20;

/** A block: {nad, pcb, inf} to bytes. */
export function encode({ nad = 0, pcb, inf = Buffer.alloc(0) }) {
  const head = Buffer.concat([Buffer.from([nad, pcb, inf.length]), inf]);
  return Buffer.concat([head, Buffer.from([lrc(head)])]);
}

export class CardT1 {
  /** faults: of the reader the card is in. ifsc: what the ATR said. */
  constructor(card, faults, ifsc = 254) {
    Object.assign(this, { card, faults, ifsc });
    this.ifsd = 32;
    this.resynch();
  }

  resynch() {
    this.ns = 0; // of the card's next I-block
    this.nr = 0; // expected of the host
    this.received = [];
    this.rest = null; // what is still to be sent of a chain
    this.last = null; // the block said last
    this.asked = 0; // the S-request that waits for its response
    this.then = null; // what follows that response
  }

  /** A block came: the card's answer, null where it is silent. */
  exchange(bytes) {
    if (this.faults.take('lost-command')) {
      return null;
    }
    const block = this.faults.take('deaf-card') ? this.repeat(R_OTHER) : this.answer(bytes);
    if (this.faults.take('lost-block')) {
      return null;
    }
    return block && this.spoil(block);
  }

  spoil(block) {
    const b = Buffer.from(block);
    if (this.faults.take('wrong-nad')) {
      b[0] ^= 0x21;
      b[b.length - 1] ^= 0x21;
    }
    if ((b[1] & 0x80) === 0 && this.faults.take('wrong-ns')) {
      b[1] ^= 0x40;
      b[b.length - 1] ^= 0x40;
    }
    if (this.faults.take('block-length')) {
      b[2] = (b[2] + 7) & 0xff;
    }
    if (this.faults.take('bad-lrc')) {
      b[b.length - 1] ^= 0x5a;
    }
    return b;
  }

  answer(bytes) {
    if (bytes.length < 4 || bytes[2] === 255 || bytes.length !== bytes[2] + 4) {
      return this.repeat(R_OTHER);
    }
    if (lrc(bytes) !== 0) {
      return this.repeat(R_EDC);
    }
    const pcb = bytes[1];
    const inf = bytes.subarray(3, -1);
    if (bytes[0] !== 0) {
      return this.repeat(R_OTHER);
    }
    if ((pcb & 0x80) === 0) {
      return this.information(pcb, inf);
    }
    return pcb & 0x40 ? this.supervisory(pcb, inf) : this.receipt(pcb, inf);
  }

  say(pcb, inf) {
    this.last = encode({ pcb, inf });
    return this.last;
  }

  /** An R-block that asks for the host's block once more. */
  repeat(why) {
    return encode({ pcb: 0x80 | (this.nr << 4) | why });
  }

  information(pcb, inf) {
    if (this.asked || ((pcb >> 6) & 1) !== this.nr || inf.length > this.ifsc || (pcb & 0x1f)) {
      return this.repeat(R_OTHER);
    }
    this.nr ^= 1;
    this.rest = null;
    this.received.push(inf);
    if (pcb & 0x20) {
      return this.say(0x80 | (this.nr << 4) | R_OK);
    }
    const command = Buffer.concat(this.received);
    this.received = [];
    return this.delay(() => {
      this.rest = this.card.process(command);
      return this.next();
    });
  }

  /** Before an answer: what the card may ask of the host first. */
  delay(then) {
    if (this.faults.take('wtx')) {
      return this.request(S.wtx, 5, () => this.delay(then));
    }
    if (this.faults.take('wtx-zero')) {
      return this.request(S.wtx, 0, () => this.delay(then));
    }
    if (this.faults.take('ifs-request')) {
      this.ifsc = 64;
      return this.request(S.ifs, this.ifsc, () => this.delay(then));
    }
    return then();
  }

  request(kind, value, then) {
    this.asked = kind;
    this.then = then;
    return this.say(0xc0 | kind, Buffer.from([value]));
  }

  /** The next I-block of what there is to say. */
  next() {
    const part = this.rest.subarray(0, this.ifsd);
    this.rest = this.rest.subarray(part.length);
    const more = this.rest.length > 0;
    if (more && this.faults.take('abort-request')) {
      this.rest = null;
      this.asked = S.abort;
      this.then = () => this.repeat(R_OK);
      return this.say(0xc0 | S.abort, Buffer.alloc(0));
    }
    const block = this.say((this.ns << 6) | (more ? 0x20 : 0), part);
    this.ns ^= 1;
    return block;
  }

  receipt(pcb, inf) {
    if (inf.length || (pcb & 0x2c)) {
      return this.repeat(R_OTHER);
    }
    const wanted = (pcb >> 4) & 1;
    const chaining = this.rest?.length && !this.asked && this.last && (this.last[1] & 0x80) === 0;
    if (chaining && wanted === this.ns) {
      return this.next();
    }
    const heard = this.last && !this.asked && (this.last[1] & 0x80) === 0 && wanted === this.ns;
    return heard || !this.last ? this.repeat(R_OK) : this.last; // it has heard us: its own block was lost
  }

  supervisory(pcb, inf) {
    const kind = pcb & 0x1f;
    if (pcb & RESPONSE) {
      if (!this.asked || kind !== this.asked || (kind === S.abort ? inf.length : inf[0] !== this.last[3])) {
        return this.asked ? this.last : this.repeat(R_OTHER);
      }
      this.asked = 0;
      return this.then();
    }
    switch (kind) {
      case S.resynch:
        this.resynch();
        this.ifsd = 32;
        return this.say(0xe0);
      case S.ifs:
        if (inf.length !== 1 || inf[0] === 0 || inf[0] === 255) {
          return this.repeat(R_OTHER);
        }
        this.ifsd = inf[0];
        return this.say(0xe1, inf);
      case S.abort:
        this.received = [];
        this.rest = null;
        return this.say(0xe2);
      default:
        return this.repeat(R_OTHER);
    }
  }
}
