// An expert's page without a browser: stock yjs and y-protocols behind the form channel's chunks.
import { createHash, randomBytes } from 'node:crypto';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as awarenessProtocol from 'y-protocols/awareness';
import * as syncProtocol from 'y-protocols/sync';
import * as Y from 'yjs';

export const KIND = { join: 1, hello: 2, definition: 3, sync: 4, aware: 5, ack: 6, do: 7, state: 8, snapshot: 9, package: 10, over: 11 };
const CHUNK = 16384;

export const sha256 = (data) => createHash('sha256').update(data).digest('hex');

export function chunks(kind, data) {
  const out = [];
  let at = 0;
  do {
    const head = at === 0 ? Buffer.alloc(5) : Buffer.alloc(1);
    const n = Math.min(CHUNK - head.length, data.length - at);
    head[0] = kind | (at + n < data.length ? 0x80 : 0);
    if (at === 0) head.writeUInt32BE(data.length, 1);
    out.push(Buffer.concat([head, data.subarray(at, at + n)]));
    at += n;
  } while (at < data.length);
  return out;
}

export class Page {
  /** `fail` is told what must not be. */
  constructor(fail) {
    this.fail = fail;
    this.load = randomBytes(16).toString('hex');
    this.docId = '';
    this.client = 0;
    this.doc = null;
    this.open = false;
    this.up = []; // chunks on their way to the kiosk
    this.hellos = 0;
    this.acked = 0;
    this.state = null;
    this.snapshot = null;
    this.partial = null;
    this.lost = () => {}; // told when a fresh document takes the place of one
  }

  say(kind, data) {
    if (this.open) this.up.push(...chunks(kind, Buffer.from(data)));
  }

  do(command) {
    if (this.greeted) this.say(KIND.do, JSON.stringify(command));
  }

  connect() {
    this.open = true;
    this.greeted = false;
    this.partial = null;
    this.up = [];
    this.say(KIND.join, JSON.stringify({ v: 1, load: this.load, doc: this.docId, client: this.client }));
  }

  disconnect() {
    this.open = false;
    this.greeted = false;
    this.up = [];
  }

  take(chunk) {
    const kind = chunk[0] & 0x7f;
    if (!this.partial) this.partial = { kind, total: chunk.readUInt32BE(1), parts: [] };
    if (kind !== this.partial.kind || chunk.length > CHUNK) this.fail('chunks interleave');
    this.partial.parts.push(chunk.subarray(this.partial.parts.length === 0 ? 5 : 1));
    if (chunk[0] & 0x80) return;
    const whole = Buffer.concat(this.partial.parts);
    if (whole.length !== this.partial.total) this.fail('a total is wrong');
    this.partial = null;
    this.message(kind, whole);
  }

  message(kind, data) {
    if (kind === KIND.hello) this.hello(JSON.parse(data));
    else if (kind === KIND.sync) this.sync(data);
    else if (kind === KIND.aware) awarenessProtocol.applyAwarenessUpdate(this.awareness, data, 'far');
    else if (kind === KIND.ack) this.acked = data.readUInt32BE(0);
    else if (kind === KIND.state) this.state = JSON.parse(data);
    else if (kind === KIND.snapshot) this.echo(data);
    else if (kind === KIND.over) this.fail(`over: ${data}`);
  }

  hello(hello) {
    this.hellos++;
    this.greeted = true;
    if (hello.fresh) {
      this.lost();
      this.acked = 0;
      this.doc = new Y.Doc();
      this.doc.clientID = hello.client;
      this.awareness?.destroy();
      this.awareness = new awarenessProtocol.Awareness(this.doc);
      this.doc.on('update', (update, origin) => {
        if (origin === 'far' || !this.greeted) return;
        const encoder = encoding.createEncoder();
        syncProtocol.writeUpdate(encoder, update);
        this.say(KIND.sync, encoding.toUint8Array(encoder));
      });
    }
    if (this.doc.clientID !== hello.client) this.fail('another client id');
    this.docId = hello.doc;
    this.client = hello.client;
    const encoder = encoding.createEncoder();
    syncProtocol.writeSyncStep1(encoder, this.doc);
    this.say(KIND.sync, encoding.toUint8Array(encoder));
  }

  sync(data) {
    const encoder = encoding.createEncoder();
    syncProtocol.readSyncMessage(decoding.createDecoder(data), encoder, this.doc, 'far');
    if (encoding.length(encoder) > 0) this.say(KIND.sync, encoding.toUint8Array(encoder));
  }

  echo(data) {
    this.snapshot = data;
    this.do({ do: 'hash', sha256: sha256(data) });
  }

  point(field, at) {
    if (!this.greeted) return;
    this.awareness.setLocalState({ field, at, to: at });
    this.say(KIND.aware, awarenessProtocol.encodeAwarenessUpdate(this.awareness, [this.doc.clientID]));
  }

  get form() {
    return this.doc.getMap('f');
  }

  clock() {
    return Y.getState(this.doc.store, this.doc.clientID);
  }
}
