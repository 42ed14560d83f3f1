// Signed envelopes: strict parsing, checks in PROTOCOL.md's order, ES256 by WebCrypto. Knows nothing of calls.

import { base64url, hex, sha256, unbase64url, utf8, type Bytes } from './bytes';
import { Refused, refuseUnless } from './reason';
import { isName, type Place } from './topics';

export const VERSION = 'luukku-1';
export const PAYLOAD_MAX = 24576;

const MEMBERS = ['v', 'type', 'kiosk', 'expert', 'call', 'kn', 'en', 'body', 'sig'] as const;
export type Envelope = Record<(typeof MEMBERS)[number], string>;

const TYPES: Record<Exclude<Place['kind'], 'here'>, readonly string[]> = {
  up: ['grant', 'refuse', 'offer', 'candidate', 'bye', 'ack'],
  down: ['claim', 'answer', 'candidate', 'bye', 'ack'],
  call: ['announce'],
};

/** What the receiver holds of the call; null takes anything well-formed. */
export interface Held { call: string | null; kn: string | null; en: string | null }

/** The key to verify with; null where the kiosk is not in the fleet. */
export type KeyOf = (envelope: Envelope) => CryptoKey | null | Promise<CryptoKey | null>;

const ES256 = { name: 'ECDSA', hash: 'SHA-256' };
const STRING = String.raw`"[^"\\\u0000-\u001f]*(?:\\.[^"\\\u0000-\u001f]*)*"`;
const MEMBER = new RegExp(String.raw`[ \t\r\n]*(${STRING})[ \t\r\n]*:[ \t\r\n]*(${STRING})[ \t\r\n]*`, 'y');

/** One flat object of strings, no member twice. JSON.parse alone would take the last of two. */
function parseFlat(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const trimmed = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  refuseUnless(trimmed.startsWith('{') && trimmed.endsWith('}'), 'malformed');
  MEMBER.lastIndex = 1;
  for (let more = true; more;) {
    const hit = MEMBER.exec(trimmed);
    refuseUnless(hit !== null && found.size < MEMBERS.length, 'malformed');
    const [key, value] = [unquote(hit[1]!), unquote(hit[2]!)];
    refuseUnless(!found.has(key), 'malformed');
    found.set(key, value);
    const at = hit.index + hit[0].length;
    more = trimmed[at] === ',';
    refuseUnless(more || at === trimmed.length - 1, 'malformed');
    MEMBER.lastIndex = at + 1;
  }
  return found;
}

function unquote(token: string): string {
  try {
    const text = JSON.parse(token) as string;
    refuseUnless(!text.includes('\0') && text.isWellFormed(), 'malformed');
    return text;
  } catch {
    throw new Refused('malformed');
  }
}

export function parseEnvelope(payload: Uint8Array): Envelope {
  refuseUnless(payload.length <= PAYLOAD_MAX, 'oversized');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload);
  } catch {
    throw new Refused('malformed');
  }
  const found = parseFlat(text);
  refuseUnless(found.size === MEMBERS.length && MEMBERS.every((m) => found.has(m)), 'malformed');
  return Object.fromEntries(found) as Envelope;
}

/** The bytes a signature covers. */
export async function canonicalLines(e: Omit<Envelope, 'sig'>): Promise<string> {
  return [VERSION, e.type, e.kiosk, e.expert, e.call, e.kn, e.en, hex(await sha256(e.body))].join('\n');
}

export const isNonce = (text: string): boolean => text.length === 22 && unbase64url(text) !== null;
const isCall = (text: string): boolean => /^[0-9a-f]{32}$/.test(text);

function checkNames(e: Envelope, place: Place): void {
  refuseUnless(place.kind !== 'here' && isName(e.kiosk) && e.kiosk === place.kiosk, 'names');
  refuseUnless(e.expert === (place.kind === 'call' ? '' : place.expert), 'names');
}

function checkFreshness(e: Envelope, place: Place, held: Held): void {
  refuseUnless(isCall(e.call) && (held.call === null || e.call === held.call), 'call');
  refuseUnless(isNonce(e.kn) && (held.kn === null || e.kn === held.kn), 'nonce');
  const form = place.kind === 'call' ? e.en === '' : isNonce(e.en);
  if (!form || (held.en !== null && e.en !== held.en)) throw new Refused('nonce', 'expert-nonce');
}

/** Judges everything of a message but its body. Throws Refused with the first check that fails. */
export async function openEnvelope(place: Place, payload: Uint8Array, held: Held, keyOf: KeyOf): Promise<Envelope> {
  const e = parseEnvelope(payload);
  refuseUnless(e.v === VERSION, 'version');
  refuseUnless(place.kind !== 'here' && TYPES[place.kind].includes(e.type), 'type');
  checkNames(e, place);
  checkFreshness(e, place, held);
  const sig = unbase64url(e.sig);
  refuseUnless(sig !== null && sig.length === 64, 'signature');
  const key = await keyOf(e);
  refuseUnless(key !== null, 'revoked');
  refuseUnless(await crypto.subtle.verify(ES256, key, sig, utf8(await canonicalLines(e))), 'signature');
  return e;
}

/** Signs an envelope. The caller vouches for the members. */
export async function sealEnvelope(e: Omit<Envelope, 'v' | 'sig'>, key: CryptoKey): Promise<Envelope> {
  const whole = { v: VERSION, ...e };
  const sig = new Uint8Array(await crypto.subtle.sign(ES256, key, utf8(await canonicalLines(whole))));
  return { ...whole, sig: base64url(sig) };
}

/** A public key from base64url SPKI DER; throws on anything that is not a P-256 key. */
export async function importVerifyKey(spki: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('spki', spki, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
}
