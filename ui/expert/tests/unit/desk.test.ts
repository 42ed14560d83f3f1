import { describe, expect, test } from 'vitest';
import { levelOf } from '../../src/call/sound';
import { Arrivals } from '../../src/state/arrivals';
import { CREW_MAX, Crew } from '../../src/state/crew';
import { NAMES_MAX, Names } from '../../src/state/names';
import type { Entry } from '../../src/state/queue';
import { pickTheme } from '../../src/state/theme';
import { Today, average, type Store } from '../../src/state/today';
import { LANGS, textsOf } from '../../src/text';
import { Herald, type Bulletin } from '../../src/ui/bulletins';
import { initials } from '../../src/ui/initials';
import { letterOf } from '../../src/ui/keys';
import { piecesOf } from '../../src/ui/pieces';
import { stageOf } from '../../src/ui/stage';
import { utf8 } from '../../src/wire/bytes';

const here = (o: unknown): Uint8Array => utf8(typeof o === 'string' ? o : JSON.stringify(o));

describe('crew', () => {
  test('free ones first, by name, forgotten after 15 s, without oneself', () => {
    const crew = new Crew('maija');
    crew.receive('maija', here({ state: 'free', langs: ['fi'] }), 0);
    crew.receive('sari', here({ state: 'busy', langs: ['fi'] }), 0);
    crew.receive('petri', here({ state: 'away', langs: [] }), 0);
    crew.receive('juha', here({ state: 'free', langs: ['fi', 'sv', 'fi'] }), 9000);
    crew.receive('anne', here({ state: 'free' }), 9000);
    expect(crew.list(9000).map((c) => c.user)).toEqual(['anne', 'juha', 'sari', 'petri']);
    expect(crew.list(9000)[1]!.langs).toEqual(['fi', 'sv']);
    expect(crew.list(15_001).map((c) => c.user)).toEqual(['anne', 'juha']);
  });
  test('gone and nonsense take one away', () => {
    for (const word of [{ state: 'gone' }, { state: 7 }, { state: 'hungry' }, null, [], '{', 'x'.repeat(2000), `{"state":"free","pad":"${'x'.repeat(2000)}"}`]) {
      const crew = new Crew('maija');
      crew.receive('sari', here({ state: 'free' }), 0);
      crew.receive('sari', here(word), 1);
      expect(crew.list(1)).toEqual([]);
    }
    const crew = new Crew('maija');
    crew.receive('Not A Name', here({ state: 'free' }), 0);
    crew.receive('juha', here({ state: 'free', langs: ['<b>', 5, 'fi'] }), 0);
    expect(crew.list(0).map((c) => [c.user, c.langs])).toEqual([['juha', ['fi']]]);
  });
  test('a full crew takes nobody, those in it go on', () => {
    const crew = new Crew('maija');
    for (let i = 0; i < CREW_MAX + 5; i += 1) crew.receive(`expert-${i}`, here({ state: 'free' }), 0);
    expect(crew.list(0)).toHaveLength(CREW_MAX);
    crew.receive('expert-0', here({ state: 'busy' }), 1);
    expect(crew.list(1).at(-1)!.user).toBe('expert-0');
    crew.receive('expert-late', here({ state: 'free' }), 15_001);
    expect(crew.list(15_001).map((c) => c.user)).toEqual(['expert-late', 'expert-0']);
  });
});

describe('names', () => {
  test('asked for once; the user name stands in, also where there is none', async () => {
    const asked: string[] = [];
    let changes = 0;
    const names = new Names((user) => {
      asked.push(user);
      return user === 'lost' ? Promise.reject(new Error('offline')) : Promise.resolve(user === 'juha' ? 'Juha Niemi' : null);
    }, () => { changes += 1; });
    expect(['juha', 'none', 'lost', 'juha'].map((u) => names.of(u))).toEqual(['juha', 'none', 'lost', 'juha']);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(['juha', 'none', 'lost'].map((u) => names.of(u))).toEqual(['Juha Niemi', 'none', 'lost']);
    expect([asked, changes]).toEqual([['juha', 'none', 'lost'], 1]);
  });
  test('the oldest goes when there are too many', () => {
    const asked: string[] = [];
    const names = new Names((user) => { asked.push(user); return Promise.resolve(null); }, () => undefined);
    for (let i = 0; i <= NAMES_MAX; i += 1) names.of(`expert-${i}`);
    names.of('expert-1');
    names.of('expert-0');
    expect(asked.slice(NAMES_MAX)).toEqual([`expert-${NAMES_MAX}`, 'expert-0']);
  });
});

describe('today', () => {
  const box = (): Store & { kept: Map<string, string> } => {
    const kept = new Map<string, string>();
    return { kept, getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => void kept.set(k, v), removeItem: (k) => void kept.delete(k) };
  };
  const morning = new Date(2026, 10, 22, 9);

  test('adds up, for the day only', () => {
    const store = box();
    const today = new Today(store);
    today.answered(morning, 100.4);
    today.talked(morning, 300);
    today.answered(morning, -5);
    expect(today.figures(new Date(2026, 10, 22, 23, 59))).toEqual({ calls: 2, waitedS: 100, talkedS: 300 });
    expect(average(100, 2)).toBe(50);
    expect(average(0, 0)).toBe(0);
    expect(today.figures(new Date(2026, 10, 23))).toEqual({ calls: 0, waitedS: 0, talkedS: 0 });
    expect([...store.kept.values()].join()).toBe('{"day":"2026-11-22","calls":2,"waitedS":100,"talkedS":300}');
    today.clear();
    expect(store.kept.size).toBe(0);
  });
  test.each(['{', '[]', '7', 'null', '{"day":"2026-11-22","calls":-1,"waitedS":0,"talkedS":0}', '{"day":"2026-11-22","calls":1e99,"waitedS":0,"talkedS":0}',
    '{"day":"2026-11-22","calls":"<b>","waitedS":0,"talkedS":0}'])('a spoilt storage counts as none: %s', (text) => {
    const store = box();
    store.setItem('luukku-today', text);
    expect(new Today(store).figures(morning)).toEqual({ calls: 0, waitedS: 0, talkedS: 0 });
  });
  test('a storage that refuses loses figures and nothing else', () => {
    const store = { ...box(), setItem: () => { throw new Error('full'); } };
    expect(() => new Today(store).answered(morning, 1)).not.toThrow();
  });
});

test('arrivals are told once, by call', () => {
  const arrivals = new Arrivals();
  const e = (kiosk: string, call: string): Entry => ({ kiosk, call } as Entry);
  const look = (...list: Entry[]): string[] => arrivals.look(list).map((x) => x.call);
  expect(look(e('a', '1'))).toEqual(['1']);
  expect(look(e('a', '1'), e('b', '2'))).toEqual(['2']);
  expect(look(e('a', '3'), e('b', '2'))).toEqual(['3']);
  expect(look()).toEqual([]);
  expect(look(e('b', '2'))).toEqual(['2']);
});

test('bulletins are told when they change; the first look tells arrivals alone', () => {
  const herald = new Herald();
  const b = (...subjects: string[]): Bulletin[] => subjects.map((subject) => ({ subject, text: subject, urgent: false }));
  const look = (...subjects: string[]): string[] => herald.look(b(...subjects)).map((x) => x.subject);
  expect(look()).toEqual([]);
  expect(look('link up', 'arrived 1')).toEqual(['arrived 1']);
  expect(look('link up', 'arrived 1')).toEqual([]);
  expect(look('link down', 'arrived 1')).toEqual(['link down']);
  expect(look('link up', 'arrived 2')).toEqual(['link up', 'arrived 2']);
});

test('theme: the address, then the choice, then the system', () => {
  expect(pickTheme('?theme=dark', 'light')).toBe('dark');
  expect(pickTheme('?theme=pink', 'light')).toBe('light');
  expect(pickTheme('', 'pink')).toBeNull();
  expect(pickTheme('', null)).toBeNull();
});

describe('keys', () => {
  const stroke = { code: 'KeyM', altKey: true, ctrlKey: false, metaKey: false, shiftKey: false, repeat: false };
  test('Alt and a letter, nothing else', () => {
    expect(letterOf(stroke)).toBe('M');
    for (const other of [{ altKey: false }, { ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { repeat: true }, { code: 'Digit1' }, { code: 'F4' }]) {
      expect(letterOf({ ...stroke, ...other })).toBeNull();
    }
  });
  test.each(LANGS)('%s: no letter twice on one screen, none that browsers want', (lang) => {
    const { answer, ...ofCall } = textsOf(lang).keys;
    const call = { ...ofCall, ...Object.fromEntries(Object.entries(textsOf(lang).form.keys).map(([k, v]) => [`form-${k}`, v])) };
    expect(new Set(Object.values(call)).size).toBe(Object.values(call).length);
    const { keys, viewKeys } = textsOf(lang).paper;
    for (const more of [textsOf(lang).form.keys, viewKeys]) {
      const all = [ofCall, keys, more].flatMap((k) => Object.values(k));
      expect(new Set(all).size).toBe(all.length);
    }
    for (const letter of [answer, ...Object.values({ ...call, ...keys, ...viewKeys })]) expect(letter).toMatch(/^[A-CG-Z]$/);
  });
});

test('a run of losses is one mark', () => {
  expect(piecesOf('a\ufffd\ufffdb\ufffd', 0xfffd)).toEqual(['a', null, 'b', null]);
  expect(piecesOf('\ufffda', 0xfffd)).toEqual([null, 'a']);
  expect(piecesOf('', 0xfffd)).toEqual([]);
});

test('initials by code points', () => {
  expect(['Maija Virtanen', 'anna-virtanen', 'X', '', '🦆 Ankka Aku'].map(initials)).toEqual(['MV', 'AV', 'X', '', '🦆A']);
});

test('stages', () => {
  expect([
    stageOf({ phase: 'claiming', silence: 'none' }), stageOf({ phase: 'connecting', silence: 'none' }), stageOf({ phase: 'live', silence: 'none' }),
    stageOf({ phase: 'live', silence: 'interrupted' }), stageOf({ phase: 'live', silence: 'reconnecting' }), stageOf({ phase: 'over', silence: 'over' }),
  ]).toEqual(['claiming', 'connecting', 'live', 'interrupted', 'reconnecting', 'reconnecting']);
});

test('loudness is shown between -60 and -10 dB', () => {
  expect([0, 0.001, 1].map(levelOf)).toEqual([0, 0, 1]);
  expect(levelOf(10 ** (-35 / 20))).toBeCloseTo(0.5);
});
