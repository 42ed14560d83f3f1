// What the camera says it is: descriptors of USB Video Class 1.1 (chapters 3 and, for payloads, the MJPEG and uncompressed annexes).
import { configurationDescriptor, deviceDescriptor } from '../descriptors.mjs';

export const ENTITY = { camera: 1, output: 2, processing: 3 };
export const STREAM = 0x81;
export const STATUS_PIPE = 0x83;
export const INTERFACE = { control: 0, streaming: 1 };
const CLOCK = 48000000;
const YUY2 = Buffer.from('5955593200001000800000aa00389b71', 'hex'); // its GUID
const PROBE_BYTES = 34;

const le = (n, bytes) => {
  const b = Buffer.alloc(bytes);
  b.writeUIntLE(n, 0, bytes);
  return [...b];
};

/** Formats with their frames: {format: 'jpeg'|'yuyv', frames: [{width, height, intervals (100 ns)}]}. */
const FAST = [333333, 666666];
const SLOW = [666666, 1333333];
export const FORMATS = {
  video: [
    { format: 'jpeg', frames: [{ width: 640, height: 480, intervals: FAST }, { width: 1280, height: 720, intervals: FAST }] },
    { format: 'yuyv', frames: [{ width: 320, height: 240, intervals: FAST }, { width: 640, height: 480, intervals: SLOW }] },
  ],
  document: [
    { format: 'jpeg', frames: [{ width: 1920, height: 1080, intervals: SLOW }, { width: 1280, height: 720, intervals: FAST }] },
    { format: 'yuyv', frames: [{ width: 640, height: 480, intervals: SLOW }] },
  ],
};

/** The most bytes of a frame. */
export const frameBytes = ({ width, height }) => width * height * 2;

// Bits of bmControls: 1 AE mode, 2 AE priority, 3 exposure, 5 focus, 9 zoom, 17 automatic focus, 18 privacy.
const CAMERA_CONTROLS = (1 << 1) | (1 << 2) | (1 << 3) | (1 << 5) | (1 << 9) | (1 << 17) | (1 << 18);
// 0 brightness, 1 contrast, 10 power line frequency.
const PROCESSING_CONTROLS = (1 << 0) | (1 << 1) | (1 << 10);

function controlInterface() {
  const units = [
    18, 0x24, 2, ENTITY.camera, ...le(0x0201, 2), 0, 0, ...le(0, 2), ...le(0, 2), ...le(0, 2), 3, ...le(CAMERA_CONTROLS, 3),
    13, 0x24, 5, ENTITY.processing, ENTITY.camera, ...le(0, 2), 3, ...le(PROCESSING_CONTROLS, 3), 0, 0,
    9, 0x24, 3, ENTITY.output, ...le(0x0101, 2), 0, ENTITY.processing, 0];
  return [13, 0x24, 1, ...le(0x0110, 2), ...le(13 + units.length, 2), ...le(CLOCK, 4), 1, INTERFACE.streaming, ...units];
}

function frame(kind, index, { width, height, intervals }) {
  const bits = frameBytes({ width, height }) * 8;
  const slowest = intervals.at(-1);
  return [26 + 4 * intervals.length, 0x24, kind, index, 0, ...le(width, 2), ...le(height, 2), ...le(Math.round((bits * 1e7) / slowest), 4),
    ...le(Math.round((bits * 1e7) / intervals[0]), 4), ...le(bits / 8, 4), ...le(intervals[0], 4), intervals.length,
    ...intervals.flatMap((i) => le(i, 4))];
}

function streamFormat({ format, frames }, index) {
  const jpeg = format === 'jpeg';
  const head = jpeg ? [11, 0x24, 6, index, frames.length, 1, 1, 0, 0, 0, 0]
    : [27, 0x24, 4, index, frames.length, ...YUY2, 16, 1, 0, 0, 0, 0];
  return [...head, ...frames.flatMap((f, i) => frame(jpeg ? 7 : 5, i + 1, f)), 6, 0x24, 0x0d, 1, 1, 4];
}

function streamInterface(formats) {
  const body = formats.flatMap((f, i) => streamFormat(f, i + 1));
  const n = formats.length;
  const head = [13 + n, 0x24, 1, n, ...le(13 + n + body.length, 2), STREAM, 0, ENTITY.output, 0, 0, 0, 1, ...Array(n).fill(0)];
  return [...head, ...body];
}

export function descriptors(formats, product) {
  const association = Buffer.from([8, 11, INTERFACE.control, 2, 14, 3, 0, 2]);
  const status = { address: STATUS_PIPE, type: 3, max: 16, interval: 8, extra: [5, 0x25, 3, 16, 0] };
  return {
    device: deviceDescriptor({ class: [0xef, 2, 1], vendor: 0x1209, product, iManufacturer: 1, iProduct: 2, iSerial: 3 }),
    configuration: configurationDescriptor({ power: 250, parts: [association,
      { number: INTERFACE.control, class: [14, 1, 0], string: 2, extra: controlInterface(), endpoints: [status] },
      { number: INTERFACE.streaming, class: [14, 2, 0], extra: streamInterface(formats),
        endpoints: [{ address: STREAM, type: 2, max: 512 }] }] }),
  };
}

/** What is streamed, as probe and commit have it (UVC 1.1, 4.3.1.1). */
export function readProbe(bytes, formats) {
  if (bytes.length < 26) {
    return null;
  }
  const format = formats[bytes[2] - 1] ?? formats[0];
  const size = format.frames[bytes[3] - 1] ?? format.frames[0];
  const wanted = bytes.readUInt32LE(4);
  const interval = size.intervals.reduce((a, b) => (Math.abs(b - wanted) < Math.abs(a - wanted) ? b : a));
  return { format, size, interval };
}

export function writeProbe({ format, size, interval }, formats, lies) {
  const b = Buffer.alloc(PROBE_BYTES);
  b.writeUInt16LE(1, 0);
  b[2] = formats.indexOf(format) + 1;
  b[3] = format.frames.indexOf(size) + 1;
  b.writeUInt32LE(interval, 4);
  b.writeUInt32LE(lies ? 0 : frameBytes(size), 18);
  b.writeUInt32LE(lies ? 0 : frameBytes(size) + 12, 22);
  b.writeUInt32LE(CLOCK, 26);
  return b;
}
