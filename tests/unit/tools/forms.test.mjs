// forms-check: what it says and how it ends.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PROGRAM = join(process.env.LUUKKU_BUILD ?? join(ROOT, 'build'), 'bin/forms-check');
const DEFINITIONS = join(ROOT, 'firmware/forms/definitions');
const builtin = readdirSync(DEFINITIONS).map((name) => join(DEFINITIONS, name));
let dir;

before(() => { dir = mkdtempSync(join(tmpdir(), 'forms-')); });
after(() => rmSync(dir, { recursive: true }));

function check(...files) {
  const { status, stdout, stderr } = spawnSync(PROGRAM, files, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

function put(name, text) {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

test('the built-in definitions are right', () => {
  assert.ok(builtin.length >= 1);
  assert.deepEqual(check(...builtin), { status: 0, stdout: '', stderr: '' });
});

test('every mistake is named by line, the other files are still checked', () => {
  const text = readFileSync(builtin[0], 'utf8').replace('"version": 1', '"version": 0').replace('"type": "signature"', '"type": "sign"')
    .replace('"languages": ["fi", ', '"languages": ["fi", "fi", ');
  const wrong = put('wrong.json', text);
  const { status, stdout } = check(wrong, builtin[0]);
  assert.equal(status, 1);
  const said = stdout.trim().split('\n').map((line) => line.slice(wrong.length));
  assert.equal(said[0], ':3: version: is not a whole number, 1 to 1000000');
  assert.equal(said[1], ':5: languages[1]: is given twice');
  assert.match(said[2], /^:\d+: sections\[\d\]\.fields\[\d\]\.type: is not a type that is known$/);
  assert.equal(said.length, 3);
});

test('what is no JSON has one mistake', () => {
  const path = put('cut.json', '{"id": "a",\n"version":');
  assert.match(check(path).stdout, /^.*cut\.json:2: .*\n$/);
});

test('too long, empty, not there, nothing named', () => {
  assert.match(check(put('long.json', ' '.repeat(70000))).stdout, /long\.json:\d: the file is longer than 64 KiB\n/);
  assert.equal(check(put('empty.json', '')).status, 1);
  const gone = check(join(dir, 'gone.json'));
  assert.equal(gone.status, 1);
  assert.match(gone.stderr, /gone\.json: No such file/);
  assert.equal(check(dir).status, 1);
  assert.equal(check().status, 2);
});
