// What is done to answers and pictures that were whole.
import { constants, deflateRawSync, deflateSync } from 'node:zlib';

const LIE = 4096;
const FLOOD = 1 << 20;
const BOMB_SIDE = 65500;
const NOISE = Buffer.from(Array.from({ length: 1024 }, (_, i) => (i * 167 + 13) & 255));

export const wound = (broken) => broken === 'unplug' || broken === 'jam';

function chunks(body, size, { extension = '', trailers = '' } = {}) {
  const parts = [];
  for (let at = 0; at < body.length; at += size) {
    const piece = body.subarray(at, at + size);
    parts.push(Buffer.from(`${piece.length.toString(16)}${extension}\r\n`), piece, Buffer.from('\r\n'));
  }
  parts.push(Buffer.from(`0\r\n${trailers}\r\n`));
  return parts;
}

function chunkedBody(answer, hit) {
  const { body, chunk } = answer;
  if (hit('chunk-garbage')) {
    const parts = chunks(body, chunk);
    parts[parts.length > 3 ? 3 : 0] = Buffer.from('zz top\r\n');
    return Buffer.concat(parts);
  }
  if (hit('chunk-huge')) {
    return Buffer.concat([Buffer.from('10000000000000010\r\n'), body]);
  }
  if (hit('chunk-trailers')) {
    return Buffer.concat(chunks(body, chunk, { extension: ';pass="1; 2"', trailers: 'X-Pages: 1\r\nX-Odd:\t \r\n' }));
  }
  const parts = chunks(body, chunk);
  return Buffer.concat(hit('chunk-cut') ? parts.slice(0, -1) : parts);
}

function lengths(answer, hit) {
  const n = answer.body.length;
  if (hit('content-length-long')) {
    return [n + LIE];
  }
  if (hit('content-length-short')) {
    return [Math.max(0, n - LIE)];
  }
  if (hit('content-length-twice')) {
    return [n, n + 1];
  }
  return hit('content-length-absurd') ? ['99999999999999999999'] : null;
}

/** Framing: {lines, body, closes}. */
function framed(answer, hit) {
  if (hit('empty-body')) {
    return { lines: ['Content-Length: 0'], body: Buffer.alloc(0) };
  }
  if (hit('http-1.0-close')) {
    return { version: 'HTTP/1.0', lines: ['Connection: close'], body: answer.body, closes: true };
  }
  if (hit('missing-content-length')) {
    return { lines: [], body: answer.body, closes: true };
  }
  const lies = lengths(answer, hit);
  if (lies) {
    return { lines: lies.map((n) => `Content-Length: ${n}`), body: answer.body };
  }
  if (hit('length-and-chunks')) {
    return { lines: ['Content-Length: 17', 'Transfer-Encoding: chunked'], body: Buffer.concat(chunks(answer.body, answer.chunk)) };
  }
  return answer.chunked
    ? { lines: ['Transfer-Encoding: chunked'], body: chunkedBody(answer, hit) }
    : { lines: [`Content-Length: ${answer.body.length}`], body: answer.body };
}

function headText(answer, form, hit) {
  const status = hit('no-reason') ? `${answer.status}` : `${answer.status} ${answer.reason}`;
  let lines = [...Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`), ...form.lines];
  if (hit('header-lower-case')) {
    lines = lines.map((l) => l.replace(/^([^:]+): ?(.*)$/, (_, name, value) => `${name.toLowerCase()}:   ${value}  `));
  }
  if (hit('header-flood')) {
    lines.unshift(...Array.from({ length: FLOOD / 64 }, (_, i) => `X-Flood-${String(i).padStart(6, '0')}: ${'x'.repeat(46)}`));
  }
  const end = hit('bare-lf') ? '\n' : '\r\n';
  return [`${form.version ?? answer.version} ${status}`, ...lines, '', ''].join(end);
}

function before(hit) {
  return (hit('leading-crlf') ? '\r\n\r\n' : '') + (hit('100-continue') ? 'HTTP/1.1 100 Continue\r\n\r\n' : '');
}

/** An answer in bytes, damaged where faults say so: {head, body, closes}. */
export function damage(answer, hit, packet) {
  if (hit('not-http')) {
    return { head: Buffer.from('ERROR 17 -- PAPER TRAY\n'), body: NOISE };
  }
  if (hit('header-cut')) {
    const cut = headText({ ...answer, status: 503, reason: 'Service not ready' }, { lines: [] }, () => false);
    return { head: Buffer.from(cut.slice(0, -1), 'latin1'), body: Buffer.alloc(0) };
  }
  const form = framed(answer, hit);
  let head = before(hit) + headText(answer, form, hit);
  if (hit('no-zlp')) {
    const over = (head.length + 'X-Fill: \r\n'.length + form.body.length) % packet;
    head = head.replace('\r\n', `\r\nX-Fill: ${'f'.repeat((packet - over) % packet)}\r\n`);
    return { head: Buffer.concat([Buffer.from(head, 'latin1'), form.body]), body: Buffer.alloc(0), closes: form.closes, full: true };
  }
  const body = hit('unread-bytes-poison') ? Buffer.concat([form.body, Buffer.from('\r\n\0\0'), NOISE.subarray(0, 60)]) : form.body;
  return { head: Buffer.from(head, 'latin1'), body, closes: form.closes };
}

// Pictures.

/** Where the frame header (SOF0 or SOF2) of a JPEG lies, -1 where there is none (ITU T.81, B.2.2). */
function frameAt(jpeg) {
  for (let at = 2; at + 9 < jpeg.length && jpeg[at] === 0xff; at += 2 + jpeg.readUInt16BE(at + 2)) {
    if (jpeg[at + 1] === 0xc0 || jpeg[at + 1] === 0xc2) {
      return at;
    }
  }
  return -1;
}

/** With another height and width written into its header. */
export function resized(jpeg, height, width) {
  const copy = Buffer.from(jpeg);
  const at = frameAt(copy);
  if (at >= 0) {
    copy.writeUInt16BE(height, at + 5);
    copy.writeUInt16BE(width ?? copy.readUInt16BE(at + 7), at + 7);
  }
  return copy;
}

/** The height is 0 in the header and follows the first scan (ITU T.81, B.2.5). */
function withDnl(jpeg) {
  const at = frameAt(jpeg);
  const height = jpeg.readUInt16BE(at + 5);
  const dnl = Buffer.from([0xff, 0xdc, 0, 4, height >> 8, height & 255]);
  return Buffer.concat([resized(jpeg, 0).subarray(0, -2), dnl, jpeg.subarray(-2)]);
}

/** Scan upon scan of nothing over a picture as large as can be said. */
function scanBomb(jpeg) {
  const big = resized(jpeg, BOMB_SIDE, BOMB_SIDE);
  const at = frameAt(big);
  const components = big[at + 9];
  const scan = Buffer.from([0xff, 0xda, 0, 8, 1, big[at + 10], 0, 0, 0, 0, 0]);
  return components ? Buffer.concat([big.subarray(0, -2), ...Array(1000).fill(scan), big.subarray(-2)]) : big;
}

function flipped(jpeg) {
  const copy = Buffer.from(jpeg);
  for (let at = copy.length >> 1; at < copy.length - 2; at += 997) {
    copy[at] ^= 0x55;
  }
  return copy;
}

function pdf(objects) {
  const parts = [Buffer.from('%PDF-1.4\n')];
  const places = [];
  let at = parts[0].length;
  objects.forEach((o, i) => {
    const whole = Buffer.concat([Buffer.from(`${i + 1} 0 obj\n`), Buffer.from(o), Buffer.from('\nendobj\n')]);
    places.push(at);
    at += whole.length;
    parts.push(whole);
  });
  const lines = places.map((p) => `${String(p).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(Buffer.from(`xref\n0 ${places.length + 1}\n0000000000 65535 f \n${lines}trailer\n<</Size ${places.length + 1}/Root 1 0 R>>\n`
    + `startxref\n${at}\n%%EOF\n`));
  return Buffer.concat(parts);
}

function onePage(media, content, filter = '') {
  return pdf(['<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Count 1/Kids[3 0 R]>>',
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${media}]/Contents 4 0 R>>`,
    Buffer.concat([Buffer.from(`<</Length ${content.length}${filter}>>\nstream\n`), content, Buffer.from('\nendstream')])]);
}

const STEP = 16 << 20;
const STEPS = 64;
let bomb = null;

/** Adler-32 of n spaces (RFC 1950, 9). */
function adlerOfSpaces(count) {
  const n = BigInt(count);
  const a = (1n + 32n * n) % 65521n;
  const b = (n + (32n * n * (n + 1n)) / 2n) % 65521n;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(Number((b << 16n) | a));
  return bytes;
}

/** 1 GB of spaces, deflated twice: a few kilobytes. Blocks that end with a full flush may be repeated. */
function pdfBomb() {
  if (!bomb) {
    const block = deflateRawSync(Buffer.alloc(STEP, ' '), { finishFlush: constants.Z_FULL_FLUSH });
    const inner = Buffer.concat([Buffer.from([0x78, 0x9c]), ...Array(STEPS).fill(block), deflateRawSync(Buffer.alloc(0)),
      adlerOfSpaces(STEP * STEPS)]);
    bomb = onePage('595 842', deflateSync(inner), '/Filter[/FlateDecode/FlateDecode]');
  }
  return bomb;
}

const HARM = {
  'truncated-jpeg': (b) => b.subarray(0, b.length * 0.6),
  'truncated-head': (b) => b.subarray(0, 100),
  'jpeg-bomb': (b) => resized(b, BOMB_SIDE, BOMB_SIDE),
  'jpeg-bomb-progressive': scanBomb,
  'height-zero-jpeg': withDnl,
  'zero-size-jpeg': (b) => resized(b, 0, 0),
  'jpeg-garbage-after': (b) => Buffer.concat([b, NOISE]),
  'two-jpegs': (b) => Buffer.concat([b, b]),
  'not-a-jpeg': () => Buffer.concat(Array(40).fill(NOISE)),
  'bad-bits': flipped,
  'pdf-garbage': (b) => Buffer.concat([Buffer.from('%PDF-1.4\n'), b.subarray(0, b.length >> 1)]),
  'pdf-bomb': pdfBomb,
  'pdf-huge-page': () => onePage('1036800 1036800', Buffer.from('0 0 1036800 1036800 re f')),
  'html-page': () => Buffer.from('<html><body><h1>The scanner is resting.</h1></body></html>'),
};

/** A picture, harmed where a fault is armed: {bytes, type (where it has another one)}. */
export function harm(bytes, faults) {
  for (const [name, how] of Object.entries(HARM)) {
    if (faults.take(name)) {
      const type = name.startsWith('pdf-') ? 'application/pdf' : name === 'html-page' ? 'text/html' : null;
      return { bytes: how(bytes), type };
    }
  }
  return { bytes, type: null };
}
