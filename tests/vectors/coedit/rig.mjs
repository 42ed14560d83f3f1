// What the scripts here share: chance with a seed, and our side as a process.
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const BUILD = process.env.LUUKKU_BUILD ?? fileURLToPath(new URL('../../../build', import.meta.url));
export const sessionsOf = (usual) => Number(process.argv[2] ?? usual);
export const seedOf = () => Number(process.argv[3] ?? process.env.LUUKKU_SEED ?? randomInt(2 ** 31));

/** xorshift, so that a printed seed makes the same session again. */
export function chance(seed) {
  let x = seed | 1;
  const next = () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
  return { below: (n) => next() % n, pick: (list) => list[next() % list.length] };
}

/** Our side: a process that answers line by line. */
export class Ours {
  constructor() {
    this.process = spawn(join(BUILD, 'bin/coedit-replay'), { stdio: ['pipe', 'pipe', 'inherit'] });
    this.waiting = [];
    createInterface({ input: this.process.stdout }).on('line', (line) => this.waiting.shift()(JSON.parse(line)));
    this.process.on('exit', (code) => {
      if (this.waiting.length === 0) return;
      console.error(`coedit-replay ended with ${code}`);
      process.exit(1);
    });
  }

  ask(line) {
    this.process.stdin.write(`${JSON.stringify(line)}\n`);
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

export const b64 = (bytes) => Buffer.from(bytes).toString('base64');
export const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64'));

/** JSON with sorted keys, as ours writes it. */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((k) => [k, sorted(value[k])]));
}
export const jsonOf = (doc) => JSON.stringify(sorted({
  form: doc.getMap('form').toJSON(), notes: doc.getText('notes').toString(), rows: doc.getArray('rows').toJSON(),
}));

/** Where a text may be cut: never inside a pair. */
export function place(random, text) {
  let at = random.below(text.length + 1);
  if (at > 0 && at < text.length && /[\udc00-\udfff]/.test(text[at]) && /[\ud800-\udbff]/.test(text[at - 1])) at--;
  return at;
}
