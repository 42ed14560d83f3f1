// An ID token (OpenID Connect Core 1.0, 3.1.3.7) against the page's own list of issuers. jose checks the signature and the times.

import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose';
import type { Person } from './judge';
import { ALGORITHMS } from './messages';
import type { TokenIssuer } from './trust';

export type TokenFault = 'token' | 'token-issuer' | 'token-key' | 'token-algorithm' | 'token-signature' | 'token-audience' | 'token-expired' | 'token-old' | 'token-early' | 'token-nonce';

const SKEW_S = 60;
/** Issued for this call: no login lasts longer at a kiosk. */
const AGE_S = 600;
/** As the Finnish trust network and Suomi.fi name them. */
const CLAIM = { satu: 'urn:oid:1.2.246.22', personId: 'urn:oid:1.2.246.21' };

interface Judged { faults: TokenFault[]; person: Person | null }
const wrong = (fault: TokenFault): Judged => ({ faults: [fault], person: null });

/** Words to show: bounded, nothing that hides or turns the line around. */
const words = (v: unknown): string => (typeof v === 'string' && v.length <= 200 && v.isWellFormed() && !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(v) ? v.trim() : '');

function personOf(claims: JWTPayload, from: TokenIssuer): Person | null {
  const both = [claims['given_name'], claims['family_name']].map(words).filter((w) => w !== '').join(' ');
  const name = both === '' ? words(claims['name']) : both;
  const ids = [['satu', CLAIM.satu], ['person-id', CLAIM.personId], ['subject', 'sub']] as const;
  const [kind, claim] = ids.find(([, c]) => words(claims[c]) !== '') ?? ['subject', ''];
  const id = words(claims[claim]);
  return name === '' || id === '' ? null : { name, id, kind, issuer: from.name };
}

function faultOf(error: unknown): TokenFault {
  if (error instanceof errors.JWTExpired) return error.claim === 'iat' ? 'token-old' : 'token-expired';
  if (error instanceof errors.JWTClaimValidationFailed) return error.claim === 'aud' ? 'token-audience' : ['iat', 'nbf'].includes(error.claim) && error.reason === 'check_failed' ? 'token-early' : 'token';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'token-algorithm';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'token-signature';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys || error instanceof TypeError) return 'token-key';
  return 'token';
}

const audienceFits = (claims: JWTPayload, client: string): boolean =>
  [claims.aud ?? []].flat().every((a) => a === client) && (claims['azp'] === undefined || claims['azp'] === client);

/** An issuer that says for which call, says it right. */
const nonceFits = (claims: JWTPayload, from: TokenIssuer, nonce: string): boolean =>
  claims['nonce'] === nonce || (!from.nonce && claims['nonce'] === undefined);

/** `nonce`: of the call (challenge.ts). Total. */
export async function judgeToken(token: string, issuers: readonly TokenIssuer[], now: number, nonce: string): Promise<Judged> {
  try {
    const claimed = decodeJwt(token);
    const from = issuers.find((i) => i.issuer === claimed.iss);
    if (from === undefined) return wrong('token-issuer');
    const { typ } = decodeProtectedHeader(token);
    // Access tokens and logout tokens of the same issuer are no ID tokens.
    if ((typ !== undefined && String(typ).toLowerCase() !== 'jwt') || 'events' in claimed) return wrong('token');
    const { payload } = await jwtVerify(token, createLocalJWKSet(from.keys as JSONWebKeySet), {
      issuer: from.issuer, audience: from.client, algorithms: [...ALGORITHMS], clockTolerance: SKEW_S, currentDate: new Date(now), maxTokenAge: AGE_S,
      requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
    });
    if (!audienceFits(payload, from.client)) return wrong('token-audience');
    if (!nonceFits(payload, from, nonce)) return wrong('token-nonce');
    const person = personOf(payload, from);
    return person === null ? wrong('token') : { faults: [], person };
  } catch (error) {
    return wrong(faultOf(error));
  }
}
