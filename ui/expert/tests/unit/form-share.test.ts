// The form's protocol against a kiosk with yjs of its own; then against one that lies.
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { findCell, valueOf, hiddenIn, rowsOf } from '../../src/form/cells';
import { ASK_MS, FormShare, PACE_MS, type FormNote } from '../../src/form/share';
import { FORM } from '../support/form.mjs';
import { FormKiosk, KIND } from '../support/form-kiosk.mjs';
import { HandClock } from './hand-clock';

const SNAPSHOT = { v: 1, title: 'Hakemus', sections: [{ id: 'a', title: 'Hakija', fields: [
  { id: 'name', type: 'text', label: 'Nimi', value: 'Aino', shown: 'Aino', by: 'citizen' }, { id: 'x', type: 'text', label: 'Muu', applies: false },
  { id: 'children', type: 'rows', label: 'Lapset', rows: [[{ id: 'n', type: 'text', label: 'Lapsen nimi', value: 'Eino', shown: 'Eino', by: 'expert' }]] }] }] };

let clock: HandClock, share: FormShare, kiosk: FormKiosk, toPage: Uint8Array<ArrayBuffer>[], toKiosk: Uint8Array[];

const settle = async (): Promise<void> => {
  for (let calm = 0; calm < 3; calm += 1) {
    while (toPage.length + toKiosk.length > 0) {
      calm = 0;
      const a = toKiosk.shift();
      if (a !== undefined) kiosk.receive(a);
      const b = toPage.shift();
      if (b !== undefined) share.receive(b.buffer);
    }
    do await new Promise((done) => setTimeout(done)); // hashes are made on another thread
    while ((share as unknown as { busy: boolean }).busy);
    clock.pass(PACE_MS);
  }
};
const connect = (): void => share.channel((chunk) => { toKiosk.push(chunk); });
const cut = (): void => {
  share.channel(null);
  [toPage, toKiosk] = [[], []];
};
const cell = (path: string) => findCell(share.paper!.def, share.paper!.f, path)!;
const type = (path: string, text: string): void => {
  const source = share.source(cell(path));
  source.write([{ at: source.get().length, remove: 0, insert: text }]);
};
const there = (path: string): string => {
  const v = kiosk.doc.getMap('f').get(path);
  return v instanceof Y.Text ? v.toString() : String(v ?? '');
};
const begin = (note: FormNote | null = null, definition: unknown = FORM): void => {
  [clock, toPage, toKiosk] = [new HandClock(), [], []];
  share = new FormShare(clock, () => undefined, note);
  kiosk = new FormKiosk(definition, (chunk) => { toPage.push(chunk); });
};
const raw = (kind: number, bytes: Uint8Array | string): void => kiosk.say(kind, Buffer.from(bytes as string));

beforeEach(() => begin());
afterEach(() => {
  share.close();
  kiosk.close();
});

describe('sharing', () => {
  beforeEach(async () => {
    connect();
    await settle();
  });

  test('joins, and is given a number and the form', () => {
    expect(kiosk.joins).toEqual([{ v: 1, load: expect.stringMatching(/^[0-9a-f]{32}$/), doc: '', client: 0 }]);
    expect([share.stage, share.paper!.doc.clientID, share.paper!.def.title.get('sv'), share.isOpen]).toEqual(['open', 2, 'Ansökan om föräldradagpenning', true]);
    expect(share.unsent).toEqual({ characters: 0, changes: false });
  });

  test('typing on both sides', async () => {
    type('employer', 'Kuopion leipomo');
    kiosk.edit((f) => f.get('name').insert(0, 'Aino'));
    share.set(cell('employed'), 'yes');
    await settle();
    expect([there('employer'), valueOf(cell('name')), there('employed')]).toEqual(['Kuopion leipomo', 'Aino', 'yes']);
    expect(kiosk.refusals).toEqual([]);
    expect(share.paper!.stirred.has('name')).toBe(true);
    expect(share.paper!.stirred.has('employer')).toBe(false);
  });

  test('what is not at the kiosk is counted, erasing too', async () => {
    kiosk.holdsAcks = true;
    type('employer', 'abc😀');
    share.set(cell('count'), '12');
    expect(share.unsent).toEqual({ characters: 6, changes: true });
    await settle();
    expect(share.unsent.characters).toBe(6);
    kiosk.ack();
    kiosk.ack();
    await settle();
    expect(share.unsent).toEqual({ characters: 0, changes: false });
    share.source(cell('employer')).write([{ at: 0, remove: 2, insert: '' }]);
    await settle();
    expect(share.unsent).toEqual({ characters: 0, changes: true });
    kiosk.ack();
    await settle();
    expect(share.unsent.changes).toBe(false);
  });

  test('one ack may stand for several messages: the kiosk is asked', async () => {
    kiosk.holdsAcks = true;
    type('employer', 'abc');
    await settle();
    share.source(cell('employer')).write([{ at: 0, remove: 1, insert: '' }]);
    await settle();
    kiosk.ack();
    await settle();
    expect(share.unsent).toEqual({ characters: 0, changes: true });
    clock.pass(ASK_MS);
    await settle();
    expect([share.unsent.changes, share.isFresh('employer')]).toEqual([false, false]);
  });

  test('no more than so many messages a second', async () => {
    let n = 0;
    const { receive } = kiosk;
    kiosk.receive = (chunk) => { n += 1; receive.call(kiosk, chunk); };
    for (let i = 0; i < 100; i += 1) {
      type('employer', 'x');
      clock.pass(5);
    }
    await settle();
    expect(there('employer')).toBe('x'.repeat(100));
    expect(n).toBeLessThanOrEqual(500 / PACE_MS + 1);
  });

  test('never into what is the citizen’s alone', async () => {
    const before = kiosk.refusals.length;
    expect(share.mayWrite(cell('name'))).toBe(false);
    type('name', 'X');
    share.set(cell('partner'), 'alone');
    await settle();
    expect([there('name'), there('partner'), toKiosk.length, kiosk.refusals.length]).toEqual(['', '', 0, before]);
    expect(share.suggest('name', 'Aino Korhonen')).toBe(true);
    expect(share.suggest('name', 'ä'.repeat(2001))).toBe(false);
    await settle();
    expect(kiosk.commands).toEqual([{ do: 'suggest', field: 'name', value: 'Aino Korhonen' }]);
    expect(share.state!.suggestions.get('name')).toBe('Aino Korhonen');
  });

  test('suggestions: accepted, declined, withdrawn', async () => {
    for (const path of ['name', 'identity', 'employer']) share.suggest(path, `for ${path}`);
    await settle();
    share.withdraw('employer');
    kiosk.answer('name', true);
    kiosk.answer('identity', false);
    await settle();
    expect([...share.answered]).toEqual([['name', { accepted: true, value: 'for name' }], ['identity', { accepted: false, value: 'for identity' }]]);
    expect([valueOf(cell('name')), share.state!.by.get('name')]).toEqual(['for name', 'accepted']);
  });

  test('rows are asked for, and have numbers', async () => {
    share.addRow('children');
    share.addRow('children');
    await settle();
    type('children-2-child-name', 'Eino');
    await settle();
    kiosk.edit((f) => f.get('children').get(1).get('child-name').insert(4, ' K'));
    await settle();
    expect([valueOf(cell('children-2-child-name')), [...share.paper!.stirred.keys()]]).toEqual(['Eino K', expect.arrayContaining(['children-2-child-name'])]);
    share.removeRow('children-1');
    await settle();
    expect(rowsOf(share.paper!.f, cell('children-2-child-name').field && share.paper!.def.sections[2]!.fields[0]!).map((r) => r.id)).toEqual([2]);
    expect(kiosk.refusals).toEqual([]);
  });

  test('where the two are', async () => {
    share.here({ field: 'employer', at: 3, to: 3 });
    share.here({ field: 'employer', at: 4, to: 4 });
    kiosk.at({ field: 'name', at: 1, to: 2 });
    clock.pass(1000);
    await settle();
    expect(kiosk.peer).toEqual({ field: 'employer', at: 4, to: 4 });
    expect(share.paper!.presence.citizen).toEqual({ field: 'name', at: 1, to: 2 });
    const said = toKiosk.length;
    clock.pass(15_000);
    expect(toKiosk.length).toBe(said + 1);
    cut();
    expect(share.paper!.presence.citizen).toBe(null);
  });

  test('a fresh channel goes on with the same form', async () => {
    type('employer', 'Kuopion ');
    await settle();
    kiosk.holdsAcks = true;
    type('employer', 'lei');
    clock.pass(PACE_MS);
    cut();
    type('employer', 'pomo');
    kiosk.edit((f) => f.get('name').insert(0, 'Aino'));
    expect(share.unsent).toEqual({ characters: 7, changes: true });
    expect([share.stage, share.up]).toEqual(['open', false]);
    kiosk.holdsAcks = false;
    toPage = [];
    connect();
    await settle();
    expect(kiosk.joins.at(-1)).toMatchObject({ doc: kiosk.id, client: 2, load: kiosk.joins[0]!['load'] });
    expect([there('employer'), valueOf(cell('name')), share.paper!.doc.clientID]).toEqual(['Kuopion leipomo', 'Aino', 2]);
    expect([share.unsent, share.lost]).toEqual([{ characters: 0, changes: false }, null]);
    type('employer', ' Oy');
    await settle();
    expect(there('employer')).toBe('Kuopion leipomo Oy');
  });

  test('only erased while there was no line', async () => {
    type('employer', 'abc');
    await settle();
    cut();
    share.source(cell('employer')).write([{ at: 0, remove: 1, insert: '' }]);
    expect(share.unsent).toEqual({ characters: 0, changes: true });
    toPage = [];
    connect();
    await settle();
    expect([there('employer'), share.unsent.changes]).toEqual(['bc', false]);
  });

  test('the kiosk begins anew: what it never had is lost, and told', async () => {
    kiosk.holdsAcks = true;
    type('employer', 'abc');
    kiosk.anew();
    await settle();
    expect([share.stage, share.paper!.doc.clientID, share.lost]).toEqual(['open', 3, { characters: 3, changes: true }]);
    share.dismissLost();
    kiosk.holdsAcks = false;
    type('employer', 'd');
    await settle();
    expect(there('employer')).toContain('d');
  });

  test('frozen, voided, frozen, approved, sent', async () => {
    kiosk.freeze(SNAPSHOT);
    await settle();
    const sha256 = createHash('sha256').update(JSON.stringify(SNAPSHOT)).digest('hex');
    expect(kiosk.commands.at(-1)).toEqual({ do: 'hash', sha256 });
    expect([share.isOpen, share.state!.sha256, share.snapshot!.sha256]).toEqual([false, sha256, sha256]);
    expect(share.snapshot!.parts[0]!.answers.map((a) => [a.shown, a.applies, a.rows?.[0]?.[0]?.by])).toEqual([['Aino', true, undefined], ['', false, undefined], ['', true, 'expert']]);
    type('employer', 'x');
    expect(valueOf(cell('employer'))).toBe('');
    kiosk.tell({ phase: 'filling', sha256: '' });
    await settle();
    expect([share.snapshot, share.isOpen, share.reopened]).toEqual([null, true, true]);
    kiosk.freeze(SNAPSHOT);
    kiosk.tell({ phase: 'sealing' });
    const container = new Uint8Array(100_000).fill(7);
    kiosk.seal(container, 'ABCD-1234');
    await settle();
    const hash = createHash('sha256').update(container).digest('hex');
    expect([share.sealed!.sha256, share.sealed!.bytes.length, share.state!.code]).toEqual([hash, 100_000, 'ABCD-1234']);
    expect(kiosk.commands.at(-1)).toEqual({ do: 'received', sha256: hash });
    kiosk.over('ended');
    await settle();
    expect([share.stage, share.state!.code, share.sealed !== null]).toEqual(['over', 'ABCD-1234', true]);
  });

  test('the kiosk ends the sharing; joining again', async () => {
    type('employer', 'abc');
    await settle();
    kiosk.over('too-fast');
    await settle();
    expect([share.stage, share.why, share.isOpen]).toEqual(['over', 'too-fast', false]);
    share.again();
    await settle();
    expect(kiosk.joins.at(-1)).toMatchObject({ doc: '', client: 0 });
    expect([share.stage, valueOf(cell('employer')), share.paper!.doc.clientID]).toEqual(['open', 'abc', 3]);
  });

  test('own judgement stands until the kiosk has spoken', async () => {
    kiosk.holdsAcks = true;
    type('employer', 'x');
    await settle();
    kiosk.tell({});
    await settle();
    expect(share.isFresh('employer')).toBe(true);
    kiosk.ack();
    kiosk.tell({ errors: { name: { error: 'missing', bound: '' } } });
    await settle();
    expect([share.isFresh('employer'), share.state!.errors.get('name')]).toEqual([false, { error: 'missing', bound: '' }]);
  });

  test('conditions', async () => {
    expect([...hiddenIn(share.paper!.def, share.paper!.f)]).toEqual(['employer']);
    share.set(cell('employed'), 'yes');
    expect([...hiddenIn(share.paper!.def, share.paper!.f)]).toEqual([]);
  });
});

test('a service without a form', async () => {
  connect();
  kiosk.hello = () => kiosk.over('none');
  await settle();
  expect([share.stage, share.paper]).toEqual(['none', null]);
});

test('what was not stored before a reload is told', () => {
  begin({ characters: 4, changes: true });
  expect(share.lost).toEqual({ characters: 4, changes: true });
  begin({ characters: 0, changes: false });
  expect(share.lost).toBe(null);
});

describe('a kiosk that lies is refused by name, and nothing is thrown', () => {
  const update = (change: (doc: Y.Doc) => void, client = 1): Buffer => {
    const doc = new Y.Doc();
    doc.clientID = client;
    change(doc);
    const body = Y.encodeStateAsUpdate(doc);
    return Buffer.concat([Buffer.from([2]), Buffer.from(varint(body.length)), body]);
  };
  const varint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >>> 7)]);
  const state = (change: object): string => JSON.stringify({ ...kiosk.state, ...change });
  const many = Object.fromEntries(Array.from({ length: 2001 }, (_, i) => [`p${i}`, { error: 'missing', bound: '' }]));

  test.each<[string, string, object]>([
    ['another hash', 'hash', { sha256: '0'.repeat(64) }],
    ['the kiosk’s own number', 'client', { client: 1 }],
    ['no number', 'client', { client: '2' }],
    ['a number beyond all', 'client', { client: 2 ** 31 }],
    ['another kiosk number', 'client', { kiosk: 5 }],
    ['another version', 'version', { v: 2 }],
    ['a document without a proper name', 'malformed', { doc: 'xyz' }],
    ['a form that this page never held', 'client', { fresh: false }],
  ])('hello: %s', async (_, why, lie) => {
    connect();
    kiosk.lie = lie as Record<string, unknown>;
    await settle();
    expect([share.stage, share.why, share.paper]).toEqual(['refused', why, null]);
    delete kiosk.lie;
    share.again();
    await settle();
    expect(share.stage).toBe('open');
  });

  const field = (over: object): unknown => ({ ...FORM, sections: [{ ...FORM.sections[0], fields: [{ ...FORM.sections[0].fields[1], ...over }] }] });
  const deep = (n: number): unknown => (n === 0 ? { field: 'name', filled: true } : { not: deep(n - 1) });
  test.each<[string, unknown]>([
    ['no object', []], ['no sections', { ...FORM, sections: [] }], ['thirteen sections', { ...FORM, sections: Array(13).fill(FORM.sections[0]) }],
    ['one id twice', { ...FORM, sections: [FORM.sections[0], { ...FORM.sections[0], id: 'b' }] }], ['an unknown type', field({ type: 'script' })],
    ['an id that is a path', field({ id: 'a-1-b' })], ['a prototype for an id', field({ id: '__proto__' })], ['a text that is none', field({ label: { fi: 1, sv: 'b', en: 'c' } })],
    ['rows in rows', { ...FORM, sections: [{ ...FORM.sections[2], fields: [{ ...FORM.sections[2].fields[0], fields: [FORM.sections[2].fields[0]] }] }] }],
    ['too deep a condition', field({ when: deep(5) })], ['a choice without options', field({ type: 'choice' })], ['a length of a megabyte', field({ max_length: 1e6 })],
    ['more than 64 KiB', { ...FORM, more: 'x'.repeat(70_000) }],
  ])('definition: %s', async (_, definition) => {
    begin();
    kiosk.close();
    kiosk = new FormKiosk(FORM, (chunk) => { toPage.push(chunk); });
    kiosk.bytes = Buffer.from(JSON.stringify(definition));
    connect();
    await settle();
    expect([share.stage, share.why]).toEqual(['refused', 'definition']);
  });

  const lies: [string, string, () => void][] = [
    ['a chunk of nothing', 'malformed', () => share.receive(new ArrayBuffer(0))],
    ['text instead of bytes', 'malformed', () => share.receive('hello')],
    ['a message longer than any', 'malformed', () => share.receive(Uint8Array.of(8 | 128, 255, 0, 0, 0, 1).buffer)],
    ['a state that is no JSON', 'malformed', () => raw(KIND.state!, '{')],
    ['a state that is no UTF-8', 'malformed', () => raw(KIND.state!, Uint8Array.of(0xff, 0xfe))],
    ['a state without a phase', 'malformed', () => raw(KIND.state!, state({ phase: 'free' }))],
    ['an unknown error', 'malformed', () => raw(KIND.state!, state({ errors: { a: { error: '<b>', bound: '' } } }))],
    ['errors without end', 'malformed', () => raw(KIND.state!, state({ errors: many }))],
    ['a code that is a path', 'malformed', () => raw(KIND.state!, state({ code: '../../etc' }))],
    ['an ack of three bytes', 'malformed', () => raw(KIND.ack!, Uint8Array.of(0, 0, 1))],
    ['an ack of what was never written', 'malformed', () => raw(KIND.ack!, Uint8Array.of(0, 1, 0, 0))],
    ['an update of noise', 'malformed', () => raw(KIND.sync!, Uint8Array.of(2, 3, 1, 200, 200))],
    ['a sync message of no kind', 'malformed', () => raw(KIND.sync!, Uint8Array.of(9))],
    ['a sync message that ends early', 'malformed', () => raw(KIND.sync!, Uint8Array.of(2, 100, 1))],
    ['the page’s own number', 'client', () => raw(KIND.sync!, update((doc) => { for (const v of '123') doc.getMap('f').set('count', v); }, 2))],
    ['awareness without end', 'malformed', () => raw(KIND.aware!, Uint8Array.of(200, 1))],
    ['awareness of noise', 'malformed', () => raw(KIND.aware!, Uint8Array.of(1, 1, 5, 1, 123))],
    ['a snapshot that is none', 'malformed', () => raw(KIND.snapshot!, '[]')],
    ['an end without a reason', 'malformed', () => raw(KIND.over!, '{}')],
    ['a reason that is a page', 'malformed', () => raw(KIND.over!, '{"why":"<h1>"}')],
    ['a definition nobody asked for', 'malformed', () => raw(KIND.definition!, '{}')],
  ];
  test.each(lies)('%s', async (_, why, lie) => {
    connect();
    await settle();
    type('employer', 'x');
    lie();
    await settle();
    expect([share.stage, share.why]).toEqual(['refused', why]);
    expect(share.mayWrite).toBeDefined();
    share.again();
    await settle();
    expect(share.stage).toBe('open');
  });

  test('things that do not belong into the form are passed over', async () => {
    connect();
    await settle();
    kiosk.edit((f) => {
      f.set('unknown', new Y.Map());
      f.set('count', new Y.Text('5'));
      f.set('due', { a: 1 });
      f.set('iban', 7);
      f.get('employer').insertEmbed(0, { script: 'x' });
      f.get('more-info').insert(0, '<b>no</b>', { bold: true });
      const row = new Y.Map();
      row.set('_id', -1);
      f.get('children').push([row, 'text', 5, new Y.Array(), ...Array.from({ length: 100 }, () => new Y.Map())]);
      f.set('email', '<img src=x onerror=alert(1)>');
    });
    await settle();
    expect(share.stage).toBe('open');
    expect(['count', 'due', 'iban', 'employer', 'more-info', 'email'].map((p) => valueOf(cell(p)))).toEqual(['', '', '', '', '<b>no</b>', '<img src=x onerror=alert(1)>']);
    expect(['count', 'due', 'iban', 'employer'].map((p) => share.mayWrite(cell(p)))).toEqual([false, false, false, false]);
    expect(cell('children-1-child-name')).toBe(null);
    expect(hiddenIn(share.paper!.def, share.paper!.f)).toEqual(new Set(['employer']));
  });

  test('a flood of document ends the sharing', async () => {
    connect();
    await settle();
    for (let i = 0; i < 40 && share.stage === 'open'; i += 1) {
      kiosk.edit((f) => f.set(`k${i}`, 'x'.repeat(900_000)));
      await settle();
    }
    expect([share.stage, share.why]).toEqual(['refused', 'too-large']);
  });

  test('commands and edits into nothing are nothing', () => {
    share.open();
    share.review();
    share.point('x');
    share.here({ field: 'x', at: 0, to: 0 });
    share.again();
    share.receive(new ArrayBuffer(3));
    share.channel(null);
    expect([share.stage, toKiosk.length]).toEqual(['none', 0]);
  });
});
