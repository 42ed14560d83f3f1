// A small CCID host for the emulators' own tests, by the letter of CCID 1.1; it shares nothing with them.
import assert from 'node:assert/strict';

const IN = 0x83;
const OUT = 0x02;

export const hex = (text) => Buffer.from(text.replace(/\s/g, ''), 'hex');

export class Ccid {
  constructor(usb, slot = 0) {
    Object.assign(this, { usb, slot });
    this.seq = 0;
    this.extensions = 0;
  }

  encode(type, specific, data) {
    const b = Buffer.alloc(10);
    b[0] = type;
    b.writeUInt32LE(data.length, 1);
    b[5] = this.slot;
    b[6] = this.seq = (this.seq + 1) & 0xff;
    Buffer.from(specific).copy(b, 7);
    return Buffer.concat([b, data]);
  }

  /** A message and its answer: {type, icc, command, error, last, data}. Time extensions are counted. */
  async send(type, specific = [0, 0, 0], data = Buffer.alloc(0)) {
    const { status } = await this.usb.out(OUT, this.encode(type, specific, data));
    assert.equal(status, 0);
    for (;;) {
      const answer = await this.receive();
      if (answer.command !== 2) {
        assert.equal(answer.seq, this.seq);
        return answer;
      }
      this.extensions += 1;
    }
  }

  async receive() {
    const { status, data: b } = await this.usb.in(IN, 65600);
    assert.equal(status, 0);
    assert(b.length >= 10, `a message of ${b.length} bytes`);
    assert.equal(b.readUInt32LE(1), b.length - 10);
    return { type: b[0], slot: b[5], seq: b[6], icc: b[7] & 3, command: b[7] >> 6, error: b[8], last: b[9], data: b.subarray(10) };
  }

  async good(...words) {
    const a = await this.send(...words);
    assert.equal(a.command, 0, `bError ${a.error}`);
    return a;
  }

  powerOn(voltage = 0) {
    return this.good(0x62, [voltage, 0, 0]);
  }

  xfr(data, level = 0) {
    return this.good(0x6f, [0, level & 255, level >> 8], data);
  }

  /** An APDU at an APDU level, in parts where it has to be. */
  async apdu(text, part = 262) {
    let bytes = typeof text === 'string' ? hex(text) : text;
    let level = bytes.length > part ? 1 : 0;
    let answer;
    for (;;) {
      answer = await this.xfr(bytes.subarray(0, part), level);
      bytes = bytes.subarray(part);
      if (!bytes.length) {
        break;
      }
      assert.equal(answer.last, 0x10);
      level = bytes.length > part ? 3 : 2;
    }
    const parts = [answer.data];
    while (answer.last === 1 || answer.last === 3) {
      answer = await this.xfr(Buffer.alloc(0), 0x10);
      parts.push(answer.data);
    }
    return Buffer.concat(parts);
  }
}
