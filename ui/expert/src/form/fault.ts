// Why the page would not go on with a kiosk's form. The names are those of PROTOCOL.md, "Form", as far as it has them.

export const FAULTS = ['malformed', 'client', 'too-large', 'version', 'hash', 'definition'] as const;
export type Fault = (typeof FAULTS)[number];

/** Thrown by everything here that judges what a kiosk sent. */
export class FormFault extends Error {
  constructor(readonly reason: Fault, readonly detail = '') {
    super(`form: ${reason}${detail === '' ? '' : ` (${detail})`}`);
    this.name = 'FormFault';
  }
}

export function faultUnless(ok: boolean, reason: Fault, detail = ''): asserts ok {
  if (!ok) throw new FormFault(reason, detail);
}
