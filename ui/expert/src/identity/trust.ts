// identity.json: whom the page believes when somebody is named. Strict: a file that is wrong anywhere is no file.

import { unbase64url } from '../wire/bytes';
import type { Lang3 } from '../wire/body';
import { readCert, readCrl, type Cert, type Crl } from './cert';

export interface TokenIssuer {
  issuer: string;
  client: string;
  name: Lang3;
  keys: { keys: JsonWebKey[] };
  /** False: it puts no nonce into ID tokens of device logins (RFC 8628 knows none); then the kiosk alone says for which call one was made. */
  nonce: boolean;
}
export interface Trust { cas: Cert[]; crls: Crl[]; issuers: TokenIssuer[] }

const MAX = { cas: 64, crls: 64, issuers: 32, keys: 32, der: 12 * 1024 * 1024, text: 2048 };

function need(fits: unknown, what: string): asserts fits {
  if (!fits) throw new Error(`identity.json: ${what}`);
}

const record = (v: unknown, what: string): Record<string, unknown> => {
  need(typeof v === 'object' && v !== null && !Array.isArray(v), what);
  return v as Record<string, unknown>;
};
const list = (v: unknown, most: number, what: string): unknown[] => {
  need(Array.isArray(v) && v.length <= most, what);
  return v;
};
const text = (v: unknown, what: string): string => {
  need(typeof v === 'string' && v !== '' && v.length <= MAX.text, what);
  return v;
};

function der<T>(v: unknown, read: (bytes: Uint8Array<ArrayBuffer>) => T, what: string): T {
  need(typeof v === 'string' && v.length <= MAX.der, what);
  const bytes = unbase64url(v);
  need(bytes !== null, what);
  try {
    return read(bytes);
  } catch {
    throw new Error(`identity.json: ${what}`);
  }
}

/** Keys that verify; one with a secret in it would be a mistake of whoever wrote the file. */
function keysOf(v: unknown): { keys: JsonWebKey[] } {
  const keys = list(record(v, 'keys')['keys'], MAX.keys, 'keys').map((k) => record(k, 'keys') as JsonWebKey);
  need(keys.length > 0 && keys.every((k) => (k.kty === 'EC' || k.kty === 'RSA') && k.d === undefined && (k.use ?? 'sig') === 'sig'), 'keys');
  return { keys };
}

function issuerOf(v: unknown): TokenIssuer {
  const o = record(v, 'issuer');
  const name = record(o['name'], 'name');
  const issuer = text(o['issuer'], 'issuer');
  need(URL.canParse(issuer), 'issuer');
  need(typeof (o['nonce'] ?? true) === 'boolean', 'nonce');
  return {
    issuer, client: text(o['client'], 'client'), keys: keysOf(o['keys']), nonce: o['nonce'] !== false,
    name: { fi: text(name['fi'], 'name'), sv: text(name['sv'], 'name'), en: text(name['en'], 'name') },
  };
}

export function readTrust(value: unknown): Trust {
  const o = record(value, 'shape');
  need(o['v'] === 1, 'version');
  const issuers = list(o['issuers'], MAX.issuers, 'issuers').map(issuerOf);
  need(new Set(issuers.map((i) => i.issuer)).size === issuers.length, 'issuers');
  const cas = list(o['cas'], MAX.cas, 'cas').map((c) => der(c, readCert, 'cas'));
  need(cas.every((c) => c.ca), 'cas');
  return { cas, crls: list(o['crls'], MAX.crls, 'crls').map((c) => der(c, readCrl, 'crls')), issuers };
}
