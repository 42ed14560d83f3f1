// Envelopes as an attacker makes them, written apart from the firmware and the page; and the papers of bad experts.
import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authority, newKey, validity } from '../../../../tools/pki/ca.mjs';

const VERSION = 'luukku-1';
export const nonce = () => randomBytes(16).toString('base64url');
export const strangeKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

/** Signs the members {type, kiosk, expert, call, kn, en, body} (firmware/signal/PROTOCOL.md, "Envelope"). */
export function seal(members, key) {
  const { type, kiosk, expert, call, kn, en, body } = members;
  const hash = createHash('sha256').update(body, 'utf8').digest('hex');
  const lines = [VERSION, type, kiosk, expert, call, kn, en, hash].join('\n');
  const sig = sign('sha256', Buffer.from(lines, 'utf8'), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  return { v: VERSION, type, kiosk, expert, call, kn, en, body, sig };
}

/** An SDP with another party's fingerprint in it. */
export function swapFingerprint(sdp) {
  const other = randomBytes(32).toString('hex').toUpperCase().match(/../g).join(':');
  return sdp.replaceAll(/(a=fingerprint:sha-256 )\S+/gi, `$1${other}`);
}

/** A key with a certificate: {key, der}. */
const paper = (ca, user, period = validity({ days: 300 })) => {
  const pem = newKey();
  const certificate = new X509Certificate(ca.issue(pem, [['UID', user], ['CN', user]], period));
  return { key: createPrivateKey(pem), der: certificate.raw, serial: certificate.serialNumber };
};

/** All the papers that must not do, and one that must, for `user` of the agency kela. `dir` is empty, for CAs of nobody. */
export function makePapers(store, user, dir) {
  const kela = store.agency('kela');
  const revoked = paper(kela, user);
  kela.revoke([revoked.serial], 'keyCompromise');
  kela.refreshCrl(90);
  const stranger = new Authority(join(dir, 'stranger'));
  stranger.create([['O', 'Kela'], ['CN', 'Kela: experts']], validity({ days: 3650 }), 90);
  const self = new Authority(join(dir, 'self'));
  self.create([['UID', user], ['CN', user]], validity({ days: 300 }), 90);
  return {
    good: paper(kela, user),
    revoked,
    expired: paper(kela, user, validity({ days: 10, from: new Date(Date.now() - 30 * 86400e3).toISOString() })),
    early: paper(kela, user, validity({ days: 10, from: new Date(Date.now() + 30 * 86400e3).toISOString() })),
    otherAgency: paper(store.agency('vero'), user),
    otherUser: paper(kela, 'somebody-else'),
    stranger: paper(stranger, user),
    selfSigned: { key: createPrivateKey(readFileSync(join(self.dir, 'ca.key'))), der: new X509Certificate(readFileSync(self.certificatePath)).raw },
  };
}
