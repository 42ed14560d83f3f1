// Ours and real y-protocols on one channel: both say hello and write at once; now and then the line breaks, what was on its way is lost, and
// both say hello again. In the end they hold the same. Likewise who is there: states, their going, and a page that says that we are gone.
// node protocol.mjs [SESSIONS] [SEED]
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as awarenessProtocol from 'y-protocols/awareness';
import * as syncProtocol from 'y-protocols/sync';
import * as Y from 'yjs';
import { b64, bytes, chance, jsonOf, Ours, place, seedOf, sessionsOf } from './rig.mjs';

const SESSIONS = sessionsOf(400);
const SEED = seedOf();
const ours = new Ours();
let now = '';

function fail(why) {
  console.error(`${now}: ${why}`);
  process.exit(1);
}

async function told(line) {
  const answer = await ours.ask({ doc: 1, ...line });
  if (answer.error) fail(`${JSON.stringify(line)} was refused: ${answer.error}`);
  return answer;
}

/** A page with stock yjs and y-protocols; `send` takes its messages. */
function page(client, send) {
  const doc = new Y.Doc();
  doc.clientID = client;
  for (const [get, name] of [['getMap', 'form'], ['getText', 'notes'], ['getArray', 'rows']]) doc[get](name);
  const message = (write) => {
    const encoder = encoding.createEncoder();
    write(encoder);
    return encoding.toUint8Array(encoder);
  };
  doc.on('update', (update, origin) => origin !== 'far' && send(message((e) => syncProtocol.writeUpdate(e, update))));
  return {
    doc,
    hello: () => send(message((e) => syncProtocol.writeSyncStep1(e, doc))),
    take(bytesOf) {
      const answer = message((e) => syncProtocol.readSyncMessage(decoding.createDecoder(bytesOf), e, doc, 'far'));
      if (answer.length > 0) send(answer);
    },
  };
}

function editPage(random, doc) {
  const notes = doc.getText('notes');
  const at = place(random, notes.toString());
  const kind = random.below(4);
  if (kind === 0) doc.getMap('form').set(`k${random.below(3)}`, random.below(100));
  else if (kind === 1) doc.getArray('rows').insert(0, [new Y.Map([['n', random.below(9)]])]);
  else notes.insert(at, random.pick(['x', 'yz', '😀', 'ä']));
}

function ourEdit(random, text) {
  const kind = random.below(4);
  if (kind === 0) return { edit: ['map.set', `k${random.below(3)}`, random.below(100)] };
  if (kind === 1 && text.length > 0) return { edit: ['text.delete', 0, /^[\ud800-\udbff]/.test(text) ? 2 : 1] };
  return { edit: ['text.insert', place(random, text), random.pick(['A', 'BC', '😀'])], undoable: true };
}

/** One session of documents. */
async function talk(random) {
  const toOurs = [];
  const toPage = [];
  await ours.ask({ open: 1, client: 5 });
  const far = page(1000 + random.below(2 ** 31), (m) => toOurs.push(m));
  const hello = async () => {
    toOurs.length = toPage.length = 0;
    far.hello();
    toPage.push(bytes((await told({ hello: true })).message));
  };
  const step = async (which) => {
    if (which === 0 && toOurs.length > 0) {
      const { message } = await told({ take: b64(toOurs.shift()) });
      if (message) toPage.push(bytes(message));
    } else if (which === 1 && toPage.length > 0) {
      far.take(toPage.shift());
    } else if (which === 2) {
      editPage(random, far.doc);
    } else if (which === 3) {
      const text = JSON.parse((await told({ tell: true })).json).notes;
      const line = random.below(5) === 0 ? { undo: true } : ourEdit(random, text);
      const { update } = await ours.ask({ doc: 1, ...line });
      if (update) toPage.push(new Uint8Array([2, ...varuint(bytes(update).length), ...bytes(update)]));
    }
  };
  await hello();
  for (let i = 0; i < 40; i++) {
    if (random.below(15) === 0) await hello();
    await step(random.below(4));
  }
  await hello();
  while (toOurs.length > 0 || toPage.length > 0) await step(toOurs.length > 0 ? 0 : 1);
  const { json } = await told({ tell: true });
  if (json !== jsonOf(far.doc)) fail(`they differ:\n  ours ${json}\n  page ${jsonOf(far.doc)}`);
}

function varuint(n) {
  const out = [];
  for (; n > 127; n = Math.floor(n / 128)) out.push(128 | n % 128);
  return [...out, n];
}

/** One session of presence: both must say the same of who is there. */
async function presence(random) {
  await ours.ask({ open: 1, client: 5 });
  const far = new awarenessProtocol.Awareness(new Y.Doc());
  clearInterval(far._checkInterval);
  far.setLocalState(null);
  let time = 1;
  const mine = async (state) => {
    const { message } = await told({ state, now: time });
    awarenessProtocol.applyAwarenessUpdate(far, bytes(message), 'far');
  };
  const theirs = async () => {
    const update = awarenessProtocol.encodeAwarenessUpdate(far, [far.clientID]);
    const { message } = await told({ aware: b64(update), now: time });
    if (message) awarenessProtocol.applyAwarenessUpdate(far, bytes(message), 'far');
  };
  for (let i = 0; i < 30; i++) {
    time += 1000;
    const kind = random.below(5);
    if (kind === 0) await mine(JSON.stringify({ u: 'kiosk', at: random.below(9) }));
    if (kind === 1) await mine(null);
    if (kind > 1 && kind < 4) {
      far.setLocalState(kind === 2 ? { u: 'Åsa', field: `f${random.below(9)}` } : null);
      await theirs();
    }
    if (kind === 4 && far.states.has(5)) {
      awarenessProtocol.removeAwarenessStates(far, [5], 'far'); // says that we are gone: we are not
      const update = awarenessProtocol.encodeAwarenessUpdate(far, [5]);
      const { message } = await told({ aware: b64(update), now: time });
      if (!message) fail('we did not say that we are here');
      awarenessProtocol.applyAwarenessUpdate(far, bytes(message), 'far');
    }
    const { states } = await told({ tick: time });
    const want = Object.fromEntries([...far.states].map(([id, state]) => [id, state]));
    const got = Object.fromEntries(Object.entries(states).map(([id, text]) => [id, JSON.parse(text)]));
    if (JSON.stringify(want, Object.keys(want).sort()) !== JSON.stringify(got, Object.keys(got).sort())
      || Object.keys(want).some((id) => JSON.stringify(want[id]) !== JSON.stringify(got[id]))) {
      fail(`who is there differs:\n  ours ${JSON.stringify(got)}\n  page ${JSON.stringify(want)}`);
    }
  }
  far.destroy();
}

console.log(`${SESSIONS} sessions from LUUKKU_SEED=${SEED}`);
for (let i = 0; i < SESSIONS; i++) {
  const seed = (SEED + i * 7919) | 1;
  now = `seed ${seed}`;
  await talk(chance(seed));
  await presence(chance(seed));
}
console.log('all alike');
process.exit(0);
