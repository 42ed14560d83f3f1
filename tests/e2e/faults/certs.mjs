// Certificates that have ended, that do not begin yet, that fit no key; a clock that is years off. The first FAIL names it.
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KIOSK } from '../../../tools/broker/kiosk.mjs';

const DAY_MS = 86400000;
const days = (n) => new Date(Date.now() + n * DAY_MS).toISOString().slice(0, 10);

/** A kiosk's pair of certificates for that time, in files of their own. */
async function issue(stand, name, from, length) {
  const kept = (file) => join(stand.dir, `${name}-${file}`);
  await stand.servers.run('pki', [join(import.meta.dirname, '../../../tools/pki/luukku-pki'), 'kiosk', stand.pki, KIOSK, '--site', 'Testi', '--renew',
    '--from', from, '--days', String(length)]);
  for (const file of ['tls.crt', 'tls.key', 'device.crt', 'device.key']) copyFileSync(join(stand.pki, 'kiosks', KIOSK, file), kept(file));
  return {
    tls: { ca: join(stand.pki, 'fleet/ca.crt'), cert: kept('tls.crt'), key: kept('tls.key') },
    device: { cert: kept('device.crt'), key: kept('device.key') },
  };
}

async function certs(t, bench) {
  const { stand } = bench;
  const good = await issue(stand, 'good', days(-1), 300);
  const old = await issue(stand, 'old', days(-40), 30);
  const early = await issue(stand, 'early', days(20), 300);
  t.step('both of the kiosk\'s own have ended');
  await bench.kiosk(old);
  await bench.first('certs', new RegExp(`own certificate for signing.*ended on ${days(-10)}`), /provision csr/);
  t.step('the one for the broker has ended');
  await bench.kiosk({ ...good, tls: old.tls });
  await bench.first('certs', new RegExp(`for the broker.*ended on ${days(-10)}`), /provision certificate/);
  t.step('a key that belongs to another');
  await bench.kiosk({ ...good, device: { ...good.device, key: old.device.key } }, { whole: false });
  await bench.first('certs', /for signing.*belongs to another key/, /provision csr/);
  t.step('a file that is none');
  const empty = join(stand.dir, 'empty.pem');
  writeFileSync(empty, 'nothing\n');
  await bench.kiosk({ ...good, tls: { ...good.tls, ca: empty } }, { whole: false });
  await bench.first('certs', /CA of the broker.*cannot be read/, /provision the site/);
  t.step('the clock is behind: what was made begins later');
  await bench.kiosk(early);
  await bench.first('clock', new RegExp(`clock is behind.*begins on ${days(20)}`), /clock battery/);
}

export default { certs };
