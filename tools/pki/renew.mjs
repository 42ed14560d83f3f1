// A kiosk that asks for new certificates by itself: firmware/signal/PROTOCOL.md, "Renewal".
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { checkName, fail } from './files.mjs';
import { splitRequests } from './request.mjs';

const REQUEST_MAX = 8192;
const DAYS = 1095;

const spki = (key) => key.export({ type: 'spki', format: 'der' }).toString('base64');
const keyOf = (certificate) => spki(certificate.publicKey);
const subject = (certificate, type) => certificate.subject.split('\n').find((line) => line.startsWith(`${type}=`))?.slice(type.length + 1);

/** Whether less than half of its life is left. */
function isHalfOver(certificate, now) {
  const from = Date.parse(certificate.validFrom);
  const to = Date.parse(certificate.validTo);
  return to - now < (to - from) / 2;
}

/** The certificate that signed, which must be this kiosk's own signing certificate, in force in the store. */
function checkSigner(store, kiosk, signer, now) {
  const serials = store.fleet.serials('CN', kiosk).map((s) => s.replace(/^0+/, '').toUpperCase());
  if (subject(signer, 'CN') !== kiosk || subject(signer, 'OU') !== 'device') {
    fail('it is signed by somebody else');
  }
  if (!serials.includes(signer.serialNumber.replace(/^0+/, '').toUpperCase())) {
    fail('the certificate it is signed with is revoked or not in the store');
  }
  if (!isHalfOver(signer, now)) {
    fail('the certificate it is signed with has more than half of its life left');
  }
}

/**
 * The answer to `text`, which came as kiosk `kiosk`'s: its new certificates and the fleet's CA, PEM. Asked again, it is the same.
 * A UserError says why there are none.
 */
export function renewKiosk(store, kiosk, text, { now = Date.now(), days = DAYS, period }) {
  const ca = store.requireFleet();
  const record = store.record('kiosk', checkName('kiosk', kiosk)) ?? fail('there is no such kiosk');
  if (record.revoked) {
    fail('the kiosk is revoked');
  }
  if (text.length > REQUEST_MAX) {
    fail('the request is too long');
  }
  const { content, signer } = ca.openSigned(text);
  checkSigner(store, kiosk, signer, now);
  if (!content.startsWith(`luukku-renew-1 ${kiosk}\n`)) {
    fail('it is no request for a renewal of this kiosk');
  }
  const requests = splitRequests(ca, content);
  if (spki(ca.readRequest(requests.device).key) !== keyOf(signer)) {
    fail('the signing key in it is another one');
  }
  const wanted = spki(ca.readRequest(requests.tls).key);
  const is = new X509Certificate(readFileSync(store.path('kiosks', kiosk, 'tls.crt')));
  if (wanted !== keyOf(is)) {
    if (ca.serials('CN', kiosk).some((serial) => keyOf(ca.issued(serial)) === wanted)) {
      fail('the TLS key in it had a certificate before');
    }
    store.signKiosk(kiosk, record.site, period(days), requests);
  }
  return store.answer(kiosk);
}
