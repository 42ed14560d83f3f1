// The signature file, taken apart: that it holds what a CAdES-B signature of one signer holds and nothing besides. Whether
// the signature itself is right is openssl's affair.
import { createHash, X509Certificate } from 'node:crypto';
import { check } from './check.mjs';

const OID = {
  signedData: '06092a864886f70d010702',
  data: '06092a864886f70d010701',
  contentType: '06092a864886f70d010903',
  messageDigest: '06092a864886f70d010904',
  signingTime: '06092a864886f70d010905',
  signingCertificateV2: '060b2a864886f70d010910022f',
};
const KEY_USAGE = '0603551d0f';

/** The hashes and, with each, the ways of signing: names and DER, without regard for which key. */
const HASHES = [['sha256', 32, '01', '02'], ['sha384', 48, '02', '03'], ['sha512', 64, '03', '04']].map(([name, length, sha2, ecdsa]) => {
  const inPss = `300d06096086480165030402${sha2}0500`;
  return {
    name,
    der: `300b06096086480165030402${sha2}`,
    ways: {
      [`300a06082a8648ce3d0403${ecdsa}`]: 'ECDSA',
      '300d06092a864886f70d0101010500': 'RSA',
      [`304106092a864886f70d01010a3034a00f${inPss}a11c301a06092a864886f70d010108${inPss}a2030201${length.toString(16)}`]: 'RSA-PSS',
    },
  };
});
/** What kiosks sign with. */
const KIOSK_WAY = { hash: 'sha256', way: 'ECDSA' };

/** One DER value at the start of `bytes`: {tag, body, whole, rest}. */
function der(bytes) {
  check(bytes.length >= 2, 'the signature file is cut off');
  let len = bytes[1];
  let head = 2;
  if (len & 0x80) {
    const n = len & 0x7f;
    check(n >= 1 && n <= 3 && bytes.length >= 2 + n, 'the signature file is malformed');
    len = bytes.readUIntBE(2, n);
    head += n;
    check(len >= 0x80 && bytes[2] !== 0, 'the signature file is not DER');
  }
  check(bytes.length >= head + len, 'the signature file is cut off');
  return { tag: bytes[0], body: bytes.subarray(head, head + len), whole: bytes.subarray(0, head + len), rest: bytes.subarray(head + len) };
}

/** All values in `bytes`, with the tags expected. */
function fields(bytes, ...tags) {
  const found = [];
  while (bytes.length > 0) {
    const value = der(bytes);
    found.push(value);
    bytes = value.rest;
  }
  check(found.length === tags.length && found.every((v, i) => tags[i] === null || v.tag === tags[i]),
    'the signature file holds something else than a signature');
  return found;
}

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const digestOf = (name, bytes) => createHash(name).update(bytes).digest();
const sha256 = (bytes) => digestOf('sha256', bytes);

function signedTime(value) {
  const text = value.body.toString('latin1');
  const m = /^(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  check(m && value.tag === (m[1].length === 2 ? 0x17 : 0x18), 'the signing time is malformed');
  const year = m[1].length === 4 ? Number(m[1]) : Number(m[1]) + (Number(m[1]) < 50 ? 2000 : 1900);
  return new Date(Date.UTC(year, m[2] - 1, m[3], m[4], m[5], m[6]));
}

/** The hash of the signer's certificate in signing-certificate-v2 (RFC 5035): SHA-256 is the default, and left out. */
function certificateHash(value) {
  const [list] = fields(value.body, 0x30);
  const [id] = fields(list.body, 0x30);
  const hash = der(id.body);
  check(hash.tag === 0x04, 'the signature names no certificate');
  return hash.body;
}

function readAttributes(bytes) {
  const found = {};
  while (bytes.length > 0) {
    const attribute = der(bytes);
    const [type, values] = fields(attribute.body, 0x06, 0x31);
    const name = Object.keys(OID).find((k) => OID[k] === hex(type.whole));
    check(attribute.tag === 0x30 && name && !found[name], 'the signature has an attribute that is not expected');
    [found[name]] = fields(values.body, null);
    bytes = attribute.rest;
  }
  check(['contentType', 'messageDigest', 'signingTime', 'signingCertificateV2'].every((k) => found[k]),
    'the signature lacks an attribute of CAdES');
  return found;
}

/** Byte for byte as in the certificate: openssl compares names without regard to capitals. */
function issuerAndSerial(certificate) {
  const tbs = der(der(certificate.raw).body);
  const version = der(tbs.body);
  const serial = der(version.rest);
  const issuer = der(der(serial.rest).rest);
  return Buffer.concat([issuer.whole, serial.whole]);
}

/** Whether the certificate's keyUsage is nonRepudiation: for a human's own signature (RFC 5280, 4.2.1.3). */
export function isForOwnWill(certificate) {
  const tbs = der(der(certificate.raw).body);
  for (let rest = tbs.body; rest.length > 0;) {
    const value = der(rest);
    rest = value.rest;
    if (value.tag !== 0xa3) {
      continue;
    }
    for (let list = der(value.body).body; list.length > 0;) {
      const extension = der(list);
      list = extension.rest;
      if (hex(der(extension.body).whole) === KEY_USAGE) {
        const last = extension.body.subarray(-2); // of the BIT STRING: unused bits, bits
        return (last[1] & 0x40) !== 0;
      }
    }
  }
  return false;
}

/** {hash, way} of the algorithms, which must go with the certificate's key. */
function readWay(digest, algorithm, certificate) {
  const hash = HASHES.find((h) => h.der === hex(digest.whole));
  const way = hash?.ways[hex(algorithm.whole)];
  check(way && certificate.publicKey.asymmetricKeyType === (way === 'ECDSA' ? 'ec' : 'rsa'), 'the signature is of another kind');
  return { hash: hash.name, way };
}

function readSigner(signer, certificate, manifest) {
  const [version, sid, digest, attributes, algorithm, value] = fields(signer.body, 0x02, 0x30, 0x30, 0xa0, 0x30, 0x04);
  check(hex(version.whole) === '020101', 'the signature is of another kind');
  const { hash, way } = readWay(digest, algorithm, certificate);
  check(sid.body.equals(issuerAndSerial(certificate)), 'the signature names another certificate');
  if (way === 'ECDSA') {
    const [pair] = fields(value.body, 0x30);
    fields(pair.body, 0x02, 0x02);
  }
  const a = readAttributes(attributes.body);
  check(hex(a.contentType.whole) === OID.data, 'the signature is over something else');
  check(a.messageDigest.body.equals(digestOf(hash, manifest)), 'the manifest is not what was signed');
  check(certificateHash(a.signingCertificateV2).equals(sha256(certificate.raw)), 'the certificate is not the signer\'s');
  return { time: signedTime(a.signingTime), hash, way, digest: hex(digest.whole) };
}

/** Whether it was made as kiosks make theirs. */
export function isKiosks(signature) {
  return signature.hash === KIOSK_WAY.hash && signature.way === KIOSK_WAY.way;
}

/** {certificate, time, hash, way} of a detached signature over `manifest`. */
export function readSignature(bytes, manifest) {
  const [info] = fields(bytes, 0x30);
  const [type, wrap] = fields(info.body, 0x06, 0xa0);
  check(hex(type.whole) === OID.signedData, 'the signature file holds no signature');
  const [signed] = fields(wrap.body, 0x30);
  const [version, digests, content, certificates, signers] = fields(signed.body, 0x02, 0x31, 0x30, 0xa0, 0x31);
  check(hex(version.whole) === '020101' && hex(content.body) === OID.data, 'the signature is of another kind');
  const [raw] = fields(certificates.body, 0x30);
  const [signer] = fields(signers.body, 0x30);
  const certificate = new X509Certificate(raw.whole);
  check(certificate.raw.equals(raw.whole), 'the certificate is malformed');
  const { digest, ...found } = readSigner(signer, certificate, manifest);
  check(hex(digests.body) === digest, 'the signature is of another kind');
  return { certificate, ...found };
}
