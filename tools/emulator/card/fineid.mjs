// A card of the FINEID kind: PKCS#15 in the master file, the signature's part in DF 5016, two PINs and a PUK. From the public
// FINEID specifications S1 (application) and S4-1 (profile), PKCS#15 v1.1 and ISO/IEC 7816-4 and -8. Every person, number and
// key of it is invented.
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { Card, SW } from './apdu.mjs';
import { element, tlv } from './asn1.mjs';
import { atrT0, atrT1 } from './atr.mjs';
import { directories } from './files.mjs';
import { pad, Pin, STORED } from './pin.mjs';
import { contents, KEY, PIN } from './profile.mjs';
import { signatureSize, signRaw, suits } from './sign.mjs';

/** The historical bytes: a life cycle, and what issuers of such cards put there. */
const HISTORICAL = [0x80, 0x31, 0xb8, 0x65, 0xb0, 0x85, 0x04, 0x02, 0x1b, 0x12, 0x00, 0xf6, 0x82, 0x90, 0x00];

const SELECT = { byId: 0, child: 1, file: 2, parent: 3, byName: 4, fromMaster: 8, fromHere: 9 };

const der = (pem) => Buffer.from(new X509Certificate(pem).raw);

export class FineidCard extends Card {
  /** data: of CardPki.card(). options: {ifsc, tries: {pin1, pin2, puk}} */
  constructor(data, { ifsc = 254, tries = {} } = {}) {
    super({ t0: atrT0(HISTORICAL), t1: atrT1(HISTORICAL, ifsc) });
    this.ifsc = ifsc;
    this.holder = data.name;
    this.keys = new Map([[KEY.auth, { key: createPrivateKey(data.auth.key), pin: PIN.one }],
      [KEY.sign, { key: createPrivateKey(data.sign.key), pin: PIN.two }]]);
    this.pins = new Map([
      [PIN.one, new Pin({ reference: PIN.one, digits: '1234' })],
      [PIN.two, new Pin({ reference: PIN.two, digits: '123456', min: 6 })],
      [PIN.puk, new Pin({ reference: PIN.puk, digits: '12345678', min: 8 })],
    ]);
    Object.entries(tries).forEach(([name, left]) => this.setTries(name, left));
    const certificates = { auth: der(data.auth.crt), sign: der(data.sign.crt), root: der(data.root), ca: der(data.ca) };
    this.master = contents(certificates, this.keys.get(KEY.auth).key, data.satu);
    this.reset();
  }

  reset() {
    super.reset();
    this.here = this.master;
    this.file = null;
    this.environment = {};
    this.hash = null;
    this.pins?.forEach((p) => {
      p.verified = false;
    });
  }

  /** As it left the factory. */
  restore() {
    this.pins.forEach((p) => p.restore());
    this.reset();
  }

  pinNamed(name) {
    return this.pins.get({ pin1: PIN.one, pin2: PIN.two, puk: PIN.puk }[name]);
  }

  /** Gives a PIN other digits; `restore()` gives it back its own. */
  setPin(name, digits = '') {
    const pin = this.pinNamed(name);
    if (!pin || digits.length > STORED || !pin.allows(pad(digits))) {
      throw new Error('pin1, pin2 or puk, and digits that it could have');
    }
    pin.set(pad(digits));
  }

  setTries(name, left) {
    const pin = this.pinNamed(name);
    if (!pin || !(left >= 0 && left <= pin.most)) {
      throw new Error('pin1, pin2 or puk, and at most as many tries as it has');
    }
    pin.tries = left;
  }

  tries() {
    return ['pin1', 'pin2', 'puk'].map((n) => `${n}:${this.pinNamed(n).tries}`).join(' ');
  }

  execute(c) {
    switch (c.ins) {
      case 0xa4:
        return this.select(c);
      case 0xb0:
        return this.readBinary(c);
      case 0x20:
        return this.verify(c);
      case 0x24:
        return this.change(c);
      case 0x2c:
        return this.unblock(c);
      case 0x22:
        return this.manage(c);
      case 0x2a:
        return this.operation(c);
      case 0x88:
        return this.authenticate(c);
      case 0x84:
        return c.ne ? { data: randomBytes(Math.min(c.ne, 256)) } : SW.length;
      case 0xca:
      case 0xcb:
        return this.getData(c);
      default:
        return SW.instruction;
    }
  }

  select({ p1, p2, data, ne }) {
    if (![0x00, 0x04, 0x0c].includes(p2)) {
      return SW.p1p2;
    }
    const found = this.find(p1, data);
    if (!found) {
      return found === null ? SW.noFile : SW.p1p2;
    }
    this.here = found.isDirectory ? found : found.parent;
    this.file = found.isDirectory ? null : found;
    return p2 === 0x0c || !ne ? SW.ok : { data: found.describe(p2 === 0x04 ? 0x62 : 0x6f) };
  }

  /** The file that a SELECT means; null where there is none, undefined where P1 is unknown. */
  find(p1, data) {
    const fids = [];
    for (let i = 0; i + 1 < data.length; i += 2) {
      fids.push(data.readUInt16BE(i));
    }
    const odd = data.length % 2 === 1;
    switch (p1) {
      case SELECT.byId:
        return data.length === 0 ? this.master : data.length === 2 ? this.byId(fids[0]) : null;
      case SELECT.child:
        return this.only(this.here.child(fids[0]), true);
      case SELECT.file:
        return this.only(this.here.child(fids[0]), false);
      case SELECT.parent:
        return this.here.parent;
      case SELECT.byName:
        return this.byName(data);
      case SELECT.fromMaster:
        return odd ? null : this.master.walk(fids[0] === this.master.fid ? fids.slice(1) : fids);
      case SELECT.fromHere:
        return odd ? null : this.here.walk(fids);
      default:
        return undefined;
    }
  }

  only(file, directory) {
    return file?.isDirectory === directory ? file : null;
  }

  byId(fid) {
    return fid === this.master.fid ? this.master
      : this.here.child(fid) ?? (this.here.fid === fid ? this.here : this.here.parent?.child(fid)) ?? null;
  }

  byName(name) {
    if (name.length === 2 && name.readUInt16BE(0) === this.master.fid) {
      return this.master;
    }
    return name.length < 5 ? null : [...directories(this.master)].find((d) => d.name?.subarray(0, name.length).equals(name)) ?? null;
  }

  readBinary({ p1, p2, data, ne }) {
    if (data.length || !ne) {
      return SW.length;
    }
    let offset = (p1 << 8) | p2;
    if (p1 & 0x80) {
      const file = this.here.children.find((f) => f.sfi === (p1 & 0x1f));
      if ((p1 & 0x60) || !file) {
        return p1 & 0x60 ? SW.p1p2 : SW.noFile;
      }
      this.file = file;
      offset = p2;
    }
    if (!this.file) {
      return SW.commandNotAllowed;
    }
    const { bytes, secret } = this.file;
    if (secret) {
      return SW.security;
    }
    if (offset > bytes.length || (offset === bytes.length && bytes.length)) {
      return SW.p1p2Range;
    }
    const got = bytes.subarray(offset, offset + ne);
    return { data: got, sw: got.length < ne && ne !== 256 && ne !== 65536 ? SW.endOfFile : SW.ok };
  }

  verify({ p1, p2, data, ne }) {
    const pin = this.pins.get(p2);
    if (p1 !== 0 && p1 !== 0xff) {
      return SW.p1p2;
    }
    if (!pin) {
      return SW.reference;
    }
    if (p1 === 0xff) {
      pin.verified = false;
      return SW.ok;
    }
    return data.length || ne ? pin.verify(data) : pin.state;
  }

  change({ p1, p2, data }) {
    const pin = this.pins.get(p2);
    if (p1 !== 0 || !pin) {
      return pin ? SW.p1p2 : SW.reference;
    }
    if (data.length !== 2 * STORED) {
      return SW.length;
    }
    const said = pin.verify(data.subarray(0, STORED));
    if (said !== SW.ok) {
      return said;
    }
    const next = data.subarray(STORED);
    if (!pin.allows(next)) {
      return SW.wrongData;
    }
    pin.set(next);
    return SW.ok;
  }

  /** RESET RETRY COUNTER: 0 with PUK and PIN, 1 with PUK, 2 with PIN, 3 with nothing, the PUK verified before. */
  unblock({ p1, p2, data }) {
    const pin = this.pins.get(p2);
    const puk = this.pins.get(PIN.puk);
    if (p1 > 3 || !pin || pin === puk) {
      return p1 > 3 ? SW.p1p2 : SW.reference;
    }
    const withPuk = p1 < 2;
    const withPin = p1 === 0 || p1 === 2;
    if (data.length !== (withPuk ? STORED : 0) + (withPin ? STORED : 0)) {
      return SW.length;
    }
    if (withPuk) {
      const said = puk.verify(data.subarray(0, STORED));
      if (said !== SW.ok) {
        return said;
      }
    } else if (!puk.verified) {
      return SW.security;
    }
    const next = withPin ? data.subarray(-STORED) : pin.value;
    if (!pin.allows(next)) {
      return SW.wrongData;
    }
    pin.set(next);
    puk.verified = false;
    return SW.ok;
  }

  /** MANAGE SECURITY ENVIRONMENT: SET for a signature (B6) or an authentication (A4); RESTORE empties it. */
  manage({ p1, p2, data }) {
    if (p1 === 0xf3) {
      this.environment = {};
      return SW.ok;
    }
    if (p1 !== 0x41 || ![0xb6, 0xa4].includes(p2)) {
      return SW.p1p2;
    }
    const e = { use: p2 };
    for (let at = 0; at < data.length;) {
      const value = data.subarray(at + 2, at + 2 + data[at + 1]);
      if (at + 2 + data[at + 1] > data.length || value.length === 0) {
        return SW.wrongData;
      }
      const name = { 0x80: 'algorithm', 0x81: 'file', 0x83: 'key', 0x84: 'key' }[data[at]];
      if (!name) {
        return SW.wrongData;
      }
      e[name] = name === 'file' ? value : value.at(-1);
      at += 2 + value.length;
    }
    e.key ??= e.file?.at(-1); // keys may be named by the last byte of their file
    const entry = this.keys.get(e.key);
    if (!entry || (e.algorithm !== undefined && !suits(e.algorithm, entry.key))) {
      return entry ? SW.wrongData : SW.reference;
    }
    this.environment = e;
    this.hash = null;
    return SW.ok;
  }

  operation({ p1, p2, data, ne }) {
    const which = (p1 << 8) | p2;
    if (which === 0x90a0) {
      return this.takeHash(data);
    }
    if (which !== 0x9e9a) {
      return SW.p1p2;
    }
    const input = data.length ? data : this.hash;
    this.hash = null;
    return this.environment.use === 0xb6 && input ? this.sign(input, ne) : SW.conditions;
  }

  /** PSO HASH with a hash that was made outside: 90 L hash. */
  takeHash(data) {
    if (data.length < 3 || data[0] !== 0x90 || data[1] !== data.length - 2) {
      return SW.wrongData;
    }
    if (this.environment.use !== 0xb6) {
      return SW.conditions;
    }
    this.hash = element(data).body;
    return SW.ok;
  }

  authenticate({ p1, p2, data, ne }) {
    if (p1 || p2) {
      return SW.p1p2;
    }
    return this.environment.use === 0xa4 && data.length ? this.sign(data, ne) : SW.conditions;
  }

  sign(input, ne) {
    const { key, pin } = this.keys.get(this.environment.key);
    const guard = this.pins.get(pin);
    if (!guard.verified) {
      return SW.security;
    }
    if (ne && ne < 256 && ne < signatureSize(key)) {
      return SW.length;
    }
    const algorithm = this.environment.algorithm ?? (key.asymmetricKeyType === 'ec' ? 0x04 : 0x02);
    const data = signRaw(key, algorithm, input);
    if (!data) {
      return SW.wrongData;
    }
    if (pin === PIN.two) {
      guard.verified = false; // one signature for one PIN
    }
    return { data };
  }

  /** GET DATA: the attributes of a PIN (CB 00FF, A0 03 83 01 reference), the card's serial number (CA 9F7F). */
  getData({ ins, p1, p2, data }) {
    if (ins === 0xca) {
      return p1 === 0x9f && p2 === 0x7f ? { data: tlv(0x9f7f, Buffer.alloc(42, 0x4c)) } : SW.reference;
    }
    const wanted = data.length === 5 && data.subarray(0, 4).equals(Buffer.from([0xa0, 3, 0x83, 1])) ? this.pins.get(data[4]) : null;
    if (p1 !== 0 || p2 !== 0xff || !wanted) {
      return SW.reference;
    }
    return { data: tlv(0xa0, tlv(0x83, [wanted.reference]), tlv(0x8a, [5]), tlv(0xdf20, [STORED]), tlv(0x8c, [3, 0, 0]),
      tlv(0xdf21, [wanted.tries])) };
  }
}
