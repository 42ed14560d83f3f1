// Pictures from luukku-paper, kept by what they depend on. Equal parameters give equal bytes.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CACHE_MAX = 512 << 20; // bytes
const AT_ONCE = 2;
const OUTPUT_MAX = 256 << 20;
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Where the program is: told, of this build, of the tree. */
function findProgram(told) {
  const places = [told, process.env.LUUKKU_BUILD && join(process.env.LUUKKU_BUILD, 'bin/luukku-paper'),
    join(ROOT, 'build/bin/luukku-paper')].filter(Boolean);
  const found = places.find((p) => existsSync(p));
  if (!found) {
    throw new Error(`luukku-paper is not there (${places.join(', ')}): build it, or name it by --paper`);
  }
  return found;
}

function run(program, args) {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const parts = [];
    let size = 0;
    let said = '';
    child.stdout.on('data', (d) => {
      size += d.length;
      if (size > OUTPUT_MAX) {
        child.kill();
      } else {
        parts.push(d);
      }
    });
    child.stderr.on('data', (d) => {
      said += d;
    });
    child.on('error', failed);
    child.on('close', (code) => (code === 0 ? done(Buffer.concat(parts)) : failed(new Error(`luukku-paper: ${said.trim() || code}`))));
  });
}

export class Paper {
  constructor(told) {
    this.program = findProgram(told);
    this.kept = new Map(); // arguments -> promise of a Buffer, the last used last
    this.bytes = 0;
    this.waiting = [];
    this.running = 0;
  }

  /** Promises what luukku-paper says to `args`. */
  get(args) {
    const key = args.join(' ');
    let page = this.kept.get(key);
    if (page) {
      this.kept.delete(key);
    } else {
      page = this.draw(args);
      page.then((b) => this.keep(key, b), () => this.kept.delete(key));
    }
    this.kept.set(key, page);
    return page;
  }

  /** Only this one and the next are kept beyond the ceiling. */
  async keep(key, bytes) {
    this.bytes += bytes.length;
    for (const [old, page] of this.kept) {
      if (this.bytes <= CACHE_MAX || old === key) {
        break;
      }
      this.kept.delete(old);
      this.bytes -= (await page).length;
    }
  }

  async draw(args) {
    if (this.running >= AT_ONCE) {
      await new Promise((go) => this.waiting.push(go));
    }
    this.running += 1;
    try {
      return await run(this.program, args);
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }
}
