// The host's end of T=1 for tests, written from ISO/IEC 7816-3 apart from the card's end: blocks with LRC, chaining both ways,
// waiting time, IFS and abort requests of the card, repeats on R-blocks, and what a test tells it to break.
import assert from 'node:assert/strict';

export class HostT1 {
  /** exchange(block): a promise of the card's block, rejected or null where there was none. */
  constructor(exchange, ifsc, patience = 8) {
    Object.assign(this, { exchange, ifsc, patience });
    this.ns = 0;
    this.nr = 0;
    this.waits = 0;
    this.repeats = 0;
  }

  block(pcb, inf = Buffer.alloc(0)) {
    const b = Buffer.from([0, pcb, inf.length, ...inf, 0]);
    b[b.length - 1] = b.reduce((x, v) => x ^ v, 0);
    return b;
  }

  /** Says a block until a whole one comes back. */
  async say(pcb, inf) {
    let out = this.block(pcb, inf);
    for (let tries = 0; tries < this.patience; tries += 1) {
      const b = await Promise.resolve(this.exchange(out)).catch(() => null);
      const whole = b && b.length >= 4 && b.length === b[2] + 4 && b.reduce((x, v) => x ^ v, 0) === 0 && b[0] === 0;
      if (whole) {
        return { pcb: b[1], inf: b.subarray(3, -1) };
      }
      this.repeats += 1;
      out = this.block(0x80 | (this.nr << 4) | (b ? 1 : 0));
    }
    throw new Error('no block that is whole');
  }

  async ifs(size) {
    const { pcb, inf } = await this.say(0xc1, Buffer.from([size]));
    assert.deepEqual([pcb, inf[0]], [0xe1, size]);
  }

  async resynch() {
    assert.equal((await this.say(0xc0)).pcb, 0xe0);
    this.ns = 0;
    this.nr = 0;
  }

  async apdu(bytes) {
    let at = 0;
    let got;
    const parts = [];
    do {
      const part = bytes.subarray(at, at + this.ifsc);
      const more = at + part.length < bytes.length;
      got = await this.transmit((this.ns << 6) | (more ? 0x20 : 0), part);
      this.ns ^= 1;
      at += part.length;
      if (more) {
        assert.equal(got.pcb & 0xf0, 0x80 | (this.ns << 4), 'an R-block for the next part');
      }
    } while (at < bytes.length);
    for (;;) {
      assert.equal(got.pcb & 0x80, 0, 'an I-block');
      assert.equal((got.pcb >> 6) & 1, this.nr);
      this.nr ^= 1;
      parts.push(got.inf);
      if (!(got.pcb & 0x20)) {
        return Buffer.concat(parts);
      }
      got = await this.transmit(0x80 | (this.nr << 4));
    }
  }

  /** A block, and again where the card asks for it; what the card asks besides is granted. */
  async transmit(pcb, inf) {
    let got = await this.say(pcb, inf);
    for (let i = 0; i < this.patience; i += 1) {
      const isReceipt = (got.pcb & 0xc0) === 0x80;
      const isMine = isReceipt && (pcb & 0x80) === 0 && ((got.pcb >> 4) & 1) === ((pcb >> 6) & 1);
      if ((got.pcb & 0xe0) === 0xc0) {
        this.waits += got.pcb === 0xc3 ? 1 : 0;
        if (got.pcb === 0xc1) {
          [this.ifsc] = got.inf;
        }
        got = await this.say(got.pcb | 0x20, got.inf);
      } else if (isMine || (isReceipt && pcb & 0x80)) {
        this.repeats += 1;
        got = await this.say(pcb, inf);
      } else if (isReceipt && (pcb & 0x20) === 0) {
        this.repeats += 1; // it has the block: its answer was lost
        got = await this.say(0x80 | (this.nr << 4));
      } else {
        return got;
      }
    }
    throw new Error('the card asks and asks');
  }
}
