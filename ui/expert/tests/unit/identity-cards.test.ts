// The emulated cards' certificates, which openssl made, against the identity.json that the demo serves.
import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { cardText, type Binding } from '../../src/identity/challenge';
import { judge } from '../../src/identity/judge';
import { SELF, type Algorithm } from '../../src/identity/messages';
import { readTrust } from '../../src/identity/trust';
import { cardSign, newKey } from '../support/pki.mjs';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'luukku-cards-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const HERE: Binding = { kiosk: 'kuopio-02', expert: 'maija-virtanen', call: 'ab'.repeat(16), kn: 'k', en: 'e', kioskPrint: '11'.repeat(32), pagePrint: '22'.repeat(32) };
execFileSync(join(root, 'tools/emulator/luukku-emulator'), ['card-pki', dir, 'p384', 'p256', 'rsa2048', 'expired', 'revoked', 'unknown']);
const pem = (...path: string[]): string => readFileSync(join(dir, ...path), 'utf8');
writeFileSync(join(dir, 'both.crl'), pem('crl.pem') + pem('root-crl.pem'));
const program = `import { identityFile } from ${JSON.stringify(join(root, 'tools/broker/identity.mjs'))}; process.stdout.write(JSON.stringify(identityFile({ ca: 'ca.pem', crl: 'both.crl' })))`;
const trust = readTrust(JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: dir, encoding: 'utf8' })));

async function show(name: string, alg: Algorithm, use: 'auth' | 'sign' = 'auth'): Promise<unknown> {
  const secret = createPrivateKey(pem('cards', name, `${use}.key`));
  const { satu } = JSON.parse(pem('cards', name, 'card.json')) as { satu: string };
  const cert = Uint8Array.from(Buffer.from(pem('cards', name, `${use}.crt`).replaceAll(/-----[^-]*-----|\s/g, ''), 'base64'));
  const sig = Uint8Array.from(cardSign({ ...newKey('P-256'), secret }, alg, await cardText(HERE, SELF)));
  const { faults, person } = await judge({ how: 'card', cert, alg, sig }, { binding: HERE, role: SELF, roles: [], earlier: [] }, { trust, kioskKey: null, now: Date.now() });
  return [faults, person?.name, person?.id === undefined ? undefined : person.id === satu];
}

test('a file with the issuer and the root, and a list of each', () => expect([trust.cas.length, trust.crls.length]).toEqual([2, 2]));
test.each<[string, Algorithm, unknown]>([
  ['p384', 'ES384', [[], 'JOHN DOE', true]],
  ['p256', 'ES256', [[], 'MAIJA MEIKÄLÄINEN', true]],
  ['rsa2048', 'RS256', [[], 'ÅKE ÖSTEN VIRTANEN', true]],
  ['rsa2048', 'PS256', [[], 'ÅKE ÖSTEN VIRTANEN', true]],
  ['expired', 'ES384', [['expired'], 'GUNNAR GAMMAL', true]],
  ['revoked', 'ES384', [['revoked'], 'SIRPA SULKU', true]],
  ['unknown', 'ES384', [['unknown-issuer'], undefined, undefined]],
])('%s by %s', async (name, alg, wanted) => expect(await show(name, alg)).toEqual(wanted));
test('the key for signing is not for this', async () => expect(await show('p384', 'ES384', 'sign')).toEqual([['usage'], undefined, undefined]));
