// A fleet of one kiosk and six experts of four agencies, and the kiosk's programs: what the demo and the tests stand on.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeAtomic, writeSecret } from '../pki/files.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILD = process.env.LUUKKU_BUILD ?? join(ROOT, 'build');
export const KIOSK = 'kiosk-1';
const SITE = 'Yhteispalvelupiste, Kuopio';
const AGENCIES = [
  { id: 'kela', fi: 'Kela', sv: 'FPA', en: 'Kela' },
  { id: 'vero', fi: 'Verohallinto', sv: 'Skatteförvaltningen', en: 'Tax Administration' },
  { id: 'dvv', fi: 'Digi- ja väestötietovirasto', sv: 'Myndigheten för digitalisering och befolkningsdata', en: 'Digital and Population Data Services Agency' },
  { id: 'tyo', fi: 'Työllisyyspalvelut', sv: 'Sysselsättningstjänster', en: 'Employment services' },
];
const EXPERTS = [
  { user: 'anna-virtanen', agency: 'kela', name: 'Anna Virtanen' },
  { user: 'mikko-nieminen', agency: 'kela', name: 'Mikko Nieminen' },
  { user: 'saara-makinen', agency: 'vero', name: 'Saara Mäkinen' },
  { user: 'olli-korhonen', agency: 'vero', name: 'Olli Korhonen' },
  { user: 'liisa-heikkinen', agency: 'dvv', name: 'Liisa Heikkinen' },
  { user: 'timo-laine', agency: 'tyo', name: 'Timo Laine' },
];
export const TECHNICIAN = { user: 'maija-meikalainen', name: 'Maija Meikäläinen' };
// A 21.5 inch panel, upright.
const PANEL = { width_px: 1080, height_px: 1920, width_mm: 268 };

const run = promisify(execFile);

/** Makes the fleet's keys in `store`; the broker goes by `hosts`, too. Gives the experts with their passwords. */
export async function makeFleet(store, processes, hosts = []) {
  const pki = (command, ...args) => processes.run('pki', [join(ROOT, 'tools/pki/luukku-pki'), command, store, ...args]);
  await pki('init', '--name', 'Luukku demo');
  const experts = EXPERTS.map((e) => ({ ...e, password: randomBytes(9).toString('base64url') }));
  const lines = [
    ...AGENCIES.map(({ id, fi, sv, en }) => ['agency', id, fi, '--sv', sv, '--en', en]),
    ['broker', ...hosts.flatMap((host) => ['--host', host])],
    ['kiosk', KIOSK, '--site', SITE],
    ['technician', TECHNICIAN.user, '--name', TECHNICIAN.name],
    ...experts.map(({ user, agency, name, password }) => ['expert', user, '--agency', agency, '--name', name, `--password=${password}`]),
  ];
  const file = join(store, '.batch');
  writeSecret(file, lines.map((words) => JSON.stringify(words)).join('\n'));
  await pki('batch', file);
  rmSync(file);
  return experts;
}

/** The kiosk's configuration (firmware/store/config.h). */
export function kioskConfig(store, dir, mqtts, options) {
  const mine = (name) => join(store, 'kiosks', KIOSK, name);
  const devices = options.simulated ? 'simulated' : 'auto';
  return {
    kiosk: KIOSK,
    site: SITE,
    broker: mqtts,
    tls: { ca: join(store, 'fleet/ca.crt'), cert: mine('tls.crt'), key: mine('tls.key') },
    device: { cert: mine('device.crt'), key: mine('device.key') },
    agencies: AGENCIES.map(({ id }) => ({
      id, ca: join(store, 'agencies', id, 'ca.crt'), crl: join(store, 'agencies', id, 'crl.pem'),
      ...(options.agency?.id === id ? { post: { url: options.agency.url, cert: options.agency.cert, ca: options.agency.ca } } : {}),
    })),
    ice: { stun: [], turn: [] },
    panel: PANEL,
    camera: devices,
    sound: devices,
    stamps: Boolean(options.stamps),
    ...(options.login ? { phone: options.login.phone } : {}),
    ...(options.agency ? { outbox: join(dir, 'outbox') } : {}),
    ...(options.help === false ? {} : { help: { technicians: options.help ?? [TECHNICIAN.user], ca: join(store, 'technician-ca', 'ca.crt'), crl: join(store, 'technician-ca', 'crl.pem'),
      pictures: Boolean(options.pictures) } }),
    control: join(dir, 'control'),
  };
}

/**
 * Starts luukku-super and waits until it answers on its control socket.
 * options, for tests: `whole` waits for all programs; `program` is another luukku-super, `prefix` are words before it.
 */
export async function startKiosk(processes, dir, config, options, signal) {
  const program = options.program ?? join(BUILD, 'bin/luukku-super');
  if (!existsSync(program)) {
    throw new Error(`${program} is not built`);
  }
  const path = join(dir, 'kiosk.json');
  writeAtomic(path, `${JSON.stringify(config, null, 1)}\n`);
  const argv = [...(options.prefix ?? []), program, '--config', path, '--allow-ui-control', '--audit', join(dir, 'technicians.log'), ...(options.headless ? ['--headless'] : []),
    ...(options['kiosk-args'] ?? '').split(/\s+/).filter(Boolean)];
  const all = ({ stdout }) => !options.whole || JSON.parse(stdout).programs.every((p) => p.state === 'running');
  const answers = () => existsSync(config.control) &&
    run(join(BUILD, 'bin/luukkuctl'), ['--socket', config.control, '--json', 'status'], { timeout: 5000, signal }).then(all).catch(() => false);
  await processes.start('kiosk', argv, answers, { ms: 60000 });
}
