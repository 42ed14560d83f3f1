// A kiosk of the demo's kind with a technician's console on a real pseudo-terminal; faults are planted from outside.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { startConsole } from '../../../tools/broker/console.mjs';
import { Stand } from '../lib/stand.mjs';
import { Technician, failed } from '../lib/technician.mjs';
import { assert, until } from '../lib/wait.mjs';

const PATIENCE_MS = 40000;

export class Bench {
  /** `devices`: with an emulated scanner, card reader and document camera; `enrol` as of Stand. */
  static async start(t, { devices = false, enrol } = {}) {
    const bench = new Bench();
    bench.t = t;
    bench.stand = await Stand.start(t, { devices, enrol });
    return bench;
  }

  /** A kiosk with these changes to its configuration, and a technician who has logged in. */
  async kiosk(changes = {}, options = {}) {
    const { stand } = this;
    if (this.technician) {
      this.technician.close();
      await stand.programs.children.console.stop();
      await stand.stopKiosk();
    }
    await stand.startKiosk(changes, { headless: true, whole: true, ...options });
    const dir = mkdtempSync(join(stand.dir, 'c-'));
    const line = await startConsole(stand.programs, dir, stand.kiosk.socket);
    this.technician = new Technician(line.tty);
    this.t.defer(() => this.technician.close());
    await this.technician.logIn(line);
  }

  get ctl() {
    return (...words) => this.stand.kiosk.ctl(...words);
  }

  /** Nothing fails; gives the checks. */
  async sound() {
    let checks;
    await until('nothing to fail', async () => {
      checks = await this.technician.test('all');
      return checks.text.includes('Nothing failed.');
    }, PATIENCE_MS, 300).catch(() => assert(false, `not sound:\n${checks.text}`));
    return checks;
  }

  /** The first that fails in `test all` is this, for this reason, with this to do. */
  async first(test, reason, next) {
    let checks;
    await until(`test ${test} to fail`, async () => {
      checks = await this.technician.test('all');
      const [one] = failed(checks);
      return one?.test === test && reason.test(one.said) && next.test(one.said);
    }, PATIENCE_MS, 300).catch(() => assert(false, `not "${test}", ${reason}, ${next}:\n${checks.text}`));
    const [one] = failed(checks);
    console.log(`    ${one.test}: ${one.said}`);
    assert(checks.text.includes(`Begin with: ${test}`), 'the last line says so, too');
    assert(checks.every((c) => c.result !== 'SKIP' || c.said), 'no SKIP without a reason');
    return checks;
  }
}
