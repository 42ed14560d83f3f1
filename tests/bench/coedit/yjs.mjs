// What coedit-bench does, by stock yjs, with the same arguments and figures: node yjs.mjs TRACE [UPDATES FULL] | --load FULL
import { readFileSync, writeFileSync } from 'node:fs';
import * as Y from '../../vectors/coedit/node_modules/yjs/dist/yjs.mjs';
import { edits } from './trace.mjs';

const ms = (start) => Number(process.hrtime.bigint() - start) / 1e6;
const memory = (what) => Number(new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))[1]);

function fresh(client) {
  const doc = new Y.Doc();
  doc.clientID = client;
  return { doc, text: doc.getText('text') };
}

function load(path) {
  const full = new Uint8Array(readFileSync(path));
  const { doc, text } = fresh(2);
  const rss = memory('RssAnon');
  const peak = memory('VmHWM');
  const start = process.hrtime.bigint();
  Y.applyUpdate(doc, full);
  const took = ms(start);
  return { load_ms: took, rss_kb: memory('RssAnon') - rss, peak_kb: memory('VmHWM') - peak, units: text.length };
}

/** Each update behind its length. */
function log(updates) {
  const out = Buffer.alloc(updates.reduce((n, u) => n + 4 + u.length, 0));
  let at = 0;
  for (const update of updates) {
    at = out.writeUInt32LE(update.length, at);
    out.set(update, at);
    at += update.length;
  }
  return out;
}

function play(path, updatesPath, fullPath) {
  const list = edits(readFileSync(path)); // read beforehand: only the editor is timed
  const { doc, text } = fresh(1);
  const updates = [];
  doc.on('update', (update) => updates.push(update));
  let start = process.hrtime.bigint();
  for (const { at, insert } of list) {
    if (insert === null) text.delete(at, 1);
    else text.insert(at, insert);
  }
  const local = ms(start);
  start = process.hrtime.bigint();
  const full = Y.encodeStateAsUpdate(doc);
  const encode = ms(start);
  const far = fresh(2);
  start = process.hrtime.bigint();
  for (const update of updates) Y.applyUpdate(far.doc, update);
  const remote = ms(start);
  if (updatesPath) {
    writeFileSync(updatesPath, log(updates));
    writeFileSync(fullPath, full);
  }
  return { local_ms: local, encode_ms: encode, remote_ms: remote, bytes: full.length, edits: list.length, units: far.text.length };
}

const args = process.argv.slice(2);
console.log(JSON.stringify(args[0] === '--load' ? load(args[1]) : play(...args)));
