// luukku-emulator reader
import { CARDS } from '../card/cards.mjs';
import { Reader } from './reader.mjs';
import { variants } from './variants.mjs';

const OPTIONS = ['variant', 'card', 'card-pki', 'protocol', 'ifsc'];

export const usage = `luukku-emulator reader [--variant NAME] [--card NAME|none] [--card-pki DIR] [--protocol t0|t1] [--ifsc N]
Variants:
${Object.entries(variants).map(([name, v]) => `  ${name.padEnd(15)} ${v.what}`).join('\n')}
Cards: ${CARDS.join(', ')}; none leaves the reader empty. Keys and certificates are made as they are needed, in DIR
(luukku-emulator card-pki DIR makes them all) or in a directory that goes with the emulator.
Orders: card insert [NAME [SLOT]], card remove [SLOT], cards, tries [pin1|pin2|puk N], pin pin1|pin2|puk DIGITS, reset, pki, commands,
  scope all|xfr, inject HEX [HEX ...], file PATH [HEX],
  pad DIGITS ok [DIGITS ok ...], pad cancel, pad timeout, pad none
`;

export function create(options) {
  const unknown = Object.keys(options).find((o) => !OPTIONS.includes(o));
  if (unknown) {
    throw new Error(`a reader has no --${unknown}`);
  }
  const { variant = 'extended', card = 'p384', protocol, ifsc = '254' } = options;
  if (!Object.hasOwn(variants, variant)) {
    throw new Error(`no reader "${variant}"; there are ${Object.keys(variants).join(', ')}`);
  }
  if (card !== 'none' && !CARDS.includes(card)) {
    throw new Error(`no card "${card}"; there are ${CARDS.join(', ')}`);
  }
  if ((protocol !== undefined && !['t0', 't1'].includes(protocol)) || !/^\d+$/.test(ifsc) || ifsc < 1 || ifsc > 254) {
    throw new Error('--protocol is t0 or t1, --ifsc 1 to 254');
  }
  return new Reader(variants[variant], { card, protocol, ifsc: Number(ifsc), pki: options['card-pki'] });
}
