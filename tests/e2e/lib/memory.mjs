// Looks for planted secrets in the memory of processes, in memory that they share, and in files.
import { closeSync, fstatSync, lstatSync, openSync, readFileSync, readSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

const PIECE = 4 << 20;
const OVERLAP = 4096; // longer than any needle
const NEEDLE_MIN = 6; // bytes: shorter ones are found by chance

/** What base64 makes of `bytes` wherever they stand in a longer text: three forms, each without what its neighbours change. */
function base64Forms(bytes) {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64').replace(/=+$/, '');
    return Buffer.from(text.slice(Math.ceil(before * 8 / 6), Math.floor((before + bytes.length) * 8 / 6)));
  });
}

/** Every form in which a secret could lie about. */
function needlesOf(name, secret) {
  const raw = Buffer.from(secret);
  const forms = [['raw', raw], ...base64Forms(raw).map((b) => ['base64', b])];
  if (typeof secret === 'string') {
    const wide = Buffer.from(secret, 'utf16le');
    forms.push(['utf-16', wide], ['utf-16 be', Buffer.from(wide).swap16()]);
  }
  return forms.map(([form, bytes]) => {
    if (bytes.length < NEEDLE_MIN || bytes.length > OVERLAP) throw new Error(`${name}: a needle of ${bytes.length} bytes`);
    return { name, form, bytes };
  });
}

export class Secrets {
  #needles = [];

  /** `secret`: text, or bytes. */
  plant(name, secret) {
    this.#needles.push(...needlesOf(name, secret));
    return secret;
  }

  /** What of them lies in `bytes`: "name (form)". */
  in(bytes) {
    return this.#needles.filter((n) => bytes.includes(n.bytes)).map((n) => `${n.name} (${n.form})`);
  }

  /** Reads from `at` to `end` of an open file, as far as it can be read. */
  #search(fd, at, end, found, where = '') {
    const piece = Buffer.alloc(PIECE + OVERLAP);
    for (let from = at; from < end; from += PIECE) {
      let n = 0;
      try {
        n = readSync(fd, piece, 0, Math.min(piece.length, end - from), from);
      } catch (error) {
        if (error.code !== 'EIO' && error.code !== 'EFAULT') throw error;
      }
      for (const what of this.in(piece.subarray(0, n))) found.add(`${what}${where}`);
    }
  }

  #file(path, found) {
    const fd = openSync(path, 'r');
    try {
      this.#search(fd, 0, fstatSync(fd).size, found);
    } finally {
      closeSync(fd);
    }
  }

  /** All that a process can write, and all shared memory that it maps or holds. */
  process(pid) {
    const found = new Set();
    const fd = openSync(`/proc/${pid}/mem`, 'r');
    try {
      for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
        const [, from, to, mode, path] = /^(\w+)-(\w+) (\S+) \S+ \S+ \d+ *(.*)$/.exec(line) ?? [];
        const own = mode?.[0] === 'r' && (mode[1] === 'w' || path.startsWith('/memfd:') || path.startsWith('/dev/shm'));
        if (own) this.#search(fd, Number.parseInt(from, 16), Number.parseInt(to, 16), found, ` in ${path || 'anonymous memory'}`);
      }
    } finally {
      closeSync(fd);
    }
    for (const name of readdirSync(`/proc/${pid}/fd`)) {
      const path = `/proc/${pid}/fd/${name}`;
      let to = '';
      try {
        to = readlinkSync(path);
      } catch {
        continue; // closed meanwhile
      }
      if (to.startsWith('/memfd:') || to.endsWith(' (deleted)')) this.#file(path, found);
    }
    return [...found].sort();
  }

  /** All files of a folder and below: "path: name (form)". */
  folder(path) {
    const all = [];
    for (const name of readdirSync(path)) {
      const at = join(path, name);
      const is = lstatSync(at);
      if (is.isDirectory()) all.push(...this.folder(at));
      if (!is.isFile()) continue;
      const found = new Set(this.in(Buffer.from(name)));
      this.#file(at, found);
      all.push(...[...found].map((what) => `${at}: ${what}`));
    }
    return all;
  }
}
