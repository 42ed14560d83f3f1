// The camera's controls (UVC 1.1, 4.2.2): each a number of some bytes with its least, most, step and default.
import { ENTITY } from './descriptors.mjs';

export const AE = { manual: 1, aperture: 8 };
const GET = 1;
const SET = 2;
const CHANGES = 8; // by itself

const control = (entity, selector, size, [min, max, res, def], info = GET | SET) => ({ entity, selector, size, min, max, res, def, info,
  value: def });

export function makeControls() {
  const { camera, processing } = ENTITY;
  return {
    'auto-exposure': control(camera, 2, 1, [0, 0, AE.manual | AE.aperture, AE.aperture]), // its step says which modes there are
    'exposure-priority': control(camera, 3, 1, [0, 1, 1, 1]),
    exposure: control(camera, 4, 4, [1, 5000, 1, 333]),
    focus: control(camera, 6, 2, [0, 250, 5, 30]),
    'auto-focus': control(camera, 8, 1, [0, 1, 1, 1]),
    zoom: control(camera, 0x0b, 2, [100, 500, 1, 100]),
    privacy: control(camera, 0x11, 1, [0, 1, 1, 0], GET | CHANGES),
    brightness: control(processing, 2, 2, [0, 255, 1, 128]),
    contrast: control(processing, 3, 2, [0, 255, 1, 128]),
    'power-line': control(processing, 5, 1, [0, 2, 1, 1]),
  };
}

const number = (value, size) => {
  const b = Buffer.alloc(size);
  b.writeUIntLE(value, 0, size);
  return b;
};

/** The answer to a request about a control: a Buffer, true, or null (stall). */
export function controlRequest(c, request, data) {
  const set = request === 0x01;
  if (set ? !(c.info & SET) || data.length !== c.size : false) {
    return null;
  }
  if (set) {
    const value = data.readUIntLE(0, c.size);
    const fits = c.min === c.max ? (value & c.res) === value && value : value >= c.min && value <= c.max;
    if (!fits) {
      return null;
    }
    c.value = value;
    return true;
  }
  const answers = { 0x81: () => number(c.value, c.size), 0x82: () => number(c.min, c.size), 0x83: () => number(c.max, c.size),
    0x84: () => number(c.res, c.size), 0x85: () => number(c.size, 2), 0x86: () => Buffer.from([c.info]),
    0x87: () => number(c.def, c.size) };
  return answers[request]?.() ?? null;
}
