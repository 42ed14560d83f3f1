// Numbers as people write them, exactly: in ten-thousandths. Spec: firmware/forms/FORMAT.md, "Numbers". Pure.

const ONE = 10_000n;
/** 14 digits before the point. */
export const MOST = (10n ** 14n - 1n) * ONE;
const LIMIT = 10n ** 18n;
const TYPED = /^([-\u2212]?)([0-9](?:[ \u00a0\u2009\u202f]*[0-9])*)(?:[.,]([0-9]+))?$/;

/** Null: it is no number, or has more decimals than count. */
export function readDecimal(text: string, decimals: number): bigint | null {
  const hit = TYPED.exec(text);
  if (hit === null) return null;
  const part = hit[3] ?? '';
  if (/[^0]/.test(part.slice(decimals))) return null;
  const whole = BigInt(hit[2]!.replaceAll(/[^0-9]/g, ''));
  const n = whole * ONE + BigInt(part.slice(0, 4).padEnd(4, '0'));
  const size = n < LIMIT ? n : LIMIT;
  return hit[1] === '' ? size : -size;
}

export function writeDecimal(n: bigint): string {
  const size = n < 0n ? -n : n;
  const part = String(size % ONE).padStart(4, '0').replace(/0+$/, '');
  return `${n < 0n ? '-' : ''}${size / ONE}${part === '' ? '' : `.${part}`}`;
}

/** "1 234,50": thousands apart, as many decimals as the field has or none. */
export function showDecimal(canonical: string, decimals: number, lang: string): string {
  const [whole = '', part = ''] = canonical.replace('-', '').split('.');
  const apart = whole.replaceAll(/\B(?=([0-9]{3})+$)/g, '\u00a0');
  const mark = lang === 'en' || lang === 'ar' ? '.' : ',';
  return `${canonical.startsWith('-') ? '\u2212' : ''}${apart}${part === '' ? '' : mark + part.padEnd(decimals, '0')}`;
}
