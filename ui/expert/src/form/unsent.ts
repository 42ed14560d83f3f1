// How much of what this page typed is not at the kiosk yet.

import * as Y from 'yjs';

/** The page's own clock: how much it has ever written, as in a state vector. */
export const clockOf = (doc: Y.Doc): number => Y.getState(doc.store, doc.clientID);

/** Characters written at `from` or later that still stand; what was erased again is none. */
export function charactersSince(doc: Y.Doc, from: number): number {
  const structs = doc.store.clients.get(doc.clientID) ?? [];
  let n = 0;
  for (let i = structs.length - 1; i >= 0; i -= 1) {
    const s = structs[i]!;
    if (s.id.clock + s.length <= from) break;
    if (!(s instanceof Y.Item) || s.deleted) continue;
    const skip = Math.max(0, from - s.id.clock);
    if (s.content instanceof Y.ContentString) n += [...s.content.str.slice(skip)].length;
    if (s.content instanceof Y.ContentAny) n += s.content.arr.slice(skip).reduce((sum: number, v: unknown) => sum + (typeof v === 'string' ? [...v].length : 1), 0);
  }
  return n;
}
