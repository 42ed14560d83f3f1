// Days of the Gregorian calendar, 1900 to 2199 in what is typed. Spec: firmware/forms/FORMAT.md, "date". Pure.

export interface Day { year: number; month: number; day: number }

const two = (n: number): string => String(n).padStart(2, '0');
const stamp = (d: Day): number => Date.UTC(d.year, d.month - 1, d.day);
const isDay = (d: Day): boolean => {
  const date = new Date(stamp(d));
  return d.year >= 1900 && d.year <= 2199 && date.getUTCMonth() === d.month - 1 && date.getUTCDate() === d.day;
};

export const writeDay = (d: Day): string => `${String(d.year).padStart(4, '0')}-${two(d.month)}-${two(d.day)}`;

function readIso(text: string): Day | null {
  const hit = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  return hit === null ? null : { year: Number(hit[1]), month: Number(hit[2]), day: Number(hit[3]) };
}

/** `YYYY-MM-DD` or `D.M.YYYY`; null: no such day. */
export function readDay(text: string): Day | null {
  const hit = /^([0-9]{1,2})\. *([0-9]{1,2})\. *([0-9]{4})$/.exec(text);
  const day = hit === null ? readIso(text) : { year: Number(hit[3]), month: Number(hit[2]), day: Number(hit[1]) };
  return day !== null && isDay(day) ? day : null;
}

/** A bound of a definition: a day, `today`, `today+N`, `today-N`. */
export function dayBound(text: string, today: Day): Day | null {
  const hit = /^today(?:([+-])([0-9]{1,5}))?$/.exec(text);
  if (hit === null) return readIso(text);
  const date = new Date(stamp(today) + Number(`${hit[1] ?? ''}${hit[2] ?? 0}`) * 86_400_000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

export const todayOf = (date: Date): Day => ({ year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() });

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** 14.2.2027; 14 February 2027 in English; 14.02.2027 in Russian, Ukrainian, Estonian. */
export function showDay(canonical: string, lang: string): string {
  const d = readIso(canonical);
  if (d === null) return canonical;
  if (lang === 'en') return `${d.day} ${MONTHS[d.month - 1]} ${d.year}`;
  return ['ru', 'uk', 'et'].includes(lang) ? `${two(d.day)}.${two(d.month)}.${d.year}` : `${d.day}.${d.month}.${d.year}`;
}
