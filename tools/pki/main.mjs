// luukku-pki: the command line. See README.md here.
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { X509Certificate } from 'node:crypto';
import { join, resolve } from 'node:path';
import { validity } from './ca.mjs';
import { checkName, checkText, fail, UserError, writeAtomic, writeJson } from './files.mjs';
import { fingerprint, splitRequests } from './request.mjs';
import { siteFile } from './site.mjs';
import { Store } from './store.mjs';

const USAGE = `luukku-pki COMMAND DIR ...: the keys and certificates of a fleet, kept in DIR

  init DIR [--name TEXT]                        the fleet's CA
  agency DIR AGENCY NAME [--sv TEXT] [--en TEXT]  an agency's CA; NAME is what citizens are shown
  post DIR AGENCY --key-out FILE                the certificate for letters to an agency; its key goes to FILE, not into DIR
  broker DIR [--host NAME]...                   the broker's certificate (127.0.0.1 and localhost besides)
  kiosk DIR KIOSK --site TEXT [--only tls|device]  a kiosk's signing key and its TLS key
  sign DIR KIOSK --site TEXT --csr FILE [--out FILE]  the same for keys that the kiosk made itself: FILE is what "provision csr"
                                                or its QR code says (- is standard input); writes what "provision certificate" takes
  sign DIR KIOSK --site TEXT --device-csr FILE --tls-csr FILE  the same in two files; with --renew one will do
  site DIR KIOSK --template FILE [--out FILE]    the kiosk's site file: what the template says, with the agencies' certificates
  expert DIR USER --agency AGENCY --name TEXT --password TEXT | --password-file FILE (- is standard input)
  technician DIR USER --name TEXT               who may help kiosks from afar; everything luukku-tech needs lies in technicians/USER
  revoke DIR kiosk|expert|technician NAME       revoked for good; CRLs and public/ follow
  crl DIR                                       fresh CRLs of all authorities
  fleet DIR OUT                                 writes fleet.json and keys/ into OUT
  list DIR                                      who there is and until when
  batch DIR FILE                                many of agency, broker, kiosk, technician and expert at once: FILE (- is standard input) has a
                                                command's words without DIR in each line, as a JSON array

  --days N, --from DATE   period of validity (CAs 3650 days, kiosks 1095, post 730, experts, technicians and broker 365)
  --crl-days N            life of the CRLs written (90)
  --renew                 new keys for a kiosk, expert, technician, post or broker that exists; the old certificate runs on
  --replace               the same, and the old certificate is revoked
`;

const OPTIONS = {
  name: { type: 'string' }, sv: { type: 'string' }, en: { type: 'string' }, site: { type: 'string' },
  host: { type: 'string', multiple: true }, only: { type: 'string' }, agency: { type: 'string' },
  password: { type: 'string' }, 'password-file': { type: 'string' }, days: { type: 'string' }, from: { type: 'string' },
  'crl-days': { type: 'string', default: '90' }, renew: { type: 'boolean' }, replace: { type: 'boolean' },
  csr: { type: 'string' }, out: { type: 'string' }, template: { type: 'string' }, 'key-out': { type: 'string' }, 'device-csr': { type: 'string' }, 'tls-csr': { type: 'string' }, help: { type: 'boolean' },
};

/** What a batch may hold: what makes somebody new. */
const BATCHED = ['agency', 'broker', 'kiosk', 'technician', 'expert'];

/** A command's words from a line of a batch. */
function wordsOf(line) {
  let words = null;
  try {
    words = JSON.parse(line);
  } catch {
    // said below
  }
  if (!Array.isArray(words) || words.some((w) => typeof w !== 'string')) {
    fail('a line of a batch is a JSON array of words');
  }
  return words;
}

const period = (options, days) => validity({ days: options.days ?? days, from: options.from });

/** Issues by `make`; with --replace what was in force before is revoked once the new certificate stands. */
async function renewing(store, kind, name, options, make) {
  const old = store.checkNew(kind, name, options.renew || options.replace);
  const before = old ? store.inForce(kind, name) : null;
  await make(old);
  if (options.replace) {
    const serials = options.only
      ? before.serials.filter((s) => before.ca.issued(s).subject.split('\n').includes(`OU=${options.only}`))
      : before.serials;
    before.ca.revoke(serials, 'superseded');
    before.ca.refreshCrl(options['crl-days']);
  }
}

function readPassword(options) {
  const file = options['password-file'];
  const password = file ? readFileSync(file === '-' ? 0 : file, 'utf8').replace(/\r?\n$/, '') : options.password;
  if (!password || password.length < 8 || password.length > 256) {
    fail('a password of 8 to 256 characters is needed (--password or --password-file)');
  }
  return password;
}

const readText = (file) => readFileSync(file === '-' ? 0 : file, 'utf8');

function writeOut(file, text) {
  if (file) {
    writeAtomic(file, text);
  } else {
    process.stdout.write(text);
  }
}

/** PEM of the requests by role, from one file or from two. */
function readRequests(ca, options) {
  if (!options.csr) {
    return { device: options['device-csr'] && readText(options['device-csr']), tls: options['tls-csr'] && readText(options['tls-csr']) };
  }
  const requests = splitRequests(ca, readText(options.csr));
  console.error(`luukku-pki: the request of ${fingerprint(ca, requests.device)}: the kiosk's screen shows the same name`);
  return requests;
}

const commands = {
  init(store, [], options) {
    if (store.fleet.exists) {
      fail(`${store.dir} has a fleet CA already`);
    }
    const name = checkText('--name', options.name ?? 'Luukku');
    store.fleet.create([['O', name], ['CN', `${name} fleet CA`]], period(options, 3650), options['crl-days']);
  },

  agency(store, [agency, fi], options) {
    store.requireFleet();
    const ca = store.agency(agency);
    if (ca.exists) {
      fail(`agency "${agency}" exists`);
    }
    const name = { fi: checkText('NAME', fi) };
    name.sv = checkText('--sv', options.sv ?? fi);
    name.en = checkText('--en', options.en ?? fi);
    ca.create([['O', name.fi], ['CN', `${name.fi}: experts`]], period(options, 3650), options['crl-days']);
    writeJson(join(ca.dir, 'agency.json'), { agency, name });
  },

  post(store, [agency], options) {
    store.requireAgency(agency);
    if (existsSync(store.path('agencies', agency, 'post.crt')) && !options.renew) {
      fail(`agency "${agency}" has a certificate for letters: --renew makes another`);
    }
    const out = options['key-out'] ?? fail('--key-out FILE: where the private key goes');
    if (existsSync(out)) {
      fail(`${out} exists: a key is never written over`);
    }
    store.writePost(agency, out, period(options, 730));
  },

  broker(store, [], options) {
    if (existsSync(store.path('broker', 'server.crt')) && !options.renew) {
      fail('the broker has a certificate: --renew makes another');
    }
    const hosts = options.host ?? [];
    hosts.forEach((h) => /^[A-Za-z0-9.:-]{1,253}$/.test(h) || fail(`--host "${h}": a host name or address is needed`));
    store.writeBroker([...new Set([...hosts, 'localhost', '127.0.0.1'])], period(options, 365));
  },

  kiosk(store, [kiosk], options) {
    if (options.only && !(options.renew || options.replace)) {
      fail('--only goes with --renew or --replace');
    }
    if (options.only && !['tls', 'device'].includes(options.only)) {
      fail('--only is tls or device');
    }
    return renewing(store, 'kiosk', kiosk, options, (old) => {
      const site = checkText('--site', options.site ?? old?.site);
      store.writeKiosk(kiosk, site, period(options, 1095), options.only);
    });
  },

  async sign(store, [kiosk], options) {
    const requests = readRequests(store.requireFleet(), options);
    await renewing(store, 'kiosk', kiosk, options, (old) => {
      if (old ? !requests.device && !requests.tls : !requests.device || !requests.tls) {
        fail('--csr, or --device-csr and --tls-csr: a new kiosk needs both requests, --renew at least one');
      }
      store.signKiosk(kiosk, checkText('--site', options.site ?? old?.site), period(options, 1095), requests);
    });
    if (options.csr) {
      writeOut(options.out, store.answer(kiosk));
    }
  },

  site(store, [kiosk], options) {
    const record = store.record('kiosk', checkName('kiosk', kiosk)) ?? fail(`no kiosk "${kiosk}": run "luukku-pki sign" first`);
    const template = options.template ?? fail('--template FILE: broker, servers, agencies, panel and devices of the place');
    writeOut(options.out, siteFile(store, record, readText(template)));
  },

  expert(store, [user], options) {
    return renewing(store, 'expert', user, options, (old) => {
      const agency = checkName('--agency', options.agency ?? old?.agency);
      if (old && old.agency !== agency) {
        fail(`expert "${user}" is of ${old.agency}; another agency needs another user name`);
      }
      const name = checkText('--name', options.name ?? old?.name);
      return store.writeExpert({ user, name, agency }, readPassword(options), period(options, 365));
    });
  },

  technician(store, [user], options) {
    if (!store.technicians.exists) {
      const { O: fleet } = store.requireFleet().certificate.toLegacyObject().subject;
      store.technicians.create([['O', fleet], ['CN', `${fleet}: technicians`]], period({}, 3650), options['crl-days']);
    }
    return renewing(store, 'technician', user, options, (old) => {
      store.writeTechnician(user, checkText('--name', options.name ?? old?.name), period(options, 365));
    });
  },

  revoke(store, [kind, name], options) {
    if (!['kiosk', 'expert', 'technician'].includes(kind)) {
      fail('what is revoked is a kiosk, an expert or a technician');
    }
    checkName(kind, name);
    const record = store.record(kind, name) ?? fail(`no ${kind} "${name}"`);
    const { ca, serials } = store.inForce(kind, name);
    if (record.revoked && serials.length === 0) {
      fail(`${kind} "${name}" is revoked already`);
    }
    ca.revoke(serials, 'cessationOfOperation');
    ca.refreshCrl(options['crl-days']);
    store.markRevoked(kind, name);
  },

  crl(store, [], options) {
    store.requireFleet().refreshCrl(options['crl-days']);
    store.names('agencies').forEach((a) => store.agency(a).refreshCrl(options['crl-days']));
    if (store.technicians.exists) {
      store.technicians.refreshCrl(options['crl-days']);
    }
  },

  fleet(store, [out]) {
    store.requireFleet();
    store.publish(out ?? fail('where to? luukku-pki fleet DIR OUT'));
  },

  list(store) {
    const until = (...path) => new X509Certificate(readFileSync(store.path(...path))).validToDate ??
      new Date(new X509Certificate(readFileSync(store.path(...path))).validTo);
    const line = (kind, name, date, note = '') =>
      console.log(`${kind}\t${name}\t${date.toISOString().slice(0, 10)}\t${note}`);
    line('fleet', '-', until('fleet', 'ca.crt'));
    store.names('agencies').forEach((a) => line('agency', a, until('agencies', a, 'ca.crt')));
    store.names('kiosks').forEach((k) =>
      line('kiosk', k, until('kiosks', k, 'tls.crt'), store.record('kiosk', k).revoked ? 'revoked' : ''));
    store.names('technicians').forEach((t) =>
      line('technician', t, until('technicians', t, 'technician.crt'), store.record('technician', t).revoked ? 'revoked' : ''));
    store.names('experts').forEach((e) =>
      line('expert', e, until('experts', e, 'expert.crt'), store.record('expert', e).revoked ? 'revoked' : ''));
  },
};

const parse = (args) => parseArgs({ args, options: OPTIONS, allowPositionals: true });

/** One command in a store that is there. Nothing of it is left to wait for but slow work on keys. */
async function execute(store, command, rest, values) {
  const crlDays = Number(values['crl-days']);
  if (!Number.isInteger(crlDays) || crlDays < 1 || crlDays > 3650) {
    fail('--crl-days is a whole number from 1 to 3650');
  }
  if (command !== 'init') {
    store.requireFleet();
  }
  await commands[command](store, rest, values);
}

/** The commands of `file`, in their order; experts' keys are sealed side by side. The first fault ends it. */
async function batch(store, file) {
  const lines = readFileSync(file === '-' ? 0 : file ?? fail('what? luukku-pki batch DIR FILE'), 'utf8').split('\n').filter(Boolean);
  const seen = new Set();
  const list = lines.map((line) => {
    const { values, positionals: [command, ...rest] } = parse(wordsOf(line));
    const what = `${command} ${rest[0] ?? ''}`.trim();
    if (!BATCHED.includes(command) || seen.has(what)) {
      fail(`"${what}": a batch holds ${BATCHED.join(', ')}, each name once`);
    }
    seen.add(what);
    return { command, rest, values };
  });
  await Promise.all(list.map(({ command, rest, values }) => execute(store, command, rest, values)));
}

async function main() {
  const { values, positionals } = parse(process.argv.slice(2));
  const [command, dir, ...rest] = positionals;
  if (values.help || !dir || (command !== 'batch' && !Object.hasOwn(commands, command))) {
    process.stdout.write(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  process.umask(0o022);
  const store = new Store(resolve(dir)); // openssl runs inside it
  await (command === 'batch' ? batch(store, rest[0]) : execute(store, command, rest, values));
  if (!['fleet', 'list', 'site'].includes(command)) {
    store.publish(store.path('public'));
  }
}

await main().catch((error) => {
  if (!(error instanceof UserError) && !error.code) {
    throw error;
  }
  console.error(`luukku-pki: ${error.message}`);
  process.exitCode = 1;
});
