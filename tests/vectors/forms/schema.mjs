// The published schema against the definitions: takes those that are built in, refuses what it can see to be wrong.
//   node schema.mjs
import Ajv from 'ajv/dist/2020.js';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const room = join(here, '../../../firmware/forms');
const json = (path) => JSON.parse(readFileSync(path, 'utf8'));
const validate = new Ajv({ allErrors: false, strict: true, strictTypes: false, strictRequired: false }).compile(json(join(room, 'form.schema.json')));
const problems = [];

function why(definition) {
  return validate(definition) ? '' : `${validate.errors[0].instancePath} ${validate.errors[0].message}`;
}

for (const name of readdirSync(join(room, 'definitions'))) {
  const wrong = why(json(join(room, 'definitions', name)));
  if (wrong) problems.push(`${name} is refused: ${wrong}`);
}

const { base: lines, cases } = json(join(here, 'wrong.json'));
const base = `${lines.join('\n')}\n`;
if (why(JSON.parse(base))) problems.push(`the base is refused: ${why(JSON.parse(base))}`);
for (const { find, put, reason, schema } of cases) {
  const wrong = why(JSON.parse(base.replace(find, () => put)));
  if (Boolean(wrong) !== schema) problems.push(`${reason}: ${put}\n  ${wrong || 'is taken'}`);
}

for (const p of problems) console.error(p);
console.log(`${cases.length} wrong definitions, ${problems.length} problems`);
process.exit(problems.length > 0 ? 1 : 0);
