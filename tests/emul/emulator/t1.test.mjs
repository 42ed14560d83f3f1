// The card's end of T=1 against a host's end that was written apart from it: chains both ways, errors on the line, what the
// card may ask, and each fault by name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CardT1, encode } from '../../../tools/emulator/card/t1.mjs';
import { Faults } from '../../../tools/emulator/faults.mjs';
import { READER_FAULTS } from '../../../tools/emulator/reader/faults.mjs';
import { HostT1 } from './host-t1.mjs';

/** A card that says the command backwards, and counts. */
function echo() {
  return { count: 0, process(apdu) {
    this.count += 1;
    return Buffer.from(apdu).reverse();
  } };
}

function pair({ ifsc = 254, line = (b) => b, patience } = {}) {
  const card = echo();
  const faults = new Faults(READER_FAULTS);
  const engine = new CardT1(card, faults, ifsc);
  const host = new HostT1((block) => {
    const there = line(block);
    const back = there && engine.exchange(there);
    return Promise.resolve(back ? line(back) : null);
  }, ifsc, patience);
  return { card, faults, engine, host };
}

const bytes = (n) => Buffer.from(Array.from({ length: n }, (_, i) => (i * 7 + n) & 255));

async function round(host, n) {
  const out = bytes(n);
  assert.deepEqual(await host.apdu(out), Buffer.from(out).reverse(), `${n} bytes`);
}

/** Numbers that a seed gives again. */
function random(seed) {
  let x = seed >>> 0;
  return () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return x / 2 ** 32;
  };
}

test('chains of every length', async () => {
  for (const [ifsc, ifsd] of [[254, 254], [32, 32], [1, 5], [254, 1], [60, 0]]) {
    const { host } = pair({ ifsc });
    if (ifsd) {
      await host.ifs(ifsd);
    }
    for (const n of [1, 4, 5, 31, 32, 33, 63, 64, 65, 254, 255, 300]) {
      await round(host, n);
    }
  }
});

test('a bad line: every command is done once and answered right', async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1e6);
  console.log(`seed ${seed}`);
  const next = random(seed);
  const line = (block) => {
    const luck = next();
    if (luck < 0.08) {
      return null;
    }
    const b = Buffer.from(block);
    if (luck < 0.2) {
      b[Math.floor(next() * b.length)] ^= 1 << Math.floor(next() * 8);
    }
    return b;
  };
  const { host, card } = pair({ ifsc: 20, line, patience: 60 });
  for (let i = 1; i <= 300; i += 1) {
    await round(host, 1 + Math.floor(next() * 90));
    assert.equal(card.count, i);
  }
  assert(host.repeats > 100);
});

test('blocks that are none are asked for again', () => {
  const { engine } = pair();
  const whole = encode({ pcb: 0x00, inf: bytes(5) });
  const cases = [
    ['empty', Buffer.alloc(0), 2], ['short', whole.subarray(0, 3), 2], ['cut', whole.subarray(0, -2), 2],
    ['long', Buffer.concat([whole, whole]), 2], ['LRC', Buffer.concat([whole.subarray(0, -1), Buffer.from([whole.at(-1) ^ 1])]), 1],
    ['NAD', encode({ nad: 0x12, pcb: 0, inf: bytes(5) }), 2], ['number', encode({ pcb: 0x40, inf: bytes(5) }), 2],
    ['S-block', encode({ pcb: 0xc9 }), 2], ['IFS of 0', encode({ pcb: 0xc1, inf: Buffer.from([0]) }), 2],
    ['unasked response', encode({ pcb: 0xe3, inf: Buffer.from([1]) }), 2],
  ];
  for (const [what, block, why] of cases) {
    assert.equal(engine.exchange(block)[1], 0x80 | why, what);
  }
});

test('resynchronisation starts anew', async () => {
  const { host } = pair();
  await host.ifs(100);
  await round(host, 10);
  await host.resynch();
  await round(host, 200);
});

test('what the card asks of the host', async () => {
  const { host, faults } = pair();
  faults.set('wtx', 3);
  await round(host, 10);
  assert.equal(host.waits, 3);
  faults.set('ifs-request', 1);
  await round(host, 10);
  assert.equal(host.ifsc, 64);
  await round(host, 200);
  faults.set('wtx-zero', 1);
  const { pcb, inf } = await host.say(host.ns << 6, bytes(4));
  assert.deepEqual([pcb, inf[0]], [0xc3, 0]);
});

test('faults that a host gets over', async () => {
  for (const name of ['bad-lrc', 'lost-block', 'lost-command', 'wrong-nad', 'block-length', 'deaf-card']) {
    const { host, faults, card } = pair();
    await round(host, 10);
    faults.set(name, 1);
    await round(host, 50);
    assert.equal(card.count, 2, name);
    assert(host.repeats > 0, name);
  }
});

test('faults that a host has to see', async () => {
  const { host, faults } = pair();
  faults.set('wrong-ns', 1);
  await assert.rejects(host.apdu(bytes(10)));
  const other = pair();
  await other.host.ifs(10);
  other.faults.set('abort-request', 1);
  const { pcb } = await other.host.say(0, bytes(50));
  assert.equal(pcb, 0xc2);
  assert.equal((await other.host.say(0xe2)).pcb & 0xc0, 0x80);
});
