// Whether a sealed container is whole, and who sealed it. Shares no code with the firmware.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './check.mjs';
import { isForOwnWill, isKiosks, readSignature } from './cms.mjs';
import { readZip } from './zip.mjs';

const MIMETYPE = 'application/vnd.etsi.asic-e+zip';
const DOCUMENT_SIGNING = '1.3.6.1.5.5.7.3.36';
const PAPERS = 'attachments/';
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
function checkSignature({ signature, manifest, time, ca, crl }, at) {
  const dir = mkdtempSync(join(tmpdir(), 'luukku-verify-'));
  try {
    writeFileSync(join(dir, 'manifest'), manifest);
    writeFileSync(join(dir, 'ca'), readFileSync(ca, 'utf8') + (crl ? readFileSync(crl, 'utf8') : ''));
    const when = at === 'signing' ? time : at ? new Date(at) : new Date();
    check(!Number.isNaN(when.getTime()), '--at is no time');
    const run = spawnSync('openssl', ['cms', '-verify', '-cades', '-purpose', 'any', '-binary', '-inform', 'DER', '-content',
      join(dir, 'manifest'), '-CAfile', join(dir, 'ca'), '-no-CApath', '-no-CAstore', '-attime', String(Math.floor(when / 1000)),
      ...(crl ? ['-crl_check'] : []), '-out', '/dev/null'], { input: signature, encoding: 'utf8' });
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

const named = (certificate, attribute) => new RegExp(`^${attribute}=(.+)$`, 'm').exec(certificate.subject)?.[1] ?? '';

/** Whose signatures a container has, by their numbers, and what makes a signer theirs. */
const SIGNERS = {
  '001': {
    by: 'kiosk',
    check: ({ certificate, ...signature }) => check(isKiosks(signature) && certificate.keyUsage?.includes(DOCUMENT_SIGNING),
      'the signer\'s certificate is not for signing documents'),
    ca: (options) => ({ ca: options.ca, crl: options.crl }),
    who: (certificate) => ({ signer: named(certificate, 'CN') }),
  },
  '002': {
    by: 'citizen',
    check: ({ certificate }) => check(isForOwnWill(certificate), 'the citizen\'s certificate is not for signing'),
    ca: (options) => ({ ca: options.citizenCa, crl: options.citizenCrl }),
    who: (certificate) => ({ signer: named(certificate, 'CN'), satu: named(certificate, 'serialNumber') }),
  },
};

/** One signature, all but openssl's word on it. */
function readOne(manifestEntry, entries) {
  const number = /^META-INF\/ASiCManifest(\d{3})\.xml$/.exec(manifestEntry.name)[1];
  const kind = SIGNERS[number];
  check(kind, `${manifestEntry.name} is nobody's`);
  const manifest = readManifest(manifestEntry.name, manifestEntry.data);
  const entry = entries.find((e) => e.name === `META-INF/signature${number}.p7s`);
  check(entry && manifest.signature === entry.name, `${manifestEntry.name} and its signature do not belong together`);
  checkDigests(manifestEntry.name, manifest, entries);
  const found = readSignature(entry.data, manifestEntry.data);
  kind.check(found);
  return { ...found, number, kind, objects: manifest.objects, signature: entry.data, manifest: manifestEntry.data };
}

/** The manifests' numbers are 001 and, when the citizen signed, 002; both are over the same and of one time. */
function checkTogether(signed) {
  check(signed.every(({ number }, i) => Number(number) === i + 1), 'the signatures are not those of a kiosk and a citizen');
  const [first] = signed;
  const same = (s) => JSON.stringify(s.objects) === JSON.stringify(first.objects) && s.time.getTime() === first.time.getTime();
  check(signed.every(same), 'the signatures are not over the same');
}

/** The papers that the form names, and those in the container: the same, each with its SHA-256. */
function checkPapers(entries) {
  const form = entries.find((e) => e.name === 'form.json');
  const there = entries.filter((e) => e.name.startsWith(PAPERS));
  if (!form && there.length === 0) {
    return;
  }
  let named;
  try {
    named = JSON.parse(form.data.toString('utf8')).sections?.flatMap((s) => s.fields ?? [])
      .filter((f) => f.type === 'attachment' && f.applies !== false).flatMap((f) => f.value) ?? [];
  } catch {
    check(false, 'form.json is no form');
  }
  check(named.length === there.length, 'the papers are not those that the form names');
  for (const { name, sha256 } of named) {
    const paper = there.find((e) => e.name === PAPERS + name);
    check(paper && createHash('sha256').update(paper.data).digest('hex') === sha256, `${PAPERS}${name} is not the paper that the form names`);
  }
}

/**
 * Checks `bytes` of a container; options: ca (path of PEM), crl, citizenCa, citizenCrl, at. Gives {signatures, files}; throws
 * Refused with the reason otherwise.
 */
export function verify(bytes, options) {
  check(bytes.length <= SIZE_MAX, 'the container is too large');
  const entries = readZip(bytes);
  check(entries[0].name === 'mimetype' && entries[0].data.toString('latin1') === MIMETYPE, 'the first entry is not the mimetype of ASiC-E');
  const meta = entries.filter((e) => e.name.startsWith('META-INF/'));
  check(meta.every((e) => /^META-INF\/(ASiCManifest\d{3}\.xml|signature\d{3}\.p7s)$/.test(e.name)), 'META-INF has a file that does not belong there');
  const manifests = meta.filter((e) => e.name.endsWith('.xml'));
  check(manifests.length > 0 && manifests.length * 2 === meta.length, 'there is no signature, or one without its manifest');
  const signed = manifests.map((m) => readOne(m, entries));
  checkTogether(signed);
  check(entries.every((e) => dosStamp(signed[0].time) === e.stamp), 'an entry is of another time than the signatures');
  checkPapers(entries);
  for (const s of [...signed].reverse()) {
    const trust = s.kind.ca(options);
    check(trust.ca, `a ${s.kind.by} has signed, too: say whom to trust for that (--citizen-ca)`);
    checkSignature({ ...s, ...trust }, options.at);
  }
  return {
    signatures: signed.map(({ kind, certificate, time }) => (
      { by: kind.by, ...kind.who(certificate), serial: certificate.serialNumber, time: time.toISOString() })),
    files: signed[0].objects.map(({ name, type, digest }) => ({
      name, type, sha256: Buffer.from(digest, 'base64').toString('hex'), bytes: entries.find((e) => e.name === name).data.length,
    })),
  };
}
