// Whether a certificate is to be believed: a chain to one of the page's own authorities (RFC 5280, 6.1), and their revocation lists (6.3).
// What is wrong is told in words of its own; nothing is fetched.

import { USAGE, signedBy, type Cert, type Crl } from './cert';
import type { Trust } from './trust';

export type ChainFault =
  | 'unknown-issuer' | 'forged' | 'issuer-invalid' | 'chain' | 'expired' | 'not-yet' | 'usage' | 'revoked' | 'issuer-revoked' | 'crl-missing' | 'crl-old' | 'crl-early';

/** Certificates of one chain, the first and the last included. */
const DEPTH_MAX = 5;
/** A list from the future: clocks differ a little. */
const SKEW_MS = 300_000;
const CLIENT = ['1.3.6.1.5.5.7.3.2', '2.5.29.37.0'];

const isRoot = (c: Cert): boolean => c.issuer === c.subject;

/** From the certificate up to a root; or why there is none. Of several authorities of one name the one whose key signed it. */
async function pathOf(leaf: Cert, cas: readonly Cert[]): Promise<Cert[] | 'unknown-issuer' | 'forged'> {
  const path = [leaf];
  while (path.length < DEPTH_MAX) {
    const last = path.at(-1)!;
    const named = cas.filter((c) => c.subject === last.issuer);
    if (named.length === 0) return 'unknown-issuer';
    let by: Cert | undefined;
    for (const c of named) if (by === undefined && (await signedBy(last, c))) by = c;
    if (by === undefined) return 'forged';
    path.push(by);
    if (isRoot(by)) return (await signedBy(by, by)) ? path : 'forged';
  }
  return 'unknown-issuer';
}

/** `below`: authorities between this one and the last certificate. */
function mayIssue(ca: Cert, below: number): boolean {
  return ca.ca && ca.usage !== null && (ca.usage & USAGE.keyCertSign) !== 0 && !ca.strange && below <= ca.pathLen;
}

function mayIdentify(leaf: Cert): boolean {
  const usage = leaf.usage !== null && (leaf.usage & USAGE.digitalSignature) !== 0;
  return usage && !leaf.ca && !leaf.strange && (leaf.purposes === null || leaf.purposes.some((p) => CLIENT.includes(p)));
}

/** By the newest whole list that the authority itself signed. */
async function revocation(cert: Cert, by: Cert, crls: readonly Crl[], now: number): Promise<ChainFault[]> {
  const named = crls.filter((l) => l.issuer === by.subject);
  if (named.length === 0 && !cert.listed) return [];
  const fit: Crl[] = [];
  for (const l of named) if (!l.partial && (await signedBy(l, by))) fit.push(l);
  const newest = fit.sort((a, b) => b.from - a.from)[0];
  if (newest === undefined || newest.to === null || by.usage === null || (by.usage & USAGE.cRLSign) === 0) return ['crl-missing'];
  return [
    ...(newest.revoked.has(cert.serial) ? ['revoked' as const] : []),
    ...(newest.to < now ? ['crl-old' as const] : []),
    ...(newest.from > now + SKEW_MS ? ['crl-early' as const] : []),
  ];
}

/** All that is wrong, the gravest first; nothing: it is to be believed. Total. */
export async function judgeChain(leaf: Cert, trust: Pick<Trust, 'cas' | 'crls'>, now: number): Promise<ChainFault[]> {
  const path = await pathOf(leaf, trust.cas);
  if (typeof path === 'string') return [path];
  const faults = new Set<ChainFault>();
  const above = path.slice(1);
  // Issued by itself alone, it would be no count of the way (RFC 5280, 6.1.4 l).
  if (!above.every((ca, i) => mayIssue(ca, above.slice(0, i).filter((c) => !isRoot(c)).length))) faults.add('chain');
  for (const [i, by] of above.entries()) {
    for (const f of await revocation(path[i]!, by, trust.crls, now)) faults.add(f === 'revoked' && i > 0 ? 'issuer-revoked' : f);
  }
  if (above.some((ca) => now < ca.from || now > ca.to)) faults.add('issuer-invalid');
  if (now > leaf.to) faults.add('expired');
  if (now < leaf.from) faults.add('not-yet');
  if (!mayIdentify(leaf)) faults.add('usage');
  const gravity: ChainFault[] = ['chain', 'issuer-revoked', 'revoked', 'usage', 'expired', 'not-yet', 'issuer-invalid', 'crl-missing', 'crl-early', 'crl-old'];
  return gravity.filter((f) => faults.has(f));
}
