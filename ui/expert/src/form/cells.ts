// The document as the definition reads it: which cells there are, what stands in them, and the way to write one. Whatever else a
// kiosk put into the document is passed over. The page makes no types; where one is missing, the cell is there and empty.

import * as Y from 'yjs';
import { ROWS_MAX, type Definition, type Field, type Section } from './def';
import type { Splice, Delta } from './splice';
import { spliceOf } from './splice';
import type { Source } from './binding';
import { holds } from './when';

/** Longest of an atomic value, UTF-16 units: room for spaces among the digits. */
const SCALAR_MAX = 64;
const EMAIL_MAX = 254;
export const longest = (field: Field): number => field.maxLength || (field.type === 'email' ? EMAIL_MAX : SCALAR_MAX);
const TEXTS = ['text', 'lines'];

/** One place for a value. */
export interface Cell {
  path: string;
  field: Field;
  /** `_id` of its row; 0 outside of rows. */
  row: number;
  /** Where it stands: the root map, or the row's. */
  home: Y.Map<unknown>;
  key: string;
}

export const isText = (field: Field): boolean => TEXTS.includes(field.type);

/** The Text of a cell, or null. One that holds anything but characters counts as none: its places could not be told. */
function textIn(cell: Cell): Y.Text | null {
  const found = cell.home.get(cell.key);
  if (!(found instanceof Y.Text) || found.toString().length !== found.length) return null;
  return found;
}

export function valueOf(cell: Cell): string {
  if (isText(cell.field)) return textIn(cell)?.toString() ?? '';
  const found = cell.home.get(cell.key);
  return typeof found === 'string' ? found : '';
}

/** Whether what stands there can be written to at all. */
export function isWhole(cell: Cell): boolean {
  if (isText(cell.field)) return textIn(cell) !== null;
  const found = cell.home.get(cell.key);
  return found === undefined || typeof found === 'string';
}

export interface Row { id: number; map: Y.Map<unknown> }

export function rowsOf(f: Y.Map<unknown>, field: Field): Row[] {
  const list = f.get(field.id);
  if (!(list instanceof Y.Array)) return [];
  const seen = new Set<number>();
  const rows: Row[] = [];
  for (const map of (list as Y.Array<unknown>).slice(0, ROWS_MAX)) {
    const id = map instanceof Y.Map ? (map as Y.Map<unknown>).get('_id') : undefined;
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1 || seen.has(id)) continue;
    seen.add(id);
    rows.push({ id, map: map as Y.Map<unknown> });
  }
  return rows;
}

const cellAt = (field: Field, home: Y.Map<unknown>, prefix: string, row: number): Cell[] =>
  (field.type === 'address' ? field.fields : [field]).map((x) => ({ path: prefix + x.id, field: x, row, home, key: x.id }));

const VALUELESS = ['info', 'rows', 'attachment', 'signature'];

/** The cells of one field of a section: one, the three of an address, or those of all rows. */
export function cellsOf(f: Y.Map<unknown>, field: Field): Cell[] {
  if (field.type === 'rows') return rowsOf(f, field).flatMap((row) => field.fields.flatMap((x) => cellsInRow(field, x, row)));
  return VALUELESS.includes(field.type) ? [] : cellAt(field, f, '', 0);
}

export const cellsInRow = (rows: Field, field: Field, row: Row): Cell[] =>
  (VALUELESS.includes(field.type) ? [] : cellAt(field, row.map, `${rows.id}-${row.id}-`, row.id));

export function findCell(def: Definition, f: Y.Map<unknown>, path: string): Cell | null {
  for (const section of def.sections) {
    for (const field of section.fields) {
      if (!path.startsWith(field.id)) continue;
      const cell = cellsOf(f, field).find((c) => c.path === path);
      if (cell !== undefined) return cell;
    }
  }
  return null;
}

/** Sections and paths that conditions hide, as the page works it out itself. */
export function hiddenIn(def: Definition, f: Y.Map<unknown>): Set<string> {
  const hidden = new Set<string>();
  const known = new Map<string, { value: string; several: boolean }>();
  const look = (own: ReadonlyMap<string, { value: string; several: boolean }> | null) => (id: string) =>
    own?.get(id) ?? known.get(id) ?? { value: '', several: false };
  const note = (to: Map<string, { value: string; several: boolean }>, field: Field, cells: Cell[]): void => {
    // An address is filled when one of its cells is.
    const value = cells.map(valueOf).find((v) => v !== '') ?? '';
    to.set(field.id, { value, several: field.type === 'choices' });
  };
  const field = (x: Field, gone: boolean): void => {
    const out = gone || !holds(x.when, look(null));
    if (out && !gone) hidden.add(x.id);
    if (out) return;
    if (x.type !== 'rows') return note(known, x, cellsOf(f, x));
    for (const row of rowsOf(f, x)) {
      const own = new Map<string, { value: string; several: boolean }>();
      for (const y of x.fields) {
        if (!holds(y.when, look(own))) hidden.add(`${x.id}-${row.id}-${y.id}`);
        else note(own, y, cellsInRow(x, y, row));
      }
    }
  };
  for (const section of def.sections) {
    const gone = !holds(section.when, look(null));
    if (gone) hidden.add(section.id);
    for (const x of section.fields) field(x, gone);
  }
  return hidden;
}

/** A cell is hidden with its field, its row's field, or its section. */
export const isHidden = (hidden: ReadonlySet<string>, section: Section, ...ids: string[]): boolean => hidden.has(section.id) || ids.some((id) => hidden.has(id));

/** The cell as a text field writes and hears it. `may` is asked before every writing; `wrote` hears of each. */
export class CellSource implements Source {
  readonly max: number;

  constructor(readonly cell: Cell, private readonly doc: Y.Doc, private readonly may: () => boolean, private readonly wrote: () => void) {
    this.max = longest(cell.field);
  }

  get(): string {
    return valueOf(this.cell);
  }

  write(splices: readonly Splice[]): boolean {
    if (!this.may() || !isWhole(this.cell)) return false;
    this.doc.transact(() => (isText(this.cell.field) ? this.intoText(splices) : this.asWhole(splices)), this);
    this.wrote();
    return true;
  }

  observe(changed: (delta: Delta) => void): () => void {
    const { home, key } = this.cell;
    const text = textIn(this.cell);
    if (text !== null) {
      const heard = (e: Y.YTextEvent): void => { if (e.transaction.origin !== this) changed(e.delta as Delta); };
      text.observe(heard);
      return () => text.unobserve(heard);
    }
    let before = this.get();
    const heard = (e: Y.YMapEvent<unknown>): void => {
      if (!e.keysChanged.has(key)) return;
      const after = this.get();
      const s = spliceOf(before, after);
      before = after;
      if (e.transaction.origin !== this && s !== null) changed([{ retain: s.at }, { delete: s.remove }, { insert: s.insert }].filter((d) => Object.values(d)[0] as unknown));
    };
    home.observe(heard);
    return () => home.unobserve(heard);
  }

  private intoText(splices: readonly Splice[]): void {
    const text = textIn(this.cell)!;
    for (const s of splices) {
      if (s.remove > 0) text.delete(s.at, s.remove);
      if (s.insert !== '') text.insert(s.at, s.insert);
    }
  }

  private asWhole(splices: readonly Splice[]): void {
    let value = this.get();
    for (const s of splices) value = value.slice(0, s.at) + s.insert + value.slice(s.at + s.remove);
    this.cell.home.set(this.cell.key, value);
  }
}
