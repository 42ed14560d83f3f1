// A certificate authority in a directory: ca.key, ca.crt, crl.pem and the database of the openssl command, which does
// the work. Keys are P-256. The directory is moved and copied freely: nothing in it names a path.
import { spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fail, writeAtomic, writeSecret } from './files.mjs';

const CONFIG = `[ca]
default_ca = luukku
[luukku]
dir = .
database = index.txt
new_certs_dir = issued
certificate = ca.crt
private_key = ca.key
crlnumber = crlnumber
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
string_mask = utf8only
crl_extensions = crl
[any]
[req]
distinguished_name = any
string_mask = utf8only
[crl]
authorityKeyIdentifier = keyid:always
[authority]
basicConstraints = critical, CA:true, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
[post]
basicConstraints = critical, CA:false
keyUsage = critical, keyAgreement
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
`;

const REQUEST_MAX = 8192; // characters of a request

/** Runs openssl in `cwd`; a key on `input` reaches it as /dev/stdin through a real pipe, never through a file. */
function openssl(cwd, args, input) {
  const run = spawnSync('sh', ['-c', 'cat | "$@"', 'sh', 'openssl', ...args], { cwd, input: input ?? '', encoding: 'utf8' });
  if (run.error || run.status !== 0) {
    fail(`openssl ${args[0]} failed: ${run.error?.message ?? run.stderr.trim()}`);
  }
  return run.stdout;
}

/** A new P-256 key as PKCS#8 PEM. */
export function newKey() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
}

/** openssl's -subj from pairs, in order. */
const subject = (pairs) => pairs.map(([k, v]) => `/${k}=${v.replace(/[\\/+=]/g, '\\$&')}`).join('');

/** openssl's date: YYYYMMDDHHMMSSZ. */
const stamp = (date) => date.toISOString().replace(/[-:T]|\.\d+/g, '');

/** Period of validity: from a day ago, or from `from`, for `days`. */
export function validity({ days, from }) {
  const start = from ? new Date(from) : new Date(Date.now() - 86400e3);
  const length = Number(days);
  if (Number.isNaN(start.getTime()) || !Number.isInteger(length) || length < 1 || length > 7305) {
    fail('--from is a date (2026-01-31), --days a whole number from 1 to 7305');
  }
  return { start, end: new Date(start.getTime() + (length + (from ? 0 : 1)) * 86400e3) };
}

export class Authority {
  constructor(dir) {
    this.dir = dir;
    this.certificatePath = join(dir, 'ca.crt');
    this.crlPath = join(dir, 'crl.pem');
  }

  get exists() {
    return existsSync(this.certificatePath);
  }

  get certificate() {
    return new X509Certificate(readFileSync(this.certificatePath));
  }

  /** Makes key, self-signed certificate, empty database and first CRL. */
  create(pairs, period, crlDays) {
    mkdirSync(join(this.dir, 'issued'), { recursive: true, mode: 0o700 });
    chmodSync(this.dir, 0o700);
    writeAtomic(join(this.dir, 'openssl.cnf'), CONFIG);
    writeAtomic(join(this.dir, 'index.txt'), '');
    writeAtomic(join(this.dir, 'crlnumber'), '01\n');
    const key = newKey();
    writeSecret(join(this.dir, 'ca.key'), key);
    const pem = this.#sign(key, pairs, period, 'authority', [], ['-selfsign', '-keyfile', 'ca.key']);
    writeAtomic(this.certificatePath, pem);
    this.refreshCrl(crlDays);
  }

  /** Certificate (PEM) for `key` (PEM); `extensions` are further lines of openssl's configuration, `section` one of it. */
  issue(key, pairs, period, extensions = [], section = 'leaf') {
    const last = new Date(this.certificate.validTo);
    if (period.end > last) {
      fail(`the certificate would outlive its authority, which ends on ${last.toISOString().slice(0, 10)}`);
    }
    return this.#sign(key, pairs, period, section, extensions, []);
  }

  /** What a request (PEM) says: its key, which its holder has proved, and whose it is (the OU of its subject). */
  readRequest(request) {
    if (request.length > REQUEST_MAX) {
      fail('that is no request: it is too long');
    }
    const said = openssl(this.dir, ['req', '-in', '/dev/stdin', '-verify', '-noout', '-pubkey', '-subject', '-nameopt', 'multiline,-align'], request);
    const key = createPublicKey(said.slice(said.indexOf('-----BEGIN')));
    if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
      fail('the request is not for a P-256 key');
    }
    return { key, role: /^\s*organizationalUnitName = (.*)$/m.exec(said)?.[1] };
  }

  /** What is in a signed message (CMS, PEM), and who signed it: a certificate that this authority gave, in time. */
  openSigned(text) {
    const work = mkdtempSync(join(this.dir, 'work-'));
    try {
      const by = join(work, 'signer');
      const content = openssl(this.dir, ['cms', '-verify', '-binary', '-inform', 'PEM', '-in', '/dev/stdin', '-CAfile', 'ca.crt', '-no-CApath',
        '-no-CAstore', '-purpose', 'any', '-signer', by], text);
      return { content, signer: new X509Certificate(readFileSync(by)) };
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }

  /** Certificate (PEM) for the key of a request (PEM) whose holder has proved it. Subject and extensions are ours, not the request's. */
  issueRequest(request, pairs, period, extensions) {
    this.readRequest(request);
    if (period.end > new Date(this.certificate.validTo)) {
      fail('the certificate would outlive its authority');
    }
    return this.#certify(request, period, 'leaf', extensions, ['-subj', subject(pairs)]);
  }

  #certify(request, period, section, extensions, how) {
    const work = mkdtempSync(join(this.dir, 'work-'));
    try {
      const extra = `${CONFIG.slice(CONFIG.indexOf(`[${section}]`)).split('\n[')[0]}\n${extensions.join('\n')}\n`;
      writeAtomic(join(work, 'ext'), extra);
      writeAtomic(join(work, 'csr'), request);
      return openssl(this.dir, ['ca', '-batch', '-notext', '-utf8', '-config', 'openssl.cnf', '-preserveDN',
        '-startdate', stamp(period.start), '-enddate', stamp(period.end), '-extfile', join(work, 'ext'), '-extensions',
        section, '-in', join(work, 'csr'), ...how]);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }

  #sign(key, pairs, period, section, extensions, how) {
    const work = mkdtempSync(join(this.dir, 'work-'));
    try {
      const extra = `${CONFIG.slice(CONFIG.indexOf(`[${section}]`)).split('\n[')[0]}\n${extensions.join('\n')}\n`;
      writeAtomic(join(work, 'ext'), extra);
      openssl(this.dir, ['req', '-new', '-config', 'openssl.cnf', '-utf8', '-subj', subject(pairs), '-key', '/dev/stdin',
        '-out', join(work, 'csr')], key);
      return openssl(this.dir, ['ca', '-batch', '-notext', '-config', 'openssl.cnf', '-preserveDN',
        '-startdate', stamp(period.start), '-enddate', stamp(period.end), '-extfile', join(work, 'ext'), '-extensions',
        section, '-in', join(work, 'csr'), ...how]);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }

  /** Serial numbers of the certificates in force whose subject has the attribute `type`=`value`. */
  serials(type, value) {
    return readFileSync(join(this.dir, 'index.txt'), 'utf8').split('\n').map((line) => line.split('\t'))
      .filter(([state, , , serial]) => state === 'V' && serial)
      .map(([, , , serial]) => serial)
      .filter((serial) => this.issued(serial).subject.split('\n').includes(`${type}=${value}`));
  }

  issued(serial) {
    return new X509Certificate(readFileSync(join(this.dir, 'issued', `${serial}.pem`)));
  }

  /** Revokes by serial number; the CRL follows with refreshCrl. */
  revoke(serials, reason) {
    for (const serial of serials) {
      openssl(this.dir, ['ca', '-config', 'openssl.cnf', '-revoke', join('issued', `${serial}.pem`), '-crl_reason', reason]);
    }
  }

  /** Writes a fresh CRL, good for `days`. */
  refreshCrl(days) {
    writeAtomic(this.crlPath, openssl(this.dir, ['ca', '-gencrl', '-config', 'openssl.cnf', '-crldays', String(days)]));
  }
}
