// The files beside the page: configuration, the fleet's keys, an expert's key file.

import { unbase64url } from '../wire/bytes';
import { importVerifyKey } from '../wire/envelope';
import { readKeyFile, type KeyFile } from '../wire/keyfile';
import { isName } from '../wire/topics';
import type { Lang3 } from '../wire/body';
import type { TrustState } from '../identity/share';

export interface Config { mqttUrl: string; ice: RTCIceServer[] }
export interface Fleet { kiosks: Map<string, { key: CryptoKey; site: string }>; agencies: Map<string, Lang3> }

const FETCH_MS = 10_000;

async function json(path: string): Promise<Record<string, unknown> | null> {
  const answer = await fetch(new URL(path, document.baseURI), { cache: 'no-cache', signal: AbortSignal.timeout(FETCH_MS) });
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return (await answer.json()) as Record<string, unknown>;
}

async function needed(path: string): Promise<Record<string, unknown>> {
  const found = await json(path);
  if (found === null) throw new Error(`${path}: missing`);
  return found;
}

/** Empty user names stand for "none": a STUN server has none. */
function iceServer(row: Record<string, unknown>): RTCIceServer {
  const urls = row['urls'] as string[];
  const named = typeof row['username'] === 'string' && row['username'] !== '';
  return named ? { urls, username: row['username'] as string, credential: String(row['credential'] ?? '') } : { urls };
}

export async function loadConfig(): Promise<Config> {
  const o = await needed('config.json');
  const url = new URL(String(o['mqtt'] ?? 'mqtt'), document.baseURI);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const ice = Array.isArray(o['ice']) ? (o['ice'] as Record<string, unknown>[]) : [];
  return { mqttUrl: url.href, ice: ice.filter((s) => Array.isArray(s['urls']) && s['urls'].length > 0).map(iceServer) };
}

export async function loadFleet(): Promise<Fleet> {
  const o = await needed('fleet.json');
  const fleet: Fleet = { kiosks: new Map(), agencies: new Map() };
  if (o['v'] !== 1) throw new Error('fleet.json: version');
  await Promise.all(Object.entries((o['kiosks'] ?? {}) as Record<string, { key: string; site: string }>).map(async ([name, k]) => {
    const spki = unbase64url(k.key);
    if (isName(name) && spki !== null) fleet.kiosks.set(name, { key: await importVerifyKey(spki), site: String(k.site) });
  }));
  for (const [name, a] of Object.entries((o['agencies'] ?? {}) as Record<string, { name: Lang3 }>)) fleet.agencies.set(name, a.name);
  return fleet;
}

/** Throws where the server cannot be asked; a file that is not as it should be is `broken`. */
export async function loadTrust(): Promise<TrustState> {
  const found = await json('identity.json').catch((error: unknown) => {
    if (error instanceof SyntaxError) return 'broken' as const;
    throw error;
  });
  if (found === null) return { kind: 'none' };
  if (found === 'broken') return { kind: found };
  const { readTrust } = await import('../identity/trust');
  try {
    return { kind: 'ready', trust: readTrust(found) };
  } catch {
    return { kind: 'broken' };
  }
}

/** Null where there is no such expert. */
export async function loadKeyFile(user: string): Promise<KeyFile | null> {
  if (!isName(user)) return null;
  const found = await json(`keys/${user}.json`);
  return found === null ? null : readKeyFile(found, user);
}
