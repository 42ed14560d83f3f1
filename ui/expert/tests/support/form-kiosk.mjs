// A kiosk's side of the `form` channel (firmware/signal/PROTOCOL.md, "Form"), with yjs itself and client 1, as far as the page can
// see one: it judges nothing, what it says of errors and phases is what a test tells it to say.
import { createHash, randomBytes } from 'node:crypto';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as sync from 'y-protocols/sync';
import * as Y from 'yjs';

export const KIND = { join: 1, hello: 2, definition: 3, sync: 4, aware: 5, ack: 6, do: 7, state: 8, snapshot: 9, package: 10, over: 11 };
const TEXTS = ['text', 'lines'];
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

export class FormKiosk {
  client = 1;
  doc = null;
  joins = [];
  commands = [];
  peer = null; // the page's awareness state
  refusals = [];
  state = { phase: 'filling', section: '', errors: {}, suggestions: {}, point: '', by: {}, hidden: [], sha256: '', code: '', posting: true, posted: false };
  rows = 0;
  holdsAcks = false;
  held = '';

  /** `send` takes the chunks. */
  constructor(definition, send, { lang = 'fi' } = {}) {
    this.definition = definition;
    this.bytes = Buffer.from(JSON.stringify(definition));
    this.send = send;
    this.lang = lang;
    this.state.section = definition.sections[0].id;
    this.#begin();
  }

  say(kind, bytes) {
    let at = 0;
    do {
      const head = at === 0 ? Buffer.alloc(5) : Buffer.alloc(1);
      const part = bytes.subarray(at, at + 16384 - head.length);
      at += part.length;
      head[0] = kind | (at < bytes.length ? 0x80 : 0);
      if (head.length === 5) head.writeUInt32BE(bytes.length, 1);
      this.send(new Uint8Array(Buffer.concat([head, part])));
    } while (at < bytes.length);
  }

  sayJson(kind, value) {
    this.say(kind, Buffer.from(JSON.stringify(value)));
  }

  /** A chunk from the page. */
  receive(chunk) {
    const first = this.body === undefined;
    if (first) this.body = [];
    this.body.push(Buffer.from(chunk.subarray(first ? 5 : 1)));
    if (chunk[0] & 0x80) return;
    const bytes = new Uint8Array(Buffer.concat(this.body));
    this.body = undefined;
    this.#take(chunk[0] & 0x7f, bytes);
  }

  tell(change) {
    Object.assign(this.state, change);
    this.sayJson(KIND.state, this.state);
  }

  /** The citizen's own edit; goes to the page. */
  edit(change) {
    this.doc.transact(() => change(this.doc.getMap('f')), 'citizen');
  }

  at(place) {
    this.awareness.setLocalState(place ?? {});
    this.say(KIND.aware, encodeAwarenessUpdate(this.awareness, [1]));
  }

  freeze(snapshot) {
    const bytes = Buffer.from(typeof snapshot === 'string' ? snapshot : JSON.stringify(snapshot));
    this.tell({ phase: 'review', sha256: sha256(bytes) });
    this.say(KIND.snapshot, bytes);
  }

  seal(container, code) {
    this.say(KIND.package, container);
    this.tell({ phase: 'sent', code });
  }

  over(why) {
    this.resumable = false;
    this.sayJson(KIND.over, { why });
  }

  /** A new document for the page, as after a mismatch. */
  anew() {
    this.resumable = false;
    this.hello({ doc: '', client: 0 });
  }

  row(path) {
    this.rows += 1;
    const field = this.definition.sections.flatMap((s) => s.fields).find((f) => f.id === path);
    const row = new Y.Map();
    row.set('_id', this.rows);
    for (const cell of field.fields) this.#texts(cell).forEach((key) => row.set(key, new Y.Text()));
    this.edit((f) => f.get(path).push([row]));
  }

  removeRow(path) {
    const [, list, id] = /^(.*)-(\d+)$/.exec(path);
    this.edit((f) => {
      const at = f.get(list).toArray().findIndex((r) => r.get('_id') === Number(id));
      if (at >= 0) f.get(list).delete(at);
    });
  }

  hello({ doc, client }) {
    const fresh = !(this.resumable && doc === this.id && client === this.page);
    if (fresh) this.page = ++this.client;
    this.resumable = true;
    this.sayJson(KIND.hello, { v: 1, doc: this.id, client: this.page, kiosk: 1, lang: this.lang, sha256: sha256(this.bytes), fresh, ...this.lie });
    if (fresh) this.say(KIND.definition, this.bytes);
    const out = encoding.createEncoder();
    sync.writeSyncStep1(out, this.doc);
    this.say(KIND.sync, encoding.toUint8Array(out));
    this.sayJson(KIND.state, this.state);
  }

  close() {
    this.awareness.destroy();
    this.doc.destroy();
  }

  #begin() {
    this.id = randomBytes(16).toString('hex');
    this.doc = new Y.Doc();
    this.doc.clientID = 1;
    this.awareness = new Awareness(this.doc);
    const f = this.doc.getMap('f');
    this.doc.transact(() => {
      for (const field of this.definition.sections.flatMap((s) => s.fields)) {
        this.#texts(field).forEach((key) => f.set(key, new Y.Text()));
        if (field.type === 'rows') f.set(field.id, new Y.Array());
      }
    });
    this.doc.on('update', (update, origin) => {
      if (origin === 'page') return;
      const out = encoding.createEncoder();
      sync.writeUpdate(out, update);
      this.say(KIND.sync, encoding.toUint8Array(out));
    });
  }

  #texts({ id, type }) {
    if (type === 'address') return [`${id}-street`, `${id}-town`];
    return TEXTS.includes(type) ? [id] : [];
  }

  #take(kind, bytes) {
    if (kind === KIND.join) {
      const join = JSON.parse(Buffer.from(bytes).toString());
      this.joins.push(join);
      this.hello(join);
    } else if (kind === KIND.sync) this.#sync(bytes);
    else if (kind === KIND.aware) {
      applyAwarenessUpdate(this.awareness, bytes, 'page');
      this.peer = this.awareness.getStates().get(this.page) ?? null;
    } else if (kind === KIND.do) this.#do(JSON.parse(Buffer.from(bytes).toString()));
    else this.refusals.push(`kind ${kind}`);
  }

  #sync(bytes) {
    const decoder = decoding.createDecoder(bytes);
    const out = encoding.createEncoder();
    const strangers = (update) => Y.decodeUpdate(update).structs.filter((s) => s.id.client !== this.page || s.content instanceof Y.ContentType);
    const copy = decoding.createDecoder(bytes);
    if (decoding.readVarUint(copy) !== sync.messageYjsSyncStep1) this.refusals.push(...strangers(decoding.readVarUint8Array(copy)).map((s) => `client ${s.id.client}`));
    const type = sync.readSyncMessage(decoder, out, this.doc, 'page');
    if (type === sync.messageYjsSyncStep1) return this.say(KIND.sync, encoding.toUint8Array(out));
    if (!this.holdsAcks) this.ack();
  }

  ack(clock = Y.getState(this.doc.store, this.page)) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(clock);
    this.say(KIND.ack, bytes);
  }

  #do(command) {
    this.commands.push(command);
    const { suggestions } = this.state;
    if (command.do === 'suggest') this.tell({ suggestions: { ...suggestions, [command.field]: command.value } });
    if (command.do === 'withdraw') this.answer(command.field, null);
    if (command.do === 'point') this.tell({ point: command.field });
    if (command.do === 'row-add') this.row(command.field);
    if (command.do === 'row-remove') this.removeRow(command.field);
  }

  /** The citizen accepts (true) or declines a suggestion; null: it was withdrawn. */
  answer(field, accepts) {
    const { [field]: value, ...suggestions } = this.state.suggestions;
    if (accepts) this.edit((f) => {
      const cell = f.get(field);
      if (cell instanceof Y.Text) { cell.delete(0, cell.length); cell.insert(0, value); } else f.set(field, value);
    });
    this.tell({ suggestions, ...(accepts ? { by: { ...this.state.by, [field]: 'accepted' } } : {}) });
  }
}
