// The demo's parts, one by one in the test's own hands: a broker that can be killed and brought back, a kiosk with the
// devices the test wants.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startAgency } from '../../../tools/broker/agency.mjs';
import { startBroker } from '../../../tools/broker/broker.mjs';
import { startDevices } from '../../../tools/broker/devices.mjs';
import { identityFile } from '../../../tools/broker/identity.mjs';
import { kioskConfig, makeFleet, startKiosk } from '../../../tools/broker/kiosk.mjs';
import { LoginService } from '../../../tools/broker/login.mjs';
import { Named, killBroker, reviveBroker } from './broker.mjs';
import { Kiosk } from './kiosk.mjs';

const PAGE = fileURLToPath(new URL('../../../ui/expert/dist', import.meta.url));

export class Stand {
  /** Servers alone; `startKiosk()` starts the rest. `enrol` may add to the fleet's papers; `login`: a service for logins by telephone, too;
   *  `devices`: an emulated scanner, a card reader and an agency's address, too; `scanner`: further words for that emulator;
   *  `accounts`: further ones of the broker. */
  static async start(context, { enrol = () => undefined, login = false, devices = false, scanner = [], accounts = [] } = {}) {
    const stand = new Stand();
    stand.dir = mkdtempSync('/tmp/luukku-test-');
    chmodSync(stand.dir, 0o711);
    stand.servers = new Named(join(stand.dir, 'log'));
    stand.programs = new Named(join(stand.dir, 'log'));
    stand.stopped = new AbortController();
    context.defer(() => stand.stop());
    context.demo = stand;
    stand.pki = join(stand.dir, 'pki');
    const [expert] = await makeFleet(stand.pki, stand.servers);
    enrol(stand.pki);
    const run = join(stand.dir, 'servers');
    mkdirSync(run);
    stand.login = login ? await LoginService.inFleet(stand.pki) : null;
    if (devices) await stand.#startDevices(scanner);
    const identity = login || devices ? identityFile(stand.attached?.cards ?? null, login ? [stand.login.issuer] : []) : undefined;
    const { url, mqtts } = await startBroker({ pki: stand.pki, run, page: PAGE, processes: stand.servers, identity, extra: accounts });
    stand.mqtts = mqtts;
    stand.info = { url, user: expert.user, password: expert.password };
    return stand;
  }

  /** `scanner` and `reader` are the control sockets of the emulators. */
  async #startDevices(words) {
    this.emulators = join(this.dir, 'devices');
    this.attached = await startDevices(this.servers, this.emulators, { scanner: words });
    this.agency = await startAgency(this.dir, this.pki, this.servers);
    const { scanner, reader } = this.attached.devices;
    [this.scanner, this.reader] = [scanner.emulator, reader.emulator];
  }

  /** luukku-super, with `changes` to the demo's configuration. */
  async startKiosk(changes = {}, options = { headless: true }) {
    const dir = mkdtempSync(join(this.dir, 'k-'));
    const ways = { simulated: true, stamps: true, login: this.login, agency: this.agency };
    const config = { ...kioskConfig(this.pki, dir, this.mqtts, ways), ...this.attached, ...changes };
    this.kiosk = new Kiosk(config.control);
    await startKiosk(this.programs, dir, config, options, this.stopped.signal);
  }

  async stopKiosk() {
    await this.programs.children.kiosk.stop();
  }

  /** luukku-super is killed, and with it all that it started. */
  async killKiosk() {
    const { kiosk } = this.programs.children;
    kiosk.stopping = true;
    kiosk.process.kill('SIGKILL');
    await kiosk.ended;
  }

  killBroker() {
    return killBroker(this.servers);
  }

  reviveBroker() {
    return reviveBroker(this.servers, join(this.dir, 'servers'), this.mqtts);
  }

  tail() {
    return this.programs.children.kiosk?.log.split('\n').slice(-40).join('\n') ?? '';
  }

  async stop() {
    this.stopped.abort();
    await this.programs.stop();
    await this.servers.stop();
    await this.login?.stop();
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}
