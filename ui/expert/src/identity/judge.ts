// Whether a proof shows who the citizen is, in this call: everything is computed here, nothing is taken from the kiosk's word but the role,
// which is shown. Total.

import type { Lang3 } from '../wire/body';
import type { Bytes } from '../wire/bytes';
import { ATTRIBUTE, importKey, readCert, type Cert, type Scheme } from './cert';
import { judgeChain, type ChainFault } from './chain';
import { cardText, loginNonce, phoneText, sameBinding, type Binding } from './challenge';
import { SELF, type Algorithm, type Proof, type Role } from './messages';
import { judgeToken, type TokenFault } from './token';
import type { Trust } from './trust';

/** Why the signature is not of this call: what it was made for is told only where it fits just that. */
export type BindingFault = 'other-call' | 'earlier-connection' | 'swapped' | 'other-role' | 'unfit';
export type Fault = 'not-set-up' | 'set-up-broken' | 'no-connection' | 'unreadable' | 'too-many' | 'algorithm' | 'nameless' | BindingFault | ChainFault | TokenFault;

export interface Person { name: string; id: string; kind: 'satu' | 'person-id' | 'subject'; issuer: Lang3 }
export interface Judgement { faults: Fault[]; /** Also of a card that is outdated or revoked: what is written on it. */ person: Person | null }

/** What may have been signed instead, so that it can be told. */
export interface Known { binding: Binding; role: Role; roles: readonly Role[]; earlier: readonly Binding[] }
export interface Around { trust: Trust; kioskKey: CryptoKey | null; now: number }

const KEYS: Record<Algorithm, { kind: Cert['kind']; scheme: Scheme; hash: string }> = {
  ES256: { kind: 'P-256', scheme: 'ECDSA', hash: 'SHA-256' }, ES384: { kind: 'P-384', scheme: 'ECDSA', hash: 'SHA-384' },
  RS256: { kind: 'RSA', scheme: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, PS256: { kind: 'RSA', scheme: 'RSA-PSS', hash: 'SHA-256' },
};
/** A person whom the signature belongs to, though not to be believed any more. */
const OUTDATED: Fault[] = ['revoked', 'issuer-revoked', 'expired', 'not-yet', 'issuer-invalid', 'crl-missing', 'crl-old', 'crl-early'];

const swap = (b: Binding): Binding => ({ ...b, kioskPrint: b.pagePrint, pagePrint: b.kioskPrint });

/** Null: it fits. Whatever else it fits is known to this page by itself. */
async function bindingFault(k: Known, fits: (b: Binding, r: Role) => Promise<boolean>): Promise<BindingFault | null> {
  if (await fits(k.binding, k.role)) return null;
  const roles = [SELF, ...k.roles];
  for (const r of roles) if (await fits(k.binding, r)) return 'other-role';
  for (const r of [k.role, ...roles]) if (await fits(swap(k.binding), r)) return 'swapped';
  for (const b of k.earlier) {
    if (sameBinding(b, k.binding)) continue;
    for (const r of [k.role, ...roles]) if (await fits(b, r)) return b.call === k.binding.call ? 'earlier-connection' : 'other-call';
  }
  return 'unfit';
}

const same = (text: string): Lang3 => ({ fi: text, sv: text, en: text });

/** FINEID: the subject's serialNumber is the SATU. Given name first, as people say it. */
function holder(cert: Cert): Person | null {
  const one = (id: string): string => {
    const found = cert.fields.get(id) ?? [];
    return found.length === 1 && !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(found[0]!) && found[0]!.length <= 128 ? found[0]!.trim() : '';
  };
  const both = [one(ATTRIBUTE.givenName), one(ATTRIBUTE.surname)].filter((w) => w !== '').join(' ');
  const name = both === '' ? one(ATTRIBUTE.commonName) : both;
  const id = one(ATTRIBUTE.serialNumber);
  return name === '' || id === '' ? null : { name, id, kind: 'satu', issuer: same(cert.issuerName) };
}

async function judgeCard(proof: Extract<Proof, { how: 'card' }>, k: Known, around: Around): Promise<Judgement> {
  let cert: Cert;
  try {
    cert = readCert(proof.cert);
  } catch {
    return { faults: ['unreadable'], person: null };
  }
  const { kind, scheme, hash } = KEYS[proof.alg];
  const key = cert.kind === kind ? await importKey(cert, scheme, hash) : null;
  if (key === null) return { faults: ['algorithm'], person: null };
  const how = { name: scheme, hash, saltLength: 32 };
  const bound = await bindingFault(k, async (b, r) => verify(how, key, proof.sig, await cardText(b, r)));
  const person = holder(cert);
  const faults: Fault[] = [...(bound === null ? [] : [bound]), ...(await judgeChain(cert, around.trust, around.now))];
  if (faults.length === 0 && person === null) faults.push('nameless');
  return { faults, person: faults.every((f) => OUTDATED.includes(f)) ? person : null };
}

const verify = (how: Parameters<SubtleCrypto['verify']>[0], key: CryptoKey, sig: Bytes, text: Bytes): Promise<boolean> =>
  crypto.subtle.verify(how, key, sig, text).catch(() => false);

async function judgePhone(proof: Extract<Proof, { how: 'phone' }>, k: Known, around: Around): Promise<Judgement> {
  const { kioskKey, trust, now } = around;
  const how = { name: 'ECDSA', hash: 'SHA-256' };
  const fits = async (b: Binding, r: Role): Promise<boolean> => kioskKey !== null && verify(how, kioskKey, proof.sig, await phoneText(b, r, proof.token));
  const bound = await bindingFault(k, fits);
  const { faults, person } = await judgeToken(proof.token, trust.issuers, now, await loginNonce(k.binding));
  return bound === null ? { faults, person } : { faults: [bound, ...faults], person: null };
}

export async function judge(proof: Exclude<Proof, { how: 'document' }>, k: Known, around: Around): Promise<Judgement> {
  return proof.how === 'card' ? judgeCard(proof, k, around) : judgePhone(proof, k, around);
}
