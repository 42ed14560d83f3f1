// Sessions of chance between real Yjs and ours: several editors of each, every update delivered late, twice, or out of order;
// in the end all hold the same, and ours writes the same bytes as a Yjs that received the same in the same order.
// node twoway.mjs [SESSIONS] [SEED]
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as Y from 'yjs';

const BUILD = process.env.LUUKKU_BUILD ?? fileURLToPath(new URL('../../../build', import.meta.url));
const SESSIONS = Number(process.argv[2] ?? 2000);
const SEED = Number(process.argv[3] ?? process.env.LUUKKU_SEED ?? randomInt(2 ** 31));
const TEXTS = ['a', 'bc', 'ä', '日本', '😀', '👩‍👧', '\n', '1234567', 'x y', 'Ünï'];
const VALUES = [0, -1, 63, 64, 2147483647, 0.5, 0.1, true, false, null, 's', 'é', { q: 1, p: [2, 'ö'] }, [1, [2]], ''];

/** xorshift, so that a printed seed makes the same session again. */
function chance(seed) {
  let x = seed | 1;
  const next = () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
  return { below: (n) => next() % n, pick: (list) => list[next() % list.length] };
}

/** Our side: a process that answers line by line. */
class Ours {
  constructor() {
    this.process = spawn(join(BUILD, 'bin/coedit-replay'), { stdio: ['pipe', 'pipe', 'inherit'] });
    this.waiting = [];
    createInterface({ input: this.process.stdout }).on('line', (line) => this.waiting.shift()(JSON.parse(line)));
    this.process.on('exit', (code) => {
      if (this.waiting.length > 0) fail(`coedit-replay ended with ${code}`);
    });
  }

  ask(line) {
    this.process.stdin.write(`${JSON.stringify(line)}\n`);
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

const ours = new Ours();
let now = '';

function fail(why) {
  console.error(`${now}: ${why}`);
  process.exit(1);
}

const b64 = (bytes) => Buffer.from(bytes).toString('base64');
const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64'));

/** JSON with sorted keys, as ours writes it. */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((k) => [k, sorted(value[k])]));
}
const jsonOf = (doc) => JSON.stringify(sorted({
  form: doc.getMap('form').toJSON(), notes: doc.getText('notes').toString(), rows: doc.getArray('rows').toJSON(),
}));

/** Where a text may be cut: never inside a pair. */
function place(random, text) {
  let at = random.below(text.length + 1);
  if (at > 0 && at < text.length && /[\udc00-\udfff]/.test(text[at]) && /[\ud800-\udbff]/.test(text[at - 1])) at--;
  return at;
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
async function ourEditor(id, client) {
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
      const { update } = await told({ edit });
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
  for (let i = 0; i < own; i++) editors.push(await ourEditor(1 + i, 10 + random.below(2 ** 31)));
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
