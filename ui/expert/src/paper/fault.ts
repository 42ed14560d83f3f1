// Why the page would not go on with what a kiosk sends on the `paper` channel.

export const FAULTS = ['malformed', 'order', 'too-large', 'hash', 'picture', 'changed'] as const;
export type Fault = (typeof FAULTS)[number];

/** Thrown by everything here that judges what a kiosk sent. */
export class PaperFault extends Error {
  constructor(readonly reason: Fault, readonly detail = '') {
    super(`paper: ${reason}${detail === '' ? '' : ` (${detail})`}`);
    this.name = 'PaperFault';
  }
}

export function faultUnless(ok: boolean, reason: Fault, detail = ''): asserts ok {
  if (!ok) throw new PaperFault(reason, detail);
}
