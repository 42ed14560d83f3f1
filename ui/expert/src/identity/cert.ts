// Certificates and revocation lists (RFC 5280) as the page looks at them: decoded by @peculiar/asn1-x509, signatures by WebCrypto. What
// cannot be read, or is signed by what is too weak, throws; the callers say so.

import { AsnConvert } from '@peculiar/asn1-schema';
import {
  BasicConstraints, Certificate, CertificateList, CRLDistributionPoints, ExtendedKeyUsage, KeyUsage, KeyUsageFlags, type AlgorithmIdentifier,
  type Extension, type Name, type Time,
} from '@peculiar/asn1-x509';
import { hex, type Bytes } from '../wire/bytes';

export type KeyKind = 'P-256' | 'P-384' | 'P-521' | 'RSA';

interface Signed { tbs: ArrayBuffer; algorithm: Bytes; signature: Bytes }

export interface Cert extends Signed {
  raw: Bytes;
  serial: string;
  /** Names in DER, hex: equal or not. */
  issuer: string;
  subject: string;
  issuerName: string;
  fields: Map<string, string[]>;
  from: number;
  to: number;
  spki: Bytes;
  kind: KeyKind | null;
  ca: boolean;
  /** CAs allowed below it, not counting the last certificate. */
  pathLen: number;
  usage: number | null;
  purposes: string[] | null;
  /** Tells where its revocation list is. */
  listed: boolean;
  /** A critical extension that is not understood here. */
  strange: boolean;
}

export interface Crl extends Signed {
  issuer: string;
  from: number;
  to: number | null;
  revoked: Set<string>;
  /** Not the whole list: a part, or the changes. */
  partial: boolean;
}

export const USAGE = { digitalSignature: KeyUsageFlags.digitalSignature, keyCertSign: KeyUsageFlags.keyCertSign, cRLSign: KeyUsageFlags.cRLSign };
export const ATTRIBUTE = { commonName: '2.5.4.3', surname: '2.5.4.4', serialNumber: '2.5.4.5', organization: '2.5.4.10', givenName: '2.5.4.42' };

const EXTENSION = { keyUsage: '2.5.29.15', altName: '2.5.29.17', basic: '2.5.29.19', crlPoints: '2.5.29.31', policies: '2.5.29.32', purposes: '2.5.29.37', issuingPoint: '2.5.29.28' };
/** Policies are read as wanted by nobody (RFC 5280, 6.1.1: any-policy), so they restrict nothing. */
const UNDERSTOOD: string[] = [EXTENSION.keyUsage, EXTENSION.altName, EXTENSION.basic, EXTENSION.crlPoints, EXTENSION.policies, EXTENSION.purposes];
const EXTENSIONS_MAX = 40;

const own = (buffer: ArrayBuffer): Bytes => new Uint8Array(buffer.slice(0));
const der = (value: unknown): string => hex(new Uint8Array(AsnConvert.serialize(value)));
const plain = (time: Time): number => {
  const at = time.getTime().getTime();
  if (!Number.isFinite(at)) throw new Error('time');
  return at;
};

/** One value of definite length and nothing behind it, so that one certificate has not many spellings. */
function whole(bytes: Bytes): void {
  const [tag, first] = [bytes[0], bytes[1] ?? 0x80];
  const more = first < 0x80 ? 0 : first - 0x80;
  if (tag !== 0x30 || first === 0x80 || more > 4) throw new Error('shape');
  let len = more === 0 ? first : 0;
  for (let i = 0; i < more; i++) len = len * 256 + (bytes[2 + i] ?? 0);
  if (2 + more + len !== bytes.length) throw new Error('length');
}

function fieldsOf(name: Name): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const part of name) {
    for (const { type, value } of part) {
      const text = value.anyValue === undefined ? value.toString() : '';
      found.set(type, [...(found.get(type) ?? []), text]);
    }
  }
  return found;
}

function extension<T>(list: readonly Extension[], id: string, kind: new () => T): T | null {
  const found = list.filter((e) => e.extnID === id);
  if (found.length > 1) throw new Error('twice');
  return found[0] === undefined ? null : AsnConvert.parse(found[0].extnValue, kind);
}

/** The key's bytes follow the name of its kind; only named curves. */
function kindOf(spki: Bytes): KeyKind | null {
  const text = hex(spki.subarray(0, 40));
  if (text.includes('06092a864886f70d010101')) return 'RSA';
  if (!text.includes('06072a8648ce3d0201')) return null;
  return text.includes('06082a8648ce3d030107') ? 'P-256' : text.includes('06052b81040022') ? 'P-384' : text.includes('06052b81040023') ? 'P-521' : null;
}

const algorithmOf = (inner: AlgorithmIdentifier, outer: AlgorithmIdentifier): Bytes => {
  const bytes = new Uint8Array(AsnConvert.serialize(outer));
  if (der(inner) !== hex(bytes)) throw new Error('algorithm');
  return bytes;
};

export function readCert(bytes: Bytes): Cert {
  whole(bytes);
  const c = AsnConvert.parse(bytes, Certificate);
  const t = c.tbsCertificate;
  const extensions = [...(t.extensions ?? [])];
  if (extensions.length > EXTENSIONS_MAX || c.tbsCertificateRaw === undefined) throw new Error('extensions');
  const basic = extension(extensions, EXTENSION.basic, BasicConstraints);
  const usage = extension(extensions, EXTENSION.keyUsage, KeyUsage);
  const purposes = extension(extensions, EXTENSION.purposes, ExtendedKeyUsage);
  const spki = new Uint8Array(AsnConvert.serialize(t.subjectPublicKeyInfo));
  const issuer = fieldsOf(t.issuer);
  return {
    raw: bytes, tbs: c.tbsCertificateRaw, algorithm: algorithmOf(t.signature, c.signatureAlgorithm), signature: own(c.signatureValue),
    serial: hex(new Uint8Array(t.serialNumber)), issuer: der(t.issuer), subject: der(t.subject),
    issuerName: issuer.get(ATTRIBUTE.commonName)?.[0] ?? issuer.get(ATTRIBUTE.organization)?.[0] ?? '',
    fields: fieldsOf(t.subject), from: plain(t.validity.notBefore), to: plain(t.validity.notAfter), spki, kind: kindOf(spki),
    ca: basic?.cA === true, pathLen: basic?.pathLenConstraint ?? Infinity, usage: usage === null ? null : usage.toNumber(),
    purposes: purposes === null ? null : [...purposes],
    listed: extension(extensions, EXTENSION.crlPoints, CRLDistributionPoints) !== null,
    strange: extensions.some((e) => e.critical && !UNDERSTOOD.includes(e.extnID)),
  };
}

export function readCrl(bytes: Bytes): Crl {
  whole(bytes);
  const c = AsnConvert.parse(bytes, CertificateList);
  const t = c.tbsCertList;
  const entries = t.revokedCertificates ?? [];
  if (c.tbsCertListRaw === undefined) throw new Error('list');
  const marks = [...(t.crlExtensions ?? []), ...entries.flatMap((e) => [...(e.crlEntryExtensions ?? [])])];
  return {
    tbs: c.tbsCertListRaw, algorithm: algorithmOf(t.signature, c.signatureAlgorithm), signature: own(c.signature), issuer: der(t.issuer),
    from: plain(t.thisUpdate), to: t.nextUpdate === undefined ? null : plain(t.nextUpdate),
    revoked: new Set(entries.map((e) => hex(new Uint8Array(e.userCertificate)))), partial: marks.some((e) => e.critical),
  };
}

// --- signatures ---

const ECDSA: Record<string, string> = { '300a06082a8648ce3d040302': 'SHA-256', '300a06082a8648ce3d040303': 'SHA-384', '300a06082a8648ce3d040304': 'SHA-512' };
const RSA: Record<string, string> = { '300d06092a864886f70d01010b0500': 'SHA-256', '300d06092a864886f70d01010c0500': 'SHA-384', '300d06092a864886f70d01010d0500': 'SHA-512' };
/** RFC 4055, 3.1, as everybody writes it: one hash throughout, salt as long as it. */
const pss = (hash: string, salt: string): string =>
  `304106092a864886f70d01010a3034a00f300d0609608648016503040${hash}0500a11c301a06092a864886f70d010108300d0609608648016503040${hash}0500a2030201${salt}`;
const PSS: Record<string, [string, number]> = { [pss('201', '20')]: ['SHA-256', 32], [pss('202', '30')]: ['SHA-384', 48], [pss('203', '40')]: ['SHA-512', 64] };
const SIZE = { 'P-256': 32, 'P-384': 48, 'P-521': 66 };
const RSA_BITS = { min: 2048, max: 8192 };

/** r and s side by side, as WebCrypto takes them, from their DER (RFC 3279, 2.2.3). */
export function rawEcdsa(bytes: Bytes, size: number): Bytes {
  whole(bytes);
  let at = bytes[1]! < 0x80 ? 2 : 3;
  const ret = new Uint8Array(2 * size);
  for (let i = 1; i <= 2; i++) {
    const len = bytes[at + 1] ?? 0;
    if (bytes[at] !== 2 || len < 1 || len > size + 1 || at + 2 + len > bytes.length) throw new Error('signature');
    const value = bytes.subarray(at + 2, at + 2 + len);
    const digits = value[0] === 0 ? value.subarray(1) : value;
    if (value[0]! >= 0x80 || digits.length > size) throw new Error('signature');
    ret.set(digits, i * size - digits.length);
    at += 2 + len;
  }
  if (at !== bytes.length) throw new Error('signature');
  return ret;
}

export type Scheme = 'ECDSA' | 'RSASSA-PKCS1-v1_5' | 'RSA-PSS';

/** Null: no key that is used here. */
export async function importKey(cert: Pick<Cert, 'spki' | 'kind'>, scheme: Scheme, hash: string): Promise<CryptoKey | null> {
  const { kind, spki } = cert;
  if (kind === null || (kind === 'RSA') === (scheme === 'ECDSA')) return null;
  const how = kind === 'RSA' ? { name: scheme, hash } : { name: scheme, namedCurve: kind };
  const key = await crypto.subtle.importKey('spki', spki, how, false, ['verify']).catch(() => null);
  const bits = (key?.algorithm as Partial<RsaKeyAlgorithm> | undefined)?.modulusLength;
  return bits !== undefined && (bits < RSA_BITS.min || bits > RSA_BITS.max) ? null : key;
}

/** Whether `signed` was signed by that authority's key. */
export async function signedBy(signed: Signed, by: Cert): Promise<boolean> {
  const name = hex(signed.algorithm);
  const [hash, salt] = PSS[name] ?? [ECDSA[name] ?? RSA[name], 0];
  const scheme: Scheme = name in PSS ? 'RSA-PSS' : name in ECDSA ? 'ECDSA' : 'RSASSA-PKCS1-v1_5';
  if (hash === undefined) return false;
  const key = await importKey(by, scheme, hash);
  if (key === null) return false;
  try {
    const signature = scheme === 'ECDSA' ? rawEcdsa(signed.signature, SIZE[by.kind as keyof typeof SIZE]) : signed.signature;
    return await crypto.subtle.verify({ name: scheme, hash, saltLength: salt }, key, signature, signed.tbs);
  } catch {
    return false;
  }
}
