// Keys and certificates of the test cards, made by the openssl command in a directory:
//   root.crt, ca.crt, ca.pem (both), crl.pem (of ca.crt), root-crl.pem; unknown/ the same of a stranger;
//   cards/<name>/{auth,sign}.{key,crt} and card.json.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHECK = '0123456789ABCDEFHJKLMNPRSTUVWXY';

/** An electronic identity number (SATU): eight digits and a check character. Invented; real ones do not begin with 999. */
const satu = (n) => `${n}${CHECK[n % 31]}`;

/** kind: of key; the rest: what is peculiar. */
export const PROFILES = {
  p384: { kind: 'P-384', surname: 'DOE', given: 'JOHN', satu: satu(99912345) },
  p256: { kind: 'P-256', surname: 'MEIKÄLÄINEN', given: 'MAIJA', satu: satu(99912346) },
  rsa2048: { kind: 2048, surname: 'VIRTANEN', given: 'ÅKE ÖSTEN', satu: satu(99912347) },
  rsa3072: { kind: 3072, surname: 'KORHONEN', given: 'ANNA-LIISA', satu: satu(99912348) },
  expired: { kind: 'P-384', surname: 'GAMMAL', given: 'GUNNAR', satu: satu(99912349), expired: true },
  revoked: { kind: 'P-384', surname: 'SULKU', given: 'SIRPA', satu: satu(99912350), revoked: true },
  unknown: { kind: 'P-384', surname: 'OUTO', given: 'OLAVI', satu: satu(99912351), authority: 'unknown' },
};

const CONFIG = `[ca]
default_ca = here
[here]
dir = .
database = index.txt
new_certs_dir = issued
certificate = ca.crt
private_key = ca.key
crlnumber = crlnumber
rand_serial = yes
default_md = sha384
default_days = 1825
default_crl_days = 3650
policy = any
unique_subject = no
string_mask = utf8only
copy_extensions = none
preserve = yes
[any]
countryName = optional
organizationName = optional
serialNumber = optional
givenName = optional
surname = optional
commonName = supplied
[req]
distinguished_name = name
string_mask = utf8only
utf8 = yes
[name]
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[issuing]
basicConstraints = critical, CA:true, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
crlDistributionPoints = URI:http://crl.luukku.invalid/root.crl
[auth]
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth, emailProtection
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
certificatePolicies = 1.2.246.517.1.10.999
crlDistributionPoints = URI:http://crl.luukku.invalid/citizen.crl
[sign]
keyUsage = critical, nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
certificatePolicies = 1.2.246.517.1.10.998
crlDistributionPoints = URI:http://crl.luukku.invalid/citizen.crl
`;

function openssl(cwd, ...args) {
  const run = spawnSync('openssl', args, { cwd, encoding: 'utf8' });
  if (run.error || run.status !== 0) {
    throw new Error(`openssl ${args[0]}: ${run.error?.message ?? run.stderr.trim()}`);
  }
  return run.stdout;
}

function newKey(path, kind) {
  const { privateKey } = typeof kind === 'number' ? generateKeyPairSync('rsa', { modulusLength: kind })
    : generateKeyPairSync('ec', { namedCurve: kind });
  writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
}

/** An authority's directory: database, key, configuration. */
function prepare(dir) {
  mkdirSync(join(dir, 'issued'), { recursive: true });
  writeFileSync(join(dir, 'openssl.cnf'), CONFIG);
  writeFileSync(join(dir, 'index.txt'), '');
  writeFileSync(join(dir, 'crlnumber'), '01\n');
  newKey(join(dir, 'ca.key'), 'P-384');
}

const stamp = (date) => date.toISOString().replace(/[-:T]|\.\d+/g, ''); // YYYYMMDDHHMMSSZ

/** Has the authority in `dir` certify `key`. */
function certify(dir, { key, subject, section, out, expired }) {
  const request = `${out}.csr`;
  openssl(dir, 'req', '-new', '-utf8', '-config', 'openssl.cnf', '-key', key, '-subj', subject, '-out', request);
  const year = 365 * 86400e3;
  const [from, to] = expired ? [Date.now() - 6 * year, Date.now() - year] : [Date.now() - 86400e3, Date.now() + 5 * year];
  openssl(dir, 'ca', '-batch', '-notext', '-config', 'openssl.cnf', '-extensions', section, '-in', request, '-out', out,
    '-startdate', stamp(new Date(from)), '-enddate', stamp(new Date(to)));
  rmSync(request);
}

function revocations(dir, out) {
  openssl(dir, 'ca', '-gencrl', '-config', 'openssl.cnf', '-out', out);
}

/** A root and the authority below it that certifies citizens. */
function authority(dir, name) {
  const root = join(dir, 'root');
  const ca = join(dir, 'ca');
  prepare(root);
  openssl(root, 'req', '-x509', '-new', '-config', 'openssl.cnf', '-extensions', 'authority', '-sha384', '-days', '3650',
    '-key', 'ca.key', '-subj', `/C=FI/O=${name}/CN=${name} Root CA`, '-out', 'ca.crt');
  prepare(ca);
  certify(root, { key: join(ca, 'ca.key'), subject: `/C=FI/O=${name}/CN=${name} Citizen Certificates`, section: 'issuing',
    out: join(ca, 'ca.crt') });
  const pem = (path) => readFileSync(path, 'utf8');
  writeFileSync(join(dir, 'root.crt'), pem(join(root, 'ca.crt')));
  writeFileSync(join(dir, 'ca.crt'), pem(join(ca, 'ca.crt')));
  writeFileSync(join(dir, 'ca.pem'), pem(join(ca, 'ca.crt')) + pem(join(root, 'ca.crt')));
  revocations(root, join(dir, 'root-crl.pem'));
  revocations(ca, join(dir, 'crl.pem'));
}

/** The directory of test cards: made as far as it is asked for. */
export class CardPki {
  /** dir: kept; without it one that close() removes. */
  constructor(dir) {
    this.own = !dir;
    this.dir = dir ?? mkdtempSync(join(tmpdir(), 'luukku-cards-'));
    mkdirSync(this.dir, { recursive: true });
  }

  authority(name = '') {
    const dir = join(this.dir, name);
    if (!existsSync(join(dir, 'crl.pem'))) {
      authority(dir, name ? 'Unknown' : 'Luukku Test');
    }
    return dir;
  }

  /** Files of one card; gives {name, satu, auth: {key, crt}, sign: {...}, root, ca} with PEM texts. */
  card(name) {
    const profile = PROFILES[name];
    if (!profile) {
      throw new Error(`no card "${name}"`);
    }
    const issuer = this.authority(profile.authority);
    const dir = join(this.dir, 'cards', name);
    if (!existsSync(join(dir, 'card.json'))) {
      this.make(dir, profile, issuer);
    }
    const pem = (file) => readFileSync(join(dir, file), 'utf8');
    const both = (use) => ({ key: pem(`${use}.key`), crt: pem(`${use}.crt`) });
    return { ...JSON.parse(pem('card.json')), auth: both('auth'), sign: both('sign'),
      root: readFileSync(join(issuer, 'root.crt'), 'utf8'), ca: readFileSync(join(issuer, 'ca.crt'), 'utf8') };
  }

  make(dir, { kind, surname, given, satu: number, expired, revoked }, issuer) {
    mkdirSync(dir, { recursive: true });
    const ca = join(issuer, 'ca');
    const name = `${surname} ${given} ${number}`;
    const subject = `/C=FI/serialNumber=${number}/GN=${given}/SN=${surname}/CN=${name}`;
    for (const use of ['auth', 'sign']) {
      const key = join(dir, `${use}.key`);
      const out = join(dir, `${use}.crt`);
      newKey(key, kind);
      certify(ca, { key, subject, section: use, out, expired });
      if (revoked) {
        openssl(ca, 'ca', '-config', 'openssl.cnf', '-revoke', out, '-crl_reason', 'keyCompromise');
      }
    }
    if (revoked) {
      revocations(ca, join(issuer, 'crl.pem'));
    }
    writeFileSync(join(dir, 'card.json'), `${JSON.stringify({ name, surname, given, satu: number })}\n`);
  }

  all() {
    Object.keys(PROFILES).forEach((name) => this.card(name));
  }

  close() {
    if (this.own) {
      rmSync(this.dir, { recursive: true, force: true });
    }
  }
}
