// Why a message was refused; the names are those of PROTOCOL.md and the same on both sides.

export const REASONS = [
  'oversized', 'malformed', 'version', 'type', 'names', 'call', 'nonce', 'signature', 'certificate', 'revoked', 'agency',
  'order', 'taken', 'fingerprint',
] as const;
export type Reason = (typeof REASONS)[number];

export const isReason = (text: unknown): text is Reason => (REASONS as readonly unknown[]).includes(text);

/** Thrown by everything that judges bytes from outside. `detail` tells the expert's nonce from the kiosk's. */
export class Refused extends Error {
  constructor(readonly reason: Reason, readonly detail: '' | 'expert-nonce' = '') {
    super(`refused: ${reason}`);
    this.name = 'Refused';
  }
}

export function refuseUnless(ok: boolean, reason: Reason): asserts ok {
  if (!ok) throw new Refused(reason);
}
