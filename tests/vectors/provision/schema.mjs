// The site file's schema against what the kiosk's parser refuses (unit.provision.site reads the same cases).
//   node schema.mjs
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../forms/package.json', import.meta.url)); // where ajv is installed
const Ajv = require('ajv/dist/2020.js').default;
const json = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const validate = new Ajv({ allErrors: false, strict: true, strictTypes: false, strictRequired: false }).compile(json('../../../firmware/provision/site.schema.json'));
const problems = [];

function why(site) {
  return validate(site) ? '' : `${validate.errors[0].instancePath} ${validate.errors[0].message}`;
}

const { base: lines, cases } = json('wrong.json');
const base = `${lines.join('\n')}\n`;
if (why(JSON.parse(base))) problems.push(`the base is refused: ${why(JSON.parse(base))}`);
for (const { find, put, reason, schema } of cases) {
  const wrong = why(JSON.parse(base.replace(find, () => put)));
  if (Boolean(wrong) !== schema) problems.push(`${reason}: ${put}\n  ${wrong || 'is taken'}`);
}

for (const p of problems) console.error(p);
console.log(`${cases.length} wrong site files, ${problems.length} problems`);
process.exit(problems.length > 0 ? 1 : 0);
