// What a broker, or a bad expert, says to a waiting kiosk, and the name by which each is refused.
import { nonce, seal, strangeKey } from './forge.mjs';

const LONG = 30 * 1024;

/**
 * The attacks on a kiosk that waits: {what, reason, answered, topic, payload}. `answered`: the kiosk says so to the claimant
 * (PROTOCOL.md, "Claim", 2). `now` is {kiosk, expert, call, kn}, `old` the claim of an earlier call, `papers` as in forge.mjs.
 */
export function claimAttacks(now, old, papers) {
  const topic = `k/${now.kiosk}/down/${now.expert}`;
  const body = (der) => JSON.stringify({ cert: der.toString('base64') });
  const claim = (p, over = {}) => seal({ ...now, type: 'claim', en: nonce(), body: body(p.der), ...over }, over.key ?? p.key);
  const good = (over) => claim(papers.good, over);
  const text = (over) => JSON.stringify(good(over));
  const attack = (what, reason, payload, more = {}) => ({ what, reason, payload, topic, answered: false, ...more });
  const answered = { answered: true };
  return [
    attack('a certificate of another agency', 'agency', claim(papers.otherAgency), answered),
    attack('a revoked certificate', 'revoked', claim(papers.revoked), answered),
    attack('an expired certificate', 'certificate', claim(papers.expired), answered),
    attack('a certificate of next month', 'certificate', claim(papers.early), answered),
    attack('a self-signed certificate', 'certificate', claim(papers.selfSigned), answered),
    attack('a certificate of a CA that only bears the agency\'s name', 'certificate', claim(papers.stranger), answered),
    attack('another user\'s certificate', 'certificate', claim(papers.otherUser), answered),
    attack('the expert\'s certificate and another key', 'signature', good({ key: strangeKey() })),
    attack('a changed body', 'signature', { ...good(), body: body(papers.revoked.der) }),
    attack('no signature', 'signature', { ...good(), sig: '' }),
    attack('another kiosk\'s nonce', 'nonce', good({ kn: nonce() })),
    attack('an expert\'s nonce too short', 'nonce', good({ en: nonce().slice(1) })),
    attack('another call', 'call', good({ call: '0'.repeat(32) })),
    attack('the claim of an earlier call', 'call', old),
    attack('that claim under this call\'s names', 'signature', { ...old, call: now.call, kn: now.kn }),
    attack('30 KB', 'oversized', good({ body: 'x'.repeat(LONG) })),
    attack('half a message', 'malformed', text().slice(0, 200)),
    attack('a member twice', 'malformed', text().replace('{', '{"type":"claim",')),
    attack('something behind it', 'malformed', `${text()}{}`),
    attack('a list', 'malformed', `[${text()}]`),
    attack('a body that is none', 'malformed', good({ body: '{"cert":7}' })),
    attack('a certificate that is none', 'certificate', good({ body: body(Buffer.from('certificate')) })),
    attack('another version', 'version', { ...good(), v: 'luukku-2' }),
    attack('a grant to the kiosk', 'type', good({ type: 'grant' })),
    attack('another expert\'s name', 'names', good({ expert: 'somebody-else' })),
    attack('another kiosk\'s name', 'names', good({ kiosk: 'kiosk-2' })),
    attack('an answer before the grant', 'order', good({ type: 'answer', body: 'v=0\r\n' })),
    attack('a candidate before the grant', 'order', good({ type: 'candidate', body: '{}' })),
    attack('a farewell before the grant', 'order', good({ type: 'bye', body: '{"n":1,"why":"ended"}' })),
    attack('the topic of another kiosk', 'names', good({ kiosk: 'kiosk-2' }), { topic: `k/kiosk-2/down/${now.expert}`, force: true }),
    attack('the topic of its own words', 'type', good(), { topic: `k/${now.kiosk}/up/${now.expert}`, force: true }),
    attack('a topic of nobody', 'names', good(), { topic: 'k/..//down/x', force: true }),
  ];
}

/** What the broker says to a page that claims a call, in the kiosk's name: {what, reason, payload}. `claim` is the page's, `old` {grant}. */
export function grantAttacks(claim, old, revokedKey) {
  const { kiosk, expert, call, kn, en } = claim;
  const body = JSON.stringify({ n: 1, agency: 'kela', card: 'parental-allowance', lang: 'fi' });
  const grant = (over = {}) => seal({ kiosk, expert, call, kn, en, type: 'grant', body, ...over }, over.key ?? strangeKey());
  const attack = (what, reason, payload) => ({ what, reason, payload });
  return [
    attack('a grant by a key of nobody', 'signature', grant()),
    attack('a grant by a revoked kiosk\'s key', 'signature', grant({ key: revokedKey })),
    attack('a grant of an earlier call under this call\'s names', 'signature', { ...old.grant, call, kn, en }),
    attack('an offer of an earlier call under this call\'s names', 'signature', { ...old.offer, call, kn, en }),
    attack('30 KB', 'oversized', grant({ body: 'x'.repeat(LONG) })),
    attack('half a message', 'malformed', JSON.stringify(grant()).slice(0, 200)),
    attack('a member twice', 'malformed', JSON.stringify(grant()).replace('{', '{"type":"grant",')),
    attack('another version', 'version', { ...grant(), v: 'luukku-2' }),
    attack('a claim to the page', 'type', grant({ type: 'claim' })),
    attack('another kiosk\'s name', 'names', grant({ kiosk: 'kiosk-2' })),
    attack('another kiosk\'s nonce', 'nonce', grant({ kn: nonce() })),
  ];
}

/** What is said to a kiosk in a call, in its expert's name: {what, reason, payload}. `grant` is the call's. */
export function callAttacks({ kiosk, expert, call, kn, en }, papers) {
  const now = { kiosk, expert, call, kn, en };
  const claim = (p, more) => seal({ ...now, type: 'claim', en: nonce(), body: JSON.stringify({ cert: p.der.toString('base64'), ...more }) }, p.key);
  const bye = (over, key = strangeKey()) => seal({ ...now, type: 'bye', body: '{"n":9,"why":"ended"}', ...over }, key);
  const attack = (what, reason, payload) => ({ what, reason, payload });
  return [
    attack('a forged farewell', 'signature', bye()),
    attack('a farewell by a certified key of the same user', 'signature', bye({}, papers.good.key)),
    attack('a farewell of another tab', 'nonce', bye({ en: nonce() }, papers.good.key)),
    attack('a forged answer', 'signature', bye({ type: 'answer', body: 'v=0\r\n' })),
    attack('a second claim of the same user', 'taken', claim(papers.good)),
    attack('a resumption with the wrong nonce', 'taken', claim(papers.good, { resume: nonce() })),
    attack('a resumption with a revoked certificate', 'revoked', claim(papers.revoked, { resume: en })),
    attack('a resumption with a self-signed certificate', 'certificate', claim(papers.selfSigned, { resume: en })),
    attack('a resumption with a certificate of another agency', 'agency', claim(papers.otherAgency, { resume: en })),
  ];
}
