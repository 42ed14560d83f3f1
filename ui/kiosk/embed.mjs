// Turns the string tables and the icons into C at build time.
//   node embed.mjs strings OUT.h OUT.c LANG.json...   the first language is the reference
//   node embed.mjs icons OUT.h OUT.c ICON.svg...
//   node embed.mjs check DIR                           DIR/strings complete and every key and icon used in DIR/*.c
import {readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {FORMS, isPlural, loadTables} from './tables.mjs';
import {wordingProblems} from './wording.mjs';

function fail(problems) {
  if (problems.length === 0) return;
  for (const p of problems) console.error(`embed: ${p}`);
  process.exit(1);
}

const upper = (s) => s.toUpperCase().replaceAll('-', '_');

const guard = (name, body) => `/* Generated; do not edit. */\n#ifndef ${name}\n#define ${name}\n\n${body}\n#endif\n`;

const cEnum = (name, prefix, words, count) => `enum ${name} {\n${words.map((w) => `    ${prefix}${upper(w)},\n`).join('')}    ${count}\n};\n\n`;

/** A table of texts: one row a language, `cell` makes the C text of one key. */
const cRows = (tables, keys, cell) => tables.map((t) => `    {\n${keys.map((k) => `        ${cell(t.texts[k])},\n`).join('')}    },\n`).join('');

/** All forms; one that the language has not is that of many things. */
const cForms = (value) => `{${FORMS.map((f) => JSON.stringify(value[f] ?? value.other ?? value.many)).join(', ')}}`;

function strings(header, source, files) {
  const {tables, problems} = loadTables(files);
  fail(problems);
  const langs = tables.map((t) => t.lang);
  const keys = Object.keys(tables[0].texts);
  const plurals = keys.filter((k) => isPlural(tables[0].texts[k]));
  const plain = keys.filter((k) => !plurals.includes(k));
  writeFileSync(header, guard('LUUKKU_KIOSK_STRINGS_GEN_H',
    cEnum('kiosk_lang', 'KIOSK_LANG_', langs, 'KIOSK_LANGS') + cEnum('kiosk_str', 'KIOSK_STR_', plain, 'KIOSK_STRS') +
    cEnum('kiosk_plural', 'KIOSK_PLURAL_', plurals, 'KIOSK_PLURALS') + cEnum('kiosk_form', 'KIOSK_FORM_', FORMS, 'KIOSK_FORMS') +
    'extern const char *const kiosk_lang_codes[KIOSK_LANGS];\n' +
    'extern const char *const kiosk_str_keys[KIOSK_STRS];\n' +
    'extern const char *const kiosk_str_texts[KIOSK_LANGS][KIOSK_STRS];\n' +
    'extern const char *const kiosk_plural_texts[KIOSK_LANGS][KIOSK_PLURALS]\n                                           [KIOSK_FORMS];\n'));
  writeFileSync(source, '/* Generated; do not edit. */\n#include "kiosk/strings_gen.h"\n\n' +
    `const char *const kiosk_lang_codes[KIOSK_LANGS] = {\n${langs.map((l) => `    "${l}",\n`).join('')}};\n\n` +
    `const char *const kiosk_str_keys[KIOSK_STRS] = {\n${plain.map((k) => `    "${k}",\n`).join('')}};\n\n` +
    `const char *const kiosk_str_texts[KIOSK_LANGS][KIOSK_STRS] = {\n${cRows(tables, plain, (v) => JSON.stringify(v))}};\n\n` +
    `const char *const kiosk_plural_texts[KIOSK_LANGS][KIOSK_PLURALS][KIOSK_FORMS] = {\n${cRows(tables, plurals, cForms)}};\n`);
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
  const {tables, problems} = loadTables(files.sort((a, b) => b.endsWith('fi.json') - a.endsWith('fi.json')));
  fail(problems);
  problems.push(...wordingProblems(tables, JSON.parse(readFileSync(join(dir, 'strings_rules.json'), 'utf8'))));
  const code = readdirSync(dir).filter((f) => f.endsWith('.c')).map((f) => readFileSync(join(dir, f), 'utf8')).join('\n');
  const used = new Set(code.match(/KIOSK_(STR|PLURAL|ICON)_[A-Z0-9_]+/g) ?? []);
  for (const [k, value] of Object.entries(tables[0].texts)) {
    if (!used.has(`KIOSK_${isPlural(value) ? 'PLURAL' : 'STR'}_${upper(k)}`)) problems.push(`string ${k} is not used`);
  }
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
