// DER, as much as cards write.

/** tag: one byte or two (0x5f2f). */
export function tlv(tag, ...parts) {
  const body = Buffer.concat(parts.map((p) => Buffer.from(p)));
  const head = tag > 0xff ? [tag >> 8, tag & 0xff] : [tag];
  const n = body.length;
  const length = n < 0x80 ? [n] : n < 0x100 ? [0x81, n] : [0x82, n >> 8, n & 0xff];
  return Buffer.concat([Buffer.from([...head, ...length]), body]);
}

export const seq = (...parts) => tlv(0x30, ...parts);
export const octets = (bytes) => tlv(0x04, bytes);
export const utf8 = (text) => tlv(0x0c, Buffer.from(text, 'utf8'));
export const bool = (b) => Buffer.from([1, 1, b ? 0xff : 0]);
export const enumerated = (n) => Buffer.from([0x0a, 1, n]);

/** INTEGER of a number that is not negative. */
export function int(n) {
  const hex = n.toString(16);
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
  return tlv(0x02, bytes[0] & 0x80 ? Buffer.from([0]) : Buffer.alloc(0), bytes);
}

/** BIT STRING from the numbers of the bits that are set, bit 0 first. */
export function bits(...set) {
  const highest = Math.max(-1, ...set);
  const bytes = Buffer.alloc((highest >> 3) + 1);
  for (const b of set) {
    bytes[b >> 3] |= 0x80 >> (b & 7);
  }
  return tlv(0x03, Buffer.from([highest < 0 ? 0 : 7 - (highest & 7)]), bytes);
}

export function oid(text) {
  const [a, b, ...rest] = text.split('.').map(Number);
  const out = [a * 40 + b];
  for (const n of rest) {
    const groups = [n & 0x7f];
    for (let v = Math.floor(n / 128); v; v = Math.floor(v / 128)) {
      groups.unshift(0x80 | (v & 0x7f));
    }
    out.push(...groups);
  }
  return tlv(0x06, Buffer.from(out));
}

/** The element at the start of `bytes`: {tag, body, whole}. */
export function element(bytes) {
  const long = bytes[1] & 0x80 ? bytes[1] & 0x7f : 0;
  const n = long ? bytes.readUIntBE(2, long) : bytes[1];
  const at = 2 + long;
  return { tag: bytes[0], body: bytes.subarray(at, at + n), whole: bytes.subarray(0, at + n) };
}

export function* elements(bytes) {
  for (let left = bytes; left.length;) {
    const e = element(left);
    yield e;
    left = left.subarray(e.whole.length);
  }
}
