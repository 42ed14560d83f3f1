// An emulated device (tools/emulator) on the host, reached by the guest over TCP.
import {spawn} from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {root} from './vm.mjs';

export const HOST = '10.0.2.2'; // the host, as QEMU's network shows it to the guest
const READY_MS = 20000;

export class Emulator {
  #process;
  #exited;

  // `what`: reader, scanner or camera, or vscard, which says in `words` where it connects to. `words`: further arguments.
  static async start(what, variant, words = []) {
    const emulator = new Emulator();
    const program = path.join(root, 'tools/emulator/luukku-emulator');
    const chosen = variant ? ['--variant', variant] : [];
    const listen = what === 'vscard' ? [] : ['--listen', 'tcp:0'];
    const args = [what, ...chosen, ...listen, '--control', 'tcp:0', ...words];
    const child = spawn(program, args, {stdio: ['pipe', 'pipe', 'inherit']});
    emulator.#process = child;
    emulator.#exited = new Promise((resolve) => child.on('exit', resolve).on('error', resolve));
    const ready = await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the emulated ${what} is not ready`)), READY_MS);
      child.on('error', reject).on('exit', (code) => reject(new Error(`the emulated ${what} ended (${code})`)));
      createInterface({input: child.stdout}).on('line', (line) => {
        const words = /^ready (\{.*\})$/.exec(line);
        if (!words) return;
        clearTimeout(timer);
        resolve(JSON.parse(words[1]));
      });
    });
    emulator.port = Number(/(\d+)$/.exec(ready.listen)?.[1]);
    emulator.control = Number(/(\d+)$/.exec(ready.control)[1]);
    emulator.busid = ready.busid;
    return emulator;
  }

  // One command of its control socket; gives the answer.
  command(line) {
    return new Promise((resolve, reject) => {
      const socket = net.connect(this.control, '127.0.0.1');
      socket.setTimeout(5000, () => socket.destroy(new Error(`no answer to ${line}`)));
      socket.on('error', reject);
      createInterface({input: socket}).once('line', (answer) => {
        socket.destroy();
        resolve(answer);
      });
      socket.write(`${line}\n`);
    });
  }

  async stop() {
    this.#process.kill('SIGTERM');
    await this.#exited;
  }
}
