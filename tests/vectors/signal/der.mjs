// der.mjs - just enough DER to write the certificates and revocation lists that the vectors need.
// Written apart from the firmware and from tools/pki, so that a misreading is not made twice. X.509: RFC 5280.
import { createHash, sign } from 'node:crypto';

const tlv = (tag, ...parts) => {
  const body = Buffer.concat(parts);
  if (body.length < 128) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const len = Buffer.from(body.length.toString(16).padStart(body.length > 255 ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | len.length]), len, body]);
};
const seq = (...parts) => tlv(0x30, ...parts);
const set = (...parts) => tlv(0x31, ...parts);
const int = (n) => tlv(0x02, Buffer.from([n]));
const bool = (v) => tlv(0x01, Buffer.from([v ? 255 : 0]));
const utf8 = (s) => tlv(0x0c, Buffer.from(s));
const octets = (b) => tlv(0x04, b);
const bits = (b, unused = 0) => tlv(0x03, Buffer.from([unused]), b);
const context = (n, ...parts) => tlv(0xa0 | n, ...parts);

const oid = (dotted) => {
  const [a, b, ...rest] = dotted.split('.').map(Number);
  const bytes = [a * 40 + b];
  for (const n of rest) {
    const groups = [n & 127];
    for (let v = n >> 7; v > 0; v >>= 7) groups.unshift((v & 127) | 128);
    bytes.push(...groups);
  }
  return tlv(0x06, Buffer.from(bytes));
};

// RFC 5280 4.1.2.5: UTCTime up to 2049, GeneralizedTime from 2050.
const time = (date) => {
  const text = date.toISOString().replace(/[-:T]|\.\d+/g, '');
  return date.getUTCFullYear() < 2050 ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text));
};

const NAMES = { CN: '2.5.4.3', O: '2.5.4.10', UID: '0.9.2342.19200300.100.1.1' };
const name = (fields) => seq(...Object.entries(fields).map(([k, v]) => set(seq(oid(NAMES[k]), utf8(v)))));
const ECDSA_SHA256 = seq(oid('1.2.840.10045.4.3.2'));
const extension = (id, critical, value) => seq(oid(id), ...(critical ? [bool(true)] : []), octets(value));
const keyId = (spki) => createHash('sha1').update(spki.subarray(-65)).digest();
const signed = (tbs, key) => seq(tbs, ECDSA_SHA256, bits(sign('sha256', tbs, key)));

/** A certificate. key: {private, spki}; issuer: {name, private, spki}; usage: the first byte of keyUsage. */
export function certificate({ serial, subject, spki, issuer, from, to, usage, ca = false }) {
  const extensions = [
    extension('2.5.29.19', true, ca ? seq(bool(true), int(0)) : seq()),
    extension('2.5.29.15', true, bits(Buffer.from([usage]), usage === 0x06 ? 1 : 7)),
    extension('2.5.29.14', false, octets(keyId(spki))),
    extension('2.5.29.35', false, seq(tlv(0x80, keyId(issuer.spki)))),
  ];
  const tbs = seq(context(0, int(2)), int(serial), ECDSA_SHA256, name(issuer.name), seq(time(from), time(to)),
    name(subject), spki, context(3, seq(...extensions)));
  return signed(tbs, issuer.private);
}

/** A revocation list (v2) of the given serial numbers. */
export function revocationList({ issuer, serials, from, to, number }) {
  const revoked = serials.length ? [seq(...serials.map((s) => seq(int(s), time(from))))] : [];
  const extensions = seq(
    extension('2.5.29.35', false, seq(tlv(0x80, keyId(issuer.spki)))), extension('2.5.29.20', false, int(number)));
  return signed(seq(int(1), ECDSA_SHA256, name(issuer.name), time(from), time(to), ...revoked, context(0, extensions)),
    issuer.private);
}
