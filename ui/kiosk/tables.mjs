// The string tables: loading them, and what must hold between languages.
// A value is a text, or an object of texts by CLDR's plural categories.
import {readFileSync} from 'node:fs';
import {basename} from 'node:path';

export const FORMS = ['zero', 'one', 'two', 'few', 'many', 'other'];

// Categories that whole numbers have (CLDR 44), and those of them that stand for one number alone:
// only there may the number be a word.
const PLURALS = {
  fi: {forms: ['one', 'other'], single: ['one']},
  sv: {forms: ['one', 'other'], single: ['one']},
  en: {forms: ['one', 'other'], single: ['one']},
  et: {forms: ['one', 'other'], single: ['one']},
  se: {forms: ['one', 'two', 'other'], single: ['one', 'two']},
  ru: {forms: ['one', 'few', 'many'], single: []},
  uk: {forms: ['one', 'few', 'many'], single: []},
  ar: {forms: FORMS, single: ['zero', 'one', 'two']},
};

const KEY = /^[a-z][a-z0-9_]*$/;
const holders = (text) => (text.match(/\{[a-z]+\}/g) ?? []).sort().join();
const isText = (v) => typeof v === 'string' && v.trim() !== '';

export const isPlural = (value) => typeof value === 'object' && value !== null;
/** The text that stands for all forms: that of many things. */
const main = (value) => (isPlural(value) ? value.other ?? value.many : value);

function pluralProblems(lang, key, value, wanted) {
  const rule = PLURALS[lang];
  const problems = rule.forms.filter((f) => !isText(value[f])).map((f) => `${lang}: ${key} has no form "${f}"`);
  for (const [form, text] of Object.entries(value)) {
    if (!rule.forms.includes(form)) problems.push(`${lang}: ${key} has a form "${form}" that the language has not`);
    const may = rule.single.includes(form) && holders(String(text)) === '';
    if (!may && holders(String(text)) !== wanted) problems.push(`${lang}: placeholders of ${key}, "${form}", differ`);
  }
  return problems;
}

function valueProblems(lang, key, value, reference) {
  if (isPlural(value) !== isPlural(reference)) return [`${lang}: ${key} is a plural in one language only`];
  const wanted = holders(main(reference) ?? '');
  if (isPlural(value)) return pluralProblems(lang, key, value, wanted);
  if (!isText(value)) return [`${lang}: ${key} is empty`];
  return holders(value) === wanted ? [] : [`${lang}: placeholders of ${key} differ`];
}

/** Tables [{lang, texts}], the first the reference, and what is wrong with them. */
export function loadTables(files) {
  const tables = files.map((f) => ({lang: basename(f, '.json'), texts: JSON.parse(readFileSync(f, 'utf8'))}));
  const [first] = tables;
  const problems = Object.keys(first.texts).filter((k) => !KEY.test(k)).map((k) => `bad key ${k}`);
  for (const t of tables) {
    if (!PLURALS[t.lang]) {
      problems.push(`${t.lang}: no plural rule`);
      continue;
    }
    for (const k of Object.keys(t.texts)) if (!(k in first.texts)) problems.push(`${t.lang}: ${k} is not in ${first.lang}`);
    for (const k of Object.keys(first.texts)) {
      if (k in t.texts) problems.push(...valueProblems(t.lang, k, t.texts[k], first.texts[k]));
      else problems.push(`${t.lang}: no ${k}`);
    }
  }
  return {tables, problems};
}

/** [[name, text]] of a table, each form of a plural by itself. */
export function allTexts(table) {
  return Object.entries(table.texts).flatMap(([k, v]) => (isPlural(v) ? Object.entries(v).map(([f, text]) => [`${k}.${f}`, text]) : [[k, v]]));
}
