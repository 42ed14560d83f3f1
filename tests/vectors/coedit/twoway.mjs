// Sessions of chance between real Yjs and ours: several editors of each, every update delivered late, twice, or out of order;
// in the end all hold the same, and ours writes the same bytes as a Yjs that received the same in the same order.
// node twoway.mjs [SESSIONS] [SEED]
import * as Y from 'yjs';
import { b64, bytes, chance, jsonOf, Ours, place, seedOf, sessionsOf } from './rig.mjs';

const SESSIONS = sessionsOf(2000);
const SEED = seedOf();
const TEXTS = ['a', 'bc', 'ä', '日本', '😀', '👩‍👧', '\n', '1234567', 'x y', 'Ünï'];
const VALUES = [0, -1, 63, 64, 2147483647, 0.5, 0.1, true, false, null, 's', 'é', { q: 1, p: [2, 'ö'] }, [1, [2]], ''];

const ours = new Ours();
let now = '';

function fail(why) {
  console.error(`${now}: ${why}`);
  process.exit(1);
}

function someEdit(random, { notes, rows }) {
  const kind = random.below(10);
  const at = place(random, notes);
  if (kind < 4) return ['text.insert', at, random.pick(TEXTS)];
  if (kind < 6 && notes.length > 0) {
    let end = Math.min(notes.length, at + 1 + random.below(5));
    if (end < notes.length && /[\udc00-\udfff]/.test(notes[end])) end++;
    return end > at ? ['text.delete', at, end - at] : ['text.insert', at, 'z'];
  }
  if (kind < 8) return random.below(4) ? ['map.set', `k${random.below(4)}`, random.pick(VALUES)] : ['map.delete', `k${random.below(4)}`];
  const n = rows.length;
  if (n > 0 && random.below(3) === 0) {
    const from = random.below(n);
    return ['array.delete', from, 1 + random.below(Math.min(3, n - from))];
  }
  return ['array.insert', random.below(n + 1), Array.from({ length: 1 + random.below(3) }, () => random.pick(VALUES))];
}

function editYjs(doc, [op, ...args]) {
  const target = { text: doc.getText('notes'), map: doc.getMap('form'), array: doc.getArray('rows') }[op.split('.')[0]];
  target[op.split('.')[1]](...args);
}

/** A Yjs editor, and one that nests types, which our simple edits do not. */
function yjsEditor(client, random) {
  const doc = new Y.Doc();
  doc.clientID = client;
  doc.getMap('form');
  doc.getText('notes');
  doc.getArray('rows');
  const made = [];
  doc.on('update', (update, origin) => origin !== 'far' && made.push(update));
  return {
    state: () => ({ notes: doc.getText('notes').toString(), rows: doc.getArray('rows').toArray() }),
    edit(edit) {
      if (random.below(8) === 0) {
        const inner = new Y.Map([['c', random.pick(VALUES)], ['t', new Y.Text('in')], ['l', Y.Array.from([1, 2])]]);
        if (random.below(2)) doc.getMap('form').set(`k${random.below(4)}`, inner);
        else doc.getArray('rows').insert(0, [inner]);
      } else {
        editYjs(doc, edit);
      }
      return made.splice(0);
    },
    apply: (update) => Y.applyUpdate(doc, update, 'far'),
    json: () => jsonOf(doc),
    vector: () => b64(Y.encodeStateVector(doc)),
  };
}

/** One of ours, with a Yjs beside it that takes the same in the same order. */
async function ourEditor(id, client, random) {
  await ours.ask({ open: id, client });
  const shadow = new Y.Doc();
  shadow.getMap('form');
  shadow.getText('notes');
  shadow.getArray('rows');
  const told = async (line) => {
    const answer = await ours.ask({ doc: id, ...line });
    if (answer.error) fail(`${JSON.stringify(line)} was refused: ${answer.error}`);
    return answer;
  };
  return {
    state: () => ({ notes: shadow.getText('notes').toString(), rows: shadow.getArray('rows').toArray() }),
    async edit(edit) {
      const back = random.below(6) === 0;
      const line = back ? { undo: true } : { edit, undoable: random.below(3) > 0, join: random.below(4) === 0 };
      const { update, error } = await ours.ask({ doc: id, ...line });
      if (error && !(back && error === 'ENOENT')) fail(`${JSON.stringify(line)} was refused: ${error}`);
      if (update === null) return [];
      Y.applyUpdate(shadow, bytes(update));
      return [bytes(update)];
    },
    async apply(update) {
      await told({ apply: b64(update) });
      Y.applyUpdate(shadow, update);
    },
    async check() {
      const all = await told({ tell: true });
      const want = { json: jsonOf(shadow), stateVector: b64(Y.encodeStateVector(shadow)), fullUpdate: b64(Y.encodeStateAsUpdate(shadow)) };
      for (const [key, value] of Object.entries(want)) {
        if (all[key] !== value) fail(`${key} differs:\n  ours ${all[key]}\n  yjs  ${value}`);
      }
      return all;
    },
  };
}

async function session(seed) {
  const random = chance(seed);
  now = `seed ${seed}`;
  const editors = [];
  const yjs = 1 + random.below(2);
  for (let i = 0; i < yjs; i++) editors.push(yjsEditor(100 + random.below(2 ** 31), random));
  const own = 1 + random.below(2);
  for (let i = 0; i < own; i++) editors.push(await ourEditor(1 + i, 10 + random.below(2 ** 31), random));
  const mail = editors.map(() => []);
  for (let step = 5 + random.below(40); step > 0; step--) {
    const who = random.below(editors.length);
    if (random.below(3) > 0) {
      const updates = await editors[who].edit(someEdit(random, editors[who].state()));
      for (const update of updates) mail.forEach((box, i) => i !== who && box.push(update));
    }
    const to = random.below(editors.length);
    if (mail[to].length > 0 && random.below(2)) {
      const i = random.below(4) ? 0 : random.below(mail[to].length);
      await editors[to].apply(mail[to][i]);
      if (random.below(6)) mail[to].splice(i, 1); // else it comes once more
    }
  }
  for (let to = 0; to < editors.length; to++) {
    while (mail[to].length > 0) await editors[to].apply(mail[to].splice(random.below(mail[to].length), 1)[0]);
  }
  const seen = new Set();
  for (const editor of editors) seen.add(editor.check ? (await editor.check()).json : editor.json());
  if (seen.size !== 1) fail(`they differ:\n${[...seen].join('\n')}`);
}

console.log(`${SESSIONS} sessions from LUUKKU_SEED=${SEED}`);
for (let i = 0; i < SESSIONS; i++) await session((SEED + i * 7919) | 1);
console.log('all alike');
process.exit(0);
