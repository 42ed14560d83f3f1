// Where a page lies: the same point in the middle whatever the window, and back from the screen to the page.
import { describe, expect, test } from 'vitest';
import { MARGIN, lie, pushed, settled, spotAt, stepped, zoomed } from '../../src/paper/geometry';
import { chance, seed } from './chance';

const A4 = { width: 2480, height: 3508 };
const WELL = { width: 800, height: 600 };
const whole = { turn: 0, zoom: 100, x: 5000, y: 5000 };

describe('a page in its window', () => {
  test('fits whole at 100 %, upright and on its side', () => {
    const up = lie(A4, WELL, whole);
    expect([up.height, up.left + up.width / 2, up.top]).toEqual([600 - 2 * MARGIN, 400, MARGIN]);
    const side = lie(A4, WELL, { ...whole, turn: 1 });
    expect(Math.max(side.height - (800 - 2 * MARGIN), side.width - (600 - 2 * MARGIN))).toBeCloseTo(0);
  });

  test('a window without room is no matter', () => {
    const { width, height } = lie(A4, { width: 0, height: 0 }, whole);
    expect(width > 0 && height > 0).toBe(true);
  });

  test.each([[0, [2500, 2500]], [1, [2500, 7500]], [2, [7500, 7500]], [3, [7500, 2500]]] as const)('turn %i: up and left of the middle', (turn, [x, y]) => {
    const square = { width: 1000, height: 1000 };
    const well = { width: 1000 + 2 * MARGIN, height: 1000 + 2 * MARGIN };
    expect(spotAt(square, well, { ...whole, turn }, 250 + MARGIN, 250 + MARGIN)).toEqual({ x, y });
    expect(spotAt(square, well, { ...whole, turn }, 1, 1)).toBeNull();
  });

  test(`the point of the look is in the middle, and what is pushed comes along (LUUKKU_SEED=${seed})`, () => {
    const random = chance(seed);
    for (let i = 0; i < 2000; i += 1) {
      const page = { width: 1 + random(5000), height: 1 + random(5000) };
      const well = { width: 50 + random(2000), height: 50 + random(2000) };
      const look = { turn: random(4), zoom: 100 + random(701), x: random(10_001), y: random(10_001) };
      const middle = spotAt(page, well, look, well.width / 2, well.height / 2)!;
      expect([middle.x, middle.y]).toEqual([look.x, look.y]);
      for (const spot of [settled(page, well, look), pushed(page, well, look, random(4000) - 2000, random(4000) - 2000), stepped(look.turn, look, random(20_000) - 10_000, random(20_000) - 10_000)]) {
        expect(Number.isInteger(spot.x) && Number.isInteger(spot.y) && spot.x >= 0 && spot.x <= 10_000 && spot.y >= 0 && spot.y <= 10_000).toBe(true);
      }
    }
  });

  test('pushed right, what was left of the middle is in it; at its edge it stays', () => {
    const look = { ...whole, zoom: 400 };
    const { width } = lie(A4, WELL, look);
    expect(pushed(A4, WELL, look, width / 10, 0)).toEqual({ x: 4000, y: 5000 });
    expect(pushed(A4, WELL, whole, 300, 300)).toEqual({ x: 5000, y: 5000 });
    expect(pushed(A4, WELL, look, 1e6, 1e6).x).toBeLessThan(3000);
  });

  test('right is right on the screen, however the page is turned', () => {
    expect([0, 1, 2, 3].map((turn) => stepped(turn, { x: 5000, y: 5000 }, 100, 0))).toEqual([{ x: 5100, y: 5000 }, { x: 5000, y: 4900 }, { x: 4900, y: 5000 }, { x: 5000, y: 5100 }]);
  });

  test('steps of the zoom end where the kiosk’s do', () => {
    expect([zoomed(100, true), zoomed(130, true), zoomed(130, false), zoomed(800, true), zoomed(100, false)]).toEqual([125, 150, 125, 800, 100]);
  });
});
