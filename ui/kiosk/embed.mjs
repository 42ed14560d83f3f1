// Turns the string tables and the icons into C at build time.
//   node embed.mjs strings OUT.h OUT.c LANG.json...   the first language is the reference
//   node embed.mjs icons OUT.h OUT.c ICON.svg...
//   node embed.mjs check DIR                           DIR/strings complete and every key and icon used in DIR/*.c
import {readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';

const KEY = /^[a-z][a-z0-9_]*$/;
const holders = (text) => (text.match(/\{[a-z]+\}/g) ?? []).sort().join();

function fail(problems) {
  if (problems.length === 0) return;
  for (const p of problems) console.error(`embed: ${p}`);
  process.exit(1);
}

function loadTables(files) {
  const tables = files.map((f) => ({lang: basename(f, '.json'), texts: JSON.parse(readFileSync(f, 'utf8'))}));
  const [first] = tables;
  const problems = Object.keys(first.texts).filter((k) => !KEY.test(k)).map((k) => `bad key ${k}`);
  for (const t of tables) {
    for (const k of Object.keys(first.texts)) {
      if (typeof t.texts[k] !== 'string' || t.texts[k].trim() === '') problems.push(`${t.lang}: no ${k}`);
      else if (holders(t.texts[k]) !== holders(first.texts[k])) problems.push(`${t.lang}: placeholders of ${k} differ`);
    }
    for (const k of Object.keys(t.texts)) if (!(k in first.texts)) problems.push(`${t.lang}: ${k} is not in ${first.lang}`);
  }
  fail(problems);
  return tables;
}

const upper = (s) => s.toUpperCase().replaceAll('-', '_');

const guard = (name, body) => `/* Generated; do not edit. */\n#ifndef ${name}\n#define ${name}\n\n${body}\n#endif\n`;

function strings(header, source, files) {
  const tables = loadTables(files);
  const keys = Object.keys(tables[0].texts);
  const langs = tables.map((t) => `    KIOSK_LANG_${upper(t.lang)},\n`).join('');
  writeFileSync(header, guard('LUUKKU_KIOSK_STRINGS_GEN_H',
    `enum kiosk_lang {\n${langs}    KIOSK_LANGS\n};\n\n` +
    `enum kiosk_str {\n${keys.map((k) => `    KIOSK_STR_${upper(k)},\n`).join('')}    KIOSK_STRS\n};\n\n` +
    'extern const char *const kiosk_lang_codes[KIOSK_LANGS];\n' +
    'extern const char *const kiosk_str_keys[KIOSK_STRS];\n' +
    'extern const char *const kiosk_str_texts[KIOSK_LANGS][KIOSK_STRS];\n'));
  const rows = tables.map((t) => `    {\n${keys.map((k) => `        ${JSON.stringify(t.texts[k])},\n`).join('')}    },\n`).join('');
  writeFileSync(source, '/* Generated; do not edit. */\n#include "kiosk/strings_gen.h"\n\n' +
    `const char *const kiosk_lang_codes[KIOSK_LANGS] = {\n${tables.map((t) => `    "${t.lang}",\n`).join('')}};\n\n` +
    `const char *const kiosk_str_keys[KIOSK_STRS] = {\n${keys.map((k) => `    "${k}",\n`).join('')}};\n\n` +
    `const char *const kiosk_str_texts[KIOSK_LANGS][KIOSK_STRS] = {\n${rows}};\n`);
}

function icons(header, source, files) {
  const names = files.map((f) => basename(f, '.svg'));
  writeFileSync(header, guard('LUUKKU_KIOSK_ICONS_GEN_H',
    `#include <stddef.h>\n\nenum kiosk_icon {\n    KIOSK_ICON_NONE,\n${names.map((n) => `    KIOSK_ICON_${upper(n)},\n`).join('')}    KIOSK_ICONS\n};\n\n` +
    'struct kiosk_icon_svg {\n    const char *name;\n    const unsigned char *data;\n    size_t len;\n};\n\n' +
    'extern const struct kiosk_icon_svg kiosk_icon_svgs[KIOSK_ICONS];\n'));
  let body = '/* Generated; do not edit. */\n#include "kiosk/icons_gen.h"\n\n';
  files.forEach((f, i) => {
    const bytes = [...readFileSync(f)];
    body += `static const unsigned char svg_${i}[] = {\n    ${bytes.join(',')}};\n\n`;
  });
  body += `const struct kiosk_icon_svg kiosk_icon_svgs[KIOSK_ICONS] = {\n    {"", 0, 0},\n${names.map((n, i) => `    {"${n}", svg_${i}, sizeof(svg_${i})},\n`).join('')}};\n`;
  writeFileSync(source, body);
}

function check(dir) {
  const files = readdirSync(join(dir, 'strings')).filter((f) => f.endsWith('.json')).map((f) => join(dir, 'strings', f));
  const tables = loadTables(files.sort((a, b) => b.endsWith('fi.json') - a.endsWith('fi.json')));
  const code = readdirSync(dir).filter((f) => f.endsWith('.c')).map((f) => readFileSync(join(dir, f), 'utf8')).join('\n');
  const used = new Set(code.match(/KIOSK_(STR|ICON)_[A-Z0-9_]+/g) ?? []);
  const problems = Object.keys(tables[0].texts).filter((k) => !used.has(`KIOSK_STR_${upper(k)}`)).map((k) => `string ${k} is not used`);
  for (const f of readdirSync(join(dir, 'icons')).filter((n) => n.endsWith('.svg'))) {
    const name = basename(f, '.svg');
    if (!used.has(`KIOSK_ICON_${upper(name)}`)) problems.push(`icon ${name} is not used`);
  }
  fail(problems);
  console.log(`${tables.length} languages, ${Object.keys(tables[0].texts).length} strings: complete and used`);
}

const [verb, ...args] = process.argv.slice(2);
if (verb === 'strings') strings(args[0], args[1], args.slice(2));
else if (verb === 'icons') icons(args[0], args[1], args.slice(2));
else if (verb === 'check') check(args[0]);
else fail([`unknown verb ${verb}`]);
