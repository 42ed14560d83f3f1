// What may be asked for: what the form's own definition names, in the expert's language; else what every kiosk has words for.
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readDefinition, type Definition } from '../../src/form/def';
import { LANGS, textsOf } from '../../src/text';
import { kindsOf, wishText } from '../../src/ui/paper-look';
import { utf8 } from '../../src/wire/bytes';

const definitions = new URL('../../../../firmware/forms/definitions/', import.meta.url);
const label = { fi: 'Kauppakirja', sv: 'Köpebrev', en: 'Deed of sale' };
const of = (papers?: unknown): Definition => readDefinition(utf8(JSON.stringify({
  id: 't', version: 1, agency: 'kela', languages: ['fi', 'sv', 'en'], title: label, papers,
  sections: [{ id: 's', title: label, fields: [{ id: 'f', type: 'text', label }] }],
})));

describe.each(LANGS)('in %s', (lang) => {
  const t = textsOf(lang);

  test('without a form, and with one that names none, those of every kiosk', () => {
    for (const def of [null, of()]) {
      const kinds = kindsOf(t, def, lang);
      expect(kinds.map((k) => k.id)).toEqual(['payslip', 'tax-decision', 'rent-agreement', 'medical-certificate', 'identity-document', 'other']);
      expect(kinds.every((k) => !k.bothSides)).toBe(true);
    }
  });

  test('what the form names, and something else', () => {
    const kinds = kindsOf(t, of([{ id: 'deed', label, both_sides: true }, { id: 'slip', label }]), lang);
    expect(kinds.map((k) => [k.id, k.bothSides])).toEqual([['deed', true], ['slip', false], ['other', false]]);
    expect(kinds[0]!.words).toBe(label[lang]);
    expect(wishText(t, { kind: 'deed', sides: 1, text: '' }, kinds)).toBe(label[lang]);
    expect(wishText(t, { kind: 'gone', sides: 1, text: 'mitä vain' }, kinds)).toBe('mitä vain');
  });

  test.each(readdirSync(definitions))('%s names some', (name) => {
    const kinds = kindsOf(t, readDefinition(readFileSync(new URL(name, definitions))), lang);
    expect(kinds.length).toBeGreaterThan(3);
    expect(new Set(kinds.map((k) => k.words)).size).toBe(kinds.length);
  });
});

test.each([
  [[]], [{}], ['deed'], [[{ label }]], [[{ id: 'Deed', label }]], [[{ id: 'other', label }]], [[{ id: 'deed' }]], [[{ id: 'deed', label: { fi: 'a' } }]],
  [[{ id: 'deed', label: { ...label, sv: 'x'.repeat(121) } }]], [[{ id: 'deed', label }, { id: 'deed', label }]], [[{ id: 'deed', label, both_sides: 'yes' }]],
  [Array.from({ length: 13 }, (_, i) => ({ id: `p${i}`, label }))],
])('a kiosk that lies: %j', (papers) => {
  expect(() => of(papers)).toThrow(expect.objectContaining({ reason: 'definition' }));
});
