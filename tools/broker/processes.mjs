// Child programs: started in a process group of their own, ended with certainty, their output kept in files. A child
// ends with this process however this one ends (PR_SET_PDEATHSIG). Started by root, a service runs as its own user.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const STOP_MS = 8000;
const POLL_MS = 20;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** May every user pass through `path` and all above it? */
function passable(path) {
  const above = dirname(path);
  return (statSync(path).mode & 0o001) !== 0 && (above === path || passable(above));
}

/**
 * A new directory for one run, that the servers' own users pass through; what is private below it is so by itself.
 * Sockets lie below, and their paths are short; a TMPDIR that is long, or closed to those users, gives way to /tmp.
 */
export function makeRunDir() {
  const base = resolve(tmpdir());
  const fits = base.length <= 40 && (process.getuid() !== 0 || passable(base));
  const dir = mkdtempSync(join(fits ? base : '/tmp', 'luukku-'));
  chmodSync(dir, 0o711);
  return dir;
}

/** A port of 127.0.0.1 that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Does somebody listen there? `where` is as for net.connect. */
export function listens(where) {
  return new Promise((resolve) => {
    const socket = connect(where, () => {
      socket.destroy();
      resolve(true);
    }).once('error', () => resolve(false));
  });
}

/** The user a service runs as: its own where we are root, ours elsewhere. {name, uid, gid}, or null for ours. */
export function serviceUser(name) {
  if (process.getuid() !== 0) {
    return null;
  }
  const line = readFileSync('/etc/passwd', 'utf8').split('\n').find((l) => l.startsWith(`${name}:`));
  if (!line) {
    throw new Error(`there is no user "${name}": is the package installed?`);
  }
  const [, , uid, gid] = line.split(':');
  return { name, uid: Number(uid), gid: Number(gid) };
}

/** Makes a directory that only `user` (from serviceUser) reads, or that all may pass through. */
export function serviceDir(path, user, mode = 0o700) {
  mkdirSync(path, { recursive: true, mode });
  if (user) {
    chownSync(path, user.uid, user.gid);
  }
  return path;
}

/** Says that a child ended before it was ready; `log` is what it wrote. */
export class StartError extends Error {
  constructor(name, log) {
    super(`${name} did not start:\n${log.trim().split('\n').slice(-20).join('\n')}`);
    this.log = log;
  }

  get portTaken() {
    return /address already in use|eaddrinuse/i.test(this.log);
  }
}

/** A child program, running. */
class Child {
  constructor(name, process_, logPath) {
    this.name = name;
    this.process = process_;
    this.logPath = logPath;
    this.stopping = false;
    this.ended = new Promise((resolve) => {
      process_.once('exit', (code, signal) => resolve(signal ?? code));
      process_.once('error', (error) => resolve(error.message));
    });
  }

  get log() {
    return readFileSync(this.logPath, 'utf8');
  }

  get alive() {
    return this.process.pid !== undefined && this.process.exitCode === null && this.process.signalCode === null;
  }

  /** Resolves when `ready` (async, polled) is true; throws StartError when the child ends first or `ms` are over. */
  async until(ready, ms = 30000) {
    const deadline = Date.now() + ms;
    while (!(await ready())) {
      if (!this.alive || Date.now() > deadline) {
        const log = this.log;
        await this.stop();
        throw new StartError(this.name, log || `no output; ${await this.ended}`);
      }
      await pause(POLL_MS);
    }
    if (!this.alive) {
      throw new StartError(this.name, this.log);
    }
  }

  signalGroup(signal) {
    try {
      process.kill(-this.process.pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') {
        throw error;
      }
    }
  }

  /** Ends the child and all that it started: asked first, forced after STOP_MS. */
  async stop() {
    this.stopping = true;
    if (this.process.pid === undefined) {
      return;
    }
    this.process.stdin?.destroy();
    this.signalGroup('SIGTERM');
    const done = await Promise.race([this.ended.then(() => true), pause(STOP_MS)]);
    if (!done) {
      this.signalGroup('SIGKILL');
      await this.ended;
    }
    this.signalGroup('SIGKILL'); // stragglers of the group
  }
}

/** The children of one stack. `failed` resolves with a message when one ends that should not. */
export class Processes {
  #children = [];
  #closed = false;
  #fail;

  constructor(logDir) {
    this.logDir = logDir;
    mkdirSync(logDir, { recursive: true });
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
  }

  /**
   * Starts `argv` and resolves when `ready` is true.
   * options: user (from serviceUser), env, cwd, stdin ('pipe': closes when we end), ms (for ready), keep (false: may end).
   */
  async start(name, argv, ready, options = {}) {
    if (this.#closed) {
      throw new Error('stopped');
    }
    const child = this.#spawn(name, argv, options);
    this.#children.push(child);
    await child.until(ready, options.ms);
    if (options.keep !== false) {
      child.ended.then((how) => child.stopping || this.#fail(`${name} ended by itself (${how}):\n${child.log.slice(-2000)}`));
    }
    return child;
  }

  /** Runs `argv` to its end; throws with what it said where that is no success. */
  async run(name, argv, options = {}) {
    if (this.#closed) {
      throw new Error('stopped');
    }
    const child = this.#spawn(name, argv, options);
    this.#children.push(child);
    const how = await child.ended;
    this.#children = this.#children.filter((c) => c !== child);
    if (how !== 0) {
      throw new Error(`${name} failed (${how}): ${child.log.trim().slice(-2000)}`);
    }
  }

  #spawn(name, argv, { user, env, cwd, stdin }) {
    const as = user ? [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--init-groups'] : [];
    const logPath = join(this.logDir, `${name}.log`);
    const log = openSync(logPath, 'w', 0o644);
    try {
      const options = { cwd, env: env ?? process.env, detached: true, stdio: [stdin ?? 'ignore', log, log] };
      return new Child(name, spawn('setpriv', [...as, '--pdeathsig', 'TERM', '--', ...argv], options), logPath);
    } finally {
      closeSync(log);
    }
  }

  /** Ends all, last started first asked; resolves when none is left. */
  async stop() {
    this.#closed = true;
    await Promise.all(this.#children.reverse().map((c) => c.stop()));
    this.#children = [];
  }
}

/** Calls `start` (async) with other ports while the one it drew was taken in between. */
export async function withFreePort(start, tries = 5) {
  for (let i = 1; ; i += 1) {
    const port = await freePort();
    try {
      return await start(port);
    } catch (error) {
      if (!(error instanceof StartError && error.portTaken) || i === tries) {
        throw error;
      }
    }
  }
}

/** Throws in plain words where a program is missing. */
export function requirePrograms(...names) {
  const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  for (const name of names) {
    if (spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name], { env: { PATH: path } }).status !== 0) {
      throw new Error(`${name} is missing: run tools/install`);
    }
  }
}
