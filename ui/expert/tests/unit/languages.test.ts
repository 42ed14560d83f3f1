// The languages of the kiosk's screens reach the expert: accepted, and called by their own names.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LANGS, textsOf } from '../../src/text';
import { readAnnounce, readGrant } from '../../src/wire/body';

const cmake = readFileSync(new URL('../../../kiosk/CMakeLists.txt', import.meta.url), 'utf8');
const codes = /set\(langs ([a-z ]+)\)/.exec(cmake)![1]!.split(' ');

test('the kiosk has its eight languages', () => expect(codes).toHaveLength(8));

test.each(codes)('a citizen who speaks %s', (lang) => {
  const wait = { agency: 'vero', card: 'tax-card', lang };
  const announce = { ...wait, title: { fi: 'a', sv: 'b', en: 'c' }, site: 'Kuopio', since_s: 1, state: 'waiting' };
  expect(readAnnounce(JSON.stringify(announce), 'vero').lang).toBe(lang);
  expect(readGrant(JSON.stringify({ n: 1, ...wait })).lang).toBe(lang);
  for (const page of LANGS) expect(textsOf(page).langs[lang]).toMatch(/\p{L}{4,}/u);
});
