// The files that are checked, and C without comments and strings.
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';

const cache = new Map();

/** Paths of the tree, relative to its root: tracked, or new and not ignored. */
export const all = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { encoding: 'utf8' })
  .split('\0').filter((f) => f && existsSync(f) && lstatSync(f).isFile()).sort();

export const read = (file) => {
  if (!cache.has(file)) {
    cache.set(file, readFileSync(file, 'utf8'));
  }
  return cache.get(file);
};

export const lines = (file) => read(file).replace(/\n$/, '').split('\n');

const isText = (file) => !readFileSync(file).subarray(0, 8192).includes(0);

/** Text files of the tree. */
export const text = () => all.filter(isText);

export const c = all.filter((f) => /\.[ch]$/.test(f));

/** First line of a script without extension, '' for other files. */
export const shebang = (file) => (extname(file) === '' && isText(file) && read(file).startsWith('#!') ? lines(file)[0] : '');

export const sources = all.filter((f) => /\.(c|h|ts|sh|mjs|cmake)$/.test(f) || basename(f) === 'CMakeLists.txt' || shebang(f));

/** C with comments, strings and character constants blanked, line for line. */
export function code(file) {
  const blank = (s) => s.replace(/[^\n]/g, ' ');
  return read(file).replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, blank);
}

/** Findings of a regular expression in `body`, line by line. */
export function grep(file, body, pattern, say) {
  return body.split('\n').flatMap((line, i) => {
    const hit = pattern.exec(line);
    return hit ? [{ file, line: i + 1, text: say(hit) }] : [];
  });
}
