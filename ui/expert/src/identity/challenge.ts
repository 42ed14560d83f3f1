// What is signed, and how a proof is tied to one call. Pure.

import { base64url, hex, sha256, utf8, type Bytes } from '../wire/bytes';
import type { How, Role } from './messages';

/** The connection that stands, by what both sides know of it. Fingerprints: SHA-256 in lower-case hex. */
export interface Binding {
  kiosk: string;
  expert: string;
  call: string;
  kn: string;
  en: string;
  kioskPrint: string;
  pagePrint: string;
}

export const sameBinding = (a: Binding | null, b: Binding | null): boolean => a !== null && b !== null
  && (['kiosk', 'expert', 'call', 'kn', 'en', 'kioskPrint', 'pagePrint'] as const).every((k) => a[k] === b[k]);

export const linesOf = (how: How, b: Binding, r: Role): string => [
  'luukku-identity-1', how, b.kiosk, b.expert, b.call, b.kn, b.en, b.kioskPrint, b.pagePrint, 'identify', r.role, r.name, r.id,
].join('\n');

/** The bytes whose hash the card's key of PIN 1 signs. */
export async function cardText(b: Binding, r: Role): Promise<Bytes> {
  const head = utf8('luukku-identify-1\nidentify\n');
  const text = new Uint8Array(head.length + 32);
  text.set(head);
  text.set(await sha256(linesOf('card', b, r)), head.length);
  return text;
}

/** What an ID token of a login in this call carries. Fingerprints are left out: a connection made anew is still the same call. */
export const loginNonce = async (b: Binding): Promise<string> =>
  base64url(await sha256(['luukku-login-1', b.kiosk, b.expert, b.call, b.kn, b.en].join('\n')));

/** The text that the kiosk signs of an ID token. */
export const phoneText = async (b: Binding, r: Role, token: string): Promise<Bytes> =>
  utf8(`${linesOf('phone', b, r)}\n${hex(await sha256(token))}`);
