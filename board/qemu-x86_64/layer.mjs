// What lies on top of the guest's root: the board's files, the built programs, and one kiosk's configuration and keys.
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeAtomic, writeSecret } from '../../tools/pki/files.mjs';
import { KIOSK, kioskConfig } from '../../tools/broker/kiosk.mjs';
import { BUILD, ROOT } from './machine.mjs';

const HERE = join(ROOT, 'board/qemu-x86_64/guest');
const PKI = '/etc/luukku/pki';

/** The board's files and the programs; with `hands`, a way for the host to run commands; `fresh`: nobody has set the kiosk up. */
export function makeLayer(dir, { hands = true, fresh = false, words = [] } = {}) {
  const done = spawnSync(join(ROOT, 'board/install'), [dir, join(BUILD, 'bin')], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`board/install: ${done.stderr}`);
  const wants = join(dir, 'etc/systemd/system/luukku.target.wants');
  mkdirSync(wants, { recursive: true });
  mkdirSync(join(dir, 'etc/luukku'), { mode: 0o700 });
  for (const name of ['emulated', ...(hands ? ['hands'] : [])]) {
    cpSync(join(HERE, name), join(dir, 'usr/lib/luukku', name));
    cpSync(join(HERE, `luukku-${name}.service`), join(dir, 'usr/lib/systemd/system', `luukku-${name}.service`));
    symlinkSync(`/usr/lib/systemd/system/luukku-${name}.service`, join(wants, `luukku-${name}.service`));
  }
  copyFileSync(join(ROOT, 'board/common/keypad.example.json'), join(dir, 'etc/luukku/keypad.json')); // for a configuration that names it
  writeFileSync(join(dir, 'etc/fstab'), '');
  writeFileSync(join(dir, 'etc/hostname'), `${KIOSK}\n`);
  writeFileSync(join(dir, 'etc/luukku/super.conf'), `${fresh ? '' : 'LUUKKU_SUPER_SITE=--config /etc/luukku/kiosk.json\n'}LUUKKU_SUPER_WORDS=${words.join(' ')}\n`);
}

/** Of luukku-pki's store `store` what this kiosk has. */
function copyKeys(dir, store, config) {
  const own = (path) => path.startsWith(PKI);
  const paths = [config.tls.ca, config.tls.cert, config.tls.key, config.device.cert, config.device.key, ...config.agencies.flatMap((a) => [a.ca, a.crl]),
    ...(config.help ? [config.help.ca, config.help.crl] : [])];
  for (const path of paths.filter(own)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    copyFileSync(join(store, path.slice(PKI.length)), join(dir, path));
  }
}

/**
 * The configuration of the one kiosk in `store`. devices: {scanner, reader}, true where it is plugged in; cards: {ca, crl} as files here.
 * `changes` come on top. Gives the configuration.
 */
export function writeKiosk(dir, store, mqtts, { cards = null, changes = {} } = {}) {
  const config = {
    ...kioskConfig(PKI, '/run/luukku', mqtts, { simulated: false }),
    ...(cards ? { cards: { ca: '/etc/luukku/cards-ca.pem', crl: '/etc/luukku/cards-crl.pem' } } : {}),
    ...changes,
  };
  copyKeys(dir, store, config);
  if (cards) {
    copyFileSync(cards.ca, join(dir, config.cards.ca));
    copyFileSync(cards.crl, join(dir, config.cards.crl));
  }
  writeAtomic(join(dir, 'etc/luukku/kiosk.json'), `${JSON.stringify(config, null, 1)}\n`);
  return config;
}

/** Who may log in on the serial line: {user: password}. */
export function writeTechnicians(dir, accounts) {
  const program = join(BUILD, 'bin/luukku-console');
  const lines = Object.entries(accounts).map(([user, password]) => {
    const done = spawnSync(program, ['--hash', user], { input: `${password}\n`, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`luukku-console --hash: ${done.stderr}`);
    return done.stdout;
  });
  writeSecret(join(dir, 'etc/luukku/technicians'), lines.join(''));
}
