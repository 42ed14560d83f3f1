// The card, APDU by APDU; its signatures are checked by node:crypto and its certificates by the openssl command.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { constants, createHash, verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CARDS, makeCard } from '../../../tools/emulator/card/cards.mjs';
import { CardPki } from '../../../tools/emulator/card/pki.mjs';
import { CardT0 } from '../../../tools/emulator/card/t0.mjs';
import { hex } from './ccid.mjs';

const PIN1 = '313233340000000000000000';
const PIN2 = '313233343536000000000000';
const PUK = '313233343536373800000000';
const NONE = { take: () => false };

let dir;
let pki;

before(() => {
  dir = mkdtempSync(join(tmpdir(), 'luukku-test-cards-'));
  pki = new CardPki(dir);
});

after(() => rmSync(dir, { recursive: true, force: true }));

/** A card with talk(apdu as text): {sw, data}. */
function card(name = 'p384', options = {}) {
  const c = makeCard(name, pki, options);
  const talk = (apdu) => {
    const said = c.process(Buffer.isBuffer(apdu) ? apdu : hex(apdu));
    return { sw: said.toString('hex', said.length - 2), data: said.subarray(0, -2) };
  };
  return { c, talk };
}

/** Cases of [APDU, status, data as text or nothing]. */
function script(talk, cases) {
  for (const [apdu, sw, data] of cases) {
    const said = talk(apdu);
    assert.equal(said.sw, sw, apdu);
    if (data !== undefined) {
      assert.equal(said.data.toString('hex'), data, apdu);
    }
  }
}

test('lengths and classes', () => {
  script(card().talk, [
    ['00', '6700'], ['00A400', '6700'], ['00A4000002', '6118'], ['00C0000018', '9000'], ['00A40000033F00', '6700'], ['00A4000000000000', '6700'],
    ['00A400000000023F', '6700'], ['80A40000023F00', '9000'], ['40A40000023F00', '6e00'], ['04A40000023F00', '6882'],
    ['01A40000023F00', '6881'], ['00B2010400', '6d00'], ['FFCA000000', '6e00'], ['00C0000000', '6985'],
  ]);
});

test('files are found by name, identifier and path', () => {
  script(card().talk, [
    ['00A4040C0CA000000063504B43532D3135', '9000'], ['00A4040C0CA000000063504B43532D3136', '6a82'],
    ['00A4040C06452E5349474E', '9000'], ['00A4020C024332', '9000'], ['00A4020C024331', '6a82'], ['00A4030C', '9000'],
    ['00A4010C025016', '9000'], ['00A4010C024332', '6a82'], ['00A4000C023F00', '9000'], ['00A4080C0450164332', '9000'],
    ['00A4080C063F0050164332', '9000'], ['00A4080C043F004332', '6a82'], ['00A4090C024332', '9000'], ['00A4080C03500043', '6a82'],
    ['00A4070C023F00', '6a86'], ['00A40001023F0000', '6a86'], ['00A4000400', '9000'],
    ['00A40800022F0000', '9000'], ['00A4000C024B02', '6a82'],
  ]);
  const { talk } = card();
  assert.match(talk('00A40804022F0000').data.toString('hex'), /^62.*8002....820101.*83022f00/);
});

test('reading: ranges, short identifiers, extended lengths', () => {
  const { talk } = card();
  script(talk, [['00B0000000', '6986'], ['00B09E0000', '9000'], ['00B0830000', '6a82'], ['00B0FE0000', '6a86']]);
  talk('00A4080C024331');
  const whole = talk('00B00000000FFF');
  assert.equal(whole.sw, '6282');
  const der = new X509Certificate(whole.data).raw;
  assert.equal(der.length, whole.data.length);
  assert.deepEqual(talk('00B0010010').data, whole.data.subarray(256, 272));
  assert.equal(talk('00B00000000000').data.length, der.length);
  script(talk, [['00B07FFF10', '6b00'], ['00B0000001 00', '6700'], ['00A4080C024B01', '9000'], ['00B0000010', '6982']]);
});

/** The elements of DER, up to the zeros a file ends with: [{tag, body}]. */
function elements(bytes) {
  const found = [];
  for (let at = 0; at < bytes.length && bytes[at];) {
    const long = bytes[at + 1] & 0x80 ? bytes[at + 1] & 0x7f : 0;
    const length = long ? bytes.readUIntBE(at + 2, long) : bytes[at + 1];
    const from = at + 2 + long;
    found.push({ tag: bytes[at], body: bytes.subarray(from, from + length) });
    at = from + length;
  }
  return found;
}

/** Follows places in nested elements: dig(bytes, 0, 1) is the second element of the first. */
const dig = (bytes, ...places) => places.reduce((at, i) => elements(at)[i].body, bytes);

test('PKCS #15: from EF.DIR to both certificates by the lists alone', () => {
  const { talk } = card();
  const read = (path) => {
    assert.equal(talk(Buffer.concat([hex('00A4080C'), Buffer.from([path.length]), path])).sw, '9000', path.toString('hex'));
    return talk('00B00000000000').data;
  };
  const application = elements(dig(read(hex('2F00')), 0));
  assert.deepEqual(application.map((e) => e.tag), [0x4f, 0x50, 0x51]);
  assert.equal(application[2].body.toString('hex'), '3f00');
  const lists = new Map(elements(read(hex('5031'))).map(({ tag, body }) => [tag, read(dig(body, 0, 0))]));
  assert.deepEqual([...lists.keys()], [0xa8, 0xa0, 0xa4, 0xa5]);
  const pins = elements(lists.get(0xa8)).map(({ body }) => elements(dig(body, 2, 0)).find((e) => e.tag === 0x80).body.toString('hex'));
  assert.deepEqual(pins, ['11', '0082', '0083']);
  const keys = elements(lists.get(0xa0)).map(({ tag, body }) => [tag, dig(body, 1, 0)[0], dig(body, 1, 4)[0]]);
  assert.deepEqual(keys, [[0xa0, 0x45, 1], [0xa0, 0x46, 2]]);
  for (const [tag, count] of [[0xa4, 2], [0xa5, 2]]) {
    const certificates = elements(lists.get(tag)).map(({ body }) => new X509Certificate(read(dig(body, 2, 0, 0, 0))));
    assert.equal(certificates.length, count);
    assert.equal(certificates.every((c) => c.ca === (tag === 0xa5)), true);
  }
});

test('tries are counted, kept over a reset, and end', () => {
  const { c, talk } = card();
  script(talk, [
    ['00200011', '63c5'], [`00200011 0C ${'39'.repeat(12)}`, '63c4'], ['0020001104 31323334', '6700'], ['00200011', '63c4'],
    ['00CB00FF05A003830111 00', '9000', 'a0138301118a0105df20010c8c03030000df210104'], ['00CB00FF05A003830112 00', '6a88'],
    [`00200011 0C ${PIN1}`, '9000'], ['00200011', '9000'], ['0020FF11', '9000'], ['00200011', '63c5'], ['00200012', '6a88'],
  ]);
  for (const left of ['63c4', '63c3', '63c2', '63c1', '6983', '6983']) {
    assert.equal(talk(`00200011 0C ${'38'.repeat(12)}`).sw, left);
    c.reset();
  }
  script(talk, [[`00200011 0C ${PIN1}`, '6983'], [`002C0011 18 ${PUK} 353637380000000000000000`, '9000'],
    ['00200011 0C 353637380000000000000000', '9000'], ['00200082', '63c5']]);
});

test('PINs are changed and unblocked', () => {
  const { talk } = card();
  script(talk, [
    [`00240011 18 ${PIN1} 343332310000000000000000`, '9000'], ['00200011 0C 343332310000000000000000', '9000'],
    [`00240011 18 ${PIN1} 343332310000000000000000`, '63c4'], ['00240011 18 343332310000000000000000 313100000000000000000000', '6a80'],
    ['00240011 0C 343332310000000000000000', '6700'], [`002C0082 18 ${PIN1} ${PIN2}`, '63c4'], [`002C0182 0C ${PUK}`, '9000'],
    [`002C0282 0C ${PIN2}`, '6982'], [`00200083 0C ${PUK}`, '9000'], [`002C0282 0C ${PIN2}`, '9000'], ['002C0082', '6700'],
    ['002C0083', '6a88'], ['002C0482', '6a86'],
  ]);
});

/** Signs `text` by a key and gives whether its certificate says so. */
function signed({ talk }, { use, algorithm, hash, options = {}, how }) {
  const [pin, key, path] = use === 'auth' ? [`00200011 0C ${PIN1}`, 1, '4331'] : [`00200082 0C ${PIN2}`, 2, '50164332'];
  const text = Buffer.from('what is to be signed');
  const digest = createHash(hash).update(text).digest();
  assert.equal(talk(pin).sw, '9000');
  talk(Buffer.concat([hex('00A4080C'), Buffer.from([path.length / 2]), hex(path)]));
  const certificate = new X509Certificate(talk('00B00000000000').data);
  const template = how === 'authenticate' ? 0xa4 : 0xb6;
  assert.equal(talk(Buffer.from([0, 0x22, 0x41, template, 6, 0x80, 1, algorithm, 0x84, 1, key])).sw, '9000');
  let said;
  if (how === 'hash') {
    assert.equal(talk(Buffer.concat([Buffer.from([0, 0x2a, 0x90, 0xa0, digest.length + 2, 0x90, digest.length]), digest])).sw, '9000');
    said = talk('002A9E9A000000');
  } else {
    const head = how === 'authenticate' ? [0, 0x88, 0, 0] : [0, 0x2a, 0x9e, 0x9a];
    said = talk(Buffer.concat([Buffer.from([...head, 0, 0, digest.length]), digest, Buffer.from([0, 0])]));
  }
  assert.equal(said.sw, '9000');
  return verify(hash, text, { key: certificate.publicKey, dsaEncoding: 'ieee-p1363', ...options }, said.data);
}

test('signatures of every kind of key, by every way', () => {
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const cases = [
    ['p384', 0x54, 'sha384'], ['p384', 0x44, 'sha256'], ['p384', 0x64, 'sha512'], ['p384', 0x04, 'sha384'], ['p256', 0x44, 'sha256'],
    ['p256', 0x54, 'sha384'], ['rsa2048', 0x42, 'sha256'], ['rsa2048', 0x45, 'sha256', pss], ['rsa3072', 0x62, 'sha512'],
    ['rsa3072', 0x55, 'sha384', pss], ['expired', 0x54, 'sha384'],
  ];
  for (const [name, algorithm, hash, options] of cases) {
    const one = card(name);
    for (const use of ['auth', 'sign']) {
      for (const how of ['hash', 'direct', 'authenticate']) {
        assert(signed(one, { use, algorithm, hash, options, how }), `${name} ${use} ${how} ${algorithm.toString(16)}`);
      }
    }
  }
});

test('no signature without its PIN, and one for each PIN 2', () => {
  const { talk } = card();
  const begin = '002241B606800154840102';
  const hash = `002A90A0329030${'11'.repeat(48)}`;
  script(talk, [
    ['002A9E9A60', '6985'], [begin, '9000'], ['002A9E9A60', '6985'], [hash, '9000'], ['002A9E9A60', '6982'],
    [`00200011 0C ${PIN1}`, '9000'], [hash, '9000'], ['002A9E9A60', '6982'], [`00200082 0C ${PIN2}`, '9000'], [hash, '9000'],
    ['002A9E9A10', '6700'], [hash, '9000'], ['002A9E9A60', '9000'], [hash, '9000'], ['002A9E9A60', '6982'],
    ['002241B606800154840105', '6a88'], ['002241B606800142840102', '6a80'], ['002241B603800154', '6a88'], ['002241B60380025484', '6a80'],
    [`002A90A0339030${'11'.repeat(49)}`, '6a80'], [`002A90A0329031${'11'.repeat(48)}`, '6a80'],
  ]);
});

test('commands in parts, answers in parts', () => {
  const { talk } = card('rsa3072');
  script(talk, [[`00200011 0C ${PIN1}`, '9000'], ['002241B606800142840101', '9000'],
    [`102A90A0109020${'11'.repeat(14)}`, '9000'], [`002A90A012${'11'.repeat(18)}`, '9000']]);
  const first = talk('002A9E9A00');
  assert.deepEqual([first.sw, first.data.length], ['6180', 256]);
  const second = talk('00C0000080');
  assert.deepEqual([second.sw, second.data.length], ['9000', 128]);
  script(talk, [['102A90A002 9020', '9000'], ['1022 41B6 02 8001', '6883'], ['00C0000080', '6985']]);
});

test('cards of other kinds', () => {
  assert.equal(card('blocked').talk('00200011').sw, '6983');
  assert.equal(card('last-try').talk('00200011').sw, '63c1');
  assert.equal(card('foreign').talk('00A4040C0CA000000063504B43532D3135').sw, '6a82');
  assert(card('mute').c.mute);
  assert.equal(card('fineid2').c.atr.t0.toString('hex'), '3b7b940000806212515646696e454944');
  for (const name of CARDS) {
    const { t0, t1 } = card(name).c.atr;
    assert.equal(t1.subarray(1).reduce((x, b) => x ^ b, 0), 0, name);
    assert.equal(t0[1] & 0x80, 0, name);
  }
});

test('T=0: answers wait for GET RESPONSE, lengths have to be right', () => {
  const t0 = new CardT0(card().c, NONE);
  const talk = (text) => {
    const { bytes } = t0.exchange(hex(text));
    return { sw: bytes.toString('hex', bytes.length - 2), data: bytes.subarray(0, -2) };
  };
  script(talk, [
    ['00A4080C024331', '9000'], ['00A4080002433 1', '6110'], ['00C0000020', '6c10'], ['00C0000008', '6108'], ['00C0000008', '9000'],
    ['00C0000008', '6985'], ['0060000000', '6d00'], ['0020001100', '63c5'], ['00A4080C022F01', '9000'], ['00B0000040', '6c12'],
  ]);
  const exact = Number.parseInt(talk('00B0000040').sw.slice(2), 16);
  assert.equal(talk(`00B00000${exact.toString(16)}`).data.length, exact);
});

test('the certificates are what they are meant to be, says openssl', () => {
  pki.all();
  const judge = (name, use) => spawnSync('openssl', ['verify', '-crl_check', '-CAfile', join(dir, 'ca.pem'), '-CRLfile', join(dir, 'crl.pem'),
    join(dir, 'cards', name, `${use}.crt`)], { encoding: 'utf8' });
  const cases = [['p384', /: OK/], ['p256', /: OK/], ['rsa2048', /: OK/], ['rsa3072', /: OK/], ['expired', /has expired/],
    ['revoked', /certificate revoked/], ['unknown', /unable to get local issuer/]];
  for (const [name, said] of cases) {
    for (const use of ['auth', 'sign']) {
      const { stdout, stderr } = judge(name, use);
      assert.match(stdout + stderr, said, name);
    }
  }
  const { subject, keyUsage } = new X509Certificate(readFileSync(join(dir, 'cards', 'p384', 'sign.crt')));
  assert.match(subject, /serialNumber=99912345.\nGN=JOHN\nSN=DOE\nCN=DOE JOHN 99912345./);
  assert.equal(keyUsage, undefined); // the extended usage, which a signature's certificate has not
  const text = execFileSync('openssl', ['x509', '-noout', '-ext', 'keyUsage', '-in', join(dir, 'cards', 'p384', 'sign.crt')], { encoding: 'utf8' });
  assert.match(text, /Non Repudiation/);
});
