// Turns definitions into C at build time, byte for byte.
//   node embed.mjs OUT.c DEFINITION.json...
import {readFileSync, writeFileSync} from 'node:fs';
import {basename} from 'node:path';

const [out, ...files] = process.argv.slice(2);
const ids = files.map((f) => basename(f, '.json'));
const bytes = files.map((f, i) => `static const unsigned char json_${i}[] = {${[...readFileSync(f), 0].join(',')}};\n`);
writeFileSync(out, `/* Generated; do not edit. */
#include "forms/builtin.h"

${bytes.join('')}
const struct forms_builtin_file forms_builtin_files[] = {
${ids.map((id, i) => `    {"${id}", json_${i}, sizeof(json_${i}) - 1},\n`).join('')}    {NULL, NULL, 0},
};

const char *const forms_builtin_names[] = {
${ids.map((id) => `    "${id}",\n`).join('')}    NULL,
};
`);
