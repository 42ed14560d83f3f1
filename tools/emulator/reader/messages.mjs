// CCID messages (CCID 1.1, clause 6): numbers, and bytes to objects and back.

export const PC = { powerOn: 0x62, powerOff: 0x63, status: 0x65, xfr: 0x6f, getParameters: 0x6c, resetParameters: 0x6d,
  setParameters: 0x61, escape: 0x6b, clock: 0x6e, t0apdu: 0x6a, secure: 0x69, mechanical: 0x71, abort: 0x72, setRate: 0x73 };

export const RDR = { data: 0x80, status: 0x81, parameters: 0x82, escape: 0x83, rate: 0x84, notify: 0x50, hardware: 0x51 };

/** What answers what. */
export const ANSWER = { [PC.powerOn]: RDR.data, [PC.xfr]: RDR.data, [PC.secure]: RDR.data, [PC.getParameters]: RDR.parameters,
  [PC.resetParameters]: RDR.parameters, [PC.setParameters]: RDR.parameters, [PC.escape]: RDR.escape, [PC.setRate]: RDR.rate };

export const ERROR = { aborted: 0xff, mute: 0xfe, parity: 0xfd, overrun: 0xfc, hardware: 0xfb, badTs: 0xf8, badTck: 0xf7,
  protocol: 0xf6, class: 0xf5, procedure: 0xf4, deactivated: 0xf3, autoBusy: 0xf2, pinTimeout: 0xf0, pinCancelled: 0xef,
  slotBusy: 0xe0, unsupported: 0x00, length: 1, slot: 5, power: 7, level: 8 };

export const ICC = { active: 0, inactive: 1, absent: 2 };
export const COMMAND = { ok: 0, failed: 1, extension: 2 };

export const HEADER = 10;

export function parse(b) {
  return { type: b[0], length: b.readUInt32LE(1), slot: b[5], seq: b[6], specific: b.subarray(7, 10), data: b.subarray(HEADER) };
}

export function encode({ type, slot, seq, icc, command = COMMAND.ok, error = 0, last = 0, data = Buffer.alloc(0) }) {
  const head = Buffer.alloc(HEADER);
  head[0] = type;
  head.writeUInt32LE(data.length, 1);
  head[5] = slot;
  head[6] = seq;
  head[7] = icc | (command << 6);
  head[8] = error;
  head[9] = last;
  return Buffer.concat([head, data]);
}

/** A command that fails: bError; null where nothing is said about it. */
export class Failure extends Error {
  constructor(code) {
    super(`bError ${code}`);
    this.code = code;
  }
}
