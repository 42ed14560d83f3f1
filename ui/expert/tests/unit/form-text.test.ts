// Chunks; changes between texts; a field of the page and a cell of the document kept the same.
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { Binding, clean, type Field } from '../../src/form/binding';
import { CellSource, type Cell } from '../../src/form/cells';
import { CHUNK_MAX, Joiner, MESSAGE_MAX, PACKAGE_MAX, split } from '../../src/form/chunks';
import { readDefinition } from '../../src/form/def';
import { KIND } from '../../src/form/messages';
import { carry, follow, spliceOf } from '../../src/form/splice';
import { utf8 } from '../../src/wire/bytes';
import { FORM } from '../support/form.mjs';
import { chance, seed } from './chance';

describe('chunks', () => {
  const joined = (chunks: Uint8Array[]) => {
    const joiner = new Joiner(KIND.package);
    return chunks.map((c) => joiner.take(c)).filter((m) => m !== null);
  };
  const body = (n: number) => Uint8Array.from({ length: n }, (_, i) => i % 251);

  test.each([0, 1, CHUNK_MAX - 5, CHUNK_MAX - 4, 2 * CHUNK_MAX - 6, 2 * CHUNK_MAX - 5, MESSAGE_MAX])('%i bytes there and back', (n) => {
    const chunks = split(7, body(n));
    expect(chunks.every((c) => c.length <= CHUNK_MAX)).toBe(true);
    const [whole, ...rest] = joined(chunks);
    expect([whole!.kind, rest.length, Buffer.compare(whole!.bytes, body(n))]).toEqual([7, 0, 0]);
  });

  test('one after the other', () => expect(joined([...split(3, body(40_000)), ...split(4, body(3))]).map((m) => [m.kind, m.bytes.length])).toEqual([[3, 40_000], [4, 3]]));
  test('too long to send', () => expect(() => split(4, body(MESSAGE_MAX + 1))).toThrow('too-large'));

  const head = (kind: number, total: number, ...rest: number[]) => Uint8Array.of(kind, total >>> 24, total >>> 16, total >>> 8, total, ...rest);
  test.each<[string, Uint8Array[]]>([
    ['nothing', [new Uint8Array()]],
    ['no length', [Uint8Array.of(4, 0, 0)]],
    ['a chunk too long', [new Uint8Array(CHUNK_MAX + 1)]],
    ['a message too long', [head(4 | 128, MESSAGE_MAX + 1, 1)]],
    ['a package too long', [head(KIND.package | 128, PACKAGE_MAX + 1, 1)]],
    ['less than announced', [head(4, 3, 1)]],
    ['more than announced', [head(4, 1, 1, 2)]],
    ['more to come, but none is due', [head(4 | 128, 1, 1)]],
    ['another kind in between', [head(4 | 128, 3, 1), Uint8Array.of(5, 2, 3)]],
    ['an empty chunk that is not the last', [head(4 | 128, 3, 1), Uint8Array.of(4 | 128)]],
  ])('%s is malformed', (_, chunks) => expect(() => joined(chunks)).toThrow('malformed'));

  test('a package may be longer', () => {
    const joiner = new Joiner(KIND.package);
    expect(joiner.take(head(KIND.package | 128, PACKAGE_MAX, 1))).toBe(null);
  });
});

describe('changes', () => {
  const apply = (text: string, s: { at: number; remove: number; insert: string }) => text.slice(0, s.at) + s.insert + text.slice(s.at + s.remove);

  test.each([
    ['', 'a', 1, 0, 0, 'a'], ['aa', 'aaa', 1, 0, 0, 'a'], ['aa', 'aaa', 2, 1, 0, 'a'], ['aaa', 'aa', 1, 1, 1, ''], ['abcd', 'axyd', 3, 1, 2, 'xy'],
    // The halves that two emoji share are no common beginning or end.
    ['😀', '😁', 2, 0, 2, '😁'], ['x😀', 'x', 1, 1, 2, ''], ['\u{1F600}', '\u{1FA00}', 2, 0, 2, '\u{1FA00}'],
  ])('%j to %j at %i', (before, after, caret, at, remove, insert) => expect(spliceOf(before, after, caret)).toEqual({ at, remove, insert }));

  test(`any two texts, seed ${seed}`, () => {
    const random = chance(seed);
    const PIECES = ['a', 'a', 'b', '😀', '😁', 'ä', '\u0301', ' '];
    const text = () => Array.from({ length: random(7) }, () => PIECES[random(PIECES.length)]).join('');
    for (let i = 0; i < 5000; i += 1) {
      const [before, after] = [text(), text()];
      const s = spliceOf(before, after, random(after.length + 1));
      expect(s === null ? before : apply(before, s)).toBe(after);
      expect(s === null || (s.insert.isWellFormed() && before.slice(s.at, s.at + s.remove).isWellFormed())).toBe(true);
    }
  });

  test('places follow', () => {
    const delta = [{ retain: 2 }, { insert: 'xyz' }, { retain: 1 }, { delete: 2 }];
    expect([0, 2, 3, 4, 5, 6].map((p) => follow(p, delta))).toEqual([0, 2, 6, 6, 6, 7]);
    expect(follow(2, delta, true)).toBe(5);
  });

  test('a change is carried past another; what others put inside stays', () => {
    // "abcdef" without "bcd"; meanwhile "X" came between b and c
    expect(carry({ at: 1, remove: 3, insert: 'N' }, [[{ retain: 2 }, { insert: 'X' }]])).toEqual([{ at: 3, remove: 2, insert: '' }, { at: 1, remove: 1, insert: 'N' }]);
    // meanwhile "bcd" was deleted by the other
    expect(carry({ at: 1, remove: 3, insert: '' }, [[{ retain: 1 }, { delete: 3 }]])).toEqual([]);
  });

  test('what gets in', () => {
    expect(clean('a\r\nb\rc\td\u0007\ud800', true)).toBe('a\nb\nc\td\ufffd');
    expect(clean('a\nb\tc\u0000', false)).toBe('a b c');
  });
});

class Box implements Field {
  value = '';
  selectionStart = 0;
  selectionEnd = 0;
  selectionDirection = 'none' as const;
  setSelectionRange(start: number, end: number): void { [this.selectionStart, this.selectionEnd] = [start, end]; }
  type(text: string): void {
    this.value = this.value.slice(0, this.selectionStart) + text + this.value.slice(this.selectionEnd);
    this.selectionStart = this.selectionEnd = this.selectionStart + text.length;
  }
}

describe('a field and its cell', () => {
  const fields = readDefinition(utf8(JSON.stringify(FORM))).sections.flatMap((s) => s.fields);
  const cellOf = (doc: Y.Doc, id: string): Cell => ({ path: id, field: fields.find((f) => f.id === id)!, row: 0, home: doc.getMap('f'), key: id });
  /** Two documents that hear each other when told; the second has field and binding. */
  const pair = (id = 'more-info') => {
    const [far, near] = [new Y.Doc(), new Y.Doc()];
    if (id !== 'iban') far.getMap('f').set(id, new Y.Text('Hei maailma'));
    else far.getMap('f').set(id, 'FI21');
    Y.applyUpdate(near, Y.encodeStateAsUpdate(far));
    const box = new Box();
    let may = true;
    let cuts = 0;
    const source = new CellSource(cellOf(near, id), near, () => may, () => undefined);
    const binding = new Binding(box, source, id === 'more-info', (cut) => { cuts += cut ? 1 : 0; });
    const meet = () => {
      Y.applyUpdate(near, Y.encodeStateAsUpdate(far));
      Y.applyUpdate(far, Y.encodeStateAsUpdate(near));
    };
    return { far, near, box, binding, meet, text: far.getMap('f').get(id) as Y.Text, forbid: () => { may = false; }, cuts: () => cuts };
  };

  test('typing goes in, the caret stays behind it', () => {
    const { box, binding, meet, text } = pair();
    box.setSelectionRange(4, 4);
    box.type('koko ');
    binding.input();
    meet();
    expect([text.toString(), box.value, box.selectionStart]).toEqual(['Hei koko maailma', 'Hei koko maailma', 9]);
  });

  test('what the other writes comes in, the caret keeps its place', () => {
    const { box, meet, text } = pair();
    box.setSelectionRange(4, 11);
    text.insert(0, 'No ');
    text.insert(text.length, '!');
    meet();
    expect([box.value, box.selectionStart, box.selectionEnd]).toEqual(['No Hei maailma!', 7, 14]);
  });

  test('composing is left alone, and merged at its end', () => {
    const { box, binding, meet, text } = pair();
    box.setSelectionRange(4, 4);
    binding.compose();
    box.type('に');
    binding.input();
    text.insert(0, 'No ');
    meet();
    expect([text.toString(), box.value]).toEqual(['No Hei maailma', 'Hei にmaailma']);
    box.setSelectionRange(4, 5);
    box.type('日本');
    binding.settle();
    meet();
    expect([text.toString(), box.value, box.selectionStart]).toEqual(['No Hei 日本maailma', 'No Hei 日本maailma', 9]);
  });

  test('too long is cut at a whole character, and said', () => {
    const { box, binding, meet, text, cuts } = pair();
    box.setSelectionRange(11, 11);
    box.type('x'.repeat(488) + '😀');
    binding.input();
    meet();
    expect([text.length, box.value.length, cuts()]).toEqual([499, 499, 1]);
  });

  test('where it may not write nothing is written', () => {
    const { box, binding, meet, text, forbid } = pair();
    forbid();
    box.type('x');
    binding.input();
    meet();
    expect([text.toString(), box.value]).toEqual(['Hei maailma', 'Hei maailma']);
  });

  test('an atomic value, from both sides', () => {
    const { far, box, binding, meet } = pair('iban');
    box.setSelectionRange(4, 4);
    box.type(' 12');
    binding.input();
    meet();
    expect(far.getMap('f').get('iban')).toBe('FI21 12');
    box.setSelectionRange(5, 5);
    far.getMap('f').set('iban', 'SE FI21 12');
    meet();
    expect([box.value, box.selectionStart]).toEqual(['SE FI21 12', 8]);
  });

  test('a text that holds more than characters is not written to', () => {
    const { far, near, box, binding, text, meet } = pair();
    text.insertEmbed(0, { image: 'x' });
    meet();
    const other = new Binding(new Box(), new CellSource(cellOf(near, 'more-info'), near, () => true, () => undefined), true);
    expect(other.source.get()).toBe('');
    box.type('y');
    binding.input();
    meet();
    expect((far.getMap('f').get('more-info') as Y.Text).toString()).not.toContain('y');
  });

  test.each([...Array(80).keys()])(`random interleavings, seed ${seed} + %i`, (i) => {
    const random = chance(seed + i);
    const { box, binding, meet, text } = pair();
    const PIECES = ['a', 'bc', '😀', 'ä', '日', ' '];
    let composing = false;
    const edge = (s: string, at: number): number => (at > 0 && at < s.length && /[\udc00-\udfff]/.test(s[at]!) ? at - 1 : at);
    for (let n = 0; n < 150; n += 1) {
      const what = random(8);
      if (what < 3) {
        const a = edge(box.value, random(box.value.length + 1));
        box.setSelectionRange(a, random(3) === 0 ? edge(box.value, Math.min(box.value.length, a + random(5))) : a);
        if (box.selectionEnd < box.selectionStart) box.selectionEnd = box.selectionStart;
        box.type(random(4) === 0 ? '' : PIECES[random(PIECES.length)]!);
        binding.input();
      } else if (what < 5) {
        const t = text.toString();
        const a = edge(t, random(t.length + 1));
        const b = edge(t, Math.min(t.length, a + random(4)));
        if (b > a) text.delete(a, b - a);
        if (t.length < 300) text.insert(a, PIECES[random(PIECES.length)]!);
      } else if (what === 5) {
        if (composing) binding.settle();
        else binding.compose();
        composing = !composing;
      } else meet();
    }
    binding.settle();
    meet();
    meet();
    expect(box.value).toBe(text.toString());
    expect(box.value.isWellFormed() && !box.value.includes('\ufffd')).toBe(true);
    expect(box.selectionStart <= box.value.length).toBe(true);
  });
});
