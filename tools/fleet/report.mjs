// One report of a kiosk, hostile until its signature is checked, and bounded after that too: firmware/signal/PROTOCOL.md,
// "Envelope" and "Health", and firmware/health/README.md.
import { createHash, createPublicKey, verify } from 'node:crypto';

export const PAYLOAD_MAX = 24576;
const BODY_MAX = 8192;
const DEPTH_MAX = 8;
const MEMBERS = ['v', 'type', 'kiosk', 'expert', 'call', 'kn', 'en', 'body', 'sig'];
const STATES = ['ok', 'starting', 'simulated', 'absent', 'failed', 'unknown'];
const LINES = ['none', 'connecting', 'good', 'interrupted', 'reconnecting'];
const NUMBER_MAX = 2147483647;
const TIME_MAX = 253402300799;

/** A report that is refused; the message is one of PROTOCOL.md's reasons. */
export class Refused extends Error {}

const refuse = (reason) => {
  throw new Refused(reason);
};

/** Does the text nest deeper than it may? Brackets in strings do not count. */
function isDeep(text) {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      i += c === '\\' ? 1 : 0;
      quoted = c !== '"';
    } else if (c === '"') {
      quoted = true;
    } else if (c === '{' || c === '[') {
      depth++;
      if (depth > DEPTH_MAX) return true;
    } else if (c === '}' || c === ']') {
      depth--;
    }
  }
  return false;
}

function parseObject(text) {
  if (isDeep(text)) refuse('malformed');
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    refuse('malformed');
  }
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : refuse('malformed');
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parseEnvelope(payload) {
  let text;
  try {
    text = decoder.decode(payload);
  } catch {
    refuse('malformed');
  }
  const e = parseObject(text);
  const shaped = Object.keys(e).length === MEMBERS.length && MEMBERS.every((m) => Object.hasOwn(e, m) && typeof e[m] === 'string');
  return shaped ? e : refuse('malformed');
}

/** Canonical base64url of `length` bytes, or null. */
function bytes(text, length) {
  const raw = Buffer.from(text, 'base64url');
  return raw.length === length && raw.toString('base64url') === text ? raw : null;
}

// --- the body ---------------------------------------------------------------

const whole = (value, max = NUMBER_MAX) => (Number.isInteger(value) && value >= 0 && value <= max ? value : refuse('malformed'));
const oneOf = (list, value) => (list.includes(value) ? value : refuse('malformed'));
const matching = (pattern, value) => (typeof value === 'string' && pattern.test(value) ? value : refuse('malformed'));
const NAME = /^[a-z0-9-]{1,39}$/;
const PLAIN = /^[ !#-[\]-~]{0,95}$/; // printable ASCII without " and \

function list(value, most, read) {
  if (!Array.isArray(value) || value.length > most) refuse('malformed');
  return value.map((one) => (one !== null && typeof one === 'object' ? read(one) : refuse('malformed')));
}

const part = (p) => ({
  name: matching(NAME, p.name), state: oneOf(STATES, p.state), restarts: whole(p.restarts), why: matching(PLAIN, p.why),
});

/** The members that are known, and nothing else, of a body whose signature was right. */
function readBody(text) {
  if (Buffer.byteLength(text) > BODY_MAX) refuse('malformed');
  const b = parseObject(text);
  const broker = b.broker !== null && typeof b.broker === 'object' ? b.broker : refuse('malformed');
  return {
    n: whole(b.n),
    at: whole(b.at, TIME_MAX),
    version: matching(/^[ !#-[\]-~]{0,39}$/, b.version),
    up_s: whole(b.up_s),
    line: oneOf(LINES, b.line),
    broker: { up_s: whole(broker.up_s), lost: whole(broker.lost) },
    programs: list(b.programs, 12, part),
    devices: list(b.devices, 12, part),
    certs: list(b.certs, 20, (c) => ({ name: matching(NAME, c.name), ends: whole(c.ends, TIME_MAX) })),
    storage: list(b.storage, 4, (s) => ({ name: matching(NAME, s.name), total_mb: whole(s.total_mb), free_mb: whole(s.free_mb) })),
  };
}

/** A device's public key, as fleet.json has it. */
export const publicKey = (text) => createPublicKey({ key: Buffer.from(text, 'base64url'), format: 'der', type: 'spki' });

/** The kiosk that a topic is of, or null: no topic of a report. */
export const kioskOf = (topic) => /^health\/([a-z0-9-]{3,32})$/.exec(topic)?.[1] ?? null;

/**
 * Opens what came on `topic`. `key` gives a kiosk's public key (a KeyObject), or null. The result is the body's members
 * with `kiosk` and `call` (the run). Throws Refused with the protocol's reason.
 */
export function openReport(topic, payload, key) {
  if (payload.length > PAYLOAD_MAX) refuse('oversized');
  const e = parseEnvelope(payload);
  if (e.v !== 'luukku-1') refuse('version');
  if (e.type !== 'health') refuse('type');
  const kiosk = kioskOf(topic);
  if (!kiosk || e.kiosk !== kiosk || e.expert !== '') refuse('names');
  if (!/^[0-9a-f]{32}$/.test(e.call)) refuse('call');
  if (!bytes(e.kn, 16) || e.en !== '') refuse('nonce');
  const known = key(kiosk) ?? refuse('revoked');
  const signature = bytes(e.sig, 64) ?? refuse('signature');
  const digest = createHash('sha256').update(e.body).digest('hex');
  const lines = [e.v, e.type, e.kiosk, e.expert, e.call, e.kn, e.en, digest].join('\n');
  if (!verify('sha256', Buffer.from(lines), { key: known, dsaEncoding: 'ieee-p1363' }, signature)) refuse('signature');
  return { kiosk, call: e.call, ...readBody(e.body) };
}
