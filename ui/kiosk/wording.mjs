// What a program can see of how texts are written: signs, letters, length, names of buttons.
import {allTexts, isPlural} from './tables.mjs';

const LATIN = 'A-Za-z';
const LETTERS = {
  fi: `${LATIN}ÅÄÖåäö`,
  sv: `${LATIN}ÅÄÖÉåäöé`,
  en: LATIN,
  se: `${LATIN}ÁČĐŊŠŦŽáčđŋšŧž`,
  et: `${LATIN}ÕÄÖÜŠŽõäöüšž`,
  ru: 'А-Яа-яЁё',
  uk: 'АБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯабвгґдеєжзиіїйклмнопрстуфхцчшщьюя',
  ar: '\u0621-\u063a\u0641-\u0652',
};

const SIGNS = [
  [/["'`]/, 'a straight quotation mark or apostrophe'],
  [/\.\.\./, 'three full stops, not one sign'],
  [/  |^ | $/, 'a space too many'],
  [/ [,.!?;:…،؟]/, 'a space before a sign'],
  [/ - /, 'a hyphen for a dash'],
  [/[\u0000-\u001f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/, 'a control character'],
  [/[\u0660-\u0669\u06f0-\u06f9]/, 'digits that are not Western'],
];

const CLOSED = /[.!?:…؟]\}?$/;
const ends = (text) => CLOSED.test(text) || /: \{[a-z]+\}$/.test(text);
const bare = (text) => text.replace(/\{[a-z]+\}/g, '');
const length = (text) => [...bare(text)].length;

function signProblems(lang, name, text) {
  const where = `${lang}: ${name}`;
  const problems = SIGNS.filter(([sign]) => sign.test(text)).map(([, what]) => `${where} has ${what}`);
  const foreign = bare(text).match(new RegExp(`(?![${LETTERS[lang]}])\\p{L}`, 'u'));
  if (foreign) problems.push(`${where} has a letter of another language, "${foreign[0]}"`);
  if (/[.!?؟] /.test(text) && !ends(text)) problems.push(`${where} is sentences without an end`);
  return problems;
}

/** What is wrong with the words; `rules` is strings_rules.json. */
export function wordingProblems(tables, rules) {
  const [first] = tables;
  const problems = [];
  for (const k of [...Object.keys(rules.max), ...Object.keys(rules.names)]) if (!(k in first.texts)) problems.push(`rules: no string ${k}`);
  for (const t of tables) {
    for (const [name, text] of allTexts(t)) {
      problems.push(...signProblems(t.lang, name, text));
      const max = rules.max[name.split('.')[0]] ?? rules.longest;
      if (length(text) > max) problems.push(`${t.lang}: ${name} has ${length(text)} characters, ${max} fit`);
    }
    for (const [k, value] of Object.entries(first.texts)) {
      if (!isPlural(value) && ends(value) !== ends(t.texts[k])) problems.push(`${t.lang}: ${k} is a sentence in one language only`);
    }
    for (const [k, buttons] of Object.entries(rules.names)) {
      for (const b of buttons) if (!t.texts[k]?.includes(t.texts[b])) problems.push(`${t.lang}: ${k} does not name the button ${b} as it is named`);
    }
  }
  return problems;
}
