// The messages of the `paper` channel: what comes is judged member by member, everything with a ceiling. Further members are ignored.
// Spec: PROTOCOL.md, "Papers". Pure.

import { utf8, type Bytes } from '../wire/bytes';
import { flag, jsonOf, objectOf, oneOf, shaped, type Json } from '../wire/judge';
import { faultUnless } from './fault';

export const KIND = { join: 1, list: 2, piece: 3, got: 4, look: 5, point: 6, marks: 7, do: 8, told: 9, over: 10 } as const;
export const PART = { preview: 0, detail: 1, document: 2 } as const;
export const MESSAGE_MAX = 16_384;
export const PIECE_HEAD = 10;
export const PIECE_MAX = MESSAGE_MAX - PIECE_HEAD;
/** Positions are in so many parts of a page's width and height. */
export const WHOLE = 10_000;
export const PAGES_MAX = 40;
export const MARKS_MAX = 40;
export const MARK_TEXT_MAX = 120;
export const ASK_TEXT_MAX = 200;
export const ZOOM_MIN = 100;
export const ZOOM_MAX = 800;
export const DOCUMENT_MAX = 33_554_432;
export const PREVIEW_MAX = 2 * 1024 * 1024;
export const DETAIL_MAX = 32 * 1024 * 1024;
/** Of all pages together. */
export const TOTAL_MAX = 192 * 1024 * 1024;
export const SIDE_MAX = 20_000;
/** A4 at 600 dpi three times over. */
export const PIXELS_MAX = 110_100_480;
const ID_MAX = 2 ** 32 - 1;

export const FROMS = ['scanner', 'camera', 'expert'] as const;
export const BYS = ['citizen', 'expert'] as const;
export const SHAPES = ['line', 'box', 'text'] as const;
export const ASKS = ['none', 'open', 'scanning', 'done', 'declined'] as const;
export const DOCS = ['none', 'coming', 'reading', 'shown', 'refused'] as const;
export const SCANNERS = ['none', 'ready', 'busy', 'trouble'] as const;
export type By = (typeof BYS)[number];
export type Shape = (typeof SHAPES)[number];
export type AskState = (typeof ASKS)[number];
export type DocState = (typeof DOCS)[number];

/** One page as the list has it. Sizes in pixels and bytes. */
export interface PageFacts {
  id: number;
  from: (typeof FROMS)[number];
  width: number;
  height: number;
  dpi: number;
  preview: number;
  detail: number;
  /** Of the detail, hex. */
  sha256: string;
  /** Goes with the form. */
  attached: boolean;
  /** False: to be looked at only. */
  keep: boolean;
}
/** `page` 0: none. `x`, `y`: the page's point in the middle. */
export interface Look { page: number; turn: number; zoom: number; x: number; y: number; by: By }
export interface Point { page: number; x: number; y: number }
export interface Mark { id: number; by: By; what: Shape; x: number; y: number; toX: number; toY: number; text: string }
export interface Told {
  ask: AskState;
  doc: { n: number; state: DocState; why: string; pages: number };
  scanner: (typeof SCANNERS)[number];
  camera: boolean;
  /** Pages that the citizen has not shared. */
  own: number;
}
export interface Piece { part: number; id: number; offset: number; bytes: Uint8Array }

export const NO_LOOK: Look = { page: 0, turn: 0, zoom: ZOOM_MIN, x: WHOLE / 2, y: WHOLE / 2, by: 'citizen' };
export const NOTHING_TOLD: Told = { ask: 'none', doc: { n: 0, state: 'none', why: '', pages: 0 }, scanner: 'none', camera: false, own: 0 };

function listOf(value: unknown, max: number, what: string): Json[] {
  faultUnless(Array.isArray(value), 'malformed', what);
  faultUnless(value.length <= max, 'too-large', what);
  return value.map((v) => objectOf(v));
}

function whole(o: Json, key: string, min: number, max: number, over: 'malformed' | 'too-large' = 'malformed'): number {
  const value = o[key];
  faultUnless(Number.isInteger(value) && (value as number) >= min, 'malformed', key);
  faultUnless((value as number) <= max, over, key);
  return value as number;
}

/** No control characters, no half surrogate pairs. */
export const isPlain = (text: string): boolean => !/\p{Cc}/u.test(text) && text.isWellFormed();

function plain(o: Json, key: string, max: number): string {
  const value = o[key];
  faultUnless(typeof value === 'string' && value.length <= max && utf8(value).length <= max && isPlain(value), 'malformed', key);
  return value;
}

const ids = (list: readonly { id: number }[]): void => faultUnless(new Set(list.map((e) => e.id)).size === list.length, 'malformed', 'ids');

function pageFacts(o: Json): PageFacts {
  const facts = {
    id: whole(o, 'id', 1, ID_MAX), from: oneOf(o['from'], FROMS, 'from'),
    width: whole(o, 'width', 1, SIDE_MAX, 'too-large'), height: whole(o, 'height', 1, SIDE_MAX, 'too-large'), dpi: whole(o, 'dpi', 0, 65_535),
    preview: whole(o, 'preview', 1, PREVIEW_MAX, 'too-large'), detail: whole(o, 'detail', 1, DETAIL_MAX, 'too-large'),
    sha256: shaped(o, 'sha256', /^[0-9a-f]{64}$/), attached: flag(o, 'attached'), keep: flag(o, 'keep'),
  };
  faultUnless(facts.width * facts.height <= PIXELS_MAX, 'too-large', 'pixels');
  return facts;
}

export function readList(bytes: Uint8Array): PageFacts[] {
  const pages = listOf(objectOf(jsonOf(bytes))['pages'], PAGES_MAX, 'pages').map(pageFacts);
  ids(pages);
  faultUnless(pages.reduce((sum, p) => sum + p.preview + p.detail, 0) <= TOTAL_MAX, 'too-large', 'total');
  return pages;
}

export function readLook(bytes: Uint8Array): Look {
  const o = objectOf(jsonOf(bytes));
  return {
    page: whole(o, 'page', 0, ID_MAX), turn: whole(o, 'turn', 0, 3), zoom: whole(o, 'zoom', ZOOM_MIN, ZOOM_MAX),
    x: whole(o, 'x', 0, WHOLE), y: whole(o, 'y', 0, WHOLE), by: oneOf(o['by'], BYS, 'by'),
  };
}

function mark(o: Json): Mark {
  const at = (key: string): number => whole(o, key, 0, WHOLE);
  return {
    id: whole(o, 'id', 1, ID_MAX), by: oneOf(o['by'], BYS, 'by'), what: oneOf(o['what'], SHAPES, 'what'),
    x: at('x'), y: at('y'), toX: at('to_x'), toY: at('to_y'), text: plain(o, 'text', MARK_TEXT_MAX),
  };
}

export function readMarks(bytes: Uint8Array): { page: number; marks: Mark[] } {
  const o = objectOf(jsonOf(bytes));
  const marks = listOf(o['marks'], MARKS_MAX, 'marks').map(mark);
  ids(marks);
  return { page: whole(o, 'page', 1, ID_MAX), marks };
}

export function readTold(bytes: Uint8Array): Told {
  const o = objectOf(jsonOf(bytes));
  const doc = objectOf(o['doc']);
  return {
    ask: oneOf(o['ask'], ASKS, 'ask'),
    doc: { n: whole(doc, 'n', 0, ID_MAX), state: oneOf(doc['state'], DOCS, 'state'), why: shaped(doc, 'why', /^[a-z-]{0,32}$/), pages: whole(doc, 'pages', 0, PAGES_MAX) },
    scanner: oneOf(o['scanner'], SCANNERS, 'scanner'), camera: flag(o, 'camera'), own: whole(o, 'own', 0, PAGES_MAX),
  };
}

export function readPoint(bytes: Uint8Array): Point | null {
  faultUnless(bytes.length === 8, 'malformed', 'point');
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [page, x, y] = [view.getUint32(0), view.getUint16(4), view.getUint16(6)];
  faultUnless(x <= WHOLE && y <= WHOLE, 'malformed', 'point');
  return page === 0 ? null : { page, x, y };
}

export function readPiece(bytes: Uint8Array): Piece {
  faultUnless(bytes.length >= PIECE_HEAD, 'malformed', 'piece');
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { part: bytes[0]!, id: view.getUint32(1), offset: view.getUint32(5), bytes: bytes.subarray(PIECE_HEAD - 1) };
}

// --- out ---

export function sayJson(kind: number, value: unknown): Bytes {
  const json = utf8(JSON.stringify(value));
  const bytes = new Uint8Array(1 + json.length);
  bytes[0] = kind;
  bytes.set(json, 1);
  return bytes;
}

export function sayPoint(at: Point | null): Bytes {
  const bytes = new Uint8Array(9);
  const view = new DataView(bytes.buffer);
  bytes[0] = KIND.point;
  view.setUint32(1, at?.page ?? 0);
  view.setUint16(5, at?.x ?? 0);
  view.setUint16(7, at?.y ?? 0);
  return bytes;
}

/** One message of a document: what fits from `offset` on. */
export function sayPiece(n: number, document: Uint8Array, offset: number): Bytes {
  const part = document.subarray(offset, offset + PIECE_MAX);
  const bytes = new Uint8Array(PIECE_HEAD + part.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = KIND.piece;
  bytes[1] = PART.document;
  view.setUint32(2, n);
  view.setUint32(6, offset);
  bytes.set(part, PIECE_HEAD);
  return bytes;
}
