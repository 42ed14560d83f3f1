// What will be sent, as the kiosk shows it to the citizen: canonical JSON, read for showing only. Its hash is taken of the bytes.

import type { Bytes } from '../wire/bytes';
import { hex } from '../wire/bytes';
import { jsonOf, objectOf } from '../wire/judge';
import { faultUnless } from './fault';

export interface Answer { label: string; shown: string; by: string; applies: boolean; rows: Answer[][] | null }
export interface Part { title: string; answers: Answer[] }
export interface Snapshot { sha256: string; title: string; parts: Part[] }

const LIST_MAX = 200;
const TEXT_MAX = 20_000;

const string = (value: unknown): string => {
  faultUnless(typeof value === 'string' && value.length <= TEXT_MAX, 'malformed', 'snapshot');
  return value;
};
const list = (value: unknown): unknown[] => {
  faultUnless(Array.isArray(value) && value.length <= LIST_MAX, 'malformed', 'snapshot');
  return value;
};

function answer(value: unknown, deep: boolean): Answer {
  const o = objectOf(value);
  const rows = deep && o['rows'] !== undefined ? list(o['rows']).map((row) => list(row).map((a) => answer(a, false))) : null;
  const has = o['applies'] !== false && rows === null;
  return {
    label: string(o['label']), shown: has ? string(o['shown']) : '', by: has ? string(o['by'] ?? '') : '', applies: o['applies'] !== false, rows,
  };
}

export async function sha256Of(bytes: Bytes): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

/** Throws `malformed`. */
export function readSnapshot(bytes: Bytes, sha256: string): Snapshot {
  const o = objectOf(jsonOf(bytes));
  return {
    sha256, title: string(o['title']),
    parts: list(o['sections']).map((s) => ({ title: string(objectOf(s)['title']), answers: list(objectOf(s)['fields']).map((a) => answer(a, true)) })),
  };
}
