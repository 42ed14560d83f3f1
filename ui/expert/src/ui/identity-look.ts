// What is known of who the citizen is, in one word and in the page's language. Pure.

import type { IdentityShare } from '../identity/share';
import type { Role } from '../identity/messages';
import type { Texts } from '../text';

/** `verified`: for this call, by this page, for the role that is told now. */
export type IdentityState = 'none' | 'going' | 'failed' | 'unverified' | 'stale' | 'seen' | 'verified' | 'earlier' | 'other-role';

/** What may turn a line around, or leave it, is no part of a name that is shown. */
const calm = (text: string): string => `\u2068${text.replaceAll(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')}\u2069`;

const UNFIT = ['unfit', 'earlier-connection', 'no-connection', 'token-nonce'];

/** How a verdict that was good stands now. */
export function keptState(s: IdentityShare): 'seen' | 'verified' | 'earlier' | 'other-role' | null {
  if (s.kept === null || s.standing === null) return null;
  if (s.kept.how === 'document') return 'seen';
  return s.standing === 'now' ? 'verified' : s.standing;
}

export function identityState(s: IdentityShare): IdentityState {
  if (s.going) return 'going';
  if (s.stage === 'none') return keptState(s) ?? 'none';
  if (s.stage !== 'proof') return 'failed';
  const v = s.verdict;
  if (v?.ok === true) return keptState(s) ?? 'none';
  return v?.adopted === true && v.faults.some((f) => UNFIT.includes(f)) ? 'stale' : 'unverified';
}

/** Why there is no proof, in sentences. */
export function reasonsOf(t: Texts, s: IdentityShare): string[] {
  const i = t.identity;
  if (s.stage === 'declined') return [i.declined];
  if (s.stage === 'off') return [i.off];
  if (s.stage === 'silent') return [i.silent];
  if (s.stage === 'failed') return [i.whys[s.why ?? 'failed'], ...(s.why === 'wrong-pin' && s.tries >= 0 ? [i.tries(s.tries)] : [])];
  if (identityState(s) === 'stale') return [i.stale];
  return (s.verdict?.faults ?? []).map((f) => i.faults[f]);
}

/** Null: for oneself, or not told. */
export const roleText = (t: Texts, role: Role | null): string | null =>
  role === null || role.role === 'self' ? null : t.identity.roles[role.role](calm(role.name));

export const roleIdText = (t: Texts, role: Role | null): string => (role === null || role.id === '' ? '' : t.identity.roleId(calm(role.id)));

/** For the picture: the name that was verified for this very call. */
export const provenName = (s: IdentityShare): string | null => (keptState(s) === 'verified' ? (s.kept?.person?.name ?? null) : null);

export const chipOf = (t: Texts, state: IdentityState): string => ({
  none: t.identity.none, going: t.identity.under, failed: t.identity.not, unverified: t.identity.not, stale: t.identity.not, seen: t.identity.seen,
  verified: t.identity.verified, earlier: t.identity.earlier, 'other-role': t.identity.otherRole,
})[state];

/** What is said aloud of it. */
export function identitySaid(t: Texts, s: IdentityShare): string | null {
  const state = identityState(s);
  if (state === 'none') return null;
  if (state === 'going') return s.stage === 'sent' ? null : t.identity.going[s.stage as keyof typeof t.identity.going];
  if (state === 'failed' || state === 'unverified' || state === 'stale') return `${t.identity.not}. ${reasonsOf(t, s).join(' ')}`;
  return [chipOf(t, state), s.kept?.person?.name].filter((w) => w !== undefined).join(': ');
}


