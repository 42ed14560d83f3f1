// What a typed value means, and whether it fits its field. Spec: firmware/forms/FORMAT.md; the kiosk's own judgement counts, this
// one bridges the time until it comes. Pure.

import { say, type Field } from './def';
import type { FieldError } from './messages';
import { MOST, readDecimal, showDecimal, writeDecimal } from './decimal';
import { dayBound, readDay, showDay, writeDay, type Day } from './day';
import { countryLength } from './iban';

/** `error` null: it fits, and `canonical` is what is sent. */
export interface Verdict { error: FieldError | null; bound: string; canonical: string }

const good = (canonical: string): Verdict => ({ error: null, bound: '', canonical });
const bad = (error: FieldError, bound = ''): Verdict => ({ error, bound, canonical: '' });

/** Controls, what hides or turns round what is read, what has no meaning outside one program. */
const BAD = /[\0-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u206f\ud800-\uf8ff\ufdd0-\ufdef\ufeff\ufff0-\uffff\u{e0000}-\u{e0fff}\u{f0000}-\u{10ffff}]/u;
const PLANE_END = /[\u{1fffe}\u{1ffff}\u{2fffe}\u{2ffff}\u{3fffe}\u{3ffff}\u{4fffe}\u{4ffff}\u{5fffe}\u{5ffff}\u{6fffe}\u{6ffff}\u{7fffe}\u{7ffff}\u{8fffe}\u{8ffff}\u{9fffe}\u{9ffff}\u{afffe}\u{affff}\u{bfffe}\u{bffff}\u{cfffe}\u{cffff}\u{dfffe}\u{dffff}\u{efffe}\u{effff}]/u;
const isBad = (text: string): boolean => BAD.test(text) || PLANE_END.test(text);

function judgeText(f: Field, value: string): Verdict {
  const plain = f.type === 'lines' ? value.replaceAll(/\r\n?/g, '\n') : value;
  if (isBad(f.type === 'lines' ? plain.replaceAll(/[\t\n]/g, '') : plain)) return bad('bad-text');
  const text = plain.normalize('NFC');
  if (text.length > f.maxLength) return bad('too-long', String(f.maxLength));
  return f.pattern === '' || fitsPattern(f.pattern, text) ? good(text) : bad('not-pattern');
}

const CLASSES: Record<string, RegExp> = { A: /^\p{L}$/u, 9: /^[0-9]$/, X: /^[\p{L}0-9]$/u };

/** All ways through the pattern at once, so that none takes long. */
export function fitsPattern(pattern: string, text: string): boolean {
  const places: { c: string; many: boolean }[] = [];
  const signs = [...pattern];
  for (let i = 0; i < signs.length; i += 1) {
    const c = signs[i]!;
    const many = c in CLASSES && signs[i + 1] === '*';
    places.push({ c, many });
    if (many) i += 1;
  }
  let at = new Set([0]);
  for (const c of text) {
    const next = new Set<number>();
    for (const i of at) {
      const place = places[i];
      if (place === undefined || !(CLASSES[place.c]?.test(c) ?? place.c === c)) continue;
      next.add(i + 1);
      if (place.many) next.add(i);
    }
    at = next;
  }
  return at.has(places.length);
}

function judgeNumber(f: Field, value: string): Verdict {
  const n = readDecimal(value, f.decimals);
  if (n === null) return bad('not-number');
  const bound = (text: string, usual: bigint): bigint => (text === '' ? null : readDecimal(text, 4)) ?? usual;
  const [min, max] = [bound(f.min, -MOST), bound(f.max, MOST)];
  if (n < min) return bad('too-small', writeDecimal(min));
  if (n > max) return bad('too-large', writeDecimal(max));
  return good(writeDecimal(n));
}

function judgeDate(f: Field, value: string, today: Day): Verdict {
  const day = readDay(value);
  if (day === null) return bad('not-date');
  const text = writeDay(day);
  const [min, max] = [f.min, f.max].map((b) => (b === '' ? null : dayBound(b, today)));
  if (min && text < writeDay(min)) return bad('too-early', writeDay(min));
  if (max && text > writeDay(max)) return bad('too-late', writeDay(max));
  return good(text);
}

function judgeChoices(f: Field, value: string): Verdict {
  const chosen = value.split(' ');
  const known = f.options.map((o) => o.id);
  return chosen.every((c) => known.includes(c)) ? good(known.filter((k) => chosen.includes(k)).join(' ')) : bad('not-option');
}

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const EMAIL = new RegExp(`^${ATOM}(?:\\.${ATOM})*@${LABEL}(?:\\.${LABEL})*\\.(?![0-9]+$)${LABEL}$`);
const judgeEmail = (value: string): Verdict =>
  (EMAIL.test(value) && value.length <= 254 && value.indexOf('@') <= 64 ? good(value) : bad('not-email'));

function judgePhone(value: string): Verdict {
  const digits = value.replaceAll(/[ \u00a0\u2009\u202f\u2010\u2011\u2013-]/g, '');
  return /^(?:\+[1-9][0-9]{4,14}|[0-9]{5,15})$/.test(digits) ? good(digits) : bad('not-phone');
}

const spaceless = (value: string): string => value.replaceAll(/[ \u00a0\u2009\u202f]/g, '').replaceAll(/[a-z]/g, (c) => c.toUpperCase());

function judgeIban(value: string): Verdict {
  const iban = spaceless(value);
  if (!/^[A-Z]{2}[0-9]{2}[0-9A-Z]+$/.test(iban) || countryLength(iban.slice(0, 2)) !== iban.length) return bad('not-iban');
  let rest = 0;
  for (const c of iban.slice(4) + iban.slice(0, 4)) {
    const n = parseInt(c, 36);
    rest = (rest * (n > 9 ? 100 : 10) + n) % 97;
  }
  // Check digits are 02 to 98: others that leave 1 too are none.
  return rest === 1 && /^..(?!00|01|99)/.test(iban) ? good(iban) : bad('iban-check');
}

const CENTURY: Record<string, number> = {
  '+': 1800, '-': 1900, Y: 1900, X: 1900, W: 1900, V: 1900, U: 1900, A: 2000, B: 2000, C: 2000, D: 2000, E: 2000, F: 2000,
};
const CHECKS = '0123456789ABCDEFHJKLMNPRSTUVWXY';

function judgePersonId(value: string): Verdict {
  const id = spaceless(value);
  const hit = /^([0-9]{2})([0-9]{2})([0-9]{2})([-+YXWVUABCDEF])([0-9]{3})([0-9A-FHJ-NPR-Y])$/.exec(id);
  if (hit === null) return bad('not-person-id');
  const [, d, m, y, sign, n, check] = hit as unknown as [string, string, string, string, string, string, string];
  const date = new Date(Date.UTC(CENTURY[sign]! + Number(y), Number(m) - 1, Number(d)));
  if (date.getUTCMonth() !== Number(m) - 1 || date.getUTCDate() !== Number(d) || Number(n) < 2) return bad('not-person-id');
  return CHECKS[Number(d + m + y + n) % 31] === check ? good(id) : bad('person-id-check');
}

/** Judges one cell's value as it stands in the document. Not for rows, attachments, signature, info, an address as a whole. */
export function judge(f: Field, value: string, today: Day): Verdict {
  const trimmed = value.trim();
  if (trimmed === '') return f.required ? bad('missing') : good('');
  switch (f.type) {
    case 'text': case 'lines': return judgeText(f, trimmed);
    case 'number': return judgeNumber(f, trimmed);
    case 'date': return judgeDate(f, trimmed, today);
    case 'choice': return f.options.some((o) => o.id === trimmed) ? good(trimmed) : bad('not-option');
    case 'choices': return judgeChoices(f, trimmed);
    case 'yesno': return trimmed === 'yes' || trimmed === 'no' ? good(trimmed) : bad('not-option');
    case 'email': return judgeEmail(trimmed);
    case 'phone': return judgePhone(trimmed);
    case 'postcode': return /^[0-9]{5}$/.test(trimmed) ? good(trimmed) : bad('not-postcode');
    case 'iban': return judgeIban(trimmed);
    case 'person-id': return judgePersonId(trimmed);
    default: return good('');
  }
}

const YESNO: Record<string, Record<string, string>> = { yes: { fi: 'Kyllä', sv: 'Ja', en: 'Yes' }, no: { fi: 'Ei', sv: 'Nej', en: 'No' } };

/** A canonical value as people of that language read it; others as they are. */
export function show(f: Field, canonical: string, lang: string): string {
  if (canonical === '') return '';
  if (f.type === 'number') return showDecimal(canonical, f.decimals, lang);
  if (f.type === 'date') return showDay(canonical, lang);
  if (f.type === 'yesno') return YESNO[canonical]?.[lang] ?? YESNO[canonical]?.['en'] ?? canonical;
  if (f.options.length > 0) return canonical.split(' ').map((id) => say(f.options.find((o) => o.id === id)?.label ?? null, lang) || id).join('\n');
  if (f.type === 'iban') return canonical.replaceAll(/(.{4})(?=.)/g, '$1 ');
  return canonical;
}
