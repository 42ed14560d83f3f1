// The PIN pad: PC_to_RDR_Secure (CCID 1.1, 6.1.11) and whoever types on it.
import { ERROR, Failure } from './messages.mjs';

const ASCII = 2;
const BCD = 1;

/** What the host asked for, or a Failure. */
function parse(data) {
  if (data.length < 2 || data[0] > 1) {
    throw new Failure(data.length < 2 ? ERROR.length : 10);
  }
  return data[0] === 0 ? parseVerify(data) : parseModify(data);
}

function limits(b) {
  return { max: b[0], min: b[1] }; // wPINMaxExtraDigit, XXYY
}

function parseVerify(d) {
  if (d.length < 15 + 4) {
    throw new Failure(ERROR.length);
  }
  return { modify: false, seconds: d[1], format: d[2], block: d[3], lengthFormat: d[4], ...limits(d.subarray(5, 7)),
    prologue: d.subarray(12, 15), apdu: Buffer.from(d.subarray(15)) };
}

function parseModify(d) {
  const messages = d[11];
  const indexes = messages === 0 || messages === 0xff ? 1 : Math.min(messages, 3);
  const at = 14 + indexes;
  if (d.length < at + 3 + 4) {
    throw new Failure(ERROR.length);
  }
  return { modify: true, seconds: d[1], format: d[2], block: d[3], lengthFormat: d[4], offsetOld: d[5], offsetNew: d[6],
    ...limits(d.subarray(7, 9)), confirm: (d[9] & 1) !== 0, old: (d[9] & 2) !== 0, prologue: d.subarray(at, at + 3),
    apdu: Buffer.from(d.subarray(at + 3)) };
}

/** Digits in the form the host wants. */
function digits(text, format) {
  switch (format & 3) {
    case ASCII:
      return Buffer.from(text, 'latin1');
    case BCD:
      return Buffer.from(text.length % 2 ? `${text}f` : text, 'hex');
    default:
      return Buffer.from([...text].map(Number));
  }
}

/** Puts the digits into the command's data field at byte `at`. */
function place(request, text, at) {
  const size = request.block & 0x0f;
  const pin = digits(text, request.format);
  const right = (request.format & 4) !== 0;
  const apdu = Buffer.from(request.apdu);
  if (size === 0) { // as long as it is
    const data = Buffer.concat([apdu.subarray(5, 5 + at), pin]);
    return Buffer.concat([apdu.subarray(0, 4), Buffer.from([data.length]), data]);
  }
  const start = 5 + at + (right ? size - pin.length : 0);
  if (pin.length > size || start + pin.length > apdu.length) {
    throw new Failure(ERROR.length);
  }
  pin.copy(apdu, start);
  const lengthBits = request.block >> 4;
  if (lengthBits === 8 && request.lengthFormat & 0x10) {
    apdu[5 + (request.lengthFormat & 0x0f)] = pin.length;
  }
  return apdu;
}

const position = (format) => (format & 0x80 ? (format >> 3) & 0x0f : ((format >> 3) & 0x0f) >> 3);

export class Pad {
  constructor() {
    this.typed = []; // what was typed before anybody asked, or the fingers of the test
    this.waiting = null;
  }

  /** The words of a `pad` command: digits and ok, in turn; cancel; timeout. */
  type(words) {
    if (!words.length || !words.every((w) => /^\d{1,16}$|^(ok|cancel|timeout|none)$/.test(w))) {
      throw new Error('pad DIGITS ok [DIGITS ok ...], pad cancel, pad timeout or pad none');
    }
    if (words[0] === 'none') {
      this.typed = [];
      return;
    }
    this.typed.push(...words);
    this.waiting?.();
  }

  /** One entry: its digits; throws as the reader says a cancelled or late one. wait(): until something was typed. */
  async entry(wait) {
    let text = '';
    for (;;) {
      if (!this.typed.length) {
        await wait();
        continue;
      }
      const word = this.typed.shift();
      if (word === 'ok') {
        return text;
      }
      if (word === 'cancel' || word === 'timeout') {
        throw new Failure(word === 'cancel' ? ERROR.pinCancelled : ERROR.pinTimeout);
      }
      text += word;
    }
  }

  /**
   * Asks whoever stands there. Gives {apdu, prologue} for the card, or {verdict: status bytes} where the reader knows better:
   * 6402 the new PINs differ, 6403 too short or too long (PC/SC part 10).
   */
  async ask(data, wait) {
    const request = parse(data);
    const entries = [];
    const count = request.modify ? (request.old ? 1 : 0) + (request.confirm ? 2 : 1) : 1;
    for (let i = 0; i < count; i += 1) {
      const text = await this.entry(() => wait(request.seconds, this));
      if (text.length < request.min || text.length > request.max) {
        return { verdict: Buffer.from([0x64, 0x03]) };
      }
      entries.push(text);
    }
    const { prologue } = request;
    if (!request.modify) {
      return { apdu: place(request, entries[0], position(request.format)), prologue };
    }
    const fresh = entries.slice(request.old ? 1 : 0);
    if (request.confirm && fresh[0] !== fresh[1]) {
      return { verdict: Buffer.from([0x64, 0x02]) };
    }
    let { apdu } = request;
    if (request.old) {
      apdu = place(request, entries[0], request.offsetOld);
    }
    return { apdu: place({ ...request, apdu }, fresh[0], request.offsetNew), prologue };
  }
}
