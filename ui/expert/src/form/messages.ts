// What the kiosk says on the `form` channel in JSON: judged member by member, everything with a ceiling. Further members are
// ignored. Spec: PROTOCOL.md, "Form". Pure.

import { flag, jsonOf, objectOf, oneOf, shaped, text, type Json } from '../wire/judge';
import { faultUnless } from './fault';

export const KIND = {
  join: 1, hello: 2, definition: 3, sync: 4, aware: 5, ack: 6, do: 7, state: 8, snapshot: 9, package: 10, over: 11,
} as const;

export const ERRORS = [
  'missing', 'too-long', 'not-number', 'too-small', 'too-large', 'not-date', 'too-early', 'too-late', 'not-option', 'not-email', 'not-phone',
  'not-postcode', 'not-iban', 'iban-check', 'not-person-id', 'person-id-check', 'not-pattern', 'too-few-rows', 'too-many-rows', 'bad-text',
] as const;
export type FieldError = (typeof ERRORS)[number];
export const PHASES = ['filling', 'review', 'sealing', 'sent', 'failed'] as const;
export type Phase = (typeof PHASES)[number];
export const BYS = ['citizen', 'expert', 'both', 'accepted'] as const;
export type By = (typeof BYS)[number];

export interface Judged { error: FieldError; bound: string }
export interface Hello { doc: string; client: number; lang: string; sha256: string; fresh: boolean }
export interface KioskState {
  phase: Phase;
  section: string;
  errors: ReadonlyMap<string, Judged>;
  suggestions: ReadonlyMap<string, string>;
  point: string;
  by: ReadonlyMap<string, By>;
  hidden: ReadonlySet<string>;
  /** Of the snapshot, hex; "" while there is none. */
  sha256: string;
  code: string;
  posting: boolean;
  posted: boolean;
}

/** The one client id a kiosk writes as. */
export const KIOSK_CLIENT = 1;
const CLIENT_MAX = 2 ** 31 - 1;
const ENTRIES_MAX = 2000;
const PATH_MAX = 64;
const TEXT_MAX = 8192;

/** A member that is an object of paths. */
function byPath<T>(o: Json, key: string, read: (value: unknown) => T): Map<string, T> {
  const entries = Object.entries(objectOf(o[key]));
  faultUnless(entries.length <= ENTRIES_MAX && entries.every(([path]) => path.length <= PATH_MAX), 'malformed', key);
  return new Map(entries.map(([path, value]) => [path, read(value)]));
}

export function readHello(bytes: Uint8Array): Hello {
  const o = objectOf(jsonOf(bytes));
  faultUnless(o['v'] === 1, 'version');
  const { client } = o as { client?: unknown };
  faultUnless(Number.isInteger(client) && (client as number) > KIOSK_CLIENT && (client as number) <= CLIENT_MAX, 'client');
  faultUnless(o['kiosk'] === KIOSK_CLIENT, 'client');
  return {
    doc: shaped(o, 'doc', /^[0-9a-f]{32}$/), client: client as number, lang: shaped(o, 'lang', /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$/),
    sha256: shaped(o, 'sha256', /^[0-9a-f]{64}$/), fresh: flag(o, 'fresh'),
  };
}

export function readState(bytes: Uint8Array): KioskState {
  const o = objectOf(jsonOf(bytes));
  const hidden = o['hidden'];
  faultUnless(Array.isArray(hidden) && hidden.length <= ENTRIES_MAX, 'malformed', 'hidden');
  faultUnless(hidden.every((h) => typeof h === 'string' && h.length <= PATH_MAX), 'malformed', 'hidden');
  const plain = (value: unknown): string => text({ value } as Json, 'value', TEXT_MAX);
  return {
    phase: oneOf(o['phase'], PHASES, 'phase'), section: text(o, 'section', PATH_MAX),
    errors: byPath(o, 'errors', (v) => {
      const e = objectOf(v);
      return { error: oneOf(e['error'], ERRORS, 'error'), bound: text(e, 'bound', PATH_MAX) };
    }),
    suggestions: byPath(o, 'suggestions', plain), point: text(o, 'point', PATH_MAX),
    by: byPath(o, 'by', (v) => oneOf(v, BYS, 'by')), hidden: new Set(hidden as string[]),
    sha256: shaped(o, 'sha256', /^([0-9a-f]{64})?$/), code: shaped(o, 'code', /^[A-Za-z0-9-]{0,32}$/), posting: flag(o, 'posting'), posted: flag(o, 'posted'),
  };
}

/** How far the kiosk holds this page's own edits. */
export function readAck(bytes: Uint8Array): number {
  faultUnless(bytes.length === 4, 'malformed', 'ack');
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}
