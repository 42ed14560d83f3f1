// Checks that read sources alone.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as files from './files.mjs';

const FILE_LINES = 600;
const FUNCTION_LINES = 60;
const USUAL_LINES = 50;
const USUAL_SHARE = 0.95;

const BANNED = ['strcpy', 'strcat', 'sprintf', 'vsprintf', 'strtok', 'atoi', 'atol', 'atof', 'alloca', 'sleep', 'usleep',
  'rand', 'srand', 'random', 'system', 'gets', 'tmpnam', 'mktemp'];

export function length() {
  return files.sources.filter((f) => files.lines(f).length > FILE_LINES)
    .map((file) => ({ file, line: 1, text: `${files.lines(file).length} lines, at most ${FILE_LINES}` }));
}

/** ctags' view of the C files: one object per tag of the kinds asked for. */
function tags(kinds) {
  if (files.c.length === 0) {
    return [];
  }
  const out = execFileSync('ctags', ['--languages=C', '--langmap=C:.c.h', `--kinds-C=${kinds}`, '--fields=+nef',
    '--output-format=json', '-f', '-', '-L', '-'], { input: files.c.join('\n'), encoding: 'utf8', maxBuffer: 1 << 28 });
  return out.split('\n').filter(Boolean).map((l) => JSON.parse(l)).filter((t) => t._type === 'tag');
}

/** Is there a NOLINT for `check` at, or in the three lines before, `line`? */
function excused(file, line, check) {
  return files.lines(file).slice(Math.max(0, line - 4), line).some((l) => l.includes('NOLINT') && l.includes(check));
}

export function functions() {
  const all = tags('f').map((t) => ({ file: t.path, line: t.line, name: t.name, length: t.end - t.line + 1 }));
  const found = all.filter((f) => f.length > FUNCTION_LINES && !excused(f.file, f.line, 'readability-function-size'))
    .map((f) => ({ ...f, text: `${f.name} has ${f.length} lines, at most ${FUNCTION_LINES}` }));
  const long = all.filter((f) => f.length > USUAL_LINES);
  if (long.length > all.length * (1 - USUAL_SHARE)) {
    found.push(...long.map((f) => ({ ...f, text: `${f.name} has ${f.length} lines; ${long.length} of ${all.length} ` +
      `functions have more than ${USUAL_LINES}, at most 5 % may` })));
  }
  return found;
}

export function banned() {
  const pattern = (names) => new RegExp(`(?<![\\w.>])(${names.join('|')})\\s*\\(`);
  const here = (f) => pattern(f.startsWith('tests/') ? BANNED : [...BANNED, 'nanosleep']); // a test may play a slow peer
  return files.c.flatMap((f) => files.grep(f, files.code(f), here(f), ([, name]) => `${name}() is banned`));
}

/** The first line of the declaration that `tag` ends: structures take more than one. */
function declaration(tag) {
  let i = tag.line - 1;
  const lines = files.lines(tag.path);
  while (i > 0 && /^[}\s]/.test(lines[i])) {
    i -= 1;
  }
  return lines[i];
}

export function globals() {
  const declared = files.c.flatMap((f) =>
    files.grep(f, files.code(f), /^\s*extern\s+(?!.*\bconst\b)[^(]*;/, () => 'an extern object that is not const'));
  const defined = tags('v').filter((t) => !t.file && !/\b(const|static|extern)\b/.test(declaration(t)))
    .map((t) => ({ file: t.path, line: t.line, text: `${t.name} has external linkage and is not const` }));
  return [...declared, ...defined];
}

export function nolint() {
  return files.c.flatMap((f) => files.grep(f, files.read(f), /NOLINT(?!END)(NEXTLINE|BEGIN)?(?![A-Z])(?!\([a-z.,*-]+\):? +\S+ +\S+)/i,
    () => 'NOLINT(check): say why'));
}

/** Exceptions can only become fewer: nolint.max has their number, and falls with it. */
export function exceptions() {
  const limit = 'tools/checks/nolint.max';
  const most = Number(files.read(limit));
  const used = files.c.map((f) => (files.read(f).match(/NOLINT(?!END)/g) ?? []).length).reduce((a, b) => a + b, 0);
  const found = (text) => [{ file: limit, line: 1, text }];
  if (used > most) {
    return found(`${used} NOLINT in the tree, at most ${most}: mend the code instead`);
  }
  return used < most ? found(`only ${used} NOLINT are left: write ${used} here`) : [];
}

// Written so that this file does not match itself.
const WORDS = [
  [/[/](work|farm)[/]\w/, 'a path of some workplace'],
  [/\.\.[/]shared\b/, 'a path outside the tree'],
  [/\b[iI]ssue #?\d/, 'the number of an issue'],
  [/"resolved": *"http/, 'the host of a registry'],
];

export function words() {
  return files.text().flatMap((f) => WORDS.flatMap(([pattern, what]) => files.grep(f, files.read(f), pattern, () => what)));
}

export function rooms() {
  return files.all.filter((f) => f.endsWith('/CMakeLists.txt') && /^luukku_module\(/m.test(files.read(f)))
    .filter((f) => !existsSync(join(dirname(f), 'README.md')))
    .map((f) => ({ file: f, line: 1, text: 'this room has no README.md' }));
}
