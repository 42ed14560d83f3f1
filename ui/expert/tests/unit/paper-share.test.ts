// The papers' protocol against a kiosk that refuses what a kiosk refuses; then against one that lies.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readJpeg, SCANS_MAX } from '../../src/paper/jpeg';
import { ANSWER_MS, COMMANDS_MAX, GOT_BYTES, PaperShare, WAITING_MAX, fitted } from '../../src/paper/share';
import { chance, seed } from './chance';
import { HandClock } from './hand-clock';
import { KIND, PaperKiosk, jpegOf } from '../support/paper-kiosk.mjs';

let clock: HandClock, share: PaperShare, kiosk: PaperKiosk, toPage: Uint8Array<ArrayBuffer>[], toKiosk: Uint8Array[], held: Map<string, Blob>, waiting: number, changes: number;
let made = 0;

/** Until what is complete has been judged, however busy the machine is. */
const judged = async (): Promise<void> => {
  do await new Promise((done) => setTimeout(done, 1));
  while (share.pages.some((p) => p.have === p.facts.detail && !p.isWhole));
};
const settle = async (ms = 200): Promise<void> => {
  for (let passed = 0; passed < ms; passed += 20) {
    for (let calm = 0; calm < 2; calm += 1) {
      while (toPage.length + toKiosk.length > 0) {
        calm = 0;
        const a = toKiosk.shift();
        if (a !== undefined) kiosk.receive(a);
        const b = toPage.shift();
        if (b !== undefined) share.receive(b.buffer);
      }
      await judged(); // hashes are made on another thread
    }
    clock.pass(20);
  }
};
const connect = (): void => share.channel({ send: (m) => { toKiosk.push(m); }, waiting: () => waiting });
const cut = (): void => {
  share.channel(null);
  kiosk.leave();
  [toPage, toKiosk] = [[], []];
};
/** A page of that size. */
const paper = (len = 1000, more = {}): number => kiosk.add(jpegOf(1240, 1754, len, (made += 1) % 250), jpegOf(124, 175, 200), { width: 1240, height: 1754, ...more });

beforeEach(() => {
  [clock, toPage, toKiosk, held, waiting, changes] = [new HandClock(), [], [], new Map(), 0, 0];
  const addresses = { make: (b: Blob) => { held.set(`blob:${made += 1}`, b); return `blob:${made}`; }, revoke: (a: string) => { if (!held.delete(a)) throw new Error(`${a} was not made`); } };
  share = new PaperShare(clock, () => { changes += 1; }, addresses);
  kiosk = new PaperKiosk((m) => { toPage.push(m); }, clock.now);
});
afterEach(() => {
  share.close();
  expect(held.size).toBe(0);
});

describe('pages', () => {
  test('joins, shows previews, then details, and says how much is here', async () => {
    const first = paper(GOT_BYTES * 3);
    connect();
    expect([share.stage, share.up]).toEqual(['joining', true]);
    await settle();
    expect(kiosk.joins).toEqual([{ v: 1, load: expect.stringMatching(/^[0-9a-f]{32}$/), have: [] }]);
    expect([share.stage, share.pages.length, share.pages[0]!.isWhole]).toEqual(['open', 1, true]);
    expect(kiosk.got.get(first)).toBe(share.pages[0]!.facts.sha256);
    expect(Buffer.from(await held.get(share.pages[0]!.detail!)!.arrayBuffer()).equals(kiosk.pages[0]!.detail)).toBe(true);
    expect([...held.values()].map((b) => b.type)).toEqual(['image/jpeg', 'image/jpeg']);
    expect(kiosk.refusals).toEqual([]);
  });

  test('the preview comes first, how far the detail is', async () => {
    kiosk.flows = false;
    paper(50_000);
    connect();
    await settle();
    expect([share.pages[0]!.preview !== null, share.pages[0]!.isWhole, share.pages[0]!.have]).toEqual([true, false, 0]);
    kiosk.piece(1, 1, 0, kiosk.pages[0]!.detail.subarray(0, 10_000));
    await settle();
    expect(share.pages[0]!.have).toBe(10_000);
  });

  test('a page that goes takes its pictures along', async () => {
    const [a, b] = [paper(), paper()];
    connect();
    await settle();
    share.save(a);
    kiosk.lookAt({ page: a, zoom: 200 });
    kiosk.pointAt(a, 1, 2);
    await settle();
    expect([held.size, share.look.page, share.citizen?.x, share.saved.has(a)]).toEqual([4, a, 1, true]);
    kiosk.remove(a);
    await settle();
    expect([held.size, share.pages.map((p) => p.id), share.look.page, share.citizen, share.saved.size]).toEqual([2, [b], 0, null, 0]);
    share.close();
    expect(held.size).toBe(0);
  });

  test('order and what may change, change', async () => {
    const [a, b] = [paper(), paper()];
    connect();
    await settle();
    kiosk.pages.reverse();
    kiosk.change(a, { attached: true });
    await settle();
    expect(share.pages.map((p) => [p.id, p.facts.attached])).toEqual([[b, false], [a, true]]);
  });

  test('a fresh channel goes on where the old one stopped', async () => {
    kiosk.flows = false;
    const [a, b] = [paper(100_000), paper(600)];
    connect();
    await settle();
    kiosk.piece(1, a, 0, kiosk.pages[0]!.detail.subarray(0, 16_000));
    kiosk.piece(1, b, 0, kiosk.pages[1]!.detail);
    await settle();
    cut();
    expect([share.up, share.pages.length]).toEqual([false, 2]);
    kiosk.flows = true;
    connect();
    await settle();
    expect(kiosk.joins[1]!.have).toEqual([[a, 16_000], [b, 600]]);
    expect(kiosk.joins[1]!.load).toBe(kiosk.joins[0]!.load);
    expect(share.pages.map((p) => p.isWhole)).toEqual([true, true]);
    expect([...kiosk.got.values()].every((v) => typeof v === 'string')).toBe(true);
    expect(held.size).toBe(4);
    expect(kiosk.refusals).toEqual([]);
  });

  test('one that is unshared while its hash is made leaves nothing', async () => {
    connect();
    await settle();
    const a = paper(2000);
    while (toPage.length > 0) share.receive(toPage.shift()!.buffer);
    kiosk.remove(a);
    await settle();
    expect([held.size, share.pages.length, share.stage]).toEqual([0, 0, 'open']);
  });

  test('the end of sharing, and again', async () => {
    paper();
    connect();
    await settle();
    kiosk.over('malformed');
    await settle();
    expect([share.stage, share.why, share.pages.length, held.size]).toEqual(['over', 'malformed', 0, 0]);
    share.again();
    await settle();
    expect([share.stage, share.pages.length, kiosk.joins.at(-1)!.have]).toEqual(['open', 1, []]);
  });

  test('the screen is not drawn anew for every piece', async () => {
    paper(4_000_000);
    connect();
    changes = 0;
    await settle();
    expect(share.pages[0]!.isWhole).toBe(true);
    expect(changes).toBeLessThan(20);
  });
});

describe('together', () => {
  let page: number;
  beforeEach(async () => {
    page = paper();
    connect();
    await settle();
  });

  test('looking: the own look at once, the citizen’s when it comes', async () => {
    share.lookThere({ page, turn: 1, zoom: 200, x: 2500, y: 7500 });
    expect(share.look).toEqual({ page, turn: 1, zoom: 200, x: 2500, y: 7500, by: 'expert' });
    await settle();
    expect(kiosk.look).toEqual(share.look);
    kiosk.lookAt({ zoom: 300 });
    await settle();
    expect([share.look.zoom, share.look.by]).toEqual([300, 'citizen']);
    expect(kiosk.looks).toHaveLength(1);
  });

  test('an answer to an older look does not pull the newer one back', async () => {
    for (let zoom = 110; zoom <= 200; zoom += 10) {
      share.lookThere({ page, turn: 0, zoom, x: 5000, y: 5000 });
      await settle(20);
      expect(share.look.zoom).toBe(zoom);
    }
    await settle();
    expect([kiosk.look.zoom, share.look.zoom]).toEqual([200, 200]);
    expect(kiosk.looks.length).toBeLessThan(8);
  });

  test('a look that was overruled gives way', async () => {
    kiosk.receive = () => undefined;
    share.lookThere({ page, turn: 0, zoom: 400, x: 1, y: 1 });
    kiosk.raw(KIND.look, { page, turn: 0, zoom: 150, x: 5000, y: 5000, by: 'expert' });
    await settle(100);
    expect(share.look.zoom).toBe(400);
    await settle(ANSWER_MS);
    expect(share.look.zoom).toBe(150);
  });

  test('pointing: at most 25 a second, the newest counts', async () => {
    for (let i = 0; i < 200; i += 1) {
      share.point({ page, x: i, y: i });
      clock.pass(5);
    }
    await settle();
    expect(kiosk.points.length).toBeLessThanOrEqual(27);
    expect(kiosk.points.at(-1)).toEqual({ page, x: 199, y: 199 });
    share.point(null);
    await settle();
    expect(kiosk.points.at(-1)).toEqual({ page: 0, x: 0, y: 0 });
    expect(kiosk.refusals).toEqual([]);
  });

  test('marks: drawn, told, taken back', async () => {
    expect(share.mark(page, { what: 'line', x: 1, y: 2, toX: 3, toY: 4, text: 'not of a line' })).toBe(true);
    expect(share.mark(page, { what: 'text', x: 10, y: 20, toX: 0, toY: 0, text: `  a\u0007b ${'ä'.repeat(100)}` })).toBe(true);
    expect(share.mark(page, { what: 'text', x: 10, y: 20, toX: 0, toY: 0, text: ' \n ' })).toBe(false);
    expect(share.mark(99, { what: 'line', x: 1, y: 2, toX: 3, toY: 4, text: '' })).toBe(false);
    await settle();
    expect(kiosk.commands[0]).toEqual({ do: 'mark', page, what: 'line', x: 1, y: 2, to_x: 3, to_y: 4, text: '' });
    expect(share.pages[0]!.marks.map((m) => [m.what, m.by, m.text, m.toX])).toEqual([['line', 'expert', '', 3], ['text', 'expert', `a b ${'ä'.repeat(58)}`, 10]]);
    share.unmark(page, share.pages[0]!.marks[0]!.id);
    await settle();
    expect(share.pages[0]!.marks).toHaveLength(1);
    for (let i = 0; i < 60; i += 1) {
      share.mark(page, { what: 'box', x: i, y: 2, toX: 3, toY: 4, text: '' });
      await settle(40);
    }
    expect(share.pages[0]!.marks).toHaveLength(40);
    expect(kiosk.refusals).toEqual([]);
  });

  test('asking for a paper', async () => {
    expect(share.ask({ kind: '', sides: 1, text: ' ' })).toBe(false);
    expect(share.ask({ kind: 'Pay Slip', sides: 1, text: '' })).toBe(false);
    expect(share.ask({ kind: 'payslip', sides: 2, text: 'Elokuun\tpalkka' })).toBe(true);
    expect(share.askState).toBe('open');
    await settle();
    expect(kiosk.commands).toEqual([{ do: 'ask', kind: 'payslip', sides: 2, text: 'Elokuun palkka' }]);
    kiosk.tell({ ask: 'scanning' });
    await settle();
    expect([share.askState, share.wish?.kind]).toEqual(['scanning', 'payslip']);
    share.askOff();
    await settle();
    expect([share.askState, share.wish, kiosk.told.ask]).toEqual(['none', null, 'none']);
  });

  test('saving is told; not of a page that is to be looked at only', async () => {
    const fleeting = paper(1000, { keep: false });
    await settle();
    share.save(page);
    share.save(fleeting);
    await settle();
    expect(kiosk.commands).toEqual([{ do: 'saved', page }]);
    expect([...share.saved]).toEqual([page]);
  });

  test('whatever is pressed, a kiosk never finds it too much', async () => {
    let taken = 0;
    for (let i = 0; i < 1000; i += 1) {
      taken += Number(share.unmark(page, 1));
      share.lookThere({ page, turn: i % 4, zoom: 100 + (i % 700), x: 5000, y: 5000 });
      share.point({ page, x: i, y: i });
      if (i % 5 === 0) await settle(20);
    }
    await settle(3000);
    expect(kiosk.refusals).toEqual([]);
    expect(taken).toBeLessThan(400);
    expect(taken).toBeGreaterThan(COMMANDS_MAX);
    expect(kiosk.commands).toHaveLength(taken);
  });
});

describe('a document of one’s own', () => {
  const pdf = (len: number): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(len);
    bytes.set(new TextEncoder().encode('%PDF-1.7\n'));
    return bytes;
  };
  const state = () => share.showing.list.map((d) => [d.n, d.state, d.why]);
  beforeEach(async () => {
    connect();
    await settle();
  });

  test('offered, sent in order, read, shown, taken back', async () => {
    expect(share.show('ohje.pdf', pdf(3_000_000))).toBeNull();
    expect(share.show('toinen.pdf', pdf(10))).toBe('busy');
    await settle(1000);
    expect(share.showing.current!.sent).toBeGreaterThan(0);
    expect(share.showing.current!.sent).toBeLessThan(3_000_000);
    await settle(9000);
    expect(Buffer.concat(kiosk.documents.get(1)!.parts).length).toBe(3_000_000);
    expect(state()).toEqual([[1, 'reading', '']]);
    kiosk.tell({ doc: { n: 1, state: 'shown', why: '', pages: 2 } });
    await settle();
    expect([state(), share.showing.list[0]!.pages]).toEqual([[[1, 'shown', '']], 2]);
    share.unshow(share.showing.list[0]!);
    await settle();
    expect([kiosk.commands.at(-1), share.showing.list]).toEqual([{ do: 'offer-off', n: 1 }, []]);
    expect(kiosk.refusals).toEqual([]);
  });

  test.each([['unknown', new TextEncoder().encode('<html>')], ['empty', new Uint8Array(0)], ['too-large', pdf(33_554_433)]] as const)('what is %s never leaves', async (why, bytes) => {
    expect(share.show('x', bytes as Uint8Array<ArrayBuffer>)).toBe(why);
    expect(state()).toEqual([[0, 'refused', why]]);
    await settle();
    expect(kiosk.commands).toEqual([]);
  });

  test('no more than the browser has room for', async () => {
    waiting = WAITING_MAX + 1;
    share.show('a.pdf', pdf(500_000));
    await settle(1000);
    expect(kiosk.commands).toEqual([]);
    waiting = 0;
    await settle(2000);
    expect(state()).toEqual([[1, 'reading', '']]);
  });

  test('other words find their way between the pieces', async () => {
    const page = paper();
    await settle();
    share.show('a.pdf', pdf(5_000_000));
    await settle(500);
    share.ask({ kind: 'payslip', sides: 1, text: '' });
    share.point({ page, x: 1, y: 1 });
    await settle(100);
    expect([kiosk.commands.at(-1)!['do'], kiosk.points.length]).toEqual(['ask', 1]);
    expect(share.showing.current!.state).toBe('coming');
  });

  test('cut off on the way: offered anew under another number', async () => {
    share.show('a.pdf', pdf(800_000));
    await settle(200);
    cut();
    connect();
    await settle(3000);
    expect(kiosk.commands.filter((c) => c['do'] === 'offer').map((c) => c['n'])).toEqual([1, 2]);
    expect([state(), kiosk.documents.get(2)!.have]).toEqual([[[2, 'reading', '']], 800_000]);
    expect(kiosk.refusals).toEqual([]);
  });

  test('refused at the kiosk, in its word; then another', async () => {
    share.show('a.pdf', pdf(100));
    await settle();
    kiosk.tell({ doc: { n: 1, state: 'refused', why: 'locked', pages: 0 } });
    await settle();
    expect(state()).toEqual([[1, 'refused', 'locked']]);
    expect(share.show('b.pdf', pdf(100))).toBeNull();
    await settle();
    expect(state()).toEqual([[2, 'reading', '']]);
  });

  test('a page that was loaded anew knows of what is shown, and goes on above its number', async () => {
    cut();
    kiosk.told.doc = { n: 7, state: 'shown', why: '', pages: 1 };
    connect();
    await settle();
    expect(state()).toEqual([[7, 'shown', '']]);
    share.show('b.pdf', pdf(100));
    await settle();
    expect(kiosk.commands).toEqual([{ do: 'offer', n: 8, bytes: 100 }]);
  });
});

describe('a kiosk that lies', () => {
  const one = jpegOf(1240, 1754, 700);
  const facts = { id: 1, from: 'scanner', width: 1240, height: 1754, dpi: 300, preview: 200, detail: 700, sha256: '', attached: false, keep: true };
  const listed = (more = {}, n = 1): unknown => ({ pages: Array.from({ length: n }, (_, i) => ({ ...facts, sha256: 'ab'.repeat(32), id: i + 1, ...more })) });
  const told = { ask: 'none', doc: { n: 0, state: 'none', why: '', pages: 0 }, scanner: 'none', camera: false, own: 0 };
  const mark = { id: 1, by: 'citizen', what: 'line', x: 0, y: 0, to_x: 1, to_y: 1, text: '' };
  beforeEach(async () => {
    kiosk.flows = false;
    kiosk.add(one, jpegOf(124, 175, 200), { width: 1240, height: 1754 });
    connect();
    await settle();
    expect(share.stage).toBe('open');
  });
  const lies: [string, string, () => void][] = [
    ['an id that is not in the list', 'malformed', () => kiosk.piece(1, 9, 0, one)],
    ['pieces out of order', 'order', () => kiosk.piece(1, 1, 5, one)],
    ['a piece twice', 'order', () => { kiosk.piece(1, 1, 0, one.subarray(0, 5)); kiosk.piece(1, 1, 0, one.subarray(0, 5)); }],
    ['more than was declared', 'too-large', () => kiosk.piece(1, 1, 0, Buffer.concat([one, one]))],
    ['more of a preview', 'order', () => kiosk.piece(0, 1, 0, one)],
    ['more after the end', 'too-large', () => { kiosk.piece(1, 1, 0, one); kiosk.piece(1, 1, 700, one); }],
    ['an empty piece', 'malformed', () => kiosk.piece(1, 1, 0, Buffer.alloc(0))],
    ['half a head', 'malformed', () => kiosk.raw(KIND.piece, Buffer.alloc(5))],
    ['a part of the page’s own', 'malformed', () => kiosk.piece(2, 1, 0, one)],
    ['other bytes than the hash', 'hash', () => kiosk.piece(1, 1, 0, jpegOf(1240, 1754, 700, 9))],
    ['another size in the picture', 'picture', () => { kiosk.remove(1); kiosk.add(jpegOf(9000, 9000), jpegOf(10, 10), { width: 10, height: 10 }); kiosk.flows = true; kiosk.flow(); }],
    ['no picture at all', 'picture', () => { kiosk.add(Buffer.from('<svg onload="alert(1)">'), jpegOf(10, 10), { width: 10, height: 10 }); kiosk.flows = true; kiosk.flow(); }],
    ['a preview larger than its page', 'picture', () => kiosk.add(jpegOf(10, 10), jpegOf(9999, 9999), { width: 10, height: 10 })],
    ['a preview of something else', 'picture', () => kiosk.add(one, Buffer.from('GIF89a          '), { width: 1240, height: 1754 })],
    ['41 pages', 'too-large', () => kiosk.raw(KIND.list, listed({}, 41))],
    ['one id twice', 'malformed', () => kiosk.raw(KIND.list, listed({ id: 3 }, 2))],
    ['id 0', 'malformed', () => kiosk.raw(KIND.list, listed({ id: 0 }))],
    ['half an id', 'malformed', () => kiosk.raw(KIND.list, listed({ id: 1.5 }))],
    ['a page of 4 thousand million pixels', 'too-large', () => kiosk.raw(KIND.list, listed({ id: 2, width: 65_535, height: 65_535 }))],
    ['a page of too many pixels in all', 'too-large', () => kiosk.raw(KIND.list, listed({ id: 2, width: 20_000, height: 20_000 }))],
    ['a detail of 2 GiB', 'too-large', () => kiosk.raw(KIND.list, listed({ id: 2, detail: 2 ** 31 }))],
    ['too many bytes in all', 'too-large', () => kiosk.raw(KIND.list, { pages: Array.from({ length: 40 }, (_, i) => ({ ...facts, sha256: 'ab'.repeat(32), id: i + 2, detail: 32 * 1024 * 1024 })) })],
    ['another content under an id', 'changed', () => kiosk.change(1, { detail: 701 })],
    ['another right under an id', 'changed', () => kiosk.change(1, { keep: false })],
    ['a hash that is none', 'malformed', () => kiosk.raw(KIND.list, listed({ id: 2, sha256: 'zz' }))],
    ['no list', 'malformed', () => kiosk.raw(KIND.list, { pages: {} })],
    ['no JSON', 'malformed', () => kiosk.raw(KIND.list, '{')],
    ['JSON of another encoding', 'malformed', () => kiosk.raw(KIND.list, Buffer.from([0xff, 0xfe]))],
    ['a giant message', 'too-large', () => kiosk.raw(KIND.told, JSON.stringify({ ...told, pad: 'x'.repeat(17_000) }))],
    ['deep JSON', 'malformed', () => kiosk.raw(KIND.list, '['.repeat(16_000))],
    ['a look at nothing that is', 'malformed', () => kiosk.raw(KIND.look, { page: 5, turn: 0, zoom: 100, x: 0, y: 0, by: 'citizen' })],
    ['a turn of 4', 'malformed', () => kiosk.raw(KIND.look, { page: 1, turn: 4, zoom: 100, x: 0, y: 0, by: 'citizen' })],
    ['a zoom of 1e9', 'malformed', () => kiosk.raw(KIND.look, { page: 1, turn: 0, zoom: 1e9, x: 0, y: 0, by: 'citizen' })],
    ['a look beside the page', 'malformed', () => kiosk.raw(KIND.look, { page: 1, turn: 0, zoom: 100, x: -1, y: 0, by: 'citizen' })],
    ['somebody else’s look', 'malformed', () => kiosk.raw(KIND.look, { page: 1, turn: 0, zoom: 100, x: 1, y: 0, by: '<b>' })],
    ['a pointer beside the page', 'malformed', () => kiosk.pointAt(1, 10_001, 0)],
    ['a pointer on no page', 'malformed', () => kiosk.pointAt(7, 1, 0)],
    ['half a pointer', 'malformed', () => kiosk.raw(KIND.point, Buffer.alloc(7))],
    ['a mark out of range', 'malformed', () => kiosk.raw(KIND.marks, { page: 1, marks: [{ ...mark, to_x: 10_001 }] })],
    ['a mark of another shape', 'malformed', () => kiosk.raw(KIND.marks, { page: 1, marks: [{ ...mark, what: 'script' }] })],
    ['a mark with control characters', 'malformed', () => kiosk.raw(KIND.marks, { page: 1, marks: [{ ...mark, what: 'text', text: 'a\u0000b' }] })],
    ['a mark of a whole book', 'malformed', () => kiosk.raw(KIND.marks, { page: 1, marks: [{ ...mark, what: 'text', text: 'x'.repeat(121) }] })],
    ['41 marks', 'too-large', () => kiosk.raw(KIND.marks, { page: 1, marks: Array.from({ length: 41 }, (_, i) => ({ ...mark, id: i + 1 })) })],
    ['two marks with one id', 'malformed', () => kiosk.raw(KIND.marks, { page: 1, marks: [mark, mark] })],
    ['marks of no page', 'malformed', () => kiosk.raw(KIND.marks, { page: 4, marks: [] })],
    ['an unknown word', 'malformed', () => kiosk.raw(KIND.told, { ...told, ask: 'maybe' })],
    ['a reason in HTML', 'malformed', () => kiosk.raw(KIND.told, { ...told, doc: { ...told.doc, why: '<b>' } })],
    ['a thousand own pages', 'malformed', () => kiosk.raw(KIND.told, { ...told, own: 1000 })],
    ['null', 'malformed', () => kiosk.raw(KIND.told, 'null')],
    ['no reason', 'malformed', () => kiosk.raw(KIND.over, {})],
    ['text', 'malformed', () => share.receive('hello')],
    ['nothing', 'malformed', () => share.receive(new ArrayBuffer(0))],
  ];
  test.each(lies)('%s: %s', async (_, why, lie) => {
    lie();
    await settle();
    expect([share.stage, share.why, share.pages.length, held.size]).toEqual(['refused', why, 0, 0]);
    kiosk.pointAt(1, 1, 1); // nothing more is heard
    await settle();
    expect([share.stage, share.why]).toEqual(['refused', why]);
    share.channel(null);
    expect(share.stage).toBe('refused');
    share.channel({ send: () => undefined, waiting: () => 0 }); // a fresh one begins anew, as the form's does
    expect([share.stage, share.why]).toEqual(['joining', '']);
  });

  test('kinds of later versions are passed over', async () => {
    for (const kind of [0, 1, 4, 8, 11, 255]) kiosk.raw(kind, Buffer.alloc(100));
    await settle();
    expect(share.stage).toBe('open');
  });

  test('again after a lie', async () => {
    kiosk.pointAt(9, 1, 1);
    await settle();
    share.again();
    kiosk.flows = true;
    await settle();
    expect([share.stage, share.pages[0]!.isWhole]).toEqual(['open', true]);
  });

  test(`whatever comes, nothing throws and nothing is kept (LUUKKU_SEED=${seed})`, async () => {
    const random = chance(seed);
    const words = ['{"pages":[]}', JSON.stringify(listed({ id: 2 })), JSON.stringify(told), '{"why":"done"}', '{"page":1,"marks":[]}', '{"page":1,"turn":0,"zoom":100,"x":1,"y":1,"by":"citizen"}', '[]', '""', '{"pages":[null]}'];
    const lie = (): Uint8Array => {
      const kind = random(12);
      const body = Buffer.from(random(3) === 0 ? Buffer.from(Array.from({ length: random(40) }, () => random(256))) : words[random(words.length)]!);
      for (let i = random(4); i > 0 && body.length > 0; i -= 1) body[random(body.length)] = random(256);
      if (kind === 3) return Buffer.concat([Buffer.from([3, random(4), 0, 0, 0, random(3)]), Buffer.from([0, 0, random(2), random(2) * 44]), one.subarray(0, random(700))]);
      return Buffer.concat([Buffer.from([kind]), body]);
    };
    const seen = new Set<string>();
    for (let i = 0; i < 3000; i += 1) {
      share.receive(new Uint8Array(lie()).buffer);
      if (share.stage !== 'open') {
        seen.add(`${share.stage} ${share.why}`);
        share.again();
        share.receive(new Uint8Array(Buffer.concat([Buffer.from([KIND.list]), Buffer.from(JSON.stringify({ pages: kiosk.pages.map((p) => p.facts) }))])).buffer);
      }
      if (i % 100 === 0) {
        await judged();
        clock.pass(1000);
      }
      expect(held.size).toBeLessThanOrEqual(80);
      toKiosk.length = 0;
    }
    await judged();
    expect(seen.size).toBeGreaterThan(2);
  });
});

describe('what a JPEG says of itself', () => {
  const good = jpegOf(300, 200, 400);
  const bad = (change: (b: Buffer) => Buffer | void): (() => void) => () => {
    const b = Buffer.from(good);
    readJpeg(change(b) ?? b);
  };
  const scan = good.subarray(15, 25);
  test('its size; of a progressive one too, with fill, comments and restarts', () => {
    expect(readJpeg(good)).toEqual({ width: 300, height: 200 });
    const comment = Buffer.from([0xff, 0xff, 0xff, 0xfe, 0, 4, 0xff, 0xd8]);
    const data = Buffer.from([1, 0xff, 0, 2, 0xff, 0xd0, 3]);
    const progressive = Buffer.concat([good.subarray(0, 2), comment, good.subarray(2, 15), scan, data, comment, scan, data, Buffer.from([0xff, 0xd9])]);
    progressive[2 + comment.length + 1] = 0xc2;
    expect(readJpeg(progressive)).toEqual({ width: 300, height: 200 });
    expect(readJpeg(good.subarray(0, 200))).toEqual({ width: 300, height: 200 });
  });
  test.each([
    ['no start', bad((b) => { b[1] = 0; })], ['a lossless one', bad((b) => { b[3] = 0xc3; })], ['12 bits', bad((b) => { b[6] = 12; })], ['four colours', bad((b) => { b[11] = 4; })],
    ['no height', bad((b) => { b[7] = b[8] = 0; })], ['a frame that is too long', bad((b) => { b[4] = 0x40; })], ['no scan', bad((b) => b.subarray(0, 15))], ['nothing', bad(() => Buffer.alloc(0))],
    ['two frames', bad((b) => Buffer.concat([b.subarray(0, 15), b.subarray(2)]))], ['a gap', bad((b) => Buffer.concat([b.subarray(0, 2), Buffer.from([0]), b.subarray(2)]))],
    ['a length of 1', bad((b) => { b[5] = 1; })], ['a thousand comments', bad((b) => Buffer.concat([b.subarray(0, 2), ...Array.from({ length: 2000 }, () => Buffer.from([0xff, 0xfe, 0, 2])), b.subarray(2)]))],
    ['many scans', bad((b) => Buffer.concat([b.subarray(0, 15), ...Array.from({ length: SCANS_MAX + 1 }, () => scan)]))],
  ])('%s is refused', (_, run) => expect(run).toThrow(/picture/));
  test(`any bytes at all (LUUKKU_SEED=${seed})`, () => {
    const random = chance(seed);
    for (let i = 0; i < 5000; i += 1) {
      const b = Buffer.from(good.subarray(0, random(good.length)));
      for (let n = random(6); n > 0 && b.length > 0; n -= 1) b[random(b.length)] = [0xff, 0xd8, 0xda, 0xc0, 0][random(5)]!;
      try {
        const { width, height } = readJpeg(b);
        expect(width * height).toBeGreaterThan(0);
      } catch (error) {
        expect(String(error)).toMatch(/picture/);
      }
    }
  });
});

test('words are cut at whole characters', () => {
  expect([fitted('a\u0000\u0001b', 10), fitted('😀😀', 7), fitted('\ud800x', 10), fitted('   ', 9)]).toEqual(['a b', '😀', '\ufffdx', '']);
});
