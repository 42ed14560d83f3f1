// A form's definition as the kiosk sent it. Its hash was compared, but a kiosk may lie in both: whatever is not as
// firmware/forms/FORMAT.md says is refused, and nothing here grows beyond its ceilings. Pure.

import { jsonOf, objectOf, type Json } from '../wire/judge';
import { faultUnless } from './fault';

export const DEF_MAX = 65_536;
export const ROWS_MAX = 20;
const TYPES = [
  'text', 'lines', 'number', 'date', 'choice', 'choices', 'yesno', 'email', 'phone', 'address', 'iban', 'person-id', 'rows', 'attachment',
  'signature', 'info',
] as const;
/** `postcode` is the type of that part of an address. */
export type FieldType = (typeof TYPES)[number] | 'postcode';
export type Who = 'both' | 'citizen' | 'expert';
export type Text = ReadonlyMap<string, string>;

export type When =
  | { kind: 'is'; field: string; value: string }
  | { kind: 'in'; field: string; values: string[] }
  | { kind: 'filled'; field: string }
  | { kind: 'all'; of: When[] }
  | { kind: 'any'; of: When[] }
  | { kind: 'not'; of: When };

export interface Option { id: string; label: Text }
export interface Field {
  id: string;
  type: FieldType;
  who: Who;
  required: boolean;
  label: Text;
  help: Text | null;
  hint: Text | null;
  error: Text | null;
  item: Text | null;
  /** UTF-16 units. */
  maxLength: number;
  pattern: string;
  /** As text; "" none. */
  min: string;
  max: string;
  decimals: number;
  options: Option[];
  /** Cells of rows, or of an address. */
  fields: Field[];
  when: When | null;
}
export interface Section { id: string; title: Text; when: When | null; fields: Field[] }
/** A kind of paper that may be asked for. */
export interface PaperKind { id: string; label: Text; bothSides: boolean }
export interface Definition { id: string; version: number; agency: string; langs: string[]; title: Text; sections: Section[]; papers: PaperKind[] }

const LANGS_MAX = 8;
const SECTIONS_MAX = 12;
const FIELDS_MAX = 60;
const OPTIONS_MAX = 24;
const PAPERS_MAX = 12;
const PAPER_MAX = 120; // UTF-16 units: 60 characters
const WHEN_DEPTH = 4;
const WHEN_WIDTH = 64;
const WORDS_MAX = 4000;
const ID = /^[a-z][a-z0-9-]{0,23}$/;

const object = (value: unknown): Json => objectOf(value, 'definition');
function demand(ok: boolean, what: string): asserts ok {
  faultUnless(ok, 'definition', what);
}

function list(value: unknown, min: number, max: number, what: string): unknown[] {
  demand(Array.isArray(value) && value.length >= min && value.length <= max, what);
  return value;
}

class Reader {
  private readonly ids = new Set<string>();
  private langs: string[] = [];
  private fields = 0;

  read(value: unknown): Definition {
    const o = object(value);
    const { version } = o as { version?: unknown };
    demand(Number.isInteger(version) && (version as number) >= 1, 'version');
    this.langs = list(o['languages'], 1, LANGS_MAX, 'languages').map((l) => {
      demand(typeof l === 'string' && /^[a-z]{2,3}$/.test(l), 'languages');
      return l;
    });
    const agency = o['agency'];
    demand(typeof agency === 'string' && /^[a-z0-9-]{3,32}$/.test(agency), 'agency');
    return {
      id: this.shape(o['id']), version: version as number, agency, langs: this.langs, title: this.text(o['title']),
      sections: list(o['sections'], 1, SECTIONS_MAX, 'sections').map((s) => this.section(object(s))), papers: this.papers(o['papers']),
    };
  }

  private papers(value: unknown): PaperKind[] {
    if (value === undefined) return [];
    const papers = list(value, 1, PAPERS_MAX, 'papers').map(object).map((o) => ({ id: this.shape(o['id']), label: this.text(o['label']), bothSides: this.flag(o['both_sides']) }));
    demand(new Set(papers.map((p) => p.id)).size === papers.length && papers.every((p) => p.id !== 'other'), 'papers');
    demand(papers.every((p) => [...p.label.values()].every((words) => words.length <= PAPER_MAX)), 'papers');
    return papers;
  }

  private section(o: Json): Section {
    const fields = list(o['fields'], 1, FIELDS_MAX, 'fields');
    return { id: this.id(o['id']), title: this.text(o['title']), when: this.when(o['when']), fields: fields.map((f) => this.field(object(f), false)) };
  }

  private field(o: Json, inRow: boolean): Field {
    this.fields += 1;
    demand(this.fields <= FIELDS_MAX, 'fields');
    const type = TYPES.find((t) => t === o['type']);
    demand(type !== undefined && !(inRow && ['rows', 'attachment', 'signature'].includes(type)), 'type');
    const who = (o['who'] ?? 'both') as Who;
    demand(['both', 'citizen', 'expert'].includes(who), 'who');
    const field: Field = {
      id: this.id(o['id']), type, who, required: this.flag(o['required']), label: this.text(o['label']), help: this.maybe(o['help']),
      hint: this.maybe(o['hint']), error: this.maybe(o['error']), item: this.maybe(o['item']), maxLength: this.maxLength(o, type),
      pattern: this.words(o['pattern'], 'pattern'), min: this.bound(o['min']), max: this.bound(o['max']), decimals: this.whole(o['decimals'], 0, 4),
      options: this.options(o, type), fields: [], when: this.when(o['when']),
    };
    if (type === 'address') field.fields = addressParts(field);
    if (type === 'rows') field.fields = list(o['fields'], 1, FIELDS_MAX, 'fields').map((f) => this.field(object(f), true));
    return field;
  }

  private maxLength(o: Json, type: FieldType): number {
    if (type !== 'text' && type !== 'lines') return 0;
    return o['max_length'] === undefined ? (type === 'text' ? 200 : 2000) : this.whole(o['max_length'], 1, 4000);
  }

  private options(o: Json, type: FieldType): Option[] {
    if (type !== 'choice' && type !== 'choices') return [];
    const options = list(o['options'], 2, OPTIONS_MAX, 'options').map((v) => ({ id: this.shape(object(v)['id']), label: this.text(object(v)['label']) }));
    demand(new Set(options.map((x) => x.id)).size === options.length, 'options');
    return options;
  }

  private when(value: unknown, depth = 1): When | null {
    if (value === undefined) return null;
    demand(depth <= WHEN_DEPTH, 'when');
    const o = object(value);
    const keys = Object.keys(o);
    const inside = (v: unknown): When => this.when(v ?? null, depth + 1)!;
    for (const kind of ['all', 'any'] as const) if (kind in o) return { kind, of: list(o[kind], 1, WHEN_WIDTH, 'when').map(inside) };
    if ('not' in o) return { kind: 'not', of: inside(o['not']) };
    const field = this.shape(o['field']);
    demand(keys.length === 2, 'when');
    if ('is' in o) return { kind: 'is', field, value: this.words(o['is'], 'when') };
    if ('in' in o) return { kind: 'in', field, values: list(o['in'], 1, WHEN_WIDTH, 'when').map((v) => this.words(v, 'when')) };
    demand(o['filled'] === true, 'when');
    return { kind: 'filled', field };
  }

  private shape(value: unknown): string {
    demand(typeof value === 'string' && ID.test(value), 'id');
    return value;
  }

  private id(value: unknown): string {
    const id = this.shape(value);
    demand(!this.ids.has(id) && id.split('-').every((part) => !/^[0-9]+$/.test(part)), 'id');
    this.ids.add(id);
    return id;
  }

  private text(value: unknown): Text {
    const o = object(value);
    return new Map(this.langs.map((l) => {
      const words = Object.hasOwn(o, l) ? o[l] : undefined;
      demand(typeof words === 'string' && words.length > 0 && words.length <= WORDS_MAX, 'text');
      return [l, words];
    }));
  }

  private maybe(value: unknown): Text | null {
    return value === undefined ? null : this.text(value);
  }

  private words(value: unknown, what: string): string {
    demand(value === undefined || (typeof value === 'string' && value.length <= 200), what);
    return value ?? '';
  }

  /** Numbers stand as numbers, days as text. */
  private bound(value: unknown): string {
    if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
    return this.words(value, 'bound');
  }

  private flag(value: unknown): boolean {
    demand(value === undefined || typeof value === 'boolean', 'flag');
    return value === true;
  }

  private whole(value: unknown, min: number, max: number): number {
    demand(value === undefined || (Number.isInteger(value) && (value as number) >= min && (value as number) <= max), 'number');
    return (value as number | undefined) ?? 0;
  }
}

/** The three cells of an address; their labels are the screen's own words. */
function addressParts(address: Field): Field[] {
  const part = (name: string, type: FieldType, maxLength: number): Field => ({
    ...address, id: `${address.id}-${name}`, type, maxLength, label: new Map(), help: null, hint: null, when: null, options: [], fields: [],
  });
  return [part('street', 'text', 200), part('postcode', 'postcode', 0), part('town', 'text', 200)];
}

/** Throws `definition`. */
export function readDefinition(bytes: Uint8Array): Definition {
  faultUnless(bytes.length <= DEF_MAX, 'definition', 'too long');
  return new Reader().read(jsonOf(bytes, 'definition'));
}

/** `text` in language `lang`, else English, else the first. */
export const say = (text: Text | null, lang: string): string => text?.get(lang) ?? text?.get('en') ?? text?.values().next().value ?? '';
