// HTTP/1.1 (RFC 9112) on a stream of bytes, as a device's side has it: USB pipes or TCP. One request at a time, in order.
import { SCOPES } from './faults.mjs';
import { damage, wound } from './wounds.mjs';

const HEAD_MAX = 65536;
const BODY_MAX = 16 << 20;
const CHUNK = 32768;
const SLICES = 32; // of a paced answer
const DRIP_BYTES = 64;
const DRIP_MS = 50;
const END = Buffer.from('\r\n\r\n');

const REASONS = { 200: 'OK', 201: 'Created', 301: 'Moved Permanently', 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden',
  404: 'Not Found', 405: 'Method Not Allowed', 409: 'Conflict', 410: 'Gone', 413: 'Content Too Large',
  431: 'Request Header Fields Too Large', 500: 'Internal Server Error', 503: 'Service Unavailable' };

/** An answer that cannot be parsed further: the connection is of no more use. */
class Hopeless extends Error {
  constructor(status) {
    super(REASONS[status]);
    this.status = status;
  }
}

function parseHead(text) {
  const [first, ...lines] = text.split('\r\n');
  const [method, path, version] = first.split(' ');
  if (!/^HTTP\/1\.[01]$/.test(version ?? '')) {
    throw new Hopeless(400);
  }
  const headers = {};
  for (const line of lines) {
    const at = line.indexOf(':');
    if (at <= 0) {
      throw new Hopeless(400);
    }
    headers[line.slice(0, at).toLowerCase()] = line.slice(at + 1).trim();
  }
  return { method, path, version, headers };
}

/** The body of a request at the beginning of `bytes`: {body, used}, or null as long as it is not whole. */
function takeBody(request, bytes) {
  if (/chunked/i.test(request.headers['transfer-encoding'] ?? '')) {
    return takeChunks(bytes);
  }
  const length = Number(request.headers['content-length'] ?? 0);
  if (!Number.isSafeInteger(length) || length < 0 || length > BODY_MAX) {
    throw new Hopeless(413);
  }
  return bytes.length < length ? null : { body: bytes.subarray(0, length), used: length };
}

function takeChunks(bytes) {
  const parts = [];
  for (let at = 0; ;) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) {
      return null;
    }
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    if (!(size >= 0 && size <= BODY_MAX)) {
      throw new Hopeless(400);
    }
    const next = line + 2 + size + 2;
    if (bytes.length < next) {
      return null;
    }
    if (size === 0) { // no trailers: clients send none
      return { body: Buffer.concat(parts), used: next };
    }
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = next;
  }
}

/**
 * One connection. `wire` carries bytes: write(bytes, last), writeEmpty(), stall(rest), close() (as the
 * client wished), finish() (as the end of an answer without length), drained(then), packet (bytes).
 * `handle(request)` promises {kind, status, headers, body, chunked, ms (the answer lasts so long), broken}.
 */
export class HttpPeer {
  constructor(wire, handle, faults, aim = () => null) {
    Object.assign(this, { wire, handle, faults, aim });
    this.bytes = Buffer.alloc(0);
    this.dead = false;
    this.busy = false;
    this.requests = [];
    this.timers = new Set();
  }

  /** Forgets all; nothing is written any more. */
  end() {
    this.dead = true;
    for (const [timer, done] of this.timers) {
      clearTimeout(timer);
      done();
    }
    this.timers.clear();
  }

  pause(ms) {
    return new Promise((done) => {
      const entry = [setTimeout(() => {
        this.timers.delete(entry);
        done();
      }, ms), done];
      this.timers.add(entry);
    });
  }

  received(more) {
    this.bytes = this.bytes.length ? Buffer.concat([this.bytes, more]) : more;
    try {
      while (!this.dead && this.takeRequest()) {
        // as long as there is a whole one
      }
    } catch (error) {
      this.requests.push({ hopeless: error.status ?? 400, headers: {} });
      this.bytes = Buffer.alloc(0);
    }
    this.serve();
  }

  takeRequest() {
    if (!this.request) {
      while (this.bytes.length >= 2 && this.bytes[0] === 13 && this.bytes[1] === 10) {
        this.bytes = this.bytes.subarray(2); // RFC 9112, 2.2
      }
      const end = this.bytes.indexOf(END);
      if (end < 0) {
        if (this.bytes.length > HEAD_MAX) {
          throw new Hopeless(431);
        }
        return false;
      }
      this.request = parseHead(this.bytes.toString('latin1', 0, end));
      this.bytes = this.bytes.subarray(end + END.length);
    }
    const taken = takeBody(this.request, this.bytes);
    if (!taken) {
      return false;
    }
    this.requests.push({ ...this.request, body: Buffer.from(taken.body) });
    this.bytes = this.bytes.subarray(taken.used);
    this.request = null;
    return true;
  }

  async serve() {
    if (this.busy) {
      return;
    }
    this.busy = true;
    while (this.requests.length && !this.dead) {
      const request = this.requests.shift();
      const answer = request.hopeless ? { kind: 'error', status: request.hopeless } : await this.handle(request);
      if (!this.dead && answer) {
        await this.answer(request, answer);
      }
    }
    this.busy = false;
  }

  /** Is the fault armed for this kind of answer? Uses up one. */
  hit(name, kind) {
    const scope = this.aim() ?? SCOPES[name];
    return (scope === 'any' || scope === kind) && this.faults.take(name);
  }

  async answer(request, said) {
    const hit = (name) => this.hit(name, said.kind);
    if (hit('silent')) {
      return;
    }
    if (hit('stall-in-head')) {
      this.wire.stall(Buffer.alloc(0));
      return;
    }
    const { head, body, closes } = damage(this.compose(request, said, hit), hit, this.wire.packet);
    const whole = await this.transmit(head, body, said, hit);
    if (this.dead || !whole) {
      return;
    }
    if (hit('stale-answer')) {
      this.wire.write(Buffer.concat([head, body]), true);
    }
    if (said.after) {
      said.after();
    }
    if (said.gone) {
      this.wire.drained(said.gone);
    }
    if (closes) {
      this.wire.finish();
    } else if (/^close$/i.test(request.headers.connection ?? '') || request.version === 'HTTP/1.0') {
      this.wire.close();
    }
  }

  /** Head lines and body as they ought to be: {lines, body, chunked, raw (the body as it is)}. */
  compose(request, said, hit) {
    let { status, body = Buffer.alloc(0) } = said;
    const headers = { Server: 'LuukkuEmulator/1', 'Cache-Control': 'no-cache', ...said.headers };
    if (hit('error-500')) {
      [status, body] = [500, Buffer.from('out of order')];
    }
    if (hit('wants-password')) {
      [status, body] = [401, Buffer.alloc(0)];
      headers['WWW-Authenticate'] = 'Basic realm="scanner"';
    }
    const chunked = Boolean(said.chunked) && status === said.status && request.version === 'HTTP/1.1';
    if (request.method === 'HEAD') {
      body = Buffer.alloc(0);
    }
    return { version: 'HTTP/1.1', status, reason: REASONS[status] ?? 'Unknown', headers, body, chunked, chunk: CHUNK };
  }

  /** Promises whether the connection is of further use. */
  async transmit(head, body, said, hit) {
    const { wire } = this;
    if (hit('stall-in')) {
      wire.write(Buffer.concat([head, body.subarray(0, body.length >> 1)]), false);
      wire.stall(body.subarray(body.length >> 1));
      return false;
    }
    if (wound(said.broken) || hit('cut-off')) {
      wire.write(Buffer.concat([head, body.subarray(0, body.length >> 1)]), false);
      this.breakOff(said);
      return false;
    }
    if (hit('slow-drip')) {
      await this.drip(Buffer.concat([head, body]));
    } else if (hit('split-packets')) {
      this.split(Buffer.concat([head, body]));
    } else if (hit('zero-packets')) {
      this.interleave(head, body);
    } else if (said.ms > 0) {
      await this.pace(head, body, said.ms);
    } else {
      wire.write(head, body.length === 0);
      if (body.length) {
        wire.write(body, true);
      }
    }
    return true;
  }

  breakOff(said) {
    if (said.broken === 'unplug') {
      this.wire.drained(said.unplug);
    } else {
      this.wire.close();
    }
  }

  /** The answer lasts `ms`, as a page does that is being read. */
  async pace(head, body, ms) {
    this.wire.write(head, false);
    const each = Math.ceil(body.length / SLICES / this.wire.packet) * this.wire.packet;
    for (let at = 0; at < body.length && !this.dead; at += each) {
      await this.pause(ms / SLICES);
      if (!this.dead) {
        this.wire.write(body.subarray(at, at + each), at + each >= body.length);
      }
    }
  }

  async drip(bytes) {
    for (let at = 0; at < bytes.length && !this.dead; at += DRIP_BYTES) {
      this.wire.write(bytes.subarray(at, at + DRIP_BYTES), at + DRIP_BYTES >= bytes.length);
      await this.pause(DRIP_MS);
    }
  }

  split(bytes) {
    let at = 0;
    for (; at < Math.min(400, bytes.length); at += 1) {
      this.wire.write(bytes.subarray(at, at + 1), false);
    }
    for (let size = 1; at < bytes.length && at < 40000; size = (size * 7 + 3) % (this.wire.packet - 1) + 1) {
      this.wire.write(bytes.subarray(at, at + size), false);
      at += size;
    }
    if (at < bytes.length) {
      this.wire.write(bytes.subarray(at), true);
    }
  }

  interleave(head, body) {
    const bytes = Buffer.concat([head, body]);
    const each = 20 * this.wire.packet;
    for (let at = 0; at < bytes.length; at += each) {
      this.wire.writeEmpty();
      this.wire.writeEmpty();
      this.wire.write(bytes.subarray(at, at + each), at + each >= bytes.length);
    }
    this.wire.writeEmpty();
  }
}
