// The store: who there is, and what each has.
//
//   fleet/            the fleet's CA: kiosks (device and TLS) and the broker
//   agencies/<a>/     the agency's CA: its experts; agency.json; post.crt, for its letters
//   kiosks/<k>/       device.key device.crt tls.key tls.crt kiosk.json
//   experts/<u>/      expert.json (with the broker's hashes), key.json, expert.crt; the private key is in key.json alone
//   technician-ca/    the CA of technicians, made with the first
//   technicians/<u>/  technician.key technician.crt technician.json, ca.crt: what luukku-tech takes
//   broker/           server.key server.crt
//   public/           what lies beside the page: fleet.json, keys/
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Authority, newKey } from './ca.mjs';
import { brokerHashes, sealKey } from './keyfile.mjs';
import { checkName, fail, readJson, readJsonIf, writeAtomic, writeJson, writeSecret } from './files.mjs';

const TLS_CLIENT = ['extendedKeyUsage = clientAuth'];
// id-kp-documentSigning (RFC 9336): the device's signing key opens no TLS connection.
const DEVICE = ['extendedKeyUsage = 1.3.6.1.5.5.7.3.36'];

export class Store {
  constructor(dir) {
    this.dir = dir;
    this.fleet = new Authority(join(dir, 'fleet'));
    this.technicians = new Authority(join(dir, 'technician-ca'));
  }

  path(...parts) {
    return join(this.dir, ...parts);
  }

  requireFleet() {
    return this.fleet.exists ? this.fleet : fail(`${this.dir} has no fleet CA: run "luukku-pki init ${this.dir}" first`);
  }

  agency(name) {
    checkName('agency', name);
    return new Authority(this.path('agencies', name));
  }

  requireAgency(name) {
    const ca = this.agency(name);
    return ca.exists ? ca : fail(`no agency "${name}": run "luukku-pki agency" first`);
  }

  names(kind) {
    return existsSync(this.path(kind)) ? readdirSync(this.path(kind)).sort() : [];
  }

  /** The record of a kiosk, expert or agency; null where there is none. */
  record(kind, name) {
    return readJsonIf(this.path(`${kind}s`.replace(/ys$/, 'ies'), name, `${kind}.json`));
  }

  /** Refuses to make again what there is, and to renew what there is not. */
  checkNew(kind, name, renew) {
    checkName(kind, name);
    const old = this.record(kind, name);
    if (old && !renew) {
      fail(`${kind} "${name}" exists: --renew gives it new keys, --replace revokes the old ones too`);
    }
    if (!old && renew) {
      fail(`no ${kind} "${name}" to renew`);
    }
    return old;
  }

  writeKiosk(name, site, period, only) {
    const ca = this.requireFleet();
    for (const [what, extensions] of [['device', DEVICE], ['tls', TLS_CLIENT]]) {
      if (!only || only === what) {
        const key = newKey();
        const pem = ca.issue(key, [['OU', what], ['CN', name]], period, extensions);
        writeSecret(this.path('kiosks', name, `${what}.key`), key);
        writeAtomic(this.path('kiosks', name, `${what}.crt`), pem);
      }
    }
    writeJson(this.path('kiosks', name, 'kiosk.json'), { kiosk: name, site });
  }

  /** Certificates for keys that a kiosk made itself and that never leave it; `requests`: PEM by role. */
  signKiosk(name, site, period, requests) {
    const ca = this.requireFleet();
    const made = [['device', DEVICE], ['tls', TLS_CLIENT]].filter(([what]) => requests[what]).map(([what, extensions]) =>
      [what, ca.issueRequest(requests[what], [['OU', what], ['CN', name]], period, extensions)]);
    made.forEach(([what, pem]) => writeAtomic(this.path('kiosks', name, `${what}.crt`), pem));
    writeJson(this.path('kiosks', name, 'kiosk.json'), { kiosk: name, site });
  }

  /** What a kiosk is told of its certificates: both, and the fleet's CA. */
  answer(name) {
    return [this.path('kiosks', name, 'device.crt'), this.path('kiosks', name, 'tls.crt'), this.fleet.certificatePath]
      .map((path) => readFileSync(path, 'utf8')).join('');
  }

  async writeExpert(who, password, period) {
    const key = newKey();
    const pem = this.requireAgency(who.agency).issue(key, [['UID', who.user], ['CN', who.name]], period);
    const { file, brokerPassword } = await sealKey(who, key, new X509Certificate(pem).raw, password);
    writeAtomic(this.path('experts', who.user, 'expert.crt'), pem);
    writeJson(this.path('experts', who.user, 'key.json'), file);
    const record = { ...who, broker: brokerHashes(brokerPassword) };
    writeSecret(this.path('experts', who.user, 'expert.json'), `${JSON.stringify(record, null, 1)}\n`);
  }

  /** A technician's certificate: for the broker (CN, clientAuth) and for signing; kiosks let its role in (OU). */
  writeTechnician(user, name, period) {
    const key = newKey();
    const pem = this.technicians.issue(key, [['OU', 'technician'], ['UID', user], ['CN', user], ['name', name]], period, TLS_CLIENT);
    const mine = (file) => this.path('technicians', user, file);
    writeSecret(mine('technician.key'), key);
    writeAtomic(mine('technician.crt'), pem);
    writeAtomic(mine('ca.crt'), readFileSync(this.requireFleet().certificatePath));
    writeJson(mine('technician.json'), { user, name });
  }

  /** The certificate that kiosks encrypt an agency's letters to. Its key is the agency's alone: it leaves the store. */
  writePost(agency, keyFile, period) {
    const key = newKey();
    const pem = this.requireAgency(agency).issue(key, [['OU', 'post'], ['CN', agency]], period, [], 'post');
    writeSecret(keyFile, key);
    writeAtomic(this.path('agencies', agency, 'post.crt'), pem);
  }

  writeBroker(hosts, period) {
    const key = newKey();
    const names = hosts.map((h) => (/^[0-9.]+$|:/.test(h) ? `IP:${h}` : `DNS:${h}`));
    const pem = this.requireFleet().issue(key, [['OU', 'broker'], ['CN', hosts[0]]], period,
      ['extendedKeyUsage = serverAuth', `subjectAltName = ${names.join(', ')}`]);
    writeSecret(this.path('broker', 'server.key'), key);
    writeAtomic(this.path('broker', 'server.crt'), pem);
  }

  /** Serial numbers in force of a kiosk, an expert or a technician, with their CA. */
  inForce(kind, name) {
    if (kind === 'kiosk') {
      return { ca: this.requireFleet(), serials: this.fleet.serials('CN', name) };
    }
    const ca = kind === 'technician' ? this.technicians : this.requireAgency(this.record('expert', name).agency);
    return { ca, serials: ca.serials('UID', name) };
  }

  /** Says in the record of a kiosk or an expert that it is revoked. */
  markRevoked(kind, name) {
    const path = this.path(`${kind}s`, name, `${kind}.json`);
    writeSecret(path, `${JSON.stringify({ ...readJson(path), revoked: new Date().toISOString() }, null, 1)}\n`);
  }

  /** Kiosks, or experts, that are neither revoked nor expired. */
  live(kind, certificate) {
    return this.names(`${kind}s`).map((id) => this.record(kind, id) && { ...this.record(kind, id), id })
      .filter((r) => r && !r.revoked)
      .map((r) => ({ ...r, certificate: new X509Certificate(readFileSync(this.path(`${kind}s`, r.id, certificate))) }))
      .filter((r) => new Date(r.certificate.validTo) > new Date());
  }

  /** Writes fleet.json and keys/ into `out`, and takes the keys away that no longer belong there. */
  publish(out) {
    const kiosks = this.live('kiosk', 'device.crt').map((k) => [k.id, {
      key: k.certificate.publicKey.export({ type: 'spki', format: 'der' }).toString('base64url'),
      site: k.site,
    }]);
    const agencies = this.names('agencies').map((a) => [a, { name: this.record('agency', a).name }]);
    const experts = this.live('expert', 'expert.crt').map((e) => e.id);
    mkdirSync(join(out, 'keys'), { recursive: true });
    for (const user of experts) {
      writeAtomic(join(out, 'keys', `${user}.json`), readFileSync(this.path('experts', user, 'key.json')));
    }
    for (const file of readdirSync(join(out, 'keys'))) {
      if (!experts.includes(file.replace(/\.json$/, ''))) {
        rmSync(join(out, 'keys', file), { force: true });
      }
    }
    writeJson(join(out, 'fleet.json'), {
      v: 1, kiosks: Object.fromEntries(kiosks), agencies: Object.fromEntries(agencies),
    });
  }
}
