// What a hostile page says on the channel `ctl`: {of, what, text}. All of it is passed over, and the call goes on.

const N_MAX = 2147483647;

const wrong = (of, ...cases) => cases.map(([what, text]) => ({ of, what, text: typeof text === 'string' ? text : JSON.stringify(text) }));

function identity() {
  const ask = (over) => ({ type: 'identify', n: 500, how: 'card', ...over });
  return [
    ...wrong('identify',
      ['without number', ask({ n: undefined })], ['number 0', ask({ n: 0 })], ['a number below', ask({ n: -1 })], ['half a number', ask({ n: 1.5 })],
      ['a number in letters', ask({ n: '500' })], ['a number too large', ask({ n: N_MAX + 1 })], ['without a way', ask({ how: undefined })],
      ['to sign', ask({ how: 'signature' })], ['for another purpose', ask({ how: 'card:payment' })], ['a list of ways', ask({ how: ['card'] })],
      ['a way with a zero behind it', '{"type":"identify","n":500,"how":"card\\u0000sign"}'], ['a member twice', '{"type":"identify","n":500,"n":501,"how":"card"}'],
      ['deep brackets', `{"type":"identify","n":500,"how":${'['.repeat(400)}${']'.repeat(400)}}`], ['half of it', '{"type":"identify","n":500,']),
    ...wrong('identify-off', ['of nothing', { type: 'identify-off', n: 400 }], ['without number', { type: 'identify-off' }], ['a list', { type: 'identify-off', n: [1] }]),
    ...wrong('identify-seen', ['of nothing', { type: 'identify-seen', n: 400 }], ['without number', { type: 'identify-seen' }], ['a number too large', { type: 'identify-seen', n: 1e300 }]),
    ...wrong('role', ['of the page\'s', { type: 'role', role: 'company', name: 'Oy Ab', id: '1234567-1' }]),
    ...wrong('identity', ['of the page\'s', { type: 'identity', n: 1, how: 'card', state: 'proof', cert: 'AAAA', alg: 'ES256', sig: 'AAAA' }]),
  ];
}

export const ctlLies = () => [
  ...wrong('state', ['in words', { type: 'state', mic: 'no', camera: true }], ['half', { type: 'state', mic: false }], ['a list', { type: 'state', mic: [false], camera: false }],
    ['twice the same', '{"type":"state","mic":false,"mic":false,"camera":true}'], ['too long', `{"type":"state","mic":false,"camera":true,"x":"${'x'.repeat(1000)}"}`]),
  ...wrong('bye', ['without a reason', { type: 'bye' }], ['another reason', { type: 'bye', why: 'silent' }], ['a reason with a zero behind it', '{"type":"bye","why":"ended\\u0000"}'],
    ['in a list', [{ type: 'bye', why: 'ended' }]], ['something behind it', '{"type":"bye","why":"ended"}x']),
  ...identity(),
  ...wrong('nothing', ['no JSON', 'ctl'], ['nothing', '""'], ['a number', '7'], ['a type that is none', { type: 'grant' }], ['no type', { n: 1 }], ['16 KB', 'x'.repeat(16384)], ['30 KB', 'x'.repeat(30720)]),
];
