/** Of a name, or of a user name that stands in for one. By code points: half a character is none. */
export const initials = (name: string): string => name.split(/[\s-]+/).map((part) => [...part][0] ?? '').slice(0, 2).join('').toUpperCase();
