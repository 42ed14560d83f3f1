// A kiosk's side of the `paper` channel (firmware/signal/PROTOCOL.md, "Papers"), as far as the page can see one. It refuses what a
// kiosk would refuse (`refusals`), and says of documents and of what was asked for what a test tells it to say.
import { createHash } from 'node:crypto';

export const KIND = { join: 1, list: 2, piece: 3, got: 4, look: 5, point: 6, marks: 7, do: 8, told: 9, over: 10 };
const PIECE_MAX = 16_374;
const WINDOW = 524_288;
const RATE = 60;
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** A JPEG as far as its header goes: that size, and so much of data. */
export function jpegOf(width, height, len = 300, fill = 0) {
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]);
  return Buffer.concat([head, Buffer.alloc(Math.max(0, len - head.length - 2), fill), Buffer.from([0xff, 0xd9])]);
}

export class PaperKiosk {
  pages = [];
  joins = [];
  commands = [];
  refusals = [];
  points = [];
  looks = [];
  got = new Map(); // id -> bytes, or the hash
  documents = new Map(); // n -> { bytes, parts }
  look = { page: 0, turn: 0, zoom: 100, x: 5000, y: 5000, by: 'citizen' };
  told = { ask: 'none', doc: { n: 0, state: 'none', why: '', pages: 0 }, scanner: 'ready', camera: true, own: 0 };
  /** Details wait for `flow` when false. */
  flows = true;
  joined = false;
  tokens = 2 * RATE;
  at = 0;
  n = 0;
  marks = 0;

  /** `send` takes messages; `now` milliseconds. */
  constructor(send, now = () => performance.now()) {
    this.send = send;
    this.now = now;
    this.at = now();
  }

  // --- what a test does ---

  /** A page of the citizen's, shared at once. */
  add(detail, preview, more = {}) {
    this.n += 1;
    const facts = { id: this.n, from: 'scanner', width: 0, height: 0, dpi: 300, preview: preview.length, detail: detail.length, sha256: sha256(detail), attached: false, keep: true, ...more };
    this.pages.push({ facts, detail, preview, previewAt: 0, detailAt: 0, marks: [] });
    this.list();
    return this.n;
  }

  remove(id) {
    this.pages = this.pages.filter((p) => p.facts.id !== id);
    if (this.look.page === id) this.look = { page: 0, turn: 0, zoom: 100, x: 5000, y: 5000, by: 'citizen' };
    this.list();
  }

  change(id, more) {
    Object.assign(this.#page(id).facts, more);
    this.list();
  }

  lookAt(look) {
    this.look = { ...this.look, ...look, by: 'citizen' };
    this.#json(KIND.look, this.look);
  }

  pointAt(page, x, y) {
    const m = Buffer.alloc(9);
    m[0] = KIND.point;
    m.writeUInt32BE(page, 1);
    m.writeUInt16BE(x, 5);
    m.writeUInt16BE(y, 7);
    this.#send(m);
  }

  draw(page, mark, by = 'citizen') {
    this.marks += 1;
    this.#page(page).marks.push({ id: this.marks, by, text: '', ...mark });
    this.#sayMarks(this.#page(page));
  }

  tell(change) {
    Object.assign(this.told, change);
    this.#json(KIND.told, this.told);
  }

  over(why) {
    this.#json(KIND.over, { why });
    this.joined = false;
  }

  /** The channel is gone; a document half here goes too. */
  leave() {
    this.joined = false;
    this.tokens = 2 * RATE;
    if (this.told.doc.state === 'coming') this.told.doc = { ...this.told.doc, state: 'refused', why: 'failed' };
  }

  list() {
    if (!this.joined) return;
    this.#json(KIND.list, { pages: this.pages.map((p) => p.facts) });
    for (const p of this.pages) this.#sayMarks(p);
    this.flow();
  }

  /** What of previews and details may go. */
  flow() {
    if (!this.joined) return;
    for (const p of this.pages) {
      for (; p.previewAt < p.preview.length; p.previewAt += PIECE_MAX) this.piece(0, p.facts.id, p.previewAt, p.preview.subarray(p.previewAt, p.previewAt + PIECE_MAX));
    }
    if (!this.flows) return;
    for (const p of [...this.pages].sort((a, b) => Number(b.facts.id === this.look.page) - Number(a.facts.id === this.look.page))) {
      const got = this.got.get(p.facts.id);
      const held = typeof got === 'number' ? got : 0;
      while (p.detailAt < p.detail.length && p.detailAt - held < WINDOW) this.piece(1, p.facts.id, p.detailAt, p.detail.subarray(p.detailAt, p.detailAt + PIECE_MAX));
    }
  }

  piece(part, id, offset, bytes) {
    const head = Buffer.alloc(10);
    head[0] = KIND.piece;
    head[1] = part;
    head.writeUInt32BE(id, 2);
    head.writeUInt32BE(offset, 6);
    if (part === 1 && this.#page(id) !== undefined) this.#page(id).detailAt = offset + bytes.length;
    this.#send(Buffer.concat([head, bytes]));
  }

  /** Any message at all. */
  raw(kind, body) {
    this.#send(Buffer.concat([Buffer.from([kind]), Buffer.from(typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body))]));
  }

  // --- what comes ---

  receive(message) {
    const m = Buffer.from(message);
    const [kind, body] = [m[0], m.subarray(1)];
    if (!this.#spend(kind)) return this.#refuse('too-fast');
    if (m.length > 16_384) return this.#refuse('too-large');
    if (!this.joined && kind !== KIND.join) return undefined;
    if (kind === KIND.point) return this.points.push({ page: body.readUInt32BE(0), x: body.readUInt16BE(4), y: body.readUInt16BE(6) });
    if (kind === KIND.piece) return this.#document(body);
    const o = JSON.parse(body.toString());
    if (kind === KIND.join) return this.#joined(o);
    if (kind === KIND.got) return this.#gotten(o);
    if (kind === KIND.look) return this.#looked(o);
    if (kind === KIND.do) return this.#do(o);
    return this.#refuse('malformed');
  }

  #page(id) {
    return this.pages.find((p) => p.facts.id === id);
  }

  #send(bytes) {
    this.send(new Uint8Array(bytes));
  }

  #json(kind, value) {
    if (this.joined) this.raw(kind, value);
  }

  #sayMarks(p) {
    this.#json(KIND.marks, { page: p.facts.id, marks: p.marks });
  }

  #refuse(why) {
    this.refusals.push(why);
    this.over(why);
  }

  #spend(kind) {
    const now = this.now();
    this.tokens = Math.min(2 * RATE, this.tokens + ((now - this.at) * RATE) / 1000);
    this.at = now;
    if (kind !== KIND.piece) this.tokens -= 1;
    return this.tokens >= 0;
  }

  #joined(o) {
    this.joins.push(o);
    const have = new Map(o.have);
    for (const p of this.pages) {
      p.previewAt = 0;
      p.detailAt = have.get(p.facts.id) ?? 0;
      this.got.set(p.facts.id, p.detailAt);
      if (p.detailAt > p.detail.length) this.#refuse('malformed');
    }
    this.joined = true;
    this.#json(KIND.list, { pages: this.pages.map((p) => p.facts) });
    this.#json(KIND.told, this.told);
    for (const p of this.pages) this.#sayMarks(p);
    this.#json(KIND.look, this.look);
    this.flow();
  }

  #gotten(o) {
    const p = this.#page(o.id);
    if (p === undefined) return;
    if (o.sha256 !== undefined ? o.sha256 !== p.facts.sha256 || p.detailAt < p.detail.length : o.bytes > p.detailAt) this.#refuse('malformed');
    this.got.set(o.id, o.sha256 ?? o.bytes);
    this.flow();
  }

  #looked(o) {
    this.looks.push(o);
    if (o.turn > 3 || o.zoom < 100 || o.zoom > 800 || [o.x, o.y].some((v) => !Number.isInteger(v) || v < 0 || v > 10_000)) return this.#refuse('malformed');
    if (o.page === 0 || this.#page(o.page) !== undefined) this.look = { ...o, by: 'expert' };
    return this.#json(KIND.look, this.look);
  }

  #do(o) {
    this.commands.push(o);
    const p = this.#page(o.page);
    if (o.do === 'mark' && p !== undefined) this.draw(o.page, { what: o.what, x: o.x, y: o.y, to_x: o.to_x, to_y: o.to_y, text: o.text }, 'expert');
    if (o.do === 'unmark' && p !== undefined) {
      p.marks = p.marks.filter((m) => m.id !== o.mark || m.by !== 'expert');
      this.#sayMarks(p);
    }
    if (o.do === 'ask') this.tell({ ask: 'open' });
    if (o.do === 'ask-off') this.tell({ ask: 'none' });
    if (o.do === 'offer') {
      if (o.n <= this.told.doc.n) return this.#refuse('malformed');
      this.documents.set(o.n, { bytes: o.bytes, parts: [], have: 0 });
      this.tell({ doc: { n: o.n, state: 'coming', why: '', pages: 0 } });
    }
    if (o.do === 'offer-off') {
      this.documents.delete(o.n);
      if (o.n === this.told.doc.n) this.tell({ doc: { n: o.n, state: 'none', why: '', pages: 0 } });
    }
    return undefined;
  }

  #document(body) {
    const [part, n, offset, bytes] = [body[0], body.readUInt32BE(1), body.readUInt32BE(5), body.subarray(9)];
    const doc = this.documents.get(n);
    if (part !== 2 || bytes.length === 0) return this.#refuse('malformed');
    if (doc === undefined || n !== this.told.doc.n) return undefined;
    if (offset !== doc.have || doc.have + bytes.length > doc.bytes) return this.#refuse('malformed');
    doc.parts.push(Buffer.from(bytes));
    doc.have += bytes.length;
    if (doc.have === doc.bytes) this.tell({ doc: { n, state: 'reading', why: '', pages: 0 } });
    return undefined;
  }
}
