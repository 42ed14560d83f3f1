// The card's end of T=0 (ISO/IEC 7816-3, clause 10), a command at a time: what goes over the wire between procedure bytes
// is not shown by a reader of TPDU level.

const NULL = 0x60;
const GET_RESPONSE = 0xc0;

/** Instructions whose P3 is the length of an answer. */
const READS = new Set([0xb0, 0x84, 0xc0, 0xca]);

/** 61xx: so many bytes wait, 00 for 256 and more. */
const more = (n) => 0x6100 | (n < 256 ? n : 0);

const status = (sw) => Buffer.from([sw >> 8, sw & 0xff]);

export class CardT0 {
  constructor(card, faults) {
    Object.assign(this, { card, faults });
    this.left = Buffer.alloc(0); // of an answer, for GET RESPONSE
    this.end = 0x9000;
  }

  /** A command of 5 bytes, or more with its data. Gives {bytes, nulls} or {conflict: byte}. */
  exchange(tpdu) {
    const nulls = this.faults.take('null-bytes') ? 3 : 0;
    if (this.faults.take('procedure-conflict')) {
      return { conflict: NULL ^ 0x3c };
    }
    return { bytes: this.command(tpdu), nulls };
  }

  command(tpdu) {
    const [, ins, , , p3] = tpdu;
    if (ins === GET_RESPONSE) {
      return this.getResponse(p3 || 256);
    }
    this.left = Buffer.alloc(0);
    if (ins === 0x60 || (ins & 0xf0) === 0x60 || (ins & 0xf0) === 0x90) {
      return status(0x6d00); // never an instruction of T=0
    }
    const reads = READS.has(ins) && tpdu.length === 5;
    const said = this.card.process(this.apdu(tpdu, reads));
    if (said.length < 2) {
      return said; // a fault of the card
    }
    const data = said.subarray(0, -2);
    const sw = said.readUInt16BE(said.length - 2);
    if (reads) {
      const wanted = p3 || 256;
      return data.length && data.length < wanted ? status(0x6c00 | data.length) : said;
    }
    if (!data.length) {
      return said;
    }
    this.left = Buffer.from(data);
    this.end = sw;
    return status(more(data.length));
  }

  /** P3 is Le, or Lc; a Lc of 0 is a command without data. */
  apdu(tpdu, reads) {
    if (reads) {
      return tpdu;
    }
    return tpdu.length === 5 ? tpdu.subarray(0, 4) : Buffer.concat([tpdu, Buffer.from([0])]);
  }

  getResponse(wanted) {
    if (this.faults.take('more-forever')) {
      return Buffer.concat([Buffer.alloc(16, 0xee), status(0x6110)]);
    }
    if (!this.left.length) {
      return status(0x6985);
    }
    if (wanted > this.left.length) {
      return status(0x6c00 | this.left.length);
    }
    const part = this.left.subarray(0, wanted);
    this.left = this.left.subarray(wanted);
    return Buffer.concat([part, status(this.left.length ? more(this.left.length) : this.end)]);
  }
}
