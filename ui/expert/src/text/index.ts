// The page's language: ?lang=, then the user's choice, then the browser's, then Finnish.

import { en } from './en';
import { fi, type Texts } from './fi';
import { sv } from './sv';

export type { Texts } from './fi';
export const LANGS = ['fi', 'sv', 'en'] as const;
export type Lang = (typeof LANGS)[number];

const tables: Record<Lang, Texts> = { fi, sv, en };
export const textsOf = (lang: Lang): Texts => tables[lang];

const known = (code: string | null | undefined): Lang | undefined => LANGS.find((l) => l === code?.slice(0, 2).toLowerCase());

export const pickLang = (query: string, stored: string | null, browser: readonly string[]): Lang =>
  known(new URLSearchParams(query).get('lang')) ?? known(stored) ?? browser.map(known).find((l) => l !== undefined) ?? 'fi';

/** 9.41 in Finnish and Swedish, 9:41 in English; with seconds where asked. */
export function clockText(date: Date, lang: string, seconds = false): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const mark = lang === 'en' ? ':' : '.';
  return [String(date.getHours()), two(date.getMinutes()), ...(seconds ? [two(date.getSeconds())] : [])].join(mark);
}
