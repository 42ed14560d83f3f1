// Who is signed in, over reloads of one tab: the non-extractable key in IndexedDB, the rest in the tab's session storage.

import { base64, hex, random } from '../wire/bytes';
import { openKeyFile, type KeyFile } from '../wire/keyfile';

export interface Identity {
  user: string;
  name: string;
  agency: string;
  /** DER in base64, as a claim carries it. */
  cert: string;
  brokerPassword: string;
  key: CryptoKey;
}

const SLOT = 'luukku-identity';
const STORE = 'keys';
/** A working day; older keys of tabs that were closed are swept at the next sign-in. */
const KEEP_MS = 12 * 3600_000;

const done = <T>(r: IDBRequest<T>): Promise<T> => new Promise((resolve, reject) => {
  r.onsuccess = () => resolve(r.result);
  r.onerror = () => reject(r.error ?? new Error('IndexedDB'));
});

async function store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  const open = indexedDB.open('luukku', 1);
  open.onupgradeneeded = () => open.result.createObjectStore(STORE);
  return (await done(open)).transaction(STORE, mode).objectStore(STORE);
}

interface Kept { key: CryptoKey; at: number }

async function sweep(): Promise<void> {
  const s = await store('readwrite');
  const cursor = s.openCursor();
  cursor.onsuccess = () => {
    const at = cursor.result;
    if (at === null) return;
    if (Date.now() - (at.value as Kept).at > KEEP_MS) at.delete();
    at.continue();
  };
}

/** Opens the key file and keeps the outcome for this tab. Rejects where the password is wrong. */
export async function signIn(file: KeyFile, password: string): Promise<Identity> {
  const { key, brokerPassword } = await openKeyFile(file, password);
  const { user, name, agency } = file;
  return { user, name, agency, cert: base64(file.cert), brokerPassword, key };
}

/** Where the browser keeps nothing (private windows), the tab works all the same, until it is reloaded. */
export async function keep({ key, ...rest }: Identity): Promise<void> {
  const id = hex(random(16));
  try {
    await sweep();
    await done((await store('readwrite')).put({ key, at: Date.now() } satisfies Kept, id));
    sessionStorage.setItem(SLOT, JSON.stringify({ id, ...rest }));
  } catch {
    sessionStorage.removeItem(SLOT);
  }
}

export async function restore(): Promise<Identity | null> {
  try {
    const { id, ...rest } = JSON.parse(sessionStorage.getItem(SLOT) ?? 'null') as { id: string } & Omit<Identity, 'key'>;
    const kept = (await done((await store('readonly')).get(id))) as Kept | undefined;
    return kept === undefined || Date.now() - kept.at > KEEP_MS ? null : { ...rest, key: kept.key };
  } catch {
    return null;
  }
}

export async function forget(): Promise<void> {
  const slot = sessionStorage.getItem(SLOT);
  sessionStorage.removeItem(SLOT);
  if (slot === null) return;
  await done((await store('readwrite')).delete((JSON.parse(slot) as { id: string }).id));
}
