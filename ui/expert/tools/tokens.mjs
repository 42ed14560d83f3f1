// Writes src/ui/tokens.css: those of Suomi.fi's design tokens (npm: suomifi-design-tokens, MIT) that the style sheets name.
// --check only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const STYLES = ['page', 'parts', 'screens', 'form'].map((name) => read(`src/ui/${name}.css`)).join('');
const TARGET = 'src/ui/tokens.css';

export function tokensCss() {
  const source = readFileSync(require.resolve('suomifi-design-tokens').replace(/index\.js$/, 'tokens.scss'), 'utf8');
  const all = new Map([...source.matchAll(/\$(fi-[a-z0-9-]+):\s*([^;]+);/g)].map(([, name, value]) => [name, value.trim()]));
  const used = [...new Set([...STYLES.matchAll(/var\(--(fi-[a-z0-9-]+)\)/g)].map(([, name]) => name))].sort();
  const missing = used.filter((name) => !all.has(name));
  if (missing.length > 0) throw new Error(`no such tokens: ${missing.join(', ')}`);
  const { version } = JSON.parse(read('node_modules/suomifi-design-tokens/package.json'));
  return `/* From suomifi-design-tokens ${version} (MIT): only the tokens used here. Made by tools/tokens.mjs; do not edit. */\n:root {\n${
    used.map((name) => `  --${name}: ${all.get(name)};\n`).join('')}}\n`;
}

if (process.argv[2] === '--check') {
  if (read(TARGET) !== tokensCss()) throw new Error(`${TARGET} is not what \`npm run tokens\` makes`);
} else {
  writeFileSync(new URL(`../${TARGET}`, import.meta.url), tokensCss());
}
