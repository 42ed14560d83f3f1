// What a JPEG says of itself before a browser is asked to decode it: bounded, total, and nothing is decoded. Pure.
// Spec: ITU-T T.81, annex B.

import { faultUnless } from './fault';

export interface JpegFacts { width: number; height: number }

/** Tables, comments and colour profiles; real ones have a few dozen. */
const SEGMENTS_MAX = 1024;
/** A progressive picture has about ten; each costs as much as the whole picture. */
export const SCANS_MAX = 24;
const SOI = 0xd8, EOI = 0xd9, SOS = 0xda, TEM = 0x01;
/** Baseline, extended sequential, progressive; all others no browser shows. */
const FRAMES = [0xc0, 0xc1, 0xc2];
const OTHER_FRAMES = [0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];

/** Its size. Throws `picture` for what is no JPEG that a browser could show. */
export function readJpeg(bytes: Uint8Array): JpegFacts {
  faultUnless(bytes.length > 4 && bytes[0] === 0xff && bytes[1] === SOI, 'picture', 'start');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let facts: JpegFacts | null = null;
  let [at, segments, scans] = [2, 0, 0];
  for (;;) {
    at = nextMarker(bytes, at, scans > 0);
    // The end may be missing, of a picture that was cut short.
    if (at < 0 || bytes[at] === EOI) break;
    const marker = bytes[at]!;
    if (marker === TEM) { at += 1; continue; }
    faultUnless((segments += 1) <= SEGMENTS_MAX && marker !== SOI && at + 2 < bytes.length, 'picture', 'segments');
    const len = view.getUint16(at + 1);
    faultUnless(len >= 2 && at + 1 + len <= bytes.length, 'picture', 'segment');
    faultUnless(!OTHER_FRAMES.includes(marker), 'picture', 'kind');
    if (FRAMES.includes(marker)) {
      faultUnless(facts === null, 'picture', 'frames');
      facts = frame(view, at + 1, len);
    }
    if (marker === SOS) faultUnless(facts !== null && (scans += 1) <= SCANS_MAX, 'picture', 'scans');
    at += 1 + len;
  }
  faultUnless(facts !== null && scans > 0, 'picture', 'no picture');
  return facts;
}

function frame(view: DataView, at: number, len: number): JpegFacts {
  faultUnless(len >= 8, 'picture', 'frame');
  const parts = view.getUint8(at + 7);
  const facts = { height: view.getUint16(at + 3), width: view.getUint16(at + 5) };
  faultUnless(view.getUint8(at + 2) === 8 && (parts === 1 || parts === 3) && len === 8 + 3 * parts, 'picture', 'frame');
  faultUnless(facts.width > 0 && facts.height > 0, 'picture', 'size');
  return facts;
}

/** Where the next marker's code stands; -1: there is none. Between segments there is nothing but fill; within a scan, its data. */
function nextMarker(bytes: Uint8Array, from: number, scan: boolean): number {
  let at = from;
  for (;;) {
    const found = bytes.indexOf(0xff, at);
    if (!scan) faultUnless(found === at, 'picture', 'gap');
    if (found < 0) return -1;
    at = found + 1;
    while (bytes[at] === 0xff) at += 1;
    const code = bytes[at];
    if (code === undefined) return -1;
    const isData = code === 0 || (code >= 0xd0 && code <= 0xd7);
    if (!isData) return at;
    faultUnless(scan, 'picture', 'marker');
  }
}
