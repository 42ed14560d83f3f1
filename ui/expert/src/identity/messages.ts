// What goes over `ctl` about who the citizen is: firmware/signal/PROTOCOL.md, "Identity". Reading is total: what is not one of these
// messages, or not as it should be, is null.

import { unbase64url, type Bytes } from '../wire/bytes';

export const HOWS = ['card', 'phone', 'document'] as const;
export type How = (typeof HOWS)[number];
export const ALGORITHMS = ['ES256', 'ES384', 'RS256', 'PS256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];
const GOING = ['asked', 'card', 'pin', 'working', 'phone', 'document'] as const;
export type Going = (typeof GOING)[number];
const WHYS = [
  'wrong-pin', 'last-try', 'blocked', 'no-card', 'card-gone', 'not-eid', 'unreadable', 'timeout', 'reader', 'no-reader', 'bad-signature', 'expired',
  'phone-denied', 'phone-failed', 'no-camera', 'failed',
] as const;
export type Why = (typeof WHYS)[number];

/** On whose behalf the citizen says to act; as they wrote it. */
export interface Role { role: 'self' | 'person' | 'company'; name: string; id: string }
export const SELF: Role = { role: 'self', name: '', id: '' };

export type Proof =
  | { how: 'card'; cert: Bytes; alg: Algorithm; sig: Bytes }
  | { how: 'phone'; token: string; sig: Bytes }
  | { how: 'document' };

export type Said = { n: number; how: How } & (
  /** left: seconds that the telephone's code can still be used. */
  | { state: Going | 'declined' | 'off'; left?: number }
  | { state: 'failed'; why: Why; tries: number }
  /** Null: there is one that cannot be read. */
  | { state: 'proof'; proof: Proof | null });

export type Message = { type: 'role'; role: Role } | { type: 'identity'; said: Said };

export const N_MAX = 2147483647;
const CERT_MAX = 8192;
const SIG_MAX = 512;
const TOKEN_MAX = 15_360;
const TRIES_MAX = 15;
const LEFT_MAX_S = 600;
const NAME_MAX = 128;
const ID_MAX = 32;

type Json = Record<string, unknown>;

const among = <T extends string>(list: readonly T[], v: unknown): v is T => (list as readonly unknown[]).includes(v);
const whole = (v: unknown, least: number, most: number): v is number => typeof v === 'number' && Number.isInteger(v) && v >= least && v <= most;

/** A line of what is signed: nothing that ends a line, or hides. In UTF-8 at most `max` bytes. */
const line = (v: unknown, max: number): v is string => typeof v === 'string' && v.length <= max && v.isWellFormed()
  && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(v) && new TextEncoder().encode(v).length <= max;

export function readRole(m: Json): Role | null {
  const { role, name, id } = m;
  if (!among(['self', 'person', 'company'] as const, role) || !line(name, NAME_MAX) || !line(id, ID_MAX)) return null;
  const fits = role === 'self' ? name === '' && id === '' : name !== '';
  return fits ? { role, name, id } : null;
}

function bytes(v: unknown, max: number): Bytes | null {
  const found = typeof v === 'string' && v.length <= Math.ceil((max * 4) / 3) ? unbase64url(v) : null;
  return found === null || found.length === 0 || found.length > max ? null : found;
}

function readProof(how: How, m: Json): Proof | null {
  if (how === 'document') return { how };
  const sig = bytes(m['sig'], SIG_MAX);
  if (sig === null) return null;
  if (how === 'card') {
    const cert = bytes(m['cert'], CERT_MAX);
    return cert !== null && among(ALGORITHMS, m['alg']) ? { how, cert, alg: m['alg'], sig } : null;
  }
  const { token } = m;
  return typeof token === 'string' && token.length <= TOKEN_MAX && /^[\w-]+\.[\w-]+\.[\w-]*$/.test(token) ? { how, token, sig } : null;
}

function readSaid(m: Json): Said | null {
  const { n, how, state, why, tries, left } = m;
  if (!whole(n, 1, N_MAX) || !among(HOWS, how)) return null;
  if (state === 'proof') return { n, how, state, proof: readProof(how, m) };
  if (state === 'failed') return among(WHYS, why) ? { n, how, state, why, tries: whole(tries, 0, TRIES_MAX) ? tries : -1 } : null;
  if (!among([...GOING, 'declined', 'off'] as const, state)) return null;
  return state === 'phone' && whole(left, 0, LEFT_MAX_S) ? { n, how, state, left } : { n, how, state };
}

/** Null: of another kind, or malformed. */
export function readMessage(m: Json): Message | null {
  if (m['type'] === 'role') {
    const role = readRole(m);
    return role === null ? null : { type: 'role', role };
  }
  if (m['type'] !== 'identity') return null;
  const said = readSaid(m);
  return said === null ? null : { type: 'identity', said };
}

export const writeAsk = (n: number, how: How): string => JSON.stringify({ type: 'identify', n, how });
export const writeOff = (n: number): string => JSON.stringify({ type: 'identify-off', n });
export const writeSeen = (n: number): string => JSON.stringify({ type: 'identify-seen', n });
