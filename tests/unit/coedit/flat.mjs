// Documents stay fast: in every life of flat.c an edit costs at last no more than twice what it did at first, in instructions.
// node flat.mjs [LIFE...]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BUILD = process.env.LUUKKU_BUILD ?? fileURLToPath(new URL('../../../build', import.meta.url));
const AT_MOST = 2; // times the first thousand
const WINDOW = 1000;
const SKIP = 77;

/** Instructions by what was counted: "LIFE local first" and so on; null without Valgrind. */
function count(lives) {
  const dir = mkdtempSync(join(tmpdir(), 'luukku-flat-'));
  const out = join(dir, 'counts');
  try {
    const run = spawnSync('valgrind', ['--tool=callgrind', '--instr-atstart=no', '--combine-dumps=yes', `--callgrind-out-file=${out}`,
      join(BUILD, 'tests/coedit-flat'), ...lives], { encoding: 'utf8' });
    if (run.error?.code === 'ENOENT') return null;
    if (run.status !== 0) throw new Error(`coedit-flat failed: ${run.stderr}`);
    const parts = readFileSync(out, 'utf8').matchAll(/^desc: Trigger: Client Request: (.*)$[\s\S]*?^(?:totals|summary): (\d+)$/gm);
    return new Map([...parts].map(([, what, n]) => [what, Number(n)]));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const counts = count(process.argv.slice(2));
if (!counts) {
  console.log('skipped: no valgrind here');
  process.exit(SKIP);
}
let slow = 0;
console.log('instructions of an edit'.padEnd(24), 'first'.padStart(8), 'last'.padStart(8), 'ratio'.padStart(7));
for (const [what, first] of counts) {
  if (!what.endsWith(' first')) continue;
  const name = what.slice(0, -' first'.length);
  const last = counts.get(`${name} last`);
  const ratio = last / first;
  if (!(ratio <= AT_MOST)) slow++;
  console.log(name.padEnd(24), String(Math.round(first / WINDOW)).padStart(8), String(Math.round(last / WINDOW)).padStart(8),
    ratio.toFixed(2).padStart(7), ratio <= AT_MOST ? '' : 'TOO SLOW');
}
if (counts.size === 0) throw new Error('nothing was counted');
process.exit(slow > 0 ? 1 : 0);
