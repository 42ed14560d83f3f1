// Files of the store: written whole or not at all, private ones for the owner alone; names and texts checked.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { randomBytes } from 'node:crypto';

/** An error whose message is meant for whoever typed the command. */
export class UserError extends Error {}

export const fail = (message) => {
  throw new UserError(message);
};

/** Writes `data` to `path` atomically and durably; `mode` is 0600 for secrets. */
export function writeAtomic(path, data, mode = 0o644) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const fd = openSync(temporary, 'wx', mode);
    try {
      writeFileSync(fd, data);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

export const writeSecret = (path, data) => writeAtomic(path, data, 0o600);
export const writeJson = (path, value) => writeAtomic(path, `${JSON.stringify(value, null, 1)}\n`);
export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
export const readJsonIf = (path) => (existsSync(path) ? readJson(path) : null);

/** Kiosks, experts and agencies: the names of PROTOCOL.md. */
export function checkName(kind, name) {
  if (typeof name !== 'string' || !/^[a-z0-9-]{3,32}$/.test(name)) {
    fail(`${kind} "${name ?? ''}": a name is 3 to 32 of the characters a-z, 0-9 and -`);
  }
  return name;
}

/** Names of people and places, as shown: 1 to 64 characters, no control characters. */
export function checkText(what, text) {
  const clean = String(text ?? '').normalize('NFC');
  if (clean.trim() === '' || [...clean].length > 64 || /\p{C}/u.test(clean)) {
    fail(`${what} "${clean}": 1 to 64 printable characters are needed`);
  }
  return clean;
}
