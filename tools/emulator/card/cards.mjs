// Cards by name.
import { Card, SW } from './apdu.mjs';
import { tlv } from './asn1.mjs';
import { atrT0, atrT1 } from './atr.mjs';
import { FineidCard } from './fineid.mjs';
import { PROFILES } from './pki.mjs';

/** A card of somebody else: a master file with one application that nobody here knows. */
class ForeignCard extends Card {
  constructor() {
    const historical = [...Buffer.from('BUSCARD7')];
    super({ t0: atrT0(historical), t1: atrT1(historical, 32) });
    this.ifsc = 32;
    this.directory = tlv(0x61, tlv(0x4f, Buffer.from('F0000000010203', 'hex')), tlv(0x50, Buffer.from('Bus ticket')));
    this.reset();
  }

  reset() {
    super.reset();
    this.selected = false;
  }

  execute({ ins, p1, p2, data, ne }) {
    if (ins === 0xa4 && (p1 === 0 || p1 === 8) && (data.length === 0 || data.toString('hex') === '3f00')) {
      this.selected = false;
      return SW.ok;
    }
    if (ins === 0xa4 && p1 !== 4 && /^(3f00)?2f00$/.test(data.toString('hex'))) {
      this.selected = true;
      return SW.ok;
    }
    if (ins === 0xb0 && this.selected && ne) {
      const at = (p1 << 8) | p2;
      return at < this.directory.length ? { data: this.directory.subarray(at, at + ne) } : SW.p1p2Range;
    }
    return ins === 0xa4 ? SW.noFile : SW.instruction;
  }
}

/** Historical bytes of an older generation, which other programs know by its ATR; it speaks T=0 alone and has RSA keys. */
const SECOND = [0x80, 0x62, 0x12, 0x51, 0x56, ...Buffer.from('FinEID')];

function secondGeneration(pki, options) {
  const card = new FineidCard(pki.card('rsa2048'), options);
  card.atr.t0 = atrT0(SECOND, 0x94);
  card.speaksOnly = 't0';
  return card;
}

const OTHERS = {
  fineid2: secondGeneration,
  foreign: () => new ForeignCard(),
  mute: () => Object.assign(new ForeignCard(), { mute: true }),
  blocked: (pki, o) => new FineidCard(pki.card('p384'), { ...o, tries: { pin1: 0, pin2: 0 } }),
  'last-try': (pki, o) => new FineidCard(pki.card('p384'), { ...o, tries: { pin1: 1, pin2: 1 } }),
};

export const CARDS = [...Object.keys(PROFILES), ...Object.keys(OTHERS)];

/** A new card by name. options: {ifsc} */
export function makeCard(name, pki, options) {
  return OTHERS[name]?.(pki, options) ?? new FineidCard(pki.card(name), options);
}
