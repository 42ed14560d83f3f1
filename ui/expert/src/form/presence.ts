// Where the two are in the form, by y-protocols' awareness. Of what comes only the kiosk's own state is taken.

import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import { faultUnless } from './fault';
import { KIOSK_CLIENT } from './messages';

/** A place in a cell: UTF-16 units; `to` is the selection's other end. */
export interface Place { field: string; at: number; to: number }

const STATES_MAX = 8;
const JSON_MAX = 1024;

export class Presence {
  private readonly awareness: Awareness;

  constructor(doc: Y.Doc) {
    this.awareness = new Awareness(doc);
  }

  /** The own state as a message. */
  say(place: Place | null): Uint8Array {
    this.awareness.setLocalState(place === null ? {} : { ...place });
    return encodeAwarenessUpdate(this.awareness, [this.awareness.clientID]);
  }

  /** Throws `malformed`. */
  hear(bytes: Uint8Array): void {
    const reader = decoding.createDecoder(bytes);
    const writer = encoding.createEncoder();
    const n = decoding.readVarUint(reader);
    faultUnless(n <= STATES_MAX, 'malformed', 'awareness');
    for (let i = 0; i < n; i += 1) {
      const [client, clock, json] = [decoding.readVarUint(reader), decoding.readVarUint(reader), decoding.readVarString(reader)];
      faultUnless(json.length <= JSON_MAX, 'malformed', 'awareness');
      if (client !== KIOSK_CLIENT) continue;
      encoding.writeVarUint(writer, 1);
      encoding.writeVarUint(writer, client);
      encoding.writeVarUint(writer, clock);
      encoding.writeVarString(writer, json);
      applyAwarenessUpdate(this.awareness, encoding.toUint8Array(writer), 'kiosk');
      return;
    }
  }

  /** Where the citizen is; null nowhere. */
  get citizen(): Place | null {
    const state = this.awareness.getStates().get(KIOSK_CLIENT) as Partial<Record<keyof Place, unknown>> | undefined;
    const { field, at, to } = state ?? {};
    if (typeof field !== 'string' || field === '' || field.length > 64) return null;
    const place = (v: unknown): number => (Number.isSafeInteger(v) && (v as number) >= 0 ? (v as number) : 0);
    return { field, at: place(at), to: place(to) };
  }

  /** The line is down: nobody is seen. */
  blind(): void {
    removeAwarenessStates(this.awareness, [KIOSK_CLIENT], 'kiosk');
  }

  close(): void {
    this.awareness.destroy();
  }
}
