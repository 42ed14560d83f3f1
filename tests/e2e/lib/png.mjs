// A picture's pixels, as far as the kiosk's screenshots go: 8 bits, RGB or RGBA, not interlaced.
import { inflateSync } from 'node:zlib';
import { assert } from './wait.mjs';

/** Whether every pixel of the PNG in `data` is black. Rows that are black need no filter: each byte is 0 in whatever way. */
export function isBlack(data) {
  assert(data.readUInt32BE(0) === 0x89504e47, 'not a PNG');
  const [width, height, depth, colour] = [data.readUInt32BE(16), data.readUInt32BE(20), data[24], data[25]];
  assert(depth === 8 && colour === 2 && data[28] === 0, 'a kind of PNG that is not read');
  const parts = [];
  for (let at = 8; at < data.length; at += 12 + data.readUInt32BE(at)) {
    if (data.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(data.subarray(at + 8, at + 8 + data.readUInt32BE(at)));
  }
  const rows = inflateSync(Buffer.concat(parts));
  const length = 1 + width * 3;
  assert(width > 0 && rows.length === length * height, 'as many pixels as it says');
  return Array.from({ length: height }, (_, y) => rows.subarray(y * length + 1, (y + 1) * length)).every((row) => row.every((b) => b === 0));
}
