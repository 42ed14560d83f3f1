// A guest in QEMU with Debian's kernel and systemd, whose root is this machine's own with the board's layer on top.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, closeSync, ftruncateSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
export const BUILD = process.env.LUUKKU_BUILD ?? join(ROOT, 'build');
export const HOST = '10.0.2.2'; // this machine, as QEMU's network shows it to the guest

const BOOT_MS = 900000; // a starved machine
const DISK_BYTES = 256 << 20;
// What this machine starts by itself is not the kiosk's.
const MASKED = ['systemd-timesyncd.service', 'systemd-pstore.service', 'systemd-hwdb-update.service', 'apparmor.service', 'networking.service',
  'systemd-random-seed.service', 'systemd-journal-flush.service', 'systemd-update-utmp.service', 'keyboard-setup.service', 'console-setup.service',
  'systemd-firstboot.service', 'systemd-journal-catalog-update.service', 'ldconfig.service', 'dev-hugepages.mount', 'sys-kernel-debug.mount',
  'sys-kernel-tracing.mount', 'dev-mqueue.mount', 'sys-kernel-config.mount', 'sys-fs-fuse-connections.mount', 'modprobe@configfs.service',
  'modprobe@dm_mod.service', 'modprobe@efi_pstore.service', 'modprobe@fuse.service', 'modprobe@loop.service', 'modprobe@drm.service',
  'proc-sys-fs-binfmt_misc.automount', 'systemd-ask-password-console.path', 'systemd-boot-system-token.service', 'systemd-machine-id-commit.service',
  'systemd-remount-fs.service', 'kmod-static-nodes.service', 'avahi-daemon.service', 'avahi-daemon.socket',
  'ipp-usb.service', 'pcscd.service', 'pcscd.socket'];

const commandLine = ({ usbip = [], disk }) => [
  'console=ttyS1', 'quiet', 'loglevel=4', 'panic=-1', 'tsc=unstable', 'nokaslr', 'mitigations=off', 'net.ifnames=0',
  'luukku.init=/lib/systemd/systemd', 'luukku.layer=1',
  ...(disk ? ['luukku.disk=vda'] : []),
  ...(usbip.length > 0 ? [`luukku.usbip=${usbip.join(',')}`] : []),
  `systemd.show_status=${process.env.LUUKKU_QEMU_VERBOSE ? 'yes' : 'no'}`, 'systemd.firstboot=no', 'systemd.default_timeout_start_sec=600',
  ...MASKED.map((unit) => `systemd.mask=${unit}`),
].join(' ');

const share = (tag, path, readonly = true) => ['-virtfs', `local,path=${path},mount_tag=${tag},security_model=none${readonly ? ',readonly=on,multidevs=remap' : ''}`];

/** The terminal's own line with QEMU's monitor behind Ctrl-A, or a socket. */
const serial = (dir, terminal) => (terminal ? ['-chardev', 'stdio,id=line,mux=on,signal=off', '-mon', 'chardev=line']
  : ['-chardev', `socket,id=line,path=${join(dir, 'line')},server=on,wait=off`]);

const screen = (vnc) => (vnc ? ['-device', 'virtio-vga,xres=1080,yres=1920', '-device', 'usb-tablet', '-device', 'usb-kbd', '-vnc', vnc] : ['-display', 'none']);

const qemuArguments = (dir, options) => [
  '-M', 'q35,smm=off', '-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', String(options.processors ?? 1),
  '-m', process.env.LUUKKU_GUEST_MB ?? '2048', '-nodefaults', '-no-user-config', '-no-reboot',
  '-kernel', join(BUILD, 'qemu/kernel'), '-initrd', join(BUILD, 'qemu/initrd.gz'), '-append', commandLine(options),
  ...serial(dir, options.terminal), '-serial', 'chardev:line', '-serial', `file:${join(dir, 'kernel')}`,
  ...share('host', '/'), ...share('packages', join(BUILD, 'qemu/packages')), ...share('layer', options.layer),
  '-device', 'virtio-serial-pci', '-chardev', `socket,id=hands,path=${join(dir, 'hands')},server=on,wait=off`,
  '-device', 'virtserialport,chardev=hands,name=luukku',
  '-netdev', 'user,id=net,ipv6=off', '-device', 'virtio-net-pci,netdev=net',
  '-object', 'rng-random,id=rng,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=rng',
  '-device', 'qemu-xhci', ...screen(options.vnc),
  ...(options.disk ? ['-drive', `file=${options.disk},if=virtio,format=raw,cache=writeback`] : []),
  ...(options.extra ?? []),
];

/** What a guest is booted from: Debian's kernel and packages, in build/qemu. */
export function prepare() {
  if (spawnSync(join(ROOT, 'tests/qemu/prepare'), { stdio: ['ignore', 'inherit', 'inherit'] }).status !== 0) {
    throw new Error('the guest cannot be made');
  }
}

/** An empty disk, as ext4. */
export function makeDisk(path) {
  const fd = openSync(path, 'w', 0o600);
  ftruncateSync(fd, DISK_BYTES);
  closeSync(fd);
  const done = spawnSync('mkfs.ext4', ['-q', '-F', '-L', 'luukku', path], { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`mkfs.ext4: ${done.stderr ?? done.error?.message}`);
}

/** A socket of QEMU's, as soon as it is there. */
async function connected(path, ended) {
  for (;;) {
    const socket = net.connect(path);
    const fine = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    if (fine) return socket.on('error', () => undefined); // told by its end
    const why = await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 50))]);
    if (why) throw new Error(why);
  }
}

export class Machine {
  #dir = mkdtempSync(join(tmpdir(), 'luukku-guest-'));
  #waiting = new Map(); // id -> {resolve, reject, lines}
  #next = 1;
  #process;
  #hands;
  #ended;

  /**
   * Switches it on. options: `layer`, the directory on top of the root; `disk`, a file that is written to (else what is written stays in
   * memory); `usbip`, ports of emulated devices; `terminal`: the serial line is this terminal; `vnc`: QEMU's word for a screen there;
   * `processors`; `extra`, further arguments of QEMU's.
   */
  static async start(options) {
    const machine = new Machine();
    await machine.#start(options);
    return machine;
  }

  async #start(options) {
    this.#process = spawn('qemu-system-x86_64', qemuArguments(this.#dir, options), { stdio: [options.terminal ? 'inherit' : 'ignore', 'inherit', 'inherit'] });
    this.#ended = new Promise((resolve) => {
      this.#process.once('error', (error) => resolve(error.message));
      this.#process.once('exit', (code, signal) => resolve(`QEMU ended (${signal ?? code})`));
    });
    void this.#ended.then((why) => {
      for (const w of this.#waiting.values()) w.reject(new Error(why));
      this.#waiting.clear();
    });
    const up = this.#answer('ready', BOOT_MS);
    this.up = up;
    up.catch(() => undefined);
    this.#hands = await connected(join(this.#dir, 'hands'), this.#ended);
    createInterface({ input: this.#hands }).on('line', (line) => this.#heard(line));
  }

  /** Resolves when the guest's system answers; with what its kernel said, when it does not. */
  async booted() {
    await this.up.catch((error) => {
      throw new Error(`the guest does not boot: ${error.message}\n${this.kernel().slice(-4000)}`);
    });
  }

  /** The technician's end of the serial line. */
  line() {
    return connected(join(this.#dir, 'line'), this.#ended);
  }

  /** Resolves with a reason when QEMU ends. */
  get ended() {
    return this.#ended;
  }

  /** What the guest's kernel said. */
  kernel() {
    return readFileSync(join(this.#dir, 'kernel'), 'latin1');
  }

  // "|output" belongs to the oldest command that runs, "=ID CODE" ends it.
  #heard(line) {
    const end = /^=(\w+) (\d+)$/.exec(line);
    if (!end) {
      this.#waiting.values().next().value?.lines.push(line.slice(1));
      return;
    }
    const waiting = this.#waiting.get(end[1]);
    this.#waiting.delete(end[1]);
    waiting?.resolve({ code: Number(end[2]), output: waiting.lines.join('\n') });
  }

  #answer(id, ms) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error(`no answer in ${ms} ms`));
      }, ms);
      const done = (fn) => (value) => {
        clearTimeout(timer);
        fn(value);
      };
      this.#waiting.set(id, { resolve: done(resolve), reject: done(reject), lines: [] });
    });
  }

  /** Runs a shell command (one line) in the guest as root; gives {code, output}. */
  run(command, ms = 60000) {
    const id = `c${this.#next++}`;
    const answer = this.#answer(id, ms);
    this.#hands.write(`${id} ${command}\n`);
    return answer;
  }

  /** As run(), but throws where it fails. */
  async must(command, ms) {
    const { code, output } = await this.run(command, ms);
    if (code !== 0) throw new Error(`in the guest: ${command}: ${code}\n${output}`);
    return output;
  }

  /** The power is cut, at once; what the disk has, it has. */
  async cut() {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  async stop() {
    await this.cut();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
