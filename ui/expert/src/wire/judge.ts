// What a kiosk sends, judged: what is not as the protocol says is refused by a name. Members of JSON one by one, further ones are
// ignored. Pure.

export type Json = Record<string, unknown>;

/** Thrown by everything that judges what a kiosk sent. */
export class KioskFault extends Error {
  constructor(readonly reason: string, readonly detail = '') {
    super(`kiosk: ${reason}${detail === '' ? '' : ` (${detail})`}`);
    this.name = 'KioskFault';
  }
}

/** With the reasons that a channel knows. */
export type FaultUnless<Reason extends string> = (ok: boolean, reason: Reason, detail?: string) => asserts ok;
export const faultUnless: FaultUnless<string> = (ok, reason, detail) => {
  if (!ok) throw new KioskFault(reason, detail);
};

/** Bytes to a JSON value; anything but well-formed UTF-8 of one value is refused. */
export function jsonOf(bytes: Uint8Array, reason = 'malformed'): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new KioskFault(reason, 'JSON');
  }
}

export function objectOf(value: unknown, reason = 'malformed'): Json {
  faultUnless(typeof value === 'object' && value !== null && !Array.isArray(value), reason, 'object');
  return value as Json;
}

/** At most `max` UTF-16 units. */
export function text(o: Json, key: string, max: number): string {
  const value = o[key];
  faultUnless(typeof value === 'string' && value.length <= max, 'malformed', key);
  return value;
}

export function shaped(o: Json, key: string, form: RegExp): string {
  const value = text(o, key, 256);
  faultUnless(form.test(value), 'malformed', key);
  return value;
}

export function flag(o: Json, key: string): boolean {
  const value = o[key];
  faultUnless(typeof value === 'boolean', 'malformed', key);
  return value;
}

export function oneOf<T extends string>(value: unknown, known: readonly T[], what: string): T {
  const found = known.find((k) => k === value);
  faultUnless(found !== undefined, 'malformed', what);
  return found;
}

/** Of `over`, which both channels end with: why. */
export const readOver = (bytes: Uint8Array): string => shaped(objectOf(jsonOf(bytes)), 'why', /^[a-z-]{1,32}$/);
