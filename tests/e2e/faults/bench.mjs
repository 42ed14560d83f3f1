// A kiosk of the demo's kind with a technician's console on a real pseudo-terminal; faults are planted from outside.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { startConsole } from '../../../tools/broker/console.mjs';
import { Stand } from '../lib/stand.mjs';
import { Technician } from '../lib/technician.mjs';

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

  sound() {
    return this.technician.sound(PATIENCE_MS);
  }

  first(test, reason, next) {
    return this.technician.first(test, reason, next, PATIENCE_MS);
  }
}
