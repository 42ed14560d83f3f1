// The signature file, taken apart: that it holds what a CAdES-B signature by one kiosk holds and nothing besides. Whether
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
const SHA256 = '300b0609608648016503040201';
const ECDSA_SHA256 = '300a06082a8648ce3d040302';

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
const sha256 = (bytes) => createHash('sha256').update(bytes).digest();

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

function readSigner(signer, certificate, manifest) {
  const [version, sid, digest, attributes, algorithm, value] = fields(signer.body, 0x02, 0x30, 0x30, 0xa0, 0x30, 0x04);
  check(hex(version.whole) === '020101' && hex(digest.whole) === SHA256 && hex(algorithm.whole) === ECDSA_SHA256,
    'the signature is of another kind');
  check(sid.body.equals(issuerAndSerial(certificate)), 'the signature names another certificate');
  fields(der(value.body).body, 0x02, 0x02);
  const a = readAttributes(attributes.body);
  check(hex(a.contentType.whole) === OID.data, 'the signature is over something else');
  check(a.messageDigest.body.equals(sha256(manifest)), 'the manifest is not what was signed');
  check(certificateHash(a.signingCertificateV2).equals(sha256(certificate.raw)), 'the certificate is not the signer\'s');
  return signedTime(a.signingTime);
}

/** {certificate, time} of a detached signature over `manifest`. */
export function readSignature(bytes, manifest) {
  const [info] = fields(bytes, 0x30);
  const [type, wrap] = fields(info.body, 0x06, 0xa0);
  check(hex(type.whole) === OID.signedData, 'the signature file holds no signature');
  const [signed] = fields(wrap.body, 0x30);
  const [version, digests, content, certificates, signers] = fields(signed.body, 0x02, 0x31, 0x30, 0xa0, 0x31);
  check(hex(version.whole) === '020101' && hex(digests.body) === SHA256 && hex(content.body) === OID.data,
    'the signature is of another kind');
  const [raw] = fields(certificates.body, 0x30);
  const [signer] = fields(signers.body, 0x30);
  const certificate = new X509Certificate(raw.whole);
  check(certificate.raw.equals(raw.whole), 'the certificate is malformed');
  return { certificate, time: readSigner(signer, certificate, manifest) };
}
