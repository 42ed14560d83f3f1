// A citizen at our form and an expert's page of stock yjs, both typing at once over a line that breaks: the page is reloaded, the transport
// killed, the form frozen and opened again. What was acknowledged is never lost, both hold the same in the end, and what would be sent is,
// byte for byte, what other code computes of it.
// node session.mjs [SESSIONS] [SEED]
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { canonical, jcs } from './canonical.mjs';
import { KIND, Page, sha256 } from './page.mjs';

const BUILD = process.env.LUUKKU_BUILD ?? fileURLToPath(new URL('../../../build', import.meta.url));
const SESSIONS = Number(process.argv[2] ?? 200);
const SEED = Number(process.argv[3] ?? process.env.LUUKKU_SEED ?? randomInt(2 ** 31));
const DEFINITION = fileURLToPath(new URL('session.json', import.meta.url));
const bytes = readFileSync(DEFINITION);
const definition = JSON.parse(bytes);
const WORDS = ['Aino', 'ö', 'e\u0301', '日本', '😀', 'x y ', '👩‍👧'];
const SCALARS = {
  born: ['2.3.2001', '1999-12-31', '31.2.2000', ''],
  work: ['yes', 'no'],
  account: ['FI21 1234 5600 0007 85', 'fi2112345600000785', 'FI21'],
  kind: ['x', 'y', ''],
  also: ['a', 'a b', 'b', ''],
  'home-postcode': ['00100', '0010'],
  mail: ['a@b.fi', ' anna@example.com ', 'a@'],
  sum: ['1234,5', '0', '12 000', 'x'],
};
const GOOD = { born: '2.3.2001', work: 'yes', account: 'FI21 1234 5600 0007 85', kind: 'y', also: 'a b', 'home-postcode': '00100', mail: ' anna@example.com ', sum: '1234,5' };

let now = '';
function fail(why) {
  console.error(`${now}: ${why}`);
  process.exit(1);
}

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

class Kiosk {
  constructor() {
    this.process = spawn(join(BUILD, 'bin/form-peer'), [DEFINITION], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.waiting = [];
    this.us = 1000000;
    createInterface({ input: this.process.stdout }).on('line', (line) => this.waiting.shift()(JSON.parse(line)));
    this.process.on('exit', () => this.waiting.length > 0 && fail('form-peer ended'));
    this.down = []; // chunks on their way to the page
  }

  async ask(...words) {
    this.process.stdin.write(`${words.join(' ')}\n`);
    const answer = await new Promise((resolve) => this.waiting.push(resolve));
    this.down.push(...answer.out.map((hex) => Buffer.from(hex, 'hex')));
    return answer;
  }

  type(path, at, text) {
    return this.ask('type', path, at, Buffer.from(text).toString('hex'));
  }

  end() {
    this.process.stdin.end();
  }
}

class Session {
  constructor(random) {
    this.random = random;
    this.kiosk = new Kiosk();
    this.next = 0x4e00;
    this.must = new Set(); // characters that must be there in the end
    this.mine = []; // the page's, with their clocks, not acknowledged yet
    this.renew();
  }

  renew() {
    this.page?.awareness?.destroy(); // it beats for ever
    this.page = new Page(fail);
    this.page.lost = () => (this.mine = []);
    this.mine = [];
  }

  /** One message goes each way. */
  async carry(up, down) {
    for (; up > 0 && this.page.up.length > 0; up--) {
      this.kiosk.us += 25000;
      await this.kiosk.ask('now', this.kiosk.us);
      await this.kiosk.ask('in', this.page.up.shift().toString('hex'));
    }
    for (; down > 0 && this.kiosk.down.length > 0; down--) this.page.take(this.kiosk.down.shift());
    const held = this.mine.filter(([, clock]) => clock < this.page.acked);
    for (const [char] of held) this.must.add(char);
    this.mine = this.mine.filter(([, clock]) => clock >= this.page.acked);
  }

  async settle() {
    while (this.page.up.length + this.kiosk.down.length > 0) await this.carry(4, 4);
  }

  async connect() {
    await this.kiosk.ask('close');
    this.kiosk.down = [];
    await this.kiosk.ask('open');
    this.page.connect();
  }

  async cut() {
    await this.kiosk.ask('close');
    this.kiosk.down = [];
    this.page.disconnect();
  }

  unique() {
    return String.fromCharCode(this.next++);
  }

  /** The page writes a character of its own; nobody deletes in that field. */
  pageUnique() {
    const text = this.page.form.get('more');
    const char = this.unique();
    const clock = this.page.clock();
    text.insert(this.random.below(text.length + 1), char);
    this.mine.push([char, clock]);
  }

  pageText() {
    const rows = this.page.form.get('child').toArray();
    const names = ['name', 'employer', 'home-street', 'home-town', 'note'];
    const text = rows.length > 0 && this.random.below(3) === 0 ? this.random.pick(rows).get('first') : this.page.form.get(this.random.pick(names));
    const content = text.toString();
    let at = this.random.below(content.length + 1);
    if (/^[\udc00-\udfff]/.test(content.slice(at))) at--;
    let n = Math.min(content.length - at, this.random.below(3));
    if (/^[\udc00-\udfff]/.test(content.slice(at + n))) n++;
    if (n > 0) text.delete(at, n);
    if (text.length < 30) text.insert(at, this.random.pick(WORDS));
  }

  pageScalar() {
    const rows = this.page.form.get('child').toArray();
    if (rows.length > 0 && this.random.below(3) === 0) {
      this.random.pick(rows).set('age', String(this.random.below(17)));
      return;
    }
    const key = this.random.pick(Object.keys(SCALARS));
    if (this.random.below(4) === 0) this.page.form.delete(key);
    else this.page.form.set(key, this.random.pick(SCALARS[key]));
  }

  pageDoes() {
    const path = this.random.pick(['name', 'kind', 'code', 'child-1-first', 'nothing']);
    this.page.do(this.random.pick([
      { do: 'open' },
      { do: 'row-add', field: 'child' },
      { do: 'row-remove', field: `child-${1 + this.random.below(4)}` },
      { do: 'suggest', field: path, value: this.random.pick(['Maija', 'x', '']) },
      { do: 'withdraw', field: path },
      { do: 'point', field: path },
    ]));
    if (this.random.below(3) === 0) this.page.point(path, this.random.below(9));
  }

  async pageActs() {
    if (!this.page.doc || !this.page.form.get('more')) return;
    const kind = this.random.below(10);
    if (kind < 4) this.pageUnique();
    else if (kind < 6) this.pageText();
    else if (kind < 8) this.pageScalar();
    else this.pageDoes();
  }

  async kioskActs() {
    const { random, kiosk } = this;
    const kind = random.below(12);
    const path = random.pick(['name', 'employer', 'home-street', 'child-1-first', 'child-2-first', 'code']);
    if (kind < 4) {
      const char = this.unique();
      if ((await kiosk.type('more', random.below(1000), char)).r === 0) this.must.add(char);
    } else if (kind < 6) await kiosk.type(path, random.below(100), random.pick(WORDS));
    else if (kind < 7) await kiosk.ask('erase', path, random.below(100), 1 + random.below(3));
    else if (kind < 8) await kiosk.ask('set', 'work', random.pick(['yes', 'no']));
    else if (kind < 9) await kiosk.ask(random.pick(['rowadd child', 'rowdel child-1', 'rowdel child-2', 'accept name']));
    else if (kind < 10) await kiosk.ask('set', 'kind', random.pick(['x', 'y']));
    else await kiosk.ask(random.pick(['review', 'reopen', 'next']));
  }

  async step() {
    const kind = this.random.below(100);
    if (kind < 40) await this.pageActs();
    else if (kind < 60) await this.kioskActs();
    else if (kind < 94) await this.carry(1 + this.random.below(4), 1 + this.random.below(6));
    else if (kind < 96) await this.cut();
    else if (kind < 99) await this.connect();
    else {
      this.renew();
      await this.connect();
    }
  }

  async compare() {
    const { json } = await this.kiosk.ask('json');
    const page = this.page.form.toJSON();
    if (jcs(json) !== jcs(page)) fail(`they differ:\n${jcs(json)}\n${jcs(page)}`);
    const there = new Set(json.more);
    for (const char of this.must) if (!there.has(char)) fail(`U+${char.codePointAt(0).toString(16)} was acknowledged and is gone`);
    if (this.page.acked !== this.page.clock()) fail(`acknowledged ${this.page.acked} of ${this.page.clock()}`);
  }

  /** All is made to fit, and frozen; what comes is computed anew. */
  async approve() {
    await this.kiosk.ask('reopen');
    for (let i = 1; i < 30; i++) await this.kiosk.ask('rowdel', `child-${i}`);
    await this.kiosk.ask('rowadd', 'child');
    await this.settle();
    const row = this.page.form.get('child').get(0);
    row.get('first').insert(0, 'Ai\u0308no ');
    row.set('age', '7');
    for (const [key, value] of Object.entries(GOOD)) this.page.form.set(key, value);
    for (const key of ['name', 'employer', 'home-street', 'home-town']) {
      const text = this.page.form.get(key);
      text.delete(0, text.length);
      text.insert(0, ` ${this.random.pick(WORDS)}"\\ `);
    }
    await this.kiosk.ask('erase', 'code', 0, 100);
    await this.settle();
    await this.kiosk.type('name', 1, 'Matti');
    await this.settle();
    const { r } = await this.kiosk.ask('review');
    if (r !== 0) fail(`not to be approved: ${r} ${JSON.stringify(this.page.state.errors)}`);
    await this.settle();
    const sent = JSON.parse(this.page.snapshot);
    const rest = { kiosk: 'oulu-1', expert: { user: 'anna', name: 'Anna Åkesson' }, record: sent.record,
      form: { id: definition.id, version: definition.version, agency: definition.agency, sha256: sha256(bytes) } };
    const mine = canonical(definition, this.page.form.toJSON(), this.page.state, rest);
    if (mine !== this.page.snapshot.toString()) fail(`another form would be sent:\n${this.page.snapshot}\n${mine}`);
    if (sha256(mine) !== this.page.state.sha256) fail('another hash');
    const hellos = this.page.hellos;
    await this.settle();
    if (this.page.hellos !== hellos) fail('the echo was no match');
  }
}

async function session(seed) {
  const random = chance(seed);
  const s = new Session(random);
  await s.connect();
  const steps = 40 + random.below(160);
  for (let i = 0; i < steps; i++) await s.step();
  await s.kiosk.ask('reopen');
  await s.connect();
  await s.settle();
  await s.compare();
  await s.approve();
  await s.compare();
  s.kiosk.end();
  s.page.awareness.destroy();
  return s.must.size;
}

console.log(`LUUKKU_SEED=${SEED}, ${SESSIONS} sessions`);
let kept = 0;
for (let i = 0; i < SESSIONS; i++) {
  now = `session ${i}, seed ${SEED}`;
  kept += await session((SEED + i * 7919) >>> 0);
}
console.log(`${SESSIONS} sessions; ${kept} characters were acknowledged and are there`);
