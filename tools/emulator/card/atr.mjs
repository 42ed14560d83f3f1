// Answers to reset (ISO/IEC 7816-3, 8.2).

const TA1 = 0x96; // Fi 512, Di 32: what the card can do at best

/** T=0 alone: no TD, so no TCK. */
export function atrT0(historical, ta1 = TA1) {
  return Buffer.from([0x3b, 0x70 | historical.length, ta1, 0x00, 0x00, ...historical]);
}

/** T=1 alone, with IFSC, BWI and CWI. */
export function atrT1(historical, ifsc = 254, bwi = 4, cwi = 5) {
  const b = [0x3b, 0xf0 | historical.length, TA1, 0x00, 0x00, 0x81, 0x31, ifsc, (bwi << 4) | cwi, ...historical];
  return Buffer.from([...b, b.slice(1).reduce((x, v) => x ^ v, 0)]);
}
