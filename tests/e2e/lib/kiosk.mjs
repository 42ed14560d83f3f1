// The kiosk by its control socket, as a technician or a test reaches it.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PATIENCE_MS, until } from './wait.mjs';

const BUILD = process.env.LUUKKU_BUILD ?? fileURLToPath(new URL('../../../build', import.meta.url));
const run = promisify(execFile);

export class Kiosk {
  constructor(socket) {
    this.socket = socket;
  }

  /** One luukkuctl command; gives its JSON, or throws with what it said. */
  async ctl(...words) {
    try {
      const { stdout } = await run(`${BUILD}/bin/luukkuctl`, ['--socket', this.socket, '--json', ...words],
        { timeout: PATIENCE_MS, maxBuffer: 1 << 24 });
      return stdout.trim() ? JSON.parse(stdout) : null;
    } catch (error) {
      throw new Error(`luukkuctl ${words.join(' ')}: ${(error.stderr || error.stdout || error.message).trim()}`);
    }
  }

  /** One check of the self-test, by its name; failed ones too. */
  async check(name) {
    const list = await this.ctl('selftest').catch((e) => JSON.parse(e.message.replace(/^luukkuctl selftest: /, '')));
    return list.find((c) => c.test === name);
  }

  tree() {
    return this.ctl('ui', 'tree');
  }

  async screen() {
    return (await this.tree()).screen;
  }

  async node(id) {
    return (await this.tree()).nodes.find((n) => n.id === id);
  }

  /** What the kiosk's programs logged, a line each: all that is kept. */
  async log() {
    const texts = [];
    for (let since = 1;;) {
      const { next, lines } = await this.ctl('log', `since=${since}`);
      texts.push(...lines.map((l) => l.text));
      if (next === since) return texts;
      since = next;
    }
  }

  /** All that a technician can be told, as one text: every log line and every answer that needs no hand on the kiosk. */
  async told() {
    const answers = await Promise.all(['status', 'programs', 'devices', 'hardware', 'network', 'certs', 'calls', 'version']
      .map(async (word) => JSON.stringify(await this.ctl(word))));
    return [...(await this.log()), ...answers].join('\n');
  }

  stats() {
    return this.ctl('call', 'stats');
  }

  /** Taps a node as soon as it is there. */
  async tap(id, ms = PATIENCE_MS) {
    // Leaving ends the program that answers, perhaps before it does.
    const tapped = (error) => {
      if (id === 'done' && /ended before it answered/.test(error.message)) return true;
      throw error;
    };
    await until(`the kiosk to let ${id} be tapped`, () => this.ctl('ui', 'tap', id).then(() => true, tapped), ms);
  }

  screenIs(name, ms = PATIENCE_MS) {
    return until(`the kiosk's screen ${name}`, async () => (await this.screen()) === name, ms);
  }

  /** All that is shown now, as text. */
  async words() {
    return (await this.tree()).nodes.map((n) => `${n.name} ${n.value}`).join('\n');
  }

  says(words, ms = PATIENCE_MS) {
    return until(`the kiosk to say "${words}"`, async () => (await this.words()).includes(words), ms);
  }

  saysNot(words, ms = PATIENCE_MS) {
    return until(`the kiosk no longer to say "${words}"`, async () => !(await this.words()).includes(words), ms);
  }

  /** Leaves the end screen. What is shown then cannot be touched, and the next start is that of the programs started
   *  anew (or, with --keep-programs, of a session begun anew). */
  async done() {
    await this.screenIs('end');
    await this.tap('done');
    await this.screenIs('start');
    await this.running();
  }

  /** Waits until every program has said that it is ready. */
  running() {
    return until('all programs to run', async () => (await this.ctl('status')).programs.every((p) => p.state === 'running'));
  }

  async pids() {
    return (await this.ctl('status')).programs.map((p) => p.pid);
  }

  /** Waits until none of `old` (from pids()) runs any more, and its successors do. */
  async restarted(old) {
    await until('the programs to be started anew', async () => !(await this.pids()).some((pid) => old.includes(pid)));
    await this.running();
  }

  /** From the start to the queue of a service. */
  async callFor(card) {
    await this.screenIs('start');
    await this.tap('next');
    await this.screenIs('services');
    await this.tap(`service-${card}`);
    await this.screenIs('card');
    await this.tap('call-expert');
    await this.screenIs('waiting');
  }
}
