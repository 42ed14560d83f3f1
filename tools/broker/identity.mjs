// identity.json: whom the experts' page believes to say who a citizen is (firmware/signal/PROTOCOL.md, "Files beside the page").
import { readFileSync } from 'node:fs';

/** Everything of one kind in a PEM file, as base64url of its DER. */
function entries(path, kind) {
  const found = readFileSync(path, 'utf8').match(new RegExp(`-----BEGIN ${kind}-----[^-]*-----END ${kind}-----`, 'g')) ?? [];
  return found.map((pem) => Buffer.from(pem.replace(/-----[^-]*-----/g, ''), 'base64').toString('base64url'));
}

/**
 * cards: the authorities and revocation lists that a kiosk is configured with (firmware/store/README.md); null: none.
 * issuers: of ID tokens, [{issuer, client, name: {fi, sv, en}, keys: <JWK set>}].
 */
export function identityFile(cards, issuers = []) {
  return { v: 1, cas: cards ? entries(cards.ca, 'CERTIFICATE') : [], crls: cards?.crl ? entries(cards.crl, 'X509 CRL') : [], issuers };
}
