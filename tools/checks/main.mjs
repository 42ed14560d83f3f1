// tools/lint: runs the checks named, or all, and lists what they find.
import * as programs from './programs.mjs';
import * as source from './source.mjs';

const checks = { ...source, ...programs };
const words = process.argv.slice(2);
const byName = ['deep']; // takes long, and finds little more than tidy

if (words.includes('--list')) {
  console.log(Object.keys(checks).join('\n'));
  process.exit(0);
}
const unknown = words.filter((w) => !Object.hasOwn(checks, w));
if (unknown.length) {
  console.error(`lint: no check "${unknown.join('", "')}"; there are ${Object.keys(checks).join(', ')}`);
  process.exit(2);
}

let total = 0;
for (const name of words.length ? words : Object.keys(checks).filter((c) => !byName.includes(c))) {
  const found = await checks[name]();
  for (const { file, line, text } of found) {
    console.log(`${file}:${line}: ${text} [${name}]`);
  }
  total += found.length;
}
console.log(total ? `${total} findings` : 'clean');
process.exitCode = total ? 1 : 0;
