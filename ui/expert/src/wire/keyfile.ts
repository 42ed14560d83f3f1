// An expert's key file: opened with the password, imported so that no script can read the key again.

import { base64url, unbase64url, utf8, type Bytes } from './bytes';
import { isName } from './topics';

export interface KeyFile {
  user: string;
  name: string;
  agency: string;
  iterations: number;
  salt: Bytes;
  iv: Bytes;
  data: Bytes;
  cert: Bytes;
}

export interface Opened { key: CryptoKey; brokerPassword: string }

/** A slow machine must not be held for minutes by a file from outside, nor a weak one be accepted. */
const ITERATIONS = { min: 100_000, max: 5_000_000 };

export function readKeyFile(value: unknown, user: string): KeyFile {
  const o = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const text = (key: string): string => {
    const v = o[key];
    if (typeof v !== 'string' || v.length > 8192) throw new Error(`key file: ${key}`);
    return v;
  };
  const bytes = (key: string, len?: number): Bytes => {
    const v = unbase64url(text(key));
    if (v === null || v.length === 0 || (len !== undefined && v.length !== len)) throw new Error(`key file: ${key}`);
    return v;
  };
  const iterations = o['iterations'];
  const known = o['v'] === 1 && o['kdf'] === 'PBKDF2-SHA256' && Number.isInteger(iterations);
  if (!known || (iterations as number) < ITERATIONS.min || (iterations as number) > ITERATIONS.max) throw new Error('key file: version');
  if (text('user') !== user || !isName(text('agency'))) throw new Error('key file: names');
  return {
    user, name: text('name'), agency: text('agency'), iterations: iterations as number,
    salt: bytes('salt'), iv: bytes('iv', 12), data: bytes('data'), cert: bytes('cert'),
  };
}

/** Rejects where the password is wrong or the file was changed; the two cannot be told apart. */
export async function openKeyFile(file: KeyFile, password: string): Promise<Opened> {
  const given = await crypto.subtle.importKey('raw', utf8(password.normalize('NFC')), 'PBKDF2', false, ['deriveBits']);
  const stretch = { name: 'PBKDF2', hash: 'SHA-256', salt: file.salt, iterations: file.iterations };
  const root = await crypto.subtle.importKey('raw', await crypto.subtle.deriveBits(stretch, given, 256), 'HKDF', false, ['deriveKey', 'deriveBits']);
  const expand = (info: string) => ({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: utf8(info) });
  const lock = await crypto.subtle.deriveKey(expand('luukku key file'), root, { name: 'AES-GCM', length: 256 }, false, ['decrypt']);
  const box = { name: 'AES-GCM', iv: file.iv, additionalData: utf8(file.user) };
  const pkcs8 = await crypto.subtle.decrypt(box, lock, file.data);
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  new Uint8Array(pkcs8).fill(0);
  const broker = await crypto.subtle.deriveBits(expand('luukku broker'), root, 256);
  return { key, brokerPassword: base64url(new Uint8Array(broker)) };
}
