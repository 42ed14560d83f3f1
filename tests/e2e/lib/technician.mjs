// A technician at the far end of a console's line.
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { assert, until } from './wait.mjs';

const PATIENCE_MS = 60000;
const WIDTH = 79;

/** The far end of a pseudo-terminal that has a path. */
class Device {
  constructor(path) {
    this.fd = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  }

  read() {
    const bytes = Buffer.alloc(4096);
    let heard = '';
    try {
      for (let n = 1; n > 0;) {
        n = readSync(this.fd, bytes);
        heard += bytes.toString('latin1', 0, n);
      }
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
    return heard;
  }

  write(text) {
    writeSync(this.fd, text);
  }

  cut() {
    if (this.fd >= 0) closeSync(this.fd);
    this.fd = -1;
  }
}

export class Technician {
  /** `line`: the path of a pseudo-terminal, or what has read(), write() and cut(). */
  constructor(line) {
    this.line = typeof line === 'string' ? new Device(line) : line;
    this.heard = '';
    this.all = '';
  }

  #listen() {
    const heard = this.line.read();
    this.heard += heard;
    this.all += heard;
  }

  /** What came and was not waited for; it stays. */
  listens() {
    this.#listen();
    return this.heard;
  }

  /** Waits for a text; gives what came before it and takes both off. */
  async expect(text, ms = PATIENCE_MS) {
    await until(`"${text}" on the console`, () => {
      this.#listen();
      return this.heard.includes(text);
    }, ms).catch((error) => assert(false, `${error.message}\n${this.heard}`));
    const at = this.heard.indexOf(text);
    const before = this.heard.slice(0, at);
    this.heard = this.heard.slice(at + text.length);
    return before;
  }

  type(text) {
    this.line.write(text);
  }

  async logIn({ user, password }) {
    this.type('\r');
    await this.expect('login: ');
    this.type(`${user}\r`);
    await this.expect('password: ');
    this.type(`${password}\r`);
    const shown = await this.expect('luukku> ');
    assert(!shown.includes(password), 'a password is not echoed');
    await this.run('terminal rows 0');
  }

  /** Runs a command; gives its output, no line of which is too long for a screen. */
  async run(command) {
    this.type(`${command}\r`);
    await this.expect(`${command}\r\n`);
    const said = await this.expect('luukku> ');
    const long = said.split(/\r?\n/).find((line) => line.length > WIDTH && !command.startsWith('show log'));
    assert(!long, `longer than ${WIDTH}: "${long}"`);
    return said;
  }

  /** `test NAME`: its checks in their order, {result, test, reason, next}, and `text`, as it was shown. */
  async test(name) {
    const text = await this.run(`test ${name}`);
    return Object.assign(checksOf(text), { text });
  }

  /** Nothing fails; gives the checks. */
  async sound(ms) {
    let checks;
    await until('nothing to fail', async () => {
      checks = await this.test('all');
      return checks.text.includes('Nothing failed.');
    }, ms, 300).catch(() => assert(false, `not sound:\n${checks.text}`));
    return checks;
  }

  /** The first that fails in `test all` is this, for this reason, with this to do. */
  async first(test, reason, next, ms) {
    let checks;
    await until(`test ${test} to fail`, async () => {
      checks = await this.test('all');
      const [one] = failed(checks);
      return one?.test === test && reason.test(one.said) && next.test(one.said);
    }, ms, 300).catch(() => assert(false, `not "${test}", ${reason}, ${next}:\n${checks.text}`));
    const [one] = failed(checks);
    console.log(`    ${one.test}: ${one.said}`);
    assert(checks.text.includes(`Begin with: ${test}`), 'the last line says so, too');
    assert(checks.every((c) => c.result !== 'SKIP' || c.said), 'no SKIP without a reason');
    return checks;
  }

  /** A command that asks for a text, and that text; gives its output. */
  async paste(command, text) {
    this.type(`${command}\r`);
    await this.expect('Ctrl-C gives up.');
    this.type(`${text.replace(/\n?$/, '\n').replaceAll('\n', '\r')}.\r`);
    return this.expect('luukku> ');
  }

  close() {
    return this.line.cut();
  }
}

/** The table of a test: RESULT NAME REASON, rows that go on with the reason, and after it what to do. */
function checksOf(text) {
  const checks = [];
  for (const line of text.split(/\r?\n/)) {
    const [, result, test, reason] = /^(PASS|FAIL|SKIP) +(\S+) *(.*)/.exec(line) ?? [];
    if (result) checks.push({ result, test, said: reason });
    else if (/^ {6}/.test(line) && checks.length) checks.at(-1).said += ` ${line.trim()}`;
  }
  return checks;
}

export const failed = (checks) => checks.filter((c) => c.result === 'FAIL');
