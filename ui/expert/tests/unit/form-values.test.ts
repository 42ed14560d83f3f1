// Values and conditions: the vectors that the kiosk passes too.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { hiddenIn } from '../../src/form/cells';
import { KioskFault } from '../../src/wire/judge';
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

interface Condition { name: string; sections: { id: string; when?: object; fields: Shape[] }[]; values: Record<string, unknown>; hidden: string[] }
interface Shape { id: string; type: string; options?: string[]; fields?: Shape[] }
const { cases } = JSON.parse(readFileSync(new URL('conditions.json', FOLDER), 'utf8')) as { cases: Condition[] };

/** The vectors' shorthand as a definition. */
const full = (f: Shape): object => ({ label, ...f, ...(f.options ? { options: f.options.map((o) => ({ id: o, label })) } : {}), ...(f.fields ? { fields: f.fields.map(full) } : {}) });

/** The values as a kiosk would have them in its document. */
function fill(map: Y.Map<unknown>, fields: Shape[], values: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(values)) {
    const f = fields.find((x) => x.id === key);
    if (f?.type === 'rows') {
      map.set(key, Y.Array.from((value as Record<string, unknown>[]).map((v, i) => {
        const row = new Y.Map<unknown>([['_id', i + 1]]);
        fill(row, f.fields!, v);
        return row;
      })));
    } else map.set(key, ['text', 'lines'].includes(f?.type ?? '') || /-(street|town)$/.test(key) ? new Y.Text(String(value)) : value);
  }
}

describe('conditions', () => test.each(cases.map((c) => [c.name, c] as const))('%s', (_, c) => {
  const sections = c.sections.map((s) => ({ ...s, title: label, fields: s.fields.map(full) }));
  const def = readDefinition(utf8(JSON.stringify({ id: 't', version: 1, agency: 'kela', languages: ['fi', 'sv', 'en'], title: label, sections })));
  const f = new Y.Doc().getMap<unknown>('f');
  fill(f, c.sections.flatMap((s) => s.fields), c.values);
  expect([...hiddenIn(def, f)].sort()).toEqual([...c.hidden].sort());
}));

const wrong = JSON.parse(readFileSync(new URL('wrong.json', FOLDER), 'utf8')) as { base: string | string[]; cases: { find: string; put: string; reason: string }[] };

test('the built-in forms are read', () => {
  const folder = new URL('../../../../firmware/forms/definitions/', import.meta.url);
  for (const name of readdirSync(folder)) expect(readDefinition(readFileSync(new URL(name, folder))).langs).toContain('sv');
});

/** The kiosk's checker is the strict one; here nothing else than a refusal by name may come of it. */
test('wrong definitions never break anything', () => {
  const base = typeof wrong.base === 'string' ? wrong.base : wrong.base.join('\n');
  expect(readDefinition(utf8(base)).sections.length).toBeGreaterThan(0);
  const refused = wrong.cases.filter((w) => {
    const text = base.replace(w.find, () => w.put);
    try {
      readDefinition(utf8(text));
      return false;
    } catch (error) {
      expect(error).toBeInstanceOf(KioskFault);
      return true;
    }
  });
  expect(refused.length).toBeGreaterThan(wrong.cases.length / 3);
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
