// Who of the same agency is on duty, by their presence: unsigned, shown and trusted for nothing. Forgotten after 15 s. Pure.

import { isName } from '../wire/topics';

export const HERE_MS = 15_000;
export const CREW_MAX = 48;
const LANGS_MAX = 8;
const PAYLOAD_MAX = 1024;

export type Presence = 'free' | 'busy' | 'away';
export interface Colleague { user: string; state: Presence; langs: string[]; heardAt: number }

const STATES: readonly string[] = ['free', 'busy', 'away'];
const isLang = (value: unknown): value is string => typeof value === 'string' && /^[a-z]{2,3}$/.test(value);

/** What a presence message says; `gone` and nonsense say nothing. */
function read(payload: Uint8Array): { state: Presence; langs: string[] } | null {
  if (payload.length > PAYLOAD_MAX) return null;
  try {
    const o = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)) as Record<string, unknown> | null;
    const state = o?.['state'];
    if (typeof state !== 'string' || !STATES.includes(state)) return null;
    const langs = Array.isArray(o?.['langs']) ? (o['langs'] as unknown[]).filter(isLang) : [];
    return { state: state as Presence, langs: [...new Set(langs)].slice(0, LANGS_MAX) };
  } catch {
    return null;
  }
}

export class Crew {
  private readonly here = new Map<string, Colleague>();

  /** `own` is left out: one knows one's own state. */
  constructor(private readonly own: string) {}

  /** Free ones first, then by name. */
  list(now: number): Colleague[] {
    for (const [user, c] of this.here) if (now - c.heardAt > HERE_MS) this.here.delete(user);
    const rank = (c: Colleague): number => STATES.indexOf(c.state);
    return [...this.here.values()].sort((a, b) => rank(a) - rank(b) || (a.user < b.user ? -1 : 1));
  }

  receive(user: string, payload: Uint8Array, now: number): void {
    if (user === this.own || !isName(user)) return;
    const said = read(payload);
    if (said === null) this.here.delete(user);
    else if (this.here.has(user) || this.list(now).length < CREW_MAX) this.here.set(user, { user, ...said, heardAt: now });
  }
}
