// Rubbish from the host, with faults armed at random: a reader goes on, whatever comes.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { create } from '../../../tools/emulator/reader/main.mjs';
import { variants } from '../../../tools/emulator/reader/variants.mjs';

const MESSAGES = 1500;
const TYPES = [0x61, 0x62, 0x63, 0x65, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x6f, 0x6f, 0x6f, 0x6f, 0x71, 0x72, 0x73];
const PLEASANT = ['00a4040c0ca000000063504b43532d3135', '00b0000000', '00200011', '0020001100', '00c0000000', '00c00000', '00000000',
  '00a40800022f00', '002241b606800154840101', '002a9e9a', '10b0000000', '00b000000fff', '00c101fe3e', 'ff119678', '0080128092'];

let dir;

before(() => {
  dir = mkdtempSync(join(tmpdir(), 'luukku-test-cards-'));
});

after(() => rmSync(dir, { recursive: true, force: true }));

/** Numbers that a seed gives again. */
function random(seed) {
  let x = seed >>> 0;
  return (n) => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return Math.floor((x / 2 ** 32) * n);
  };
}

function message(pick, seq) {
  const body = pick(3) ? Buffer.from(PLEASANT[pick(PLEASANT.length)], 'hex') : Buffer.from(Array.from({ length: pick(60) }, () => pick(256)));
  const head = Buffer.alloc(10);
  head[0] = pick(20) ? TYPES[pick(TYPES.length)] : pick(256);
  head.writeUInt32LE(pick(12) ? body.length : pick(2 ** 31), 1);
  head[5] = pick(15) ? 0 : pick(4);
  head[6] = seq;
  head[7] = pick(4) ? 0 : pick(5);
  head[8] = pick(8) ? 0 : pick(20);
  return Buffer.concat([head, body]);
}

const seed = Number(process.env.SEED ?? Date.now() % 1e6);
console.log(`seed ${seed}`);

for (const variant of Object.keys(variants)) {
  test(variant, async () => {
    const pick = random(seed);
    const reader = create({ variant, 'card-pki': dir });
    const names = Object.keys(reader.faults.table);
    let answers = 0;
    const submit = (urb) => reader.submit({ flags: 0, length: 0, packets: [], done: () => {}, ...urb });
    for (let i = 0; i < MESSAGES; i += 1) {
      if (pick(4) === 0) {
        reader.faults.set(names[pick(names.length)], 1, pick(3));
      }
      if (pick(30) === 0) {
        reader.faults.clear();
        await reader.commands.card(['insert', 'p384']);
      }
      if (pick(25) === 0) {
        reader.plug();
        reader.reset();
      }
      const setup = { type: 0x21, request: 1, value: i << 8 & 0xff00, index: 0, length: 0 };
      if (pick(10) === 0) {
        submit({ address: 0, setup, data: Buffer.alloc(0) });
      }
      submit({ address: 2, data: message(pick, i & 255) });
      submit({ address: 0x83, length: 65600, done: () => {
        answers += 1;
      } });
      await new Promise(setImmediate);
    }
    reader.plug();
    reader.reset();
    reader.faults.clear();
    await reader.commands.card(['insert', 'p384']);
    const last = await new Promise((done) => {
      submit({ address: 2, data: Buffer.from('65000000000077000000', 'hex') });
      submit({ address: 0x83, length: 512, done: (status, data) => done(data) });
    });
    assert.deepEqual([last[0], last[6], last[7]], [0x81, 0x77, 1]);
    assert(answers > MESSAGES / 20, `${answers} answers`);
    reader.close();
  });
}
