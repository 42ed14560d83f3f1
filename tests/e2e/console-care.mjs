// A new kiosk, made one of the fleet's on its serial line alone: its request, certificate and site file pasted, its settings, its end by
// factory reset. The line is a pseudo-terminal that can be cut.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startConsole } from '../../tools/broker/console.mjs';
import { Processes } from '../../tools/broker/processes.mjs';
import { Kiosk } from './lib/kiosk.mjs';
import { Line } from './lib/line.mjs';
import { main } from './lib/run.mjs';
import { Technician } from './lib/technician.mjs';
import { assert, until } from './lib/wait.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILD = process.env.LUUKKU_BUILD ?? join(ROOT, 'build');
const NAME = 'kiosk-7';
const SITE = 'Kirjasto, Kuhmo';
const KEYPAD = readFileSync(join(ROOT, 'board/common/keypad.example.json'), 'utf8');

/** The kiosk, the fleet's office, and the line between. */
class Place {
  static async start(t) {
    const place = new Place();
    place.dir = mkdtempSync('/tmp/luukku-test-');
    chmodSync(place.dir, 0o711);
    t.defer(() => rmSync(place.dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
    place.programs = new Processes(join(place.dir, 'log'));
    t.defer(() => place.programs.stop());
    place.pki('init', 'store');
    place.pki('agency', 'store', 'kela', 'Kela');
    place.kiosk = new Kiosk(place.at('control'));
    await place.programs.start('kiosk', [join(BUILD, 'bin/luukku-super'), '--home', place.at('home'), '--control', place.at('control'),
      '--log', place.at('ring'), '--headless', '--allow-ui-control'], () => existsSync(place.at('control')));
    await place.running('unused');
    await place.connect(t);
    return place;
  }

  at(name) {
    return join(this.dir, name);
  }

  pki(...words) {
    const r = spawnSync(join(ROOT, 'tools/pki/luukku-pki'), words, { encoding: 'utf8', cwd: this.dir });
    assert(r.status === 0, r.stderr);
  }

  /** A line, a console on it, a technician who has logged in. */
  async connect(t) {
    const dir = mkdtempSync(this.at('line-'));
    mkdirSync(this.at('console'), { recursive: true });
    await this.console?.stop();
    const line = await Line.open(dir);
    t.defer(() => line.cut());
    const { user, password } = await startConsole(this.programs, this.at('console'), this.at('control'), line.path)
      .then((started) => started ?? assert(false, 'luukku-console is not built'));
    this.technician = new Technician(line);
    await this.technician.logIn({ user, password });
  }

  /** All its programs run, and it shows that screen. Gives `status`. */
  running(screen) {
    return until(`the screen ${screen}`, async () => {
      const s = await this.kiosk.ctl('status');
      return s.screen === screen && s.programs.every((p) => p.state === 'running') && s;
    });
  }

  /** Does what makes the programs begin anew, and waits until they have. */
  async anew(what) {
    const { pid } = (await this.kiosk.ctl('programs')).programs[0];
    const said = await what();
    await until('new programs', async () => (await this.kiosk.ctl('programs')).programs[0].pid !== pid);
    await this.running('start');
    return said;
  }

  trail() {
    return readFileSync(this.at('console/technicians.log'), 'utf8');
  }
}

const provision = (place) => place.kiosk.ctl('provision', 'status');

async function request(t, place) {
  const { technician } = place;
  t.step('its request is copied from the line, and signed');
  const { kiosk } = await provision(place);
  assert(/^state +new$/m.test((await technician.run('provision status')).replaceAll('\r', '')), 'it is new');
  const said = (await technician.run('provision csr')).replaceAll('\r', '');
  assert(said.includes(`its name is ${kiosk}`), `the name of the request:\n${said}`);
  writeFileSync(place.at('request.pem'), said);
  place.pki('sign', 'store', NAME, '--site', SITE, '--csr', 'request.pem', '--out', 'answer.pem');
}

async function certificate(t, place) {
  const { technician } = place;
  const answer = readFileSync(place.at('answer.pem'), 'utf8');
  t.step('its certificate: half of it and given up, the CA alone, noise, then the right one');
  technician.type('provision certificate\r');
  await technician.expect('Ctrl-C gives up.');
  technician.type(`${answer.slice(0, answer.length / 2).replaceAll('\n', '\r')}\x03`);
  await technician.expect('Given up; nothing was done.');
  await technician.expect('luukku> ');
  const ca = readFileSync(place.at('store/fleet/ca.crt'), 'utf8');
  let said = await technician.paste('provision certificate', ca);
  assert(said.includes('certificate is refused'), said);
  said = await technician.paste('provision certificate', answer.replace('\n', '\x01\n'));
  assert(said.includes('Noise came into that; paste it again.'), said);
  assert(!(await provision(place)).certified, 'nothing of that was taken');
  said = await technician.paste('provision certificate', answer);
  assert(/kiosk +kiosk-7/.test(said) && /certificate +until /.test(said), said);
}

async function siteFile(t, place) {
  const { technician } = place;
  const write = (more) => {
    writeFileSync(place.at('place.json'), JSON.stringify({
      broker: { host: '127.0.0.1', port: 1 }, agencies: [{ id: 'kela' }], camera: 'simulated', sound: 'simulated', ...more,
    }));
    place.pki('site', 'store', NAME, '--template', 'place.json', '--out', 'site.json');
    return readFileSync(place.at('site.json'), 'utf8');
  };
  t.step('its site file: a wrong one, one that is only looked at, then for good');
  let said = await technician.paste('provision site', write({ panel: { width_mm: 3 } }));
  assert(/site file is refused, line\s+\d+:\s+panel\.width_mm/.test(said), said);
  said = await technician.paste('provision site check', write());
  assert(/state +new/.test(said) && !(await provision(place)).site, `nothing changes:\n${said}`);
  said = await technician.paste('provision site', write());
  assert(/state +in-use/.test(said) && said.includes('In a minute: test all'), said);
  await place.running('start');
  said = await technician.run('provision status');
  assert(/state +in-use/.test(said) && /site file +yes/.test(said), said);
}

/** The office sends a fresh list; it goes where its issuer's was. */
async function newerList(t, place) {
  const { technician } = place;
  const list = () => readFileSync(place.at('store/agencies/kela/crl.pem'), 'utf8');
  const untilWhen = async () => (await place.kiosk.ctl('certs')).find((c) => c.role === 'crl-kela').not_after;
  t.step('a list of withdrawn certificates: the same again, one of another CA, a damaged one, a newer one');
  const old = list();
  let said = await technician.paste('provision crl', old);
  assert(/list is refused:\s+it\s+is\s+there\s+already/.test(said), said);
  said = await technician.paste('provision crl', readFileSync(place.at('store/fleet/crl.pem'), 'utf8'));
  assert(/list is refused:\s+its\s+issuer\s+is\s+none/.test(said), said);
  place.pki('crl', 'store', '--crl-days', '40');
  assert(list() !== old, 'the office has a newer one');
  said = await technician.paste('provision crl', list().replace(/[a-z]/, (c) => (c === 'a' ? 'b' : 'a')));
  assert(said.includes('refused'), said);
  const before = await untilWhen();
  said = await place.anew(() => technician.paste('provision crl', list()));
  assert(/state +in-use/.test(said), said);
  assert(await untilWhen() !== before, `it is in use: ${before}`);
  said = await technician.paste('provision crl', old);
  assert(/not\s+newer/.test(said), said);
}

async function refusedSettings(place) {
  const { technician } = place;
  const before = JSON.stringify(await place.kiosk.ctl('settings'));
  for (const [line, reason] of [
    ['set language xx', /language: is not fi, sv/], ['set volume 11', /volume: is not 1\.\.10/], ['set volume loud', /volume/],
    ['set brightness 5', /brightness: is not 10\.\.100/], ['set kiosk other', /./], ['unset broker', /usage: set/],
  ]) {
    const said = await technician.run(line);
    assert(reason.test(said) && !said.includes('begins anew'), `"${line}" is refused:\n${said}`);
  }
  let said = await technician.paste('set keypad', '{"keys": {"next": "F14"}}');
  assert(/keypad/.test(said) && !said.includes('begins anew'), said);
  said = await technician.paste('set text notice', '');
  assert(said.includes('Nothing was typed'), said);
  technician.type('set text site\r');
  await technician.expect('Ctrl-C gives up.');
  technician.type('Somewhere else\x03');
  await technician.expect('Given up; nothing was done.');
  await technician.expect('luukku> ');
  assert(JSON.stringify(await place.kiosk.ctl('settings')) === before, 'nothing of that was set');
}

async function settings(t, place) {
  const { technician } = place;
  t.step('settings that may not be');
  await refusedSettings(place);
  t.step('settings');
  const kept = async (name, value, set) => {
    const said = await place.anew(set);
    assert(said.includes('The kiosk begins anew with it.'), said);
    const is = (await place.kiosk.ctl('settings'))[name];
    assert(JSON.stringify(is.value) === JSON.stringify(value) && is.from === 'set', `${name} is kept: ${JSON.stringify(is)}`);
  };
  await kept('language', 'sv', () => technician.run('set language sv'));
  await kept('volume', 3, () => technician.run('set volume 3'));
  await kept('brightness', 50, () => technician.run('set brightness 50'));
  await kept('site', 'Biblioteket, Kuhmo', () => technician.paste('set text site', 'Biblioteket, Kuhmo'));
  await kept('notice', 'Stängt på onsdag.', () => technician.paste('set text notice', 'Stängt på onsdag.'));
  await kept('keypad', JSON.parse(KEYPAD), () => technician.paste('set keypad', KEYPAD));
  const { lang, site } = await place.kiosk.ctl('status');
  assert(lang === 'sv' && site === 'Biblioteket, Kuhmo', 'the kiosk begins with them');
  assert((await place.kiosk.node('site-notice')).name === 'Stängt på onsdag.', 'and shows the notice');
  const shown = await technician.run('show settings');
  assert(/language +sv +set/.test(shown) && /volume +3 +set/.test(shown) && /keypad +keys of its own/.test(shown), shown);
  await place.anew(() => technician.run('unset site'));
  assert((await place.kiosk.ctl('status')).site === SITE, 'as the site file says it again');
}

async function noReset(place, name, type) {
  const { technician } = place;
  technician.type('factory-reset\r');
  await technician.expect(`type the kiosk's name: ${name}`);
  await technician.expect('\n> ');
  await type();
}

async function kept(place, key) {
  await place.running('start');
  assert((await provision(place)).kiosk === NAME, 'it is the same kiosk');
  assert(readFileSync(place.at('home/current/device.key'), 'utf8') === key, 'with the same key');
}

async function reset(t, place) {
  const key = readFileSync(place.at('home/current/device.key'), 'utf8');
  t.step('no factory reset: another name, Ctrl-C, a line that is cut before Enter');
  for (const answer of ['kiosk-8\r', '\r', 'yes\r', `${NAME.toUpperCase()}\r`, `${NAME}\x03`]) {
    const { technician } = place;
    await noReset(place, NAME, () => technician.type(answer));
    await technician.expect('luukku> ');
  }
  await kept(place, key);
  await noReset(place, NAME, () => place.technician.type(NAME));
  await place.technician.expect(NAME);
  await place.technician.close();
  await until('the trail to say so', () => /technician logout The line was cut/.test(place.trail().split('\n').at(-2)));
  await place.connect(t);
  place.technician.type('\r');
  await place.technician.expect('luukku> ');
  await kept(place, key);
  t.step('factory reset');
  await noReset(place, NAME, () => place.technician.type(`${NAME}\r`));
  assert((await place.technician.expect('luukku> ')).includes('It is wiped'), 'it says so');
  const status = await place.running('unused');
  assert(/^new-[0-9a-f]{8}$/.test(status.kiosk), `a new kiosk: ${status.kiosk}`);
  assert(readFileSync(place.at('home/current/device.key'), 'utf8') !== key, 'with another key');
  const said = await place.technician.run('provision status');
  assert(/state +new/.test(said) && /certificate +none/.test(said), said);
}

/** What was typed is there, what was pasted is not; it outlived the reset. */
function trail(t, place) {
  t.step('the trail');
  const all = place.trail();
  for (const line of ['run provision csr', 'run provision certificate', 'run set language sv', 'run factory-reset', 'declined factory-reset', 'confirmed factory-reset']) {
    assert(all.includes(` technician ${line}\n`), `"${line}" is in the trail:\n${all}`);
  }
  assert(!all.includes('BEGIN CERTIFICATE') && !all.includes('onsdag'), 'what was pasted is not');
  assert(all.match(/ confirmed /g).length === 1, 'one was confirmed');
}

await main('console-care', async (t) => {
  t.step('a new kiosk and its line');
  const place = await Place.start(t);
  await request(t, place);
  await certificate(t, place);
  await siteFile(t, place);
  await newerList(t, place);
  await settings(t, place);
  await reset(t, place);
  trail(t, place);
}, 280000);
