// What there is to say about one cell or one step of the form, from document, kiosk and definition. No elements here.

import { cellsOf, isHidden, hiddenIn, valueOf, rowsOf, type Cell } from '../form/cells';
import { say, type Definition, type Field, type Section } from '../form/def';
import { showDay, todayOf } from '../form/day';
import { readDecimal, showDecimal, writeDecimal } from '../form/decimal';
import type { Judged } from '../form/messages';
import type { FormShare } from '../form/share';
import { judge, show } from '../form/value';
import type { Texts } from '../text';

/** How long after a change the citizen counts as writing. */
const WRITING_MS = 3000;

export type Nearness = 'writing' | 'here' | null;

export interface Look {
  value: string;
  may: boolean;
  /** As the kiosk says; of what it has not judged yet, as the page works it out. */
  error: Judged | null;
  done: boolean;
  citizen: Nearness;
  suggestion: string | null;
  pointed: boolean;
}

export const hiddenNow = (share: FormShare): ReadonlySet<string> => share.state?.hidden ?? hiddenIn(share.paper!.def, share.paper!.f);

export function errorOf(share: FormShare, cell: Cell): Judged | null {
  if (share.state !== null && !share.isFresh(cell.path)) return share.state.errors.get(cell.path) ?? null;
  const own = judge(cell.field, valueOf(cell), todayOf(new Date()));
  return own.error === null ? null : { error: own.error, bound: own.bound };
}

export function citizenAt(share: FormShare, path: string, now: number): Nearness {
  if (share.paper?.presence.citizen?.field !== path) return null;
  return now - (share.paper.stirred.get(path) ?? -Infinity) < WRITING_MS ? 'writing' : 'here';
}

export function lookAt(share: FormShare, cell: Cell, now: number): Look {
  const value = valueOf(cell);
  const error = errorOf(share, cell);
  return {
    value, error, may: share.mayWrite(cell), done: value !== '' && error === null, citizen: citizenAt(share, cell.path, now),
    suggestion: share.state?.suggestions.get(cell.path) ?? null, pointed: share.state?.point === cell.path,
  };
}

/** The sections that apply. */
export const stepsOf = (def: Definition, hidden: ReadonlySet<string>): Section[] => def.sections.filter((s) => !hidden.has(s.id));

/** The cells of a step that apply. */
export function cellsOfStep(share: FormShare, section: Section, hidden: ReadonlySet<string>): Cell[] {
  return section.fields.flatMap((field) => (isHidden(hidden, section, field.id) ? [] : cellsOf(share.paper!.f, field))).filter((c) => !hidden.has(c.path));
}

export interface Progress { done: number; of: number; toMend: number }

/** `nagged`: what is missing is a mistake by now. */
export function progressOf(share: FormShare, section: Section, hidden: ReadonlySet<string>, nagged: boolean): Progress {
  const cells = cellsOfStep(share, section, hidden).map((c) => ({ c, value: valueOf(c), error: errorOf(share, c) }));
  const others = section.fields.filter((f) => ['rows', 'attachment'].includes(f.type) && !hidden.has(f.id)).map((f) => share.state?.errors.get(f.id)).filter((e) => e !== undefined);
  const counted = cells.filter((x) => x.c.field.required || x.value !== '');
  const wrong = [...cells.map((x) => x.error), ...others].filter((e) => e !== null && (nagged || e.error !== 'missing'));
  return { done: counted.filter((x) => x.value !== '' && x.error === null).length, of: counted.length, toMend: wrong.length };
}

export const rowCount = (share: FormShare, field: Field): number => rowsOf(share.paper!.f, field).length;

function boundText(bound: string, lang: string): string {
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(bound)) return showDay(bound, lang);
  const n = readDecimal(bound, 4);
  return n === null ? bound : showDecimal(writeDecimal(n), 0, lang);
}

/** The definition's own words where it has some and the value is there. */
export function errorText(t: Texts, lang: string, field: Field, { error, bound }: Judged): string {
  return (error === 'missing' ? '' : say(field.error, lang)) || t.form.errors[error](boundText(bound, lang));
}

export function labelOf(t: Texts, lang: string, field: Field): string {
  if (field.label.size > 0) return say(field.label, lang);
  return field.id.endsWith('-street') ? t.form.street : field.id.endsWith('-town') ? t.form.town : t.form.postcode;
}

/** A value for reading: the option's label, a date in words. */
export function shown(lang: string, field: Field, value: string): string {
  const verdict = judge({ ...field, min: '', max: '' }, value, todayOf(new Date()));
  return verdict.error === null ? show(field, verdict.canonical, lang).replaceAll('\n', ', ') : value;
}
