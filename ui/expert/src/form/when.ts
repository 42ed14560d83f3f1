// Whether a condition of a definition holds. Spec: firmware/forms/FORMAT.md, Conditions. Pure.

import type { When } from './def';

/** Asks for the value in the document of an earlier field; "" when it is empty or hidden. `several` for one of `choices`. */
export type Lookup = (id: string) => { value: string; several: boolean };

export function holds(when: When | null, lookup: Lookup): boolean {
  if (when === null) return true;
  if (when.kind === 'all' || when.kind === 'any') {
    const one = (w: When): boolean => holds(w, lookup);
    return when.kind === 'all' ? when.of.every(one) : when.of.some(one);
  }
  if (when.kind === 'not') return !holds(when.of, lookup);
  const { value, several } = lookup(when.field);
  if (when.kind === 'filled') return value !== '';
  const chosen = several ? value.split(' ') : [value];
  const wanted = when.kind === 'is' ? [when.value] : when.values;
  return wanted.some((w) => chosen.includes(w));
}
