// Checks by other programs: clang-format, clang-tidy, shellcheck, node.
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, relative, resolve } from 'node:path';
import * as files from './files.mjs';

const BUILD = process.env.LUUKKU_BUILD ?? 'build';
const BATCH = 20;

/** Runs jobs (functions giving promises) a few at a time; gives their results. */
async function parallel(jobs) {
  const results = [];
  let next = 0;
  const worker = async () => {
    while (next < jobs.length) {
      const i = next++;
      results[i] = await jobs[i]();
    }
  };
  await Promise.all(Array.from({ length: Math.min(cpus().length, 2) }, worker));
  return results;
}

/** Runs a command; gives {ok, output}. A command that cannot be run at all is an error. */
function run(program, args) {
  return new Promise((done, failed) => {
    execFile(program, args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') {
        failed(new Error(`${program}: ${error.message}`));
        return;
      }
      done({ ok: !error, output: stdout + stderr });
    });
  });
}

const batches = (list) => Array.from({ length: Math.ceil(list.length / BATCH) }, (_, i) => list.slice(i * BATCH, (i + 1) * BATCH));

/** Findings of "file:line:column: text" lines. */
function parse(output) {
  return [...output.matchAll(/^(.+?):(\d+):\d+: (.*)$/gm)]
    .map(([, file, line, text]) => ({ file: relative('.', resolve(file)), line: Number(line), text }));
}

async function each(program, args, list) {
  const results = await parallel(batches(list).map((some) => () => run(program, [...args, ...some])));
  return results.filter((r) => !r.ok).flatMap(({ output }) => {
    const found = parse(output);
    return found.length ? found : [{ file: program, line: 0, text: output.trim() }];
  });
}

export const format = () => each('clang-format-14', ['--dry-run', '--Werror'], files.c);

/** Object file to all files it was made of, from ninja's log. */
function dependencies() {
  const out = execFileSync('ninja', ['-C', BUILD, '-t', 'deps'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const map = new Map();
  for (const block of out.split('\n\n')) {
    const [head, ...rest] = block.split('\n');
    const object = /^(.*?): #deps/.exec(head)?.[1];
    if (object) {
      map.set(resolve(BUILD, object), rest.filter((l) => l).map((l) => resolve(BUILD, l.trim())));
    }
  }
  return map;
}

const digests = new Map();

/** The digest of a file's content, 'gone' of one that is no more; each is read once. */
function digest(path) {
  if (!digests.has(path)) {
    digests.set(path, existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'gone');
  }
  return digests.get(path);
}

/** What a verdict of clang-tidy depends on, wherever the tree lies: the tool, its settings and every file that it reads. */
function tidyKey(tool, entry, deps) {
  const root = resolve('.');
  const hash = createHash('sha256').update(tool).update((entry.command ?? '').replaceAll(root, ''));
  files.all.filter((f) => /(^|\/)\.clang-tidy$/.test(f)).forEach((f) => hash.update(`\0${f}\0${digest(f)}`));
  const read = deps.map((path) => `\0${path.replace(root, '')}\0${digest(path)}`);
  hash.update(`\0${entry.file.replace(root, '')}\0${digest(entry.file)}${read.sort().join('')}`);
  return hash.digest('hex');
}

/** Does the finding say that an LK_AUTO pointer leaks? clang 14's analyzer does not know the cleanup attribute, which frees
    it; the sanitizers see true leaks. */
function cleansUp({ file, line, text }) {
  const name = /Potential leak of memory pointed to by '(\w+)'/.exec(text)?.[1];
  if (!name) {
    return false;
  }
  const before = files.lines(file).slice(0, line);
  const body = before.slice(before.lastIndexOf('{') + 1);
  return body.some((l) => new RegExp(`\\bLK_AUTO\\(\\w+\\) ${name}\\b`).test(l));
}

/** clang-tidy over every compiled file, its analyzer no further than `nodes` states of a function (0: as far as it goes by itself,
    which takes three times as long, nearly all of it in few functions). */
async function tidyWithin(nodes) {
  const database = join(BUILD, 'compile_commands.json');
  if (!existsSync(database)) {
    throw new Error(`${database} is missing: configure first (tools/build)`);
  }
  const cache = process.env.LUUKKU_TIDY_CACHE ?? join(BUILD, 'tidy-cache');
  mkdirSync(cache, { recursive: true });
  const bound = nodes ? ['-Xclang', '-analyzer-config', '-Xclang', `max-nodes=${nodes}`].map((a) => `--extra-arg=${a}`) : [];
  const tool = execFileSync('clang-tidy-14', ['--version'], { encoding: 'utf8' }) + bound.join(' ');
  const deps = dependencies();
  const mine = new Set(files.c.map((f) => resolve(f)));
  const entries = JSON.parse(readFileSync(database, 'utf8')).filter((e) => mine.has(resolve(e.directory, e.file)));
  const unique = [...new Map(entries.map((e) => [e.file, e])).values()];
  const jobs = unique.map((entry) => async () => {
    const known = deps.get(resolve(entry.directory, / -o (\S+)/.exec(entry.command)?.[1] ?? ''));
    const mark = known && join(cache, tidyKey(tool, entry, known));
    if (mark && existsSync(mark)) {
      return [];
    }
    const { ok, output } = await run('clang-tidy-14', ['-p', BUILD, '--quiet', '--extra-arg=-Wno-unknown-warning-option', ...bound,
      entry.file]);
    const found = ok ? [] : parse(output).filter((f) => / error: | warning: |^error: /.test(` ${f.text}`));
    const left = found.filter((f) => !cleansUp(f));
    if (mark && (ok || (found.length && !left.length))) {
      writeFileSync(mark, '');
    }
    return left;
  });
  const found = (await parallel(jobs)).flat();
  const seen = new Map(found.map((f) => [`${f.file}:${f.line}:${f.text}`, f])); // a header is read by many
  return [...seen.values()];
}

export const tidy = () => tidyWithin(50000);
export const deep = () => tidyWithin(0);

export async function scripts() {
  const bash = files.all.filter((f) => /\.sh$/.test(f) || /\bbash\b|\/sh\b/.test(files.shebang(f)));
  const modules = files.all.filter((f) => /\.mjs$/.test(f));
  const shell = await each('shellcheck', ['-x', '-P', 'SCRIPTDIR', '--format=gcc', '--severity=warning'], bash);
  const checked = await parallel(modules.map((f) => async () => ({ f, ...(await run(process.execPath, ['--check', f])) })));
  return [...shell, ...checked.filter((r) => !r.ok).map((r) => ({ file: r.f, line: 1, text: r.output.trim() }))];
}
