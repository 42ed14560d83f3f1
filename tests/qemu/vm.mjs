// A guest in QEMU: booted from what `prepare` made, it runs scripts one after the other (guest/init).
import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync, readFileSync, existsSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {createInterface} from 'node:readline';

export const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
export const build = process.env.LUUKKU_BUILD ?? path.join(root, 'build');

const BOOT_S = 120;
const GRACE_S = 15; // beyond a job's own time, which the guest keeps

// The guest sees the host's root and finds itself there by these names.
const commandLine = () => [
  'console=ttyS0', 'quiet', 'loglevel=4', 'panic=-1', 'tsc=unstable', 'nokaslr', 'mitigations=off',
  `luukku.root=${root}`,
].join(' ');

const qemuArguments = (dir, extra, processors) => [
  '-M', 'q35,smm=off', '-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', String(processors),
  '-m', process.env.LUUKKU_GUEST_MB ?? '2048',
  '-display', 'none', '-nodefaults', '-no-user-config', '-no-reboot',
  '-kernel', path.join(build, 'qemu/kernel'), '-initrd', path.join(build, 'qemu/initrd.gz'), '-append', commandLine(),
  '-serial', `file:${path.join(dir, 'console')}`,
  '-chardev', 'stdio,id=channel,signal=off', '-device', 'virtio-serial-pci',
  '-device', 'virtserialport,chardev=channel,name=luukku',
  '-virtfs', 'local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap',
  '-virtfs', `local,path=${path.join(build, 'qemu/packages')},mount_tag=packages,security_model=none,readonly=on`,
  '-virtfs', `local,path=${dir},mount_tag=share,security_model=none`,
  '-netdev', 'user,id=net,ipv6=off', '-device', 'virtio-net-pci,netdev=net',
  '-object', 'rng-random,id=rng,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=rng',
  ...extra,
];

const quote = (value) => `'${String(value).replaceAll("'", "'\\''")}'`;

export class Vm {
  #dir = mkdtempSync(path.join(tmpdir(), 'luukku-qemu-'));
  #process;
  #ended;
  #waiting = new Map(); // id -> {resolve, reject, line}
  #next = 1;

  // What is shared with the guest, there as /share; gone with the guest.
  get share() {
    return this.#dir;
  }

  // Boots; `extra` are further arguments of QEMU's. One processor: a boot with two took twice the
  // host's CPU time, and there are other guests.
  static async boot(extra = [], processors = 1) {
    const vm = new Vm();
    vm.#start(extra, processors);
    try {
      await vm.#answer('ready', BOOT_S, () => {});
    } catch (error) {
      const log = path.join(vm.#dir, 'console');
      const said = existsSync(log) ? readFileSync(log, 'latin1').slice(-4000) : '';
      await vm.stop();
      throw new Error(`the guest does not boot: ${error.message}\n${said}`);
    }
    return vm;
  }

  #start(extra, processors) {
    this.#process = spawn('qemu-system-x86_64', qemuArguments(this.#dir, extra, processors), {stdio: ['pipe', 'pipe', 'inherit']});
    this.#process.stdin.on('error', () => {}); // told by its end
    this.#ended = new Promise((resolve) => {
      this.#process.on('error', (error) => resolve(error.message));
      this.#process.on('exit', (code, signal) => resolve(`QEMU ended (${signal ?? code})`));
    });
    void this.#ended.then((why) => {
      for (const w of this.#waiting.values()) w.reject(new Error(why));
      this.#waiting.clear();
    });
    createInterface({input: this.#process.stdout, crlfDelay: Infinity}).on('line', (line) => this.#heard(line));
  }

  // "|output" belongs to the job that runs, "=ID CODE" ends it; anything else was never said by guest/init.
  #heard(line) {
    if (line.startsWith('|')) {
      for (const w of this.#waiting.values()) w.line(line.slice(1));
      return;
    }
    const end = /^=(\w+) (\d+)$/.exec(line);
    const waiting = end && this.#waiting.get(end[1]);
    if (!waiting) return;
    this.#waiting.delete(end[1]);
    waiting.resolve(Number(end[2]));
  }

  #answer(id, seconds, line) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error(`no answer in ${seconds} s`));
      }, seconds * 1000);
      const done = (fn) => (value) => {
        clearTimeout(timer);
        fn(value);
      };
      this.#waiting.set(id, {resolve: done(resolve), reject: done(reject), line});
    });
  }

  // Runs the script of that path (on the host) in the guest with these variables. Gives its exit code; 124 when `seconds`
  // were not enough. `line` gets each line of output.
  async run(script, environment, seconds, line) {
    const id = `job${this.#next++}`;
    const set = Object.entries({...environment, LUUKKU_BUILD: build, LUUKKU_ROOT: root});
    writeFileSync(path.join(this.#dir, `${id}.sh`),
      `${set.map(([k, v]) => `export ${k}=${quote(v)}\n`).join('')}exec bash ${quote(script)}\n`);
    const answer = this.#answer(id, seconds + GRACE_S, line);
    this.#process.stdin.write(`${id} ${seconds}\n`);
    return answer;
  }

  // What the guest's kernel said.
  console() {
    return readFileSync(path.join(this.#dir, 'console'), 'latin1');
  }

  // Ends the guest at once: nothing in it is worth saving.
  async stop() {
    this.#process.kill('SIGKILL');
    await this.#ended;
    rmSync(this.#dir, {recursive: true, force: true});
  }
}
