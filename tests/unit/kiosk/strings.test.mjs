// The checker of the texts: a sound set passes, each kind of mistake is found and named.
import assert from 'node:assert/strict';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'node:test';
import {loadTables} from '../../../ui/kiosk/tables.mjs';
import {wordingProblems} from '../../../ui/kiosk/wording.mjs';

const RULES = {longest: 40, max: {ok: 6}, names: {press: ['ok']}};
const SOUND = {
  fi: {ok: 'Valmis', press: 'Paina Valmis.', left: {one: '{n} sekunti', other: '{n} sekuntia'}, who: '{name} soittaa'},
  ru: {ok: 'Готово', press: 'Нажмите «Готово».', left: {one: '{n} секунда', few: '{n} секунды', many: '{n} секунд'}, who: 'Звонит {name}'},
  ar: {
    ok: 'تم', press: 'اضغط على «تم».', who: 'يتصل {name}',
    left: {zero: 'انتهى', one: 'ثانية', two: 'ثانيتان', few: '{n} ثوانٍ', many: '{n} ثانية', other: '{n} ثانية'},
  },
};

function problemsOf(change) {
  const texts = structuredClone(SOUND);
  change(texts);
  const folder = mkdtempSync(join(tmpdir(), 'luukku-strings-'));
  try {
    const files = Object.entries(texts).map(([lang, table]) => {
      writeFileSync(join(folder, `${lang}.json`), JSON.stringify(table));
      return join(folder, `${lang}.json`);
    });
    const {tables, problems} = loadTables(files);
    return problems.length > 0 ? problems : wordingProblems(tables, RULES);
  } finally {
    rmSync(folder, {recursive: true});
  }
}

test('a sound set has no problems', () => assert.deepEqual(problemsOf(() => {}), []));

const MISTAKES = [
  ['a missing key', (t) => delete t.ru.who, /ru: no who/],
  ['a superfluous key', (t) => (t.ar.more = 'المزيد'), /ar: more is not in fi/],
  ['an empty text', (t) => (t.ru.ok = ' '), /ru: ok is empty/],
  ['a placeholder lost', (t) => (t.ru.who = 'Звонит'), /ru: placeholders of who differ/],
  ['a placeholder of another name', (t) => (t.ar.who = 'يتصل {n}'), /ar: placeholders of who differ/],
  ['a missing form', (t) => delete t.ru.left.few, /ru: left has no form "few"/],
  ['a form that the language has not', (t) => (t.fi.left.two = '{n} sekuntia'), /fi: left has a form "two"/],
  ['a word for a number of which there are many', (t) => (t.ru.left.one = 'секунда'), /ru: placeholders of left, "one", differ/],
  ['a plural in one language only', (t) => (t.ru.left = '{n} секунд'), /ru: left is a plural in one language only/],
  ['a language without a plural rule', (t) => (t.xx = {...t.fi}), /xx: no plural rule/],
  ['a bad key', (t) => Object.values(t).forEach((x) => (x.Bad = 'x')), /bad key Bad/],
  ['a straight apostrophe', (t) => (t.fi.who = "{name} soittaa'"), /fi: who has a straight quotation mark/],
  ['three full stops', (t) => (t.fi.who = '{name} soittaa...'), /fi: who has three full stops/],
  ['two spaces', (t) => (t.fi.who = '{name}  soittaa'), /fi: who has a space too many/],
  ['a space before a sign', (t) => (t.ru.press = 'Нажмите «Готово» .'), /ru: press has a space before a sign/],
  ['a hyphen for a dash', (t) => (t.fi.who = '{name} - soittaa'), /fi: who has a hyphen for a dash/],
  ['Arabic digits', (t) => (t.ar.who = 'يتصل {name} ٣'), /ar: who has digits that are not Western/],
  ['a mark of direction', (t) => (t.ar.who = '\u200fيتصل {name}'), /ar: who has a control character/],
  ['a Latin letter among Cyrillic ones', (t) => (t.ru.ok = 'Гoтово'), /ru: ok has a letter of another language, "o"/],
  ['a sentence in one language only', (t) => (t.ru.who = 'Звонит {name}.'), /ru: who is a sentence in one language only/],
  ['sentences without an end', (t) => (t.fi.who = 'Odota. {name} soittaa'), /fi: who is sentences without an end/],
  ['a text too long for its place', (t) => Object.assign(t.fi, {ok: 'Valmista', press: 'Paina Valmista.'}), /fi: ok has 8 characters, 6 fit/],
  ['a text too long anywhere', (t) => (t.fi.who = `{name} ${'soittaa '.repeat(6)}nyt`), /fi: who has 5\d characters, 40 fit/],
  ['a button called by another name', (t) => (t.fi.press = 'Paina Jatka.'), /fi: press does not name the button ok/],
];
for (const [what, change, expected] of MISTAKES) test(what, () => assert.match(problemsOf(change).join('\n'), expected));

test('plural forms are those of the platform', () => {
  const {tables} = {tables: Object.keys(SOUND)};
  for (const lang of tables) {
    const rules = new Intl.PluralRules(lang);
    const forms = new Set(Array.from({length: 1000}, (_, n) => rules.select(n)));
    assert.deepEqual([...forms].sort(), Object.keys(SOUND[lang].left).sort(), lang);
  }
});
