// A kiosk's site file (firmware/provision/site.schema.json) of a template and what the store has.
import { existsSync, readFileSync } from 'node:fs';
import { fail } from './files.mjs';

const readIf = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

/** The agency's member as the kiosk takes it; what the template says itself stays. */
function agency(store, wanted) {
  const ca = store.requireAgency(wanted?.id);
  const whole = { ...wanted, ca: wanted.ca ?? readFileSync(ca.certificatePath, 'utf8'), crl: wanted.crl ?? readIf(ca.crlPath) };
  if (wanted.post && !wanted.post.cert) {
    const cert = readIf(store.path('agencies', wanted.id, 'post.crt')) ?? fail(`agency "${wanted.id}" has no certificate for letters: luukku-pki post`);
    whole.post = { ...wanted.post, cert };
  }
  return whole;
}

/** The site file's text for the kiosk of `record`. */
export function siteFile(store, record, template) {
  let site;
  try {
    site = JSON.parse(template);
  } catch (error) {
    fail(`the template is no JSON: ${error.message}`);
  }
  if (!Array.isArray(site?.agencies)) {
    fail('the template has no list "agencies"');
  }
  const agencies = site.agencies.map((a) => agency(store, a));
  const help = site.help && { ca: readIf(store.technicians.certificatePath), crl: readIf(store.technicians.crlPath), ...site.help };
  const text = JSON.stringify({ ...site, v: 1, kiosk: record.kiosk, site: site.site ?? record.site, agencies, help }, null, 1);
  // It may go through a serial line: ASCII alone.
  return `${text.replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}
