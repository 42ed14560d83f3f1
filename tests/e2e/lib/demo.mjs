// One demo: starts tools/demo, reads its `ready` line, ends it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Kiosk } from './kiosk.mjs';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export class Demo {
  /** Starts it (built already) and waits for `ready`. `prefix`: words put before the command, such as ip netns exec;
   *  `display`: the kiosk's screen is a window there. */
  static async start({ args = [], kioskArgs = '', prefix = [], stamps = true, display = '', quiet = !process.env.VERBOSE, env = {} } = {}) {
    const words = [...prefix, `${ROOT}/tools/demo`, ...(display ? [] : ['--headless']), '--built', '--simulated', ...(stamps ? ['--stamps'] : []),
      ...(kioskArgs ? [`--kiosk-args=${kioskArgs}`] : []), ...args];
    const demo = new Demo();
    demo.process = spawn(words[0], words.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...(display ? { DISPLAY: display } : {}), ...env } });
    demo.exited = once(demo.process, 'exit');
    demo.log = [];
    createInterface({ input: demo.process.stderr }).on('line', (line) => {
      demo.log.push(line);
      if (demo.log.length > 2000) demo.log.shift();
      if (!quiet) console.error(`  demo| ${line}`);
    });
    try {
      demo.info = await demo.#ready();
    } catch (error) {
      await demo.stop(); // it has started, if late: nobody else would end it
      throw error;
    }
    demo.kiosk = new Kiosk(demo.info.control);
    return demo;
  }

  #ready() {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ready line\n${this.tail()}`)), 90000);
      createInterface({ input: this.process.stdout }).on('line', (line) => {
        if (!line.startsWith('ready ')) return;
        clearTimeout(timer);
        resolve(JSON.parse(line.slice(6)));
      });
      this.exited.then(([code]) => {
        clearTimeout(timer);
        reject(new Error(`the demo ended with ${code}\n${this.tail()}`));
      });
    });
  }

  /** The last lines that it logged. */
  tail(n = 40) {
    return this.log.slice(-n).join('\n');
  }

  /** Ends it as Ctrl-C would, and waits. */
  async stop() {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGTERM');
      await this.exited;
    }
  }
}
