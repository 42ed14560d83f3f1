// Values and conditions: the vectors that the kiosk passes too.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readDefinition, type Field } from '../../src/form/def';
import { dayBound, readDay, showDay, todayOf } from '../../src/form/day';
import { holds } from '../../src/form/when';
import { judge, show } from '../../src/form/value';
import { utf8 } from '../../src/wire/bytes';

const FOLDER = new URL('../../../../tests/vectors/forms/', import.meta.url);
interface Case { value: string; error?: string; bound?: string; canonical?: string; shown?: string | Record<string, string> }
interface Group { name: string; field: object; cell?: string; today?: string; cases: Case[] }
const { today, groups } = JSON.parse(readFileSync(new URL('values.json', FOLDER), 'utf8')) as { today: string; groups: Group[] };

const label = { fi: 'a', sv: 'b', en: 'c' };
const formOf = (fields: object[]) =>
  readDefinition(utf8(JSON.stringify({ id: 't', version: 1, agency: 'kela', languages: ['fi', 'sv', 'en'], title: label, sections: [{ id: 's', title: label, fields }] })));
const fieldOf = ({ field, cell }: Group): Field => {
  const [made] = formOf([{ id: 'f', label, ...field }]).sections[0]!.fields;
  return cell === undefined ? made! : made!.fields.find((x) => x.id === `f-${cell}`)!;
};

describe.each(groups)('$name', (group) => {
  const field = fieldOf(group);
  const day = readDay(group.today ?? today)!;
  test.each(group.cases.map((c) => [JSON.stringify(c.value).slice(0, 60), c] as const))('%s', (_, c) => {
    const verdict = judge(field, c.value, day);
    expect([verdict.error, verdict.bound, verdict.canonical]).toEqual([c.error ?? null, c.bound ?? '', c.canonical ?? '']);
    if (verdict.error !== null) return;
    expect(judge(field, verdict.canonical, day)).toEqual(verdict);
    for (const lang of ['fi', 'sv', 'en']) {
      const wanted = typeof c.shown === 'object' ? c.shown[lang] : c.shown ?? verdict.canonical;
      expect(show(field, verdict.canonical, lang)).toBe(wanted);
    }
  });
});

test('what a condition asks', () => {
  const at = (value: string, several = false) => () => ({ value, several });
  expect(holds({ kind: 'is', field: 'a', value: 'x' }, at('w x', true))).toBe(true);
  expect(holds({ kind: 'in', field: 'a', values: ['y', 'z'] }, at('z'))).toBe(true);
  expect(holds({ kind: 'not', of: { kind: 'filled', field: 'a' } }, at(''))).toBe(true);
  expect(holds({ kind: 'all', of: [{ kind: 'filled', field: 'a' }, { kind: 'is', field: 'a', value: 'q' }] }, at('p'))).toBe(false);
});

test('days', () => {
  expect(dayBound('today-30', { year: 2024, month: 3, day: 15 })).toEqual({ year: 2024, month: 2, day: 14 });
  expect(todayOf(new Date(2026, 10, 22, 23, 59))).toEqual({ year: 2026, month: 11, day: 22 });
  expect([showDay('2027-02-04', 'uk'), showDay('x', 'fi')]).toEqual(['04.02.2027', 'x']);
});
