// Signatures as a card makes them: over a hash that was made outside.
import { constants, createHash, privateEncrypt, randomBytes, sign } from 'node:crypto';
import { oid, octets, seq, tlv } from './asn1.mjs';

/** By the high half of an algorithm reference. */
const HASHES = {
  1: { name: 'sha1', size: 20, oid: '1.3.14.3.2.26' },
  3: { name: 'sha224', size: 28, oid: '2.16.840.1.101.3.4.2.4' },
  4: { name: 'sha256', size: 32, oid: '2.16.840.1.101.3.4.2.1' },
  5: { name: 'sha384', size: 48, oid: '2.16.840.1.101.3.4.2.2' },
  6: { name: 'sha512', size: 64, oid: '2.16.840.1.101.3.4.2.3' },
};

/** The low half. */
const SCHEME = { raw: 0, pkcs1: 2, ecdsa: 4, pss: 5 };

const CURVES = {
  'P-256': { size: 32, order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n },
  'P-384': { size: 48, order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n },
};

const big = (bytes) => BigInt(`0x${bytes.toString('hex') || '0'}`);
const small = (n, size) => Buffer.from(n.toString(16).padStart(size * 2, '0'), 'hex');

/** 1 / a modulo a prime. */
function inverse(a, n) {
  let result = 1n;
  let base = a % n;
  for (let e = n - 2n; e; e >>= 1n) {
    if (e & 1n) {
      result = (result * base) % n;
    }
    base = (base * base) % n;
  }
  return result;
}

/**
 * ECDSA (FIPS 186-5, 6.4) over what is a hash already, as r || s. node:crypto signs only what it has hashed itself; so it
 * makes a signature (r, s) over another hash y, and as k = (y + r d) / s, the one over z with that k is (r, s (z + r d) / (y + r d)).
 */
function ecdsa(key, hash) {
  const jwk = key.export({ format: 'jwk' });
  const { size, order: n } = CURVES[jwk.crv];
  const d = big(Buffer.from(jwk.d, 'base64url'));
  const other = randomBytes(32);
  const made = sign('sha256', other, { key, dsaEncoding: 'ieee-p1363' });
  const r = big(made.subarray(0, size));
  const s = big(made.subarray(size));
  const y = big(createHash('sha256').update(other).digest());
  const z = big(hash.subarray(0, size));
  const result = (((s * (z + r * d)) % n) * inverse(y + r * d, n)) % n;
  return Buffer.concat([small(r, size), small(result, size)]);
}

function mask(name, seed, length) {
  const parts = [];
  for (let i = 0, got = 0; got < length; i += 1) {
    const counter = Buffer.from([i >>> 24, (i >> 16) & 255, (i >> 8) & 255, i & 255]);
    const part = createHash(name).update(seed).update(counter).digest();
    parts.push(part);
    got += part.length;
  }
  return Buffer.concat(parts).subarray(0, length);
}

/** EMSA-PSS (RFC 8017, 9.1.1), the salt as long as the hash. */
function pss(hash, { name, size }, length) {
  const salt = randomBytes(size);
  const h = createHash(name).update(Buffer.alloc(8)).update(hash).update(salt).digest();
  const db = Buffer.concat([Buffer.alloc(length - 2 * size - 2), Buffer.from([1]), salt]);
  const masked = mask(name, h, db.length).map((b, i) => b ^ db[i]);
  masked[0] &= 0x7f;
  return Buffer.concat([masked, h, Buffer.from([0xbc])]);
}

const digestInfo = (hash, bytes) => seq(seq(oid(hash.oid), tlv(5)), octets(bytes));

/** Bytes of a signature of this key: r || s, or the modulus. */
export function signatureSize(key) {
  return key.asymmetricKeyType === 'ec'
    ? CURVES[key.export({ format: 'jwk' }).crv].size * 2 : key.asymmetricKeyDetails.modulusLength / 8;
}

/** Does an algorithm reference go with the key? */
export function suits(reference, key) {
  const scheme = reference & 0x0f;
  if (key.asymmetricKeyType === 'ec') {
    return scheme === SCHEME.ecdsa;
  }
  return scheme === SCHEME.raw || scheme === SCHEME.pkcs1 || (scheme === SCHEME.pss && HASHES[reference >> 4] !== undefined);
}

/** The signature of `data` by `key` under an algorithm reference; null where the data do not fit. */
export function signRaw(key, reference, data) {
  const hash = HASHES[reference >> 4];
  const scheme = reference & 0x0f;
  if (data.length === 0 || (hash && data.length !== hash.size && scheme !== SCHEME.pkcs1)) {
    return null;
  }
  if (key.asymmetricKeyType === 'ec') {
    return data.length > 64 ? null : ecdsa(key, data);
  }
  const size = signatureSize(key);
  if (scheme === SCHEME.raw && data.length === size) {
    return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, data);
  }
  if (scheme === SCHEME.pss) {
    return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, pss(data, hash, size));
  }
  const info = hash && data.length === hash.size ? digestInfo(hash, data) : data;
  return info.length > size - 11 ? null : privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, info);
}
