// Authorities, cards' certificates and revocation lists as tests want them, right and wrong, with node's own crypto. X.509: RFC 5280.
import { constants, generateKeyPairSync, sign } from 'node:crypto';

export const tlv = (tag, ...parts) => {
  const body = Buffer.concat(parts);
  if (body.length < 128) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const len = Buffer.from(body.length.toString(16).padStart(body.length > 255 ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | len.length]), len, body]);
};
const seq = (...parts) => tlv(0x30, ...parts);
const int = (n) => tlv(2, Buffer.from([n]));
const yes = tlv(1, Buffer.from([255]));
const octets = (bytes) => tlv(4, bytes);
const bits = (bytes, unused = 0) => tlv(3, Buffer.from([unused]), bytes);

export const oid = (dotted) => {
  const [a, b, ...rest] = dotted.split('.').map(Number);
  const groups = rest.flatMap((n) => {
    const g = [n & 127];
    for (let v = Math.floor(n / 128); v > 0; v = Math.floor(v / 128)) g.unshift((v & 127) | 128);
    return g;
  });
  return tlv(6, Buffer.from([a * 40 + b, ...groups]));
};
const time = (ms) => {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
  return new Date(ms).getUTCFullYear() < 2050 ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text));
};

const NAMES = { C: '2.5.4.6', O: '2.5.4.10', CN: '2.5.4.3', SN: '2.5.4.4', GN: '2.5.4.42', serialNumber: '2.5.4.5' };
export const name = (fields) => seq(...Object.entries(fields).map(([k, v]) => tlv(0x31, seq(oid(NAMES[k]), tlv(0x0c, Buffer.from(v))))));

const sha = (n, bytes) => seq(oid(`2.16.840.1.101.3.4.2.${n}`), bytes);
const SIGNERS = {
  'ES256': [seq(oid('1.2.840.10045.4.3.2')), 'sha256', {}],
  'ES384': [seq(oid('1.2.840.10045.4.3.3')), 'sha384', {}],
  'RS256': [seq(oid('1.2.840.113549.1.1.11'), tlv(5)), 'sha256', {}],
  'RS1': [seq(oid('1.2.840.113549.1.1.5'), tlv(5)), 'sha1', {}],
  'PS256': [seq(oid('1.2.840.113549.1.1.10'), seq(tlv(0xa0, sha(1, tlv(5))), tlv(0xa1, seq(oid('1.2.840.113549.1.1.8'), sha(1, tlv(5)))), tlv(0xa2, int(32)))), 'sha256',
    { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }],
};

export const newKey = (kind) => {
  const { privateKey, publicKey } = typeof kind === 'number' ? generateKeyPairSync('rsa', { modulusLength: kind }) : generateKeyPairSync('ec', { namedCurve: kind });
  return { kind, secret: privateKey, spki: publicKey.export({ type: 'spki', format: 'der' }), public: publicKey };
};
const signer = (key) => (key.kind === 'P-256' ? 'ES256' : key.kind === 'P-384' ? 'ES384' : 'RS256');
const sealed = (tbs, key, how) => {
  const [algorithm, hash, more] = SIGNERS[how];
  return seq(tbs, algorithm, bits(sign(hash, tbs, { key: key.secret, ...more })));
};

const extension = (id, critical, value) => seq(oid(id), ...(critical ? [yes] : []), octets(value));
export const USAGE = { digitalSignature: 0x80, nonRepudiation: 0x40, certSign: 0x04, crlSign: 0x02 };

/**
 * One certificate. issuer: {fields, key}. usage: first byte of keyUsage, null for none; ca: null for no basicConstraints; purposes: of extKeyUsage;
 * points: tells where its list is; more: [id, critical, DER] further extensions; inner: another algorithm inside than outside.
 */
export function certificate({ serial = 1, subject, key, issuer, from, to, usage, ca = false, pathLen, purposes = [], points = false, more = [], how, inner }) {
  const by = how ?? signer(issuer.key);
  const extensions = [
    ...(ca === null ? [] : [extension('2.5.29.19', true, ca ? seq(yes, ...(pathLen === undefined ? [] : [int(pathLen)])) : seq())]),
    ...(usage === null ? [] : [extension('2.5.29.15', true, bits(Buffer.from([usage])))]),
    ...(purposes.length === 0 ? [] : [extension('2.5.29.37', false, seq(...purposes.map(oid)))]),
    ...(points ? [extension('2.5.29.31', false, seq(seq(tlv(0xa0, tlv(0xa0, tlv(0x86, Buffer.from('http://crl.luukku.invalid/a.crl')))))))] : []),
    ...more.map((m) => extension(...m)),
  ];
  const tbs = seq(tlv(0xa0, int(2)), tlv(2, Buffer.from([0x01, serial])), SIGNERS[inner ?? by][0], name(issuer.fields), seq(time(from), time(to)), name(subject), key.spki,
    ...(extensions.length === 0 ? [] : [tlv(0xa3, seq(...extensions))]));
  return sealed(tbs, issuer.key, by);
}

export function revocationList({ issuer, serials = [], from, to, more = [], how }) {
  const by = how ?? signer(issuer.key);
  const revoked = serials.length === 0 ? [] : [seq(...serials.map((s) => seq(tlv(2, Buffer.from([0x01, s])), time(from))))];
  const extensions = [extension('2.5.29.20', false, int(1)), ...more.map((m) => extension(...m))];
  return sealed(seq(int(1), SIGNERS[by][0], name(issuer.fields), time(from), ...(to === null ? [] : [time(to)]), ...revoked, tlv(0xa0, seq(...extensions))), issuer.key, by);
}

export const DAY = 86_400_000;

/** A root, an issuing authority below it, a card's certificate below that, and their lists; `over` changes any of them. */
export function fleet(now, over = {}) {
  const [from, to] = [now - 30 * DAY, now + 300 * DAY];
  const rootKey = over.rootKey ?? newKey('P-384');
  const caKey = over.caKey ?? newKey('P-384');
  const root = { fields: { C: 'FI', O: 'Testi', CN: 'Testi Root' }, key: rootKey };
  const ca = { fields: { C: 'FI', O: 'Testi', CN: 'Testi Citizen Certificates' }, key: caKey };
  const authority = USAGE.certSign | USAGE.crlSign;
  const key = over.key ?? newKey('P-384');
  const rootCert = certificate({ serial: 1, subject: root.fields, key: rootKey, issuer: root, from, to, usage: authority, ca: true, ...over.root });
  const caCert = certificate({ serial: 2, subject: ca.fields, key: caKey, issuer: root, from, to, usage: authority, ca: true, pathLen: 0, points: true, ...over.ca });
  const subject = { C: 'FI', serialNumber: '99900024D', GN: 'AINO MARIA', SN: 'KORHONEN', CN: 'KORHONEN AINO MARIA 99900024D' };
  const card = certificate({ serial: 3, subject, key, issuer: ca, from, to, usage: USAGE.digitalSignature, purposes: ['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.4'], points: true, ...over.card });
  const crl = revocationList({ issuer: ca, from: now - DAY, to: now + DAY, ...over.crl });
  const rootCrl = revocationList({ issuer: root, from: now - DAY, to: now + DAY, ...over.rootCrl });
  return { root, ca, rootCert, caCert, card, key, crl, rootCrl };
}

/** The signature that a card gives. */
export function cardSign(key, alg, text) {
  const ec = { dsaEncoding: 'ieee-p1363' };
  const how = { ES256: ['sha256', ec], ES384: ['sha384', ec], RS256: ['sha256', {}], PS256: ['sha256', { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }] }[alg];
  return sign(how[0], text, { key: key.secret, ...how[1] });
}

/** identity.json. */
export const trustFile = (cas, crls, issuers = []) => ({
  v: 1, cas: cas.map((c) => c.toString('base64url')), crls: crls.map((c) => c.toString('base64url')), issuers,
});
