// A form as both have it: the citizen's side on the kiosk's screen, the expert's on the page; and what became of it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert, PATIENCE_MS, until } from './wait.mjs';

const VERIFY = fileURLToPath(new URL('../../../tools/verify/luukku-verify', import.meta.url));

/** The citizen at the kiosk. */
export class Citizen {
  constructor(kiosk) {
    this.kiosk = kiosk;
  }

  /** What a cell shows. */
  async value(path) {
    return (await this.kiosk.node(`field-${path}`))?.value;
  }

  has(path, value, ms = PATIENCE_MS) {
    return until(`the kiosk's ${path} to be "${value}"`, async () => (await this.value(path)) === value, ms);
  }

  /** Turns the form's pages until a node is in sight. */
  async reveal(id) {
    await until(`${id} to be in sight at the kiosk`, async () => {
      const { nodes } = await this.kiosk.tree();
      const at = nodes.findIndex((n) => n.id === id);
      if (at < 0) return false;
      if (!nodes[at].state.includes('hidden')) return true;
      const seen = nodes.findIndex((n) => /^field-/.test(n.id) && !n.state.includes('hidden'));
      await this.kiosk.ctl('ui', 'tap', at > seen ? 'next' : 'back');
      return false;
    });
  }

  async #into(path) {
    await this.reveal(`field-${path}`);
    await this.kiosk.tap(`field-${path}`);
    await this.kiosk.ctl('ui', 'key', 'End');
  }

  /** Types into a cell, after what stands there. */
  async type(path, text) {
    await this.#into(path);
    await this.kiosk.ctl('ui', 'type', text);
  }

  /** Empties a cell that is typed into, and types. */
  async write(path, text) {
    await this.#into(path);
    for (const _ of (await this.value(path)) ?? '') await this.kiosk.ctl('ui', 'key', 'Backspace');
    if (text) await this.kiosk.ctl('ui', 'type', text);
  }

  async choose(path, option) {
    await this.reveal(`field-${path}-${option}`);
    await this.kiosk.tap(`field-${path}-${option}`);
  }

  async putKeyboardAway() {
    if (await this.kiosk.node('key-hide')) await this.kiosk.tap('key-hide');
  }

  /** Which step is shown, in words. */
  async step() {
    return (await this.kiosk.node('form-step'))?.name;
  }

  /** The way on, over all pages of the step, until `done`, which is the next step where nothing is said. */
  async on({ id = 'next', done = null } = {}) {
    await this.putKeyboardAway();
    const here = await this.step();
    const left = done ?? (async () => (await this.step()) !== here);
    await until(`the kiosk to go on from ${here}`, async () => {
      if (await left()) return true;
      const node = await this.kiosk.node(id);
      await this.kiosk.ctl('ui', 'tap', node && !node.state.includes('hidden') ? id : 'next');
      return false;
    }, PATIENCE_MS, 200);
  }
}

/** The parental allowance, filled in by the citizen alone. */
export async function fillAllowance(citizen) {
  await citizen.choose('situation', 'expected');
  await citizen.write('children', '1');
  await citizen.write('due-date', '14.2.2027');
  await citizen.on();
  for (const [path, text] of [['name', 'Aino Maria Korhonen'], ['person-id', '131052-308T'], ['phone', '040 123 4567'],
    ['home-street', 'Leipurinkatu 7'], ['home-postcode', '70100'], ['home-town', 'Kuopio']]) await citizen.write(path, text);
  await citizen.on();
  await citizen.choose('work-kind', 'employed');
  await citizen.write('employer', 'Kuopion leipomo Oy');
  await citizen.choose('paid-leave', 'no');
  await citizen.write('income', '2650,50');
  await citizen.on();
  await citizen.reveal('row-add-periods');
  await citizen.kiosk.tap('row-add-periods');
  await citizen.write('periods-1-from', '1.3.2027');
  await citizen.write('periods-1-to', '31.8.2027');
  await citizen.choose('periods-1-extent', 'full');
  await citizen.on();
  await citizen.write('account', 'FI21 1234 5600 0007 85');
  await citizen.choose('truthful', 'yes');
}

/** The expert at the page. */
export class Expert {
  constructor(page) {
    this.page = page;
  }

  get driver() {
    return this.page.driver;
  }

  step(id) {
    return this.page.click(`form-step-${id}`);
  }

  fill(path, text) {
    return this.driver.fill(`field-${path}`, text);
  }

  type(path, text) {
    return this.driver.type(`field-${path}`, text);
  }

  choose(path, option) {
    return this.page.click(`field-${path}-${option}`);
  }

  value(path) {
    return this.page.evaluate((id) => {
      const box = document.querySelector(`[data-testid="${id}"]`);
      return box === null ? null : box.value ?? box.dataset.value;
    }, `field-${path}`);
  }

  has(path, value, ms = PATIENCE_MS) {
    return until(`the page's ${path} to be "${value}"`, async () => (await this.value(path)) === value, ms);
  }

  /** All that was typed here is at the kiosk. */
  stored() {
    return until('the kiosk to hold all of the page', () => this.page.evaluate(() =>
      document.querySelector('[data-testid="form-unsent"]')?.dataset.state === 'stored'));
  }

  /** The sealed container, as it would be saved. */
  async container() {
    await this.page.shows('package-download');
    return this.driver.download('package-download');
  }
}

/** Looks at a container with openssl, unzip, pdftotext and luukku-verify, none of which knows the firmware. */
export class Container {
  constructor(demo, bytes) {
    this.dir = mkdtempSync(join(tmpdir(), 'lta-'));
    this.file = join(this.dir, 'package.asice');
    this.ca = join(dirname(demo.info.control), '../pki/fleet/ca.crt');
    this.cardCa = join(dirname(demo.info.control), 'devices/cards/ca.pem');
    this.bytes = bytes;
    writeFileSync(this.file, bytes);
    execFileSync('unzip', ['-q', this.file, '-d', join(this.dir, 'in')]);
  }

  read(name) {
    return readFileSync(join(this.dir, 'in', name), 'utf8');
  }

  json() {
    return JSON.parse(this.read('form.json'));
  }

  pdf() {
    return execFileSync('pdftotext', ['-layout', join(this.dir, 'in/form.pdf'), '-'], { encoding: 'utf8' });
  }

  /** openssl's own word on the signature over the manifest; throws where it does not fit. */
  cades(manifest = join(this.dir, 'in/META-INF/ASiCManifest001.xml')) {
    execFileSync('openssl', ['cms', '-verify', '-cades', '-purpose', 'any', '-binary', '-inform', 'DER',
      '-in', join(this.dir, 'in/META-INF/signature001.p7s'), '-content', manifest, '-CAfile', this.ca, '-out', '/dev/null'], { stdio: 'pipe' });
  }

  /** Hex SHA-256 of a file in it. */
  sha256(name) {
    return createHash('sha256').update(readFileSync(join(this.dir, 'in', name))).digest('hex');
  }

  /** openssl's word on the citizen's own signature, by the certificates of the emulated cards. */
  cardCades() {
    execFileSync('openssl', ['cms', '-verify', '-cades', '-purpose', 'any', '-binary', '-inform', 'DER',
      '-in', join(this.dir, 'in/META-INF/signature002.p7s'), '-content', join(this.dir, 'in/META-INF/ASiCManifest002.xml'),
      '-CAfile', this.cardCa, '-out', '/dev/null'], { stdio: 'pipe' });
  }

  /** luukku-verify's judgement of these bytes. */
  verify(bytes = this.bytes) {
    const file = join(this.dir, 'tried.asice');
    writeFileSync(file, bytes);
    try {
      return JSON.parse(execFileSync(VERIFY, [file, '--ca', this.ca, '--citizen-ca', this.cardCa], { encoding: 'utf8' }));
    } catch (error) {
      return JSON.parse(error.stdout);
    }
  }

  /** One flipped bit in byte `i` is found. */
  fails(i) {
    const bytes = Buffer.from(this.bytes);
    bytes[i] ^= 1;
    assert(!this.verify(bytes).ok, `a flipped bit in byte ${i} was not found`);
  }

  free() {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
