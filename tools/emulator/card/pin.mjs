// One PIN or PUK with its counter of tries.

export const STORED = 12; // bytes on the card, filled up with zeros

export const pad = (digits) => Buffer.concat([Buffer.from(digits), Buffer.alloc(STORED - digits.length)]);

export class Pin {
  constructor({ reference, digits, min = 4, tries = 5 }) {
    Object.assign(this, { reference, min, most: tries, first: digits });
    this.restore();
  }

  /** As it left the factory. */
  restore() {
    this.value = pad(this.first);
    this.tries = this.most;
    this.verified = false;
  }

  get blocked() {
    return this.tries === 0;
  }

  /** The status of an attempt with `bytes`. */
  verify(bytes) {
    this.verified = false;
    if (this.blocked) {
      return 0x6983;
    }
    if (bytes.length !== STORED) {
      return 0x6700;
    }
    if (!bytes.equals(this.value)) {
      this.tries -= 1;
      return this.tries ? 0x63c0 | this.tries : 0x6983;
    }
    this.tries = this.most;
    this.verified = true;
    return 0x9000;
  }

  /** Is this a PIN that could be set: digits, zeros behind? */
  allows(bytes) {
    const text = bytes.toString('latin1').replace(/\0+$/, '');
    return bytes.length === STORED && text.length >= this.min && /^\d+$/.test(text);
  }

  set(bytes) {
    this.value = Buffer.from(bytes);
    this.tries = this.most;
  }

  /** What VERIFY without data says. */
  get state() {
    return this.verified ? 0x9000 : this.blocked ? 0x6983 : 0x63c0 | this.tries;
  }
}
