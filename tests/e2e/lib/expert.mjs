// The expert's page, whatever the browser: by test ids and the probe (probe.js).
import { PATIENCE_MS, until } from './wait.mjs';

export class ExpertPage {
  constructor(driver) {
    this.driver = driver;
  }

  evaluate(fn, arg) {
    return this.driver.evaluate(fn, arg);
  }

  async login({ user, password }) {
    await this.driver.fill('login-user', user);
    await this.driver.fill('login-password', password);
    await this.driver.click('login-submit');
  }

  visible(id) {
    return this.evaluate((i) => window.probe.visible(i), id);
  }

  shows(id, ms = PATIENCE_MS) {
    return until(`${id} on the expert's page`, () => this.visible(id), ms);
  }

  text(id) {
    return this.evaluate((i) => window.probe.text(i), id);
  }

  click(id) {
    return this.driver.click(id);
  }

  /** What was seen since reset(). */
  tell() {
    return this.evaluate(() => window.probe.seen());
  }

  /** The tone that is heard now, Hz; 0 for silence. */
  toneHz() {
    return this.evaluate(() => window.probe.toneHz());
  }

  reset() {
    return this.evaluate(() => window.probe.reset());
  }

  async accept(ms = PATIENCE_MS) {
    await this.shows('queue-item', ms);
    await this.click('queue-accept');
    await this.shows('remote-video', ms);
  }
}
