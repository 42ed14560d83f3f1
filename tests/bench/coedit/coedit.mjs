// The firmware's shared document beside stock yjs on an editing trace, in turn, each time in fresh processes:
// node tests/bench/coedit/coedit.mjs TRACE [--runs 5]. TRACE may be gzipped.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { median, round, table } from '../lib.mjs';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const BUILD = process.env.LUUKKU_BUILD ?? join(ROOT, 'build');
const YJS = fileURLToPath(new URL('yjs.mjs', import.meta.url));
const VERSION = JSON.parse(readFileSync(join(ROOT, 'tests/vectors/coedit/node_modules/yjs/package.json'))).version;
const { values: O, positionals } = parseArgs({ options: { runs: { type: 'string', default: '5' } }, allowPositionals: true });
const RUNS = Number(O.runs);

// What is measured, and at most which part of yjs's it should be.
const FIGURES = [
  { key: 'local_ms', what: 'local edits, each with its update, ms', part: 25 },
  { key: 'encode_ms', what: 'encode, ms' },
  { key: 'load_ms', what: 'load in a fresh process, ms', part: 12 },
  { key: 'remote_ms', what: 'single updates, ms', part: 6 },
  { key: 'rss_kb', what: 'memory after load (growth of RssAnon), kB', part: 3 },
  { key: 'peak_kb', what: 'memory at most during load (growth of VmHWM), kB' },
];

/** One side: the trace played, then the document that came of it loaded. */
function round_of(dir, name, command) {
  const files = { updates: join(dir, `${name}.updates`), full: join(dir, `${name}.full`) };
  const run = (...args) => JSON.parse(execFileSync(command[0], [...command.slice(1), ...args], { encoding: 'utf8' }));
  const figures = { ...run(join(dir, 'trace'), files.updates, files.full), ...run('--load', files.full) };
  console.error(`${name}: ${JSON.stringify(Object.fromEntries(Object.entries(figures).map(([k, v]) => [k, round(v, 2)])))}`);
  return { figures, bytes: { updates: readFileSync(files.updates), full: readFileSync(files.full) } };
}

function measure(dir) {
  const sides = { luukku: [join(BUILD, 'bin/coedit-bench')], yjs: [process.execPath, YJS] };
  const seen = { luukku: [], yjs: [] };
  const same = { updates: true, full: true };
  for (let i = 0; i < RUNS; i++) {
    const got = {};
    for (const [name, command] of Object.entries(sides)) {
      got[name] = round_of(dir, name, command);
      seen[name].push(got[name].figures);
    }
    for (const key of Object.keys(same)) same[key] &&= got.luukku.bytes[key].equals(got.yjs.bytes[key]);
  }
  const sum = (list) => Object.fromEntries(Object.keys(list[0]).map((k) => [k, median(list.map((f) => f[k]))]));
  return { luukku: sum(seen.luukku), yjs: sum(seen.yjs), same };
}

if (positionals.length !== 1 || !(RUNS > 0)) {
  console.error('usage: tools/bench coedit TRACE [--runs 5]');
  process.exit(2);
}
const dir = mkdtempSync(join(tmpdir(), 'luukku-coedit-'));
let result;
try {
  const trace = readFileSync(positionals[0]);
  writeFileSync(join(dir, 'trace'), trace[0] === 0x1f ? gunzipSync(trace) : trace);
  result = measure(dir);
} finally {
  rmSync(dir, { recursive: true });
}
const { luukku, yjs, same } = result;
const rows = FIGURES.map(({ key, what, part }) => {
  const ratio = yjs[key] / luukku[key];
  return { key, what, part, ratio, verdict: part ? (ratio >= part ? 'met' : 'MISSED') : '' };
});
console.log(`${luukku.edits} edits, medians of ${RUNS} runs in turn, yjs ${VERSION} on Node.js ${process.version}`);
table([['', 'luukku', 'yjs', 'ratio', 'aim', ''], ...rows.map((r) => [r.what, round(luukku[r.key], 2), round(yjs[r.key], 2),
  `1/${round(r.ratio)}`, r.part ? `1/${r.part}` : '', r.verdict])]);
const alike = (key, n) => `${same[key] ? 'the same bytes' : 'MISSED: other bytes'} (${n})`;
console.log(`update of every edit: ${alike('updates', `${luukku.edits} updates`)}`);
console.log(`the whole document: ${alike('full', `${luukku.bytes} and ${yjs.bytes} bytes`)}`);
const shown = (figures) => Object.fromEntries(Object.entries(figures).map(([k, v]) => [k, round(v, 2)]));
console.log(JSON.stringify({ bench: 'coedit', runs: RUNS, yjs_version: VERSION, luukku: shown(luukku), yjs: shown(yjs),
  aims: Object.fromEntries(rows.filter((r) => r.part).map((r) => [r.key, { ratio: `1/${round(r.ratio)}`, aim: `1/${r.part}`, met: r.verdict === 'met' }])),
  same_bytes: same }));
