// Looks for planted secrets in the memory of processes, in memory that they share, and in files.
import { closeSync, fstatSync, lstatSync, openSync, readFileSync, readSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Needles } from './needles.mjs';
import { Stripes } from './stripes.mjs';

const PIECE = 256 << 10;
const OVERLAP = 32768; // longer than any needle, and than a row of stripes
const SAMPLES = [0.2, 0.4, 0.6, 0.8]; // where a long secret is looked at
const SAMPLE_LENGTH = 32;

const NOTHING = Buffer.alloc(PIECE + OVERLAP);
const UNREADABLE = new Set(['EIO', 'EFAULT', 'ENXIO']);

export class Secrets {
  #needles = new Needles();
  #stripes = new Stripes();

  /** `secret`: text, or a few bytes. Gives it back. */
  plant(name, secret) {
    this.#needles.plant(name, secret);
    return secret;
  }

  /** A file's bytes: pieces out of its middle, where no two files are alike. */
  plantFile(name, bytes) {
    for (const at of SAMPLES) {
      const from = Math.floor(bytes.length * at);
      this.#needles.plant(name, bytes.subarray(from, from + SAMPLE_LENGTH));
    }
  }

  /** A PIN of at least 12 digits: as characters, as numbers, two in a byte. */
  plantPin(name, digits) {
    const values = Buffer.from([...digits].map(Number));
    this.#needles.plant(name, digits);
    this.#needles.one(name, 'numbers', values);
    this.#needles.one(name, 'UTF-32', Buffer.from([...digits].flatMap((d) => [d.charCodeAt(0), 0, 0, 0])));
    this.#needles.one(name, 'words', Buffer.from([...values].flatMap((v) => [v, 0, 0, 0])));
    this.#needles.one(name, 'BCD', Buffer.from(digits, 'hex'));
  }

  /** A picture with stripes of these widths (stripes.mjs). */
  plantStripes(name, widths) {
    return this.#stripes.plant(name, widths);
  }

  /** What of them lies in `bytes`. */
  in(bytes) {
    return [...this.#needles.in(bytes), ...this.#stripes.in(bytes).map((name) => `${name} (pixels)`)];
  }

  /** Reads from `at` to `end` of an open file, as far as it can be read. */
  #search(fd, at, end, found, where = '') {
    const piece = Buffer.alloc(Math.min(PIECE + OVERLAP, end - at));
    for (let from = at; from < end; from += PIECE) {
      let n = 0;
      try {
        n = readSync(fd, piece, 0, Math.min(piece.length, end - from), from);
      } catch (error) {
        if (!UNREADABLE.has(error.code)) throw error;
      }
      if (NOTHING.compare(piece, 0, n, 0, n) === 0) continue;
      for (const what of this.in(piece.subarray(0, n))) found.add(`${what}${where}`);
    }
  }

  #file(path, found, where = '') {
    let fd;
    try {
      fd = openSync(path, 'r');
    } catch (error) {
      if (error.code === 'ENOENT') return; // closed or gone meanwhile
      throw error;
    }
    try {
      if (fstatSync(fd).isFile()) this.#search(fd, 0, fstatSync(fd).size, found, where);
    } finally {
      closeSync(fd);
    }
  }

  /** All that a process can write or has written, and all shared memory that it maps or holds. */
  process(pid) {
    const found = new Set();
    const fd = openSync(`/proc/${pid}/mem`, 'r');
    try {
      for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
        const [, from, to, mode, path] = /^(\w+)-(\w+) (\S+) \S+ \S+ \d+ *(.*)$/.exec(line) ?? [];
        const own = mode && (mode[1] === 'w' || !path.startsWith('/') || path.startsWith('/memfd:') || path.startsWith('/dev/shm'));
        if (own && path !== '[vsyscall]') this.#search(fd, Number.parseInt(from, 16), Number.parseInt(to, 16), found, ` in ${path || 'anonymous memory'}`);
      }
    } finally {
      closeSync(fd);
    }
    for (const name of readdirSync(`/proc/${pid}/fd`)) this.#descriptor(`/proc/${pid}/fd/${name}`, found);
    return [...found].sort();
  }

  #descriptor(path, found) {
    let to = '';
    try {
      to = readlinkSync(path);
    } catch {
      return; // closed meanwhile
    }
    if (to.startsWith('/memfd:') || to.endsWith(' (deleted)')) this.#file(path, found, ` in ${to}`);
  }

  /** All files of a folder and below, on that file system, but not of the folders `without`: "path: name (form)". */
  folder(path, without = []) {
    const all = [];
    const { dev } = statSync(path); // of where it leads, should it be a link
    for (const name of readdirSync(path)) {
      const at = join(path, name);
      const is = lstatSync(at, { throwIfNoEntry: false });
      if (!is || is.dev !== dev || without.includes(at)) continue;
      if (is.isDirectory()) all.push(...this.folder(at, without));
      if (!is.isFile()) continue;
      const found = new Set(this.in(Buffer.from(name)));
      this.#file(at, found);
      all.push(...[...found].map((what) => `${at}: ${what}`));
    }
    return all;
  }
}
