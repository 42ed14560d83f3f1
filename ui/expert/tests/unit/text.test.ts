import { describe, expect, test } from 'vitest';
import { clockText, pickLang, textsOf } from '../../src/text';

const shape = (o: object): unknown => Object.fromEntries(Object.entries(o).map(([k, v]) => [k, typeof v === 'object' && v !== null ? shape(v as object) : typeof v]));

describe('words', () => {
  test.each(['sv', 'en'] as const)('%s has every word', (lang) => expect(shape(textsOf(lang))).toEqual(shape(textsOf('fi'))));
  test.each([
    ['?lang=sv', 'en', ['fi'], 'sv'], ['', 'en', ['fi'], 'en'], ['', null, ['de', 'sv-FI'], 'sv'], ['?lang=xx', null, ['de'], 'fi'],
  ])('%s, stored %s, browser %s: %s', (query, stored, browser, lang) => expect(pickLang(query, stored, browser)).toBe(lang));
  test('waiting and clock', () => {
    expect([59, 60, 3599, 3720].map(textsOf('fi').wait)).toEqual(['alle 1 min', '1 min', '59 min', '1 h 2 min']);
    expect(clockText(new Date(2026, 1, 1, 9, 5, 7), 'fi', true)).toBe('9.05.07');
    expect(clockText(new Date(2026, 1, 1, 9, 5, 7), 'en')).toBe('9:05');
  });
});
