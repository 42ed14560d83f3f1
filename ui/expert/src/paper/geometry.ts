// Where a page lies in the window that shows it, so that the same point is in the middle on both sides. Pure.

import { WHOLE, ZOOM_MAX, ZOOM_MIN, type Look } from './messages';

export interface Size { width: number; height: number }
export interface Spot { x: number; y: number }
/** Of the page before it is turned, CSS pixels: turned about (x, y), which lies in the middle of the window. */
export interface Lie extends Size { left: number; top: number }
type Aim = Pick<Look, 'turn' | 'zoom' | 'x' | 'y'>;

/** Left free around a page that fits. */
export const MARGIN = 16;
const ZOOM_STEPS = [100, 125, 150, 200, 250, 300, 400, 500, 600, 800];

const clamp = (v: number, min: number, max: number): number => Math.min(max, Math.max(min, v));
const parts = (v: number): number => Math.round(clamp(v, 0, WHOLE));

export function lie(page: Size, well: Size, look: Aim): Lie {
  const side = look.turn % 2 === 1;
  const [w, h] = side ? [page.height, page.width] : [page.width, page.height];
  const fit = Math.max(0.001, Math.min((well.width - 2 * MARGIN) / w, (well.height - 2 * MARGIN) / h));
  const scale = (fit * look.zoom) / 100;
  const [width, height] = [page.width * scale, page.height * scale];
  return { width, height, left: well.width / 2 - (look.x / WHOLE) * width, top: well.height / 2 - (look.y / WHOLE) * height };
}

/** A way on the screen, as one on the unturned page. */
const unturned = (turn: number, dx: number, dy: number): [number, number] => {
  const [sin, cos] = [[0, 1], [1, 0], [0, -1], [-1, 0]][turn % 4]! as [number, number];
  return [cos * dx + sin * dy, -sin * dx + cos * dy];
};

/** The page's point below a point of the window; null beside the page. */
export function spotAt(page: Size, well: Size, look: Aim, px: number, py: number): Spot | null {
  const { width, height } = lie(page, well, look);
  const [dx, dy] = unturned(look.turn, px - well.width / 2, py - well.height / 2);
  const [x, y] = [look.x + (dx / width) * WHOLE, look.y + (dy / height) * WHOLE];
  return x < 0 || y < 0 || x > WHOLE || y > WHOLE ? null : { x: Math.round(x), y: Math.round(y) };
}

/** The middle, so that no more is beside the page than must be. */
export function settled(page: Size, well: Size, look: Aim): Spot {
  const { width, height } = lie(page, well, look);
  const side = look.turn % 2 === 1;
  const one = (at: number, size: number, room: number): number => {
    const half = ((room / 2 - MARGIN) / size) * WHOLE;
    return half * 2 >= WHOLE ? WHOLE / 2 : parts(clamp(at, half, WHOLE - half));
  };
  return { x: one(look.x, width, side ? well.height : well.width), y: one(look.y, height, side ? well.width : well.height) };
}

/** The middle after what is seen was pushed by so many pixels. */
export function pushed(page: Size, well: Size, look: Aim, dx: number, dy: number): Spot {
  const { width, height } = lie(page, well, look);
  const [x, y] = unturned(look.turn, dx, dy);
  return settled(page, well, { ...look, x: look.x - (x / width) * WHOLE, y: look.y - (y / height) * WHOLE });
}

/** The pointer moved by so many parts of what is seen upright. */
export function stepped(turn: number, from: Spot, dx: number, dy: number): Spot {
  const [x, y] = unturned(turn, dx, dy);
  return { x: parts(from.x + x), y: parts(from.y + y) };
}

/** One step larger or smaller. */
export const zoomed = (zoom: number, larger: boolean): number =>
  (larger ? ZOOM_STEPS.find((z) => z > zoom) : ZOOM_STEPS.findLast((z) => z < zoom)) ?? (larger ? ZOOM_MAX : ZOOM_MIN);
