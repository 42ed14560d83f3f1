// Whether a sealed container is whole, and who sealed it. Shares no code with the firmware.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './check.mjs';
import { readSignature } from './cms.mjs';
import { readZip } from './zip.mjs';

const MIMETYPE = 'application/vnd.etsi.asic-e+zip';
const DOCUMENT_SIGNING = '1.3.6.1.5.5.7.3.36';
const SIZE_MAX = 160 * 1024 * 1024;

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" ' +
  'xmlns:ds="http://www.w3.org/2000/09/xmldsig#">\n';
const REFERENCE = new RegExp('^<asic:SigReference URI="([^"<>&]+)" MimeType="application/pkcs7-signature"/>\n');
const OBJECT = new RegExp('^<asic:DataObjectReference URI="([^"<>&]+)" MimeType="([^"<>&]+)"><ds:DigestMethod ' +
  'Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>([A-Za-z0-9+/]{43}=)</ds:DigestValue>' +
  '</asic:DataObjectReference>\n');
const TAIL = '</asic:ASiCManifest>\n';

/** {signature, objects: [{name, type, digest}]} of an ASiCManifest in the one form that kiosks write. */
function readManifest(name, bytes) {
  let text = bytes.toString('utf8');
  check(text.startsWith(HEAD), `${name} is no manifest`);
  text = text.slice(HEAD.length);
  const reference = REFERENCE.exec(text);
  check(reference, `${name} names no signature`);
  text = text.slice(reference[0].length);
  const objects = [];
  for (let m = OBJECT.exec(text); m; m = OBJECT.exec(text)) {
    objects.push({ name: m[1], type: m[2], digest: m[3] });
    text = text.slice(m[0].length);
  }
  check(text === TAIL, `${name} is malformed`);
  return { signature: reference[1], objects };
}

function checkDigests(name, manifest, entries) {
  const seen = new Set();
  for (const { name: file, digest } of manifest.objects) {
    const entry = entries.find((e) => e.name === file);
    check(entry, `${file} is in ${name} but not in the container`);
    check(!seen.has(file), `${file} is in ${name} twice`);
    check(createHash('sha256').update(entry.data).digest('base64') === digest, `${file} is not what was signed`);
    seen.add(file);
  }
  for (const { name: file } of entries) {
    check(file === 'mimetype' || file.startsWith('META-INF/') || seen.has(file), `${file} is in no manifest`);
  }
}

/** openssl's word on the signature and the chain. */
function checkSignature(signature, manifest, time, options) {
  const dir = mkdtempSync(join(tmpdir(), 'luukku-verify-'));
  try {
    writeFileSync(join(dir, 'manifest'), manifest);
    writeFileSync(join(dir, 'ca'), readFileSync(options.ca, 'utf8') + (options.crl ? readFileSync(options.crl, 'utf8') : ''));
    const when = options.at === 'signing' ? time : options.at ? new Date(options.at) : new Date();
    check(!Number.isNaN(when.getTime()), '--at is no time');
    const run = spawnSync('openssl', ['cms', '-verify', '-cades', '-purpose', 'any', '-binary', '-inform', 'DER', '-content',
      join(dir, 'manifest'), '-CAfile', join(dir, 'ca'), '-no-CApath', '-no-CAstore', '-attime', String(Math.floor(when / 1000)),
      ...(options.crl ? ['-crl_check'] : []), '-out', '/dev/null'], { input: signature, encoding: 'utf8' });
    check(!run.error, `openssl does not run: ${run.error?.message}`);
    check(run.status === 0, `the signature is not accepted: ${run.stderr.trim().split('\n').at(-1)}`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** DOS date and time, in steps of two seconds. */
function dosStamp(date) {
  const day = (date.getUTCFullYear() - 1980) * 512 + (date.getUTCMonth() + 1) * 32 + date.getUTCDate();
  const time = date.getUTCHours() * 2048 + date.getUTCMinutes() * 32 + Math.floor(date.getUTCSeconds() / 2);
  return day * 65536 + time;
}

function checkSigner(certificate) {
  check(certificate.keyUsage?.includes(DOCUMENT_SIGNING), 'the signer\'s certificate is not for signing documents');
  return /^CN=(.+)$/m.exec(certificate.subject)?.[1] ?? '';
}

function readOne(manifestEntry, entries, options) {
  const number = /^META-INF\/ASiCManifest(\d{3})\.xml$/.exec(manifestEntry.name)[1];
  const manifest = readManifest(manifestEntry.name, manifestEntry.data);
  const entry = entries.find((e) => e.name === `META-INF/signature${number}.p7s`);
  check(entry && manifest.signature === entry.name, `${manifestEntry.name} and its signature do not belong together`);
  checkDigests(manifestEntry.name, manifest, entries);
  const { certificate, time } = readSignature(entry.data, manifestEntry.data);
  const signer = checkSigner(certificate);
  checkSignature(entry.data, manifestEntry.data, time, options);
  return { signer, time, serial: certificate.serialNumber, manifest };
}

/**
 * Checks `bytes` of a container; options: ca (path of PEM), crl, at. Gives {signatures, files}; throws Refused with the
 * reason otherwise.
 */
export function verify(bytes, options) {
  check(bytes.length <= SIZE_MAX, 'the container is too large');
  const entries = readZip(bytes);
  check(entries[0].name === 'mimetype' && entries[0].data.toString('latin1') === MIMETYPE, 'the first entry is not the mimetype of ASiC-E');
  const meta = entries.filter((e) => e.name.startsWith('META-INF/'));
  check(meta.every((e) => /^META-INF\/(ASiCManifest\d{3}\.xml|signature\d{3}\.p7s)$/.test(e.name)), 'META-INF has a file that does not belong there');
  const manifests = meta.filter((e) => e.name.endsWith('.xml'));
  check(manifests.length > 0 && manifests.length * 2 === meta.length, 'there is no signature, or one without its manifest');
  const signed = manifests.map((m) => readOne(m, entries, options));
  check(entries.every((e) => signed.some((s) => dosStamp(s.time) === e.stamp)), 'an entry is of another time than the signatures');
  return {
    signatures: signed.map(({ signer, time, serial }) => ({ signer, serial, time: time.toISOString() })),
    files: signed[0].manifest.objects.map(({ name, type, digest }) => ({
      name, type, sha256: Buffer.from(digest, 'base64').toString('hex'), bytes: entries.find((e) => e.name === name).data.length,
    })),
  };
}
