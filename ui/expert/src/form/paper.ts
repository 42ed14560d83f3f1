// One form that is shared: its definition, its document, what of it is at the kiosk. Lives from a fresh `hello` to the next.

import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { messageYjsSyncStep1, messageYjsSyncStep2, messageYjsUpdate, readSyncStep1, writeSyncStep1, writeUpdate } from 'y-protocols/sync';
import * as Y from 'yjs';
import type { Definition } from './def';
import { KioskFault } from '../wire/judge';
import { faultUnless } from './fault';
import type { Hello } from './messages';
import { Presence } from './presence';
import { charactersSince, clockOf } from './unsent';

/** Of everything a kiosk may put into one document. */
const HEARD_MAX = 16 * 1024 * 1024;

export interface Unsent { characters: number; changes: boolean }

function stepOne(doc: Y.Doc): Uint8Array {
  const out = encoding.createEncoder();
  writeSyncStep1(out, doc);
  return encoding.toUint8Array(out);
}

export class Paper {
  readonly doc = new Y.Doc();
  readonly f: Y.Map<unknown>;
  readonly presence: Presence;
  /** The kiosk was told what it lacks, on the present channel: from now on it gets each change. */
  ready = false;
  /** Something was changed, or under way, while there was no line. */
  offline = false;
  /** When the citizen last changed a cell, by path. */
  readonly stirred = new Map<string, number>();
  /** What the kiosk had from before is here: what comes now is being written. */
  private met = false;
  private heard = 0;
  private acked = 0;
  /** Own updates that are to go out. */
  private batch: Uint8Array[] = [];
  /** The own clock after each message that was sent and is not acknowledged. */
  private flying: number[] = [];
  /** How many of them the question is about that is under way. */
  private asked = 0;

  constructor(readonly hello: Hello, readonly def: Definition, private readonly now: () => number, onChange: () => void, onUpdate: () => void) {
    this.doc.clientID = hello.client; // before anything else: it is the author of all that follows
    this.presence = new Presence(this.doc);
    this.f = this.doc.getMap('f');
    this.doc.getMap('meta');
    this.f.observeDeep((events, transaction) => { if (transaction.origin === this && this.met) this.stir(events as Y.YEvent<Y.AbstractType<unknown>>[]); });
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== this && this.ready) {
        this.batch.push(update);
        onUpdate();
      }
      onChange();
    });
  }

  /** No channel: what is under way may be lost, and what is typed waits. */
  cut(): void {
    this.offline ||= this.flying.length > 0 || this.batch.length > 0;
    this.ready = this.met = false;
    this.batch = [];
    this.flying = [];
    this.asked = 0;
  }

  /** On a fresh channel: begins by asking. */
  anew(): Uint8Array {
    this.cut();
    return stepOne(this.doc);
  }

  /** A `sync` message. Returns the answer to a step 1. Throws a fault; the document is then not to be used any more. */
  sync(bytes: Uint8Array): Uint8Array | null {
    this.heard += bytes.length;
    faultUnless(this.heard <= HEARD_MAX, 'too-large');
    const out = encoding.createEncoder();
    let kind: number;
    try {
      const reader = decoding.createDecoder(bytes);
      kind = decoding.readVarUint(reader);
      if (kind === messageYjsSyncStep1) readSyncStep1(reader, out, this.doc);
      else if (kind === messageYjsSyncStep2 || kind === messageYjsUpdate) Y.applyUpdate(this.doc, decoding.readVarUint8Array(reader), this);
      else throw new Error('unknown kind');
    } catch {
      throw new KioskFault('malformed', 'sync');
    }
    // yjs takes a new number when somebody else writes under its own.
    faultUnless(this.doc.clientID === this.hello.client, 'client');
    if (kind === messageYjsSyncStep2) this.answered();
    if (kind !== messageYjsSyncStep1) return null;
    // The answer has all that the kiosk lacks.
    this.ready = true;
    this.offline = false;
    this.batch = [];
    this.flying.push(clockOf(this.doc));
    return encoding.toUint8Array(out);
  }

  /** Everything that waits to be sent, as one message; null: nothing does. */
  take(): Uint8Array | null {
    if (!this.ready || this.batch.length === 0) return null;
    const out = encoding.createEncoder();
    writeUpdate(out, this.batch.length === 1 ? this.batch[0]! : Y.mergeUpdates(this.batch));
    this.batch = [];
    this.flying.push(clockOf(this.doc));
    return encoding.toUint8Array(out);
  }

  /** The kiosk holds so much of what this page wrote; it says so once for every message. */
  ack(clock: number): void {
    faultUnless(clock <= clockOf(this.doc), 'malformed', 'ack');
    this.acked = clock;
    // The channel keeps the order: what was sent before something that is there, is there.
    const first = this.flying.findIndex((c) => c >= clock);
    const n = (first < 0 ? this.flying.length : first) + 1;
    this.flying.splice(0, n);
    this.asked = Math.max(0, this.asked - n);
  }

  /**
   * An `ack` tells of what was written, not of what was erased, and one may stand for several messages. So where some stay open, a
   * step 1 goes after them: its answer says that they are there. Null: there is nothing to ask.
   */
  ask(): Uint8Array | null {
    if (!this.met || this.asked > 0 || this.flying.length === 0) return null;
    this.asked = this.flying.length;
    return stepOne(this.doc);
  }

  get isFlying(): boolean {
    return this.flying.length > 0;
  }

  private answered(): void {
    this.met = true;
    this.flying.splice(0, this.asked);
    this.asked = 0;
  }

  /** The own clock, and whether all of it is at the kiosk. */
  get clock(): number {
    return clockOf(this.doc);
  }

  isStored(clock: number): boolean {
    return this.acked >= clock && this.flying.length === 0 && this.batch.length === 0;
  }

  get unsent(): Unsent {
    const { clock } = this;
    return {
      characters: charactersSince(this.doc, this.acked),
      changes: this.acked < clock || this.flying.length > 0 || this.batch.length > 0 || this.offline,
    };
  }

  close(): void {
    this.presence.close();
    this.doc.destroy();
  }

  private rowId(list: string | number, index: number): string {
    const rows = this.f.get(String(list));
    const row = rows instanceof Y.Array ? (rows as Y.Array<unknown>).get(index) : null;
    return row instanceof Y.Map ? String(row.get('_id')) : '';
  }

  private stir(events: Y.YEvent<Y.AbstractType<unknown>>[]): void {
    if (this.stirred.size > 2000) this.stirred.clear();
    for (const e of events) {
      const steps = e.path.map((step, i) => (typeof step === 'number' ? this.rowId(e.path[i - 1]!, step) : step));
      const ends = e.target instanceof Y.Map ? [...e.changes.keys.keys()] : [null];
      for (const end of ends) this.stirred.set([...steps, ...(end === null ? [] : [end])].join('-'), this.now());
    }
  }
}
