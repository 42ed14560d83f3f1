// What a hostile page says on the channel `paper`: {of, what, why, messages}. `of`: the message of PROTOCOL.md that it lies with, of commands
// "do NAME". `why`: the word of the `over` that it gets; '' where it is passed over and sharing goes on.

export const KIND = { join: 1, list: 2, piece: 3, got: 4, look: 5, point: 6, marks: 7, do: 8, told: 9, over: 10 };
const LOAD = 'cd'.repeat(16);
const DOCUMENT_MAX = 33554432;

const raw = (kind, body = Buffer.alloc(0)) => Buffer.concat([Buffer.from([kind]), Buffer.from(body)]).toString('hex');
const json = (kind, value) => raw(kind, typeof value === 'string' ? value : JSON.stringify(value));

export function piece(part, id, offset, bytes) {
  const head = Buffer.alloc(9);
  head[0] = part;
  head.writeUInt32BE(id, 1);
  head.writeUInt32BE(offset, 5);
  return raw(KIND.piece, Buffer.concat([head, bytes]));
}

function point(page, x, y) {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(page, 0);
  bytes.writeUInt16BE(x, 4);
  bytes.writeUInt16BE(y, 6);
  return raw(KIND.point, bytes);
}

const deep = (depth) => '['.repeat(depth) + ']'.repeat(depth);

function joins({ shared, hidden }) {
  const join = (over) => json(KIND.join, { v: 1, load: LOAD, have: [], ...over });
  const bad = (what, message) => ({ of: 'join', what, why: 'malformed', messages: [message], joins: false });
  const good = (what, message) => ({ of: 'join', what, why: '', messages: [message], joins: false });
  return [
    bad('no JSON', json(KIND.join, '{"v":1')), bad('a list', json(KIND.join, '[1]')), bad('nothing', json(KIND.join, '')),
    bad('a version that is none', join({ v: 2 })), bad('a version in words', join({ v: '1' })),
    bad('a load too short', join({ load: LOAD.slice(2) })), bad('a load that is no hex', join({ load: 'z'.repeat(32) })),
    bad('a member twice', json(KIND.join, `{"v":1,"v":1,"load":"${LOAD}","have":[]}`)),
    bad('no list of what it has', join({ have: 7 })), bad('half a pair', join({ have: [[shared.id]] })),
    bad('more than there is', join({ have: [[shared.id, shared.detail + 1]] })), bad('less than nothing', join({ have: [[shared.id, -1]] })),
    bad('of a page that never was', join({ have: [[4000000, 1]] })), bad('deep brackets', json(KIND.join, deep(5000))),
    { ...bad('of 41 pages', join({ have: Array.from({ length: 41 }, () => [shared.id, 0]) })), why: 'too-large' },
    good('of a page that is not shared', join({ have: [[hidden, 1]] })), good('again, in the middle', join({})),
    good('a repeat of it, byte for byte', join({})),
  ];
}

function pieces({ shared }) {
  const some = Buffer.from('%PDF-1.7');
  const offer = (n, bytes) => json(KIND.do, { do: 'offer', n, bytes });
  const bad = (what, ...messages) => ({ of: 'piece', what, why: 'malformed', messages });
  return [
    bad('of a preview', piece(0, shared.id, 0, some)), bad('of a detail', piece(1, shared.id, 0, some)), bad('of what is unknown', piece(3, 1, 0, some)),
    bad('of a document without number', piece(2, 0, 0, some)), bad('of one that was not offered', piece(2, 999, 0, some)),
    bad('half a head', raw(KIND.piece, Buffer.alloc(5))), bad('a head alone', offer(1, 8), piece(2, 1, 0, Buffer.alloc(0))),
    bad('behind a gap', offer(2, 80), piece(2, 2, 8, some)), bad('the same once more', offer(3, 80), piece(2, 3, 0, some), piece(2, 3, 0, some)),
    bad('beyond what was offered', offer(4, 9), piece(2, 4, 0, some), piece(2, 4, 8, some)),
    bad('at an offset that overflows', offer(5, 80), piece(2, 5, 0xffffffff, some)),
    { of: 'piece', what: 'of one that was taken back', why: '', messages: [offer(6, 80), json(KIND.do, { do: 'offer-off', n: 6 }), piece(2, 6, 0, some)] },
  ];
}

function gots({ shared, hidden }) {
  const bad = (what, value) => ({ of: 'got', what, why: 'malformed', messages: [json(KIND.got, value)] });
  return [
    bad('no JSON', 'got'), bad('nothing of it', { id: shared.id }), bad('both', { id: shared.id, bytes: 0, sha256: 'a'.repeat(64) }),
    bad('more than was sent', { id: shared.id, bytes: 2 ** 31 - 1 }), bad('less than nothing', { id: shared.id, bytes: -1 }),
    bad('in words', { id: String(shared.id), bytes: 0 }), bad('another hash', { id: shared.id, sha256: 'a'.repeat(64) }),
    bad('a hash that is none', { id: shared.id, sha256: 'xyz' }), bad('a page that never was', { id: 4000000, bytes: 0 }),
    { of: 'got', what: 'a page that is not shared', why: '', messages: [json(KIND.got, { id: hidden, bytes: 1 })] },
  ];
}

function looks({ shared, hidden }) {
  const look = (over) => json(KIND.look, { page: shared.id, turn: 0, zoom: 100, x: 1, y: 1, by: 'expert', ...over });
  const bad = (what, message) => ({ of: 'look', what, why: 'malformed', messages: [message] });
  return [
    bad('no JSON', json(KIND.look, '\0')), bad('a page that never was', look({ page: 4000000 })), bad('a page below none', look({ page: -1 })),
    bad('half a page', look({ page: 1.5 })), bad('a page too far', look({ page: 2 ** 32 })), bad('turned too far', look({ turn: 4 })),
    bad('too small', look({ zoom: 99 })), bad('too large', look({ zoom: 801 })), bad('beside the page', look({ x: 10001 })),
    bad('a number beyond numbers', json(KIND.look, '{"page":1e999,"turn":0,"zoom":100,"x":1,"y":1,"by":"expert"}')),
    bad('without a place', json(KIND.look, { page: shared.id, turn: 0, zoom: 100, by: 'expert' })), bad('a list for a number', look({ zoom: [100] })),
    { of: 'look', what: 'a page that is not shared', why: '', messages: [look({ page: hidden })] },
    { of: 'look', what: 'in the citizen\'s name', why: '', messages: [look({ by: 'citizen' })] },
  ];
}

function points({ shared, hidden }) {
  const bad = (what, message) => ({ of: 'point', what, why: 'malformed', messages: [message] });
  return [
    bad('too short', raw(KIND.point, Buffer.alloc(7))), bad('too long', raw(KIND.point, Buffer.alloc(9))), bad('beside the page', point(shared.id, 10001, 0)),
    bad('far beside it', point(shared.id, 0, 65535)), bad('a page that never was', point(4000000, 1, 1)),
    { of: 'point', what: 'a page that is not shared', why: '', messages: [point(hidden, 1, 1)] },
  ];
}

function marks({ shared, hidden }) {
  const mark = (over) => json(KIND.do, { do: 'mark', page: shared.id, what: 'box', x: 1, y: 1, to_x: 9, to_y: 9, text: '', ...over });
  const bad = (what, message) => ({ of: 'do mark', what, why: 'malformed', messages: [message] });
  const passed = (what, ...messages) => ({ of: 'do mark', what, why: '', messages });
  return [
    bad('a shape that is none', mark({ what: 'circle' })), bad('beside the page', mark({ x: 10001 })), bad('far beside it', mark({ to_y: 65537 })),
    bad('below it', mark({ y: -1 })), bad('a text without words', mark({ what: 'text' })), bad('a box with words', mark({ text: 'x' })),
    bad('a control character', mark({ what: 'text', text: 'a\u0007' })), bad('one of the upper ones', mark({ what: 'text', text: 'a\u0085' })),
    bad('half a pair of surrogates', json(KIND.do, '{"do":"mark","page":1,"what":"text","x":1,"y":1,"to_x":1,"to_y":1,"text":"\\ud800"}')),
    bad('no UTF-8', raw(KIND.do, Buffer.concat([Buffer.from(`{"do":"mark","page":${shared.id},"what":"text","x":1,"y":1,"to_x":1,"to_y":1,"text":"`), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]))),
    bad('a page that never was', mark({ page: 4000000 })),
    bad('words too long', mark({ what: 'text', text: 'ä'.repeat(61) })),
    passed('a page that is not shared', mark({ page: hidden })),
    passed('more than fit', ...Array.from({ length: 45 }, (_, i) => mark({ x: i, y: i }))),
  ];
}

function others({ shared, hidden }) {
  const order = (what, why, of, ...values) => ({ of: `do ${of}`, what, why, messages: values.map((v) => json(KIND.do, typeof v === 'string' ? v : { do: of, ...v })) });
  const words = 'w'.repeat(201);
  return [
    order('no JSON', 'malformed', 'mark', 'do'), order('an order that is none', 'malformed', 'mark', { do: 'open' }),
    order('one in the citizen\'s name', 'malformed', 'mark', { do: 'agree', page: hidden }), order('a share', 'malformed', 'mark', { do: 'share', page: hidden }),
    order('a page that never was', 'malformed', 'unmark', { page: 4000000, mark: 1 }), order('a mark that is none', '', 'unmark', { page: shared.id, mark: 4000 }),
    order('of a page that is not shared', '', 'unmark', { page: hidden, mark: 1 }), order('the citizen\'s', '', 'unmark', { page: shared.id, mark: shared.mark }),
    order('a page that never was', 'malformed', 'saved', { page: 4000000 }), order('a page that is not shared', '', 'saved', { page: hidden }),
    order('neither kind nor words', 'malformed', 'ask', { kind: '', sides: 1, text: '' }), order('no sides', 'malformed', 'ask', { kind: 'payslip', sides: 0, text: '' }),
    order('three sides', 'malformed', 'ask', { kind: 'payslip', sides: 3, text: '' }), order('a kind that is none', 'malformed', 'ask', { kind: 'Pay slip!', sides: 1, text: '' }),
    order('control characters', 'malformed', 'ask', { kind: '', sides: 1, text: 'a\u001b[2J' }), order('words too long', 'too-large', 'ask', { kind: '', sides: 1, text: words }),
    order('a list of words', 'malformed', 'ask', { kind: '', sides: 1, text: [words] }),
    order('one after the other', '', 'ask', ...Array.from({ length: 60 }, (_, i) => ({ kind: '', sides: 1, text: `Paperi ${i}` }))),
    order('twice', '', 'ask-off', {}, {}),
    order('without number', 'malformed', 'offer', { n: 0, bytes: 9 }), order('nothing', 'malformed', 'offer', { n: 7, bytes: 0 }),
    order('a number that does not rise', 'malformed', 'offer', { n: 8, bytes: 9 }, { n: 8, bytes: 9 }), order('a byte too many', 'too-large', 'offer', { n: 9, bytes: DOCUMENT_MAX + 1 }),
    order('more than there are numbers', 'malformed', 'offer', { n: 9, bytes: 2 ** 40 }), order('the most there can be, and nothing of it', '', 'offer', { n: 10, bytes: DOCUMENT_MAX }),
    order('one after the other', '', 'offer', ...Array.from({ length: 40 }, (_, i) => ({ n: 11 + i, bytes: DOCUMENT_MAX }))),
    order('one that never was', 'malformed', 'offer-off', { n: 4000 }), order('none', 'malformed', 'offer-off', { n: 0 }),
  ];
}

/** Those of the kiosk, and those of nobody. */
function strange({ shared }) {
  const bad = (of, what, ...messages) => ({ of, what, why: 'malformed', messages });
  return [
    bad('list', 'of the page\'s', json(KIND.list, { pages: [] })), bad('marks', 'of the page\'s', json(KIND.marks, { page: shared.id, marks: [] })),
    bad('told', 'of the page\'s', json(KIND.told, { ask: 'none' })), bad('over', 'of the page\'s', json(KIND.over, { why: 'failed' })),
    ...[0, 11, 128, 255].map((k) => bad('over', `kind ${k}`, raw(k, '{}'))),
    { ...bad('join', 'in letters', '\u0001{"v":1}'), text: true },
  ];
}

/** `page`: {shared: {id, detail, mark}, hidden}: a page that the citizen shares, and the id of one that is not shared. */
export const paperLies = (page) => [joins, pieces, gots, looks, points, marks, others, strange].flatMap((make) => make(page));
