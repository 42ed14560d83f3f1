// A kiosk's requests for certificates, as its console and its QR code give them.
import { createHash } from 'node:crypto';
import { fail } from './files.mjs';

const ROLES = ['device', 'tls'];

/** The requests of `text` by role, PEM; each is checked. Spaces that a telephone or a mail put in are no matter. */
export function splitRequests(ca, text) {
  const found = {};
  const blocks = text.match(/-----BEGIN CERTIFICATE REQUEST-----[^-]*-----END CERTIFICATE REQUEST-----/g) ?? [];
  for (const block of blocks) {
    const inside = block.split('-----')[2].replace(/\s+/g, '').match(/.{1,64}/g) ?? [];
    const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${inside.join('\n')}\n-----END CERTIFICATE REQUEST-----\n`;
    const { role } = ca.readRequest(pem);
    if (!ROLES.includes(role) || found[role]) {
      fail(`that is not what a kiosk asks: ${found[role] ? 'two requests' : 'a request'} for "${role ?? ''}"`);
    }
    found[role] = pem;
  }
  return ROLES.every((role) => found[role]) ? found : fail('there are not both requests in it: device and tls');
}

/** What a kiosk without a certificate is called: by its signing key. */
export function fingerprint(ca, request) {
  const der = ca.readRequest(request).key.export({ type: 'spki', format: 'der' });
  return `new-${createHash('sha256').update(der).digest('hex').slice(0, 8)}`;
}
