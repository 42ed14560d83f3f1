// What is in the files of a FINEID-like card: EF.DIR, and PKCS#15 v1.1's directories.
import { createPublicKey } from 'node:crypto';
import { bits, bool, enumerated, int, octets, seq, tlv, utf8 } from './asn1.mjs';
import { File } from './files.mjs';
import { STORED } from './pin.mjs';

export const AID = Buffer.from('A000000063504B43532D3135', 'hex');
export const SIGNATURE_DF = 0x5016;
export const PIN = { one: 0x11, two: 0x82, puk: 0x83 };
export const KEY = { auth: 0x01, sign: 0x02 };

const ID = { auth: Buffer.from([0x45]), sign: Buffer.from([0x46]), ca: Buffer.from([0x47]), root: Buffer.from([0x48]) };
const AUTH = { one: Buffer.from([1]), two: Buffer.from([2]), puk: Buffer.from([3]) };
const FILE = { dir: 0x2f00, atr: 0x2f01, od: 0x5031, info: 0x5032, aod: 0x4401, prkd: 0x4402, cd: 0x4403, trusted: 0x4404,
  auth: 0x4331, sign: 0x4332, root: 0x4334, ca: 0x4336, authKey: 0x4b01, signKey: 0x4b02 };

const OBJECT = { private: 0, modifiable: 1 };
const PIN_FLAG = { local: 1, unblockDisabled: 3, initialized: 4, needsPadding: 5, unblocking: 6 };
const USAGE = { sign: 2, nonRepudiation: 9 };
const ACCESS = { sensitive: 0, alwaysSensitive: 2, neverExtractable: 3 };
const TOKEN = { readOnly: 0, loginRequired: 1, prnGeneration: 2 };

const path = (...fids) => seq(octets(Buffer.concat([0x3f00, ...fids].map((f) => Buffer.from([f >> 8, f & 0xff])))));

/** EF.DIR (7816-4, 8.2.1.1). */
const directory = () => tlv(0x61, tlv(0x4f, AID), tlv(0x50, Buffer.from('FINEID')), tlv(0x51, [0x3f, 0x00]));

const od = () => Buffer.concat([tlv(0xa8, path(FILE.aod)), tlv(0xa0, path(FILE.prkd)), tlv(0xa4, path(FILE.cd)),
  tlv(0xa5, path(FILE.trusted))]);

/** An algorithm of EF.TokenInfo: a mechanism of PKCS#11, that signs, by the card's reference. */
const algorithm = (reference, mechanism, ref) => seq(int(reference), int(mechanism), tlv(5), bits(1), tlv(0x06, ref.oid), int(ref.algorithm));

const EC = { mechanism: 0x1041, oid: Buffer.from('2a8648ce3d0201', 'hex'), algorithm: 0x04 };
const RSA = { mechanism: 0x01, oid: Buffer.from('2a864886f70d010101', 'hex'), algorithm: 0x02 };

function tokenInfo(serial, isEc) {
  const a = isEc ? EC : RSA;
  return seq(int(0), octets(Buffer.from(serial)), utf8('Luukku test cards'), tlv(0x80, Buffer.from('HENKILÖKORTTI (TESTI)')),
    bits(TOKEN.readOnly, TOKEN.loginRequired, TOKEN.prnGeneration), tlv(0xa2, algorithm(1, a.mechanism, a)));
}

function pinObject(label, id, reference, { guard, min, flags, at }) {
  return seq(
    seq(utf8(label), bits(OBJECT.private, OBJECT.modifiable), ...(guard ? [octets(guard)] : [])),
    seq(octets(id)),
    tlv(0xa1, seq(bits(...flags, PIN_FLAG.initialized, PIN_FLAG.needsPadding), enumerated(1), int(min), int(STORED), int(STORED),
      tlv(0x80, reference < 0x80 ? [reference] : [0, reference]), octets([0]), at)),
  );
}

const aod = () => Buffer.concat([
  pinObject('perustunnusluku', AUTH.one, PIN.one, { guard: AUTH.puk, min: 4, flags: [], at: path() }),
  pinObject('allekirjoitustunnusluku', AUTH.two, PIN.two,
    { guard: AUTH.puk, min: 6, flags: [PIN_FLAG.local], at: path(SIGNATURE_DF) }),
  pinObject('PUK', AUTH.puk, PIN.puk, { min: 8, flags: [PIN_FLAG.unblockDisabled, PIN_FLAG.unblocking], at: path() }),
]);

function keyObject(label, { id, auth, usage, reference, at, consent }, key) {
  const isEc = key.asymmetricKeyType === 'ec';
  const size = isEc ? (key.export({ format: 'jwk' }).crv === 'P-256' ? 256 : 384) : key.asymmetricKeyDetails.modulusLength;
  return tlv(isEc ? 0xa0 : 0x30,
    seq(utf8(label), bits(OBJECT.private), octets(auth), ...(consent ? [int(1)] : [])),
    seq(octets(id), bits(...usage), bool(true), bits(ACCESS.sensitive, ACCESS.alwaysSensitive, ACCESS.neverExtractable),
      int(reference), tlv(0xa1, int(1))),
    tlv(0xa1, seq(at, int(size))));
}

const prkd = (key) => Buffer.concat([
  keyObject('todentamisavain', { id: ID.auth, auth: AUTH.one, usage: [USAGE.sign], reference: KEY.auth, at: path(FILE.authKey) }, key),
  keyObject('allekirjoitusavain', { id: ID.sign, auth: AUTH.two, usage: [USAGE.nonRepudiation], reference: KEY.sign,
    at: path(SIGNATURE_DF, FILE.signKey), consent: true }, key),
]);

const certificate = (label, id, at, authority = false) => seq(seq(utf8(label), bits()),
  seq(octets(id), ...(authority ? [bool(true)] : [])), tlv(0xa1, seq(at)));

const cd = () => Buffer.concat([
  certificate('todentamisvarmenne', ID.auth, path(FILE.auth)),
  certificate('allekirjoitusvarmenne', ID.sign, path(SIGNATURE_DF, FILE.sign)),
]);

const trusted = () => Buffer.concat([
  certificate('Citizen Certificates', ID.ca, path(FILE.ca), true),
  certificate('Root CA', ID.root, path(FILE.root), true),
]);

/** A file as it is on a card: longer than what is in it, zeros behind. */
const roomy = (bytes, room = 64) => Buffer.concat([bytes, Buffer.alloc(room)]);

/** The master file with all below it. key: one of the private keys, for kind and size. */
export function contents(certificates, key, serial) {
  const isEc = createPublicKey(key).asymmetricKeyType === 'ec';
  const ef = (fid, bytes, sfi = 0) => new File(fid, { bytes, sfi });
  const keyFile = (fid) => new File(fid, { bytes: Buffer.alloc(0), secret: true });
  return new File(0x3f00, { name: AID, children: [
    ef(FILE.dir, roomy(directory(), 16), 0x1e),
    ef(FILE.atr, Buffer.concat([tlv(0x47, [0x94, 0x01, 0xd3]), tlv(0x7f66, int(65535), int(65535))]), 0x1d),
    ef(FILE.od, roomy(od()), 0x11),
    ef(FILE.info, tokenInfo(serial, isEc), 0x12),
    ef(FILE.aod, roomy(aod())),
    ef(FILE.prkd, roomy(prkd(key))),
    ef(FILE.cd, roomy(cd())),
    ef(FILE.trusted, roomy(trusted())),
    ef(FILE.auth, certificates.auth),
    ef(FILE.root, certificates.root),
    ef(FILE.ca, certificates.ca),
    keyFile(FILE.authKey),
    new File(SIGNATURE_DF, { name: Buffer.from('E.SIGN'), children: [ef(FILE.sign, certificates.sign), keyFile(FILE.signKey)] }),
  ] });
}
