// An expert's key file and broker password, both from one password (firmware/signal/PROTOCOL.md, "Files beside the page").
import { createCipheriv, createHash, createPrivateKey, hkdfSync, pbkdf2, pbkdf2Sync, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const ITERATIONS = 600_000;

const b64u = (bytes) => Buffer.from(bytes).toString('base64url');

/** The two secrets that come of a password: what opens the key file, and the broker's password. */
export async function derive(password, salt, iterations = ITERATIONS) {
  const root = await promisify(pbkdf2)(password.normalize('NFC'), salt, iterations, 32, 'sha256');
  const part = (info) => Buffer.from(hkdfSync('sha256', root, '', info, 32));
  return { key: part('luukku key file'), brokerPassword: b64u(part('luukku broker')) };
}

/**
 * Seals `pem` (PKCS#8 PEM of the private key). Gives the key file's JSON and the broker's password.
 * `who` is {user, name, agency}; `certificate` is DER.
 */
export async function sealKey(who, pem, certificate, password) {
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const { key, brokerPassword } = await derive(password, salt);
  const pkcs8 = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(who.user, 'utf8'));
  const data = Buffer.concat([cipher.update(pkcs8), cipher.final(), cipher.getAuthTag()]);
  const file = {
    v: 1, user: who.user, name: who.name, agency: who.agency, kdf: 'PBKDF2-SHA256', iterations: ITERATIONS,
    salt: b64u(salt), iv: b64u(iv), data: b64u(data), cert: b64u(certificate),
  };
  return { file, brokerPassword };
}

/**
 * What the brokers keep of a password. It has 256 bits already, behind the slow derivation above, so that a single
 * salted hash is enough.
 */
export function brokerHashes(brokerPassword) {
  const salt = randomBytes(12);
  const rounds = 101;
  const hash = pbkdf2Sync(brokerPassword, salt, rounds, 64, 'sha512');
  const short = randomBytes(4);
  const digest = createHash('sha256').update(short).update(brokerPassword).digest();
  return {
    mosquitto: `$7$${rounds}$${salt.toString('base64')}$${hash.toString('base64')}`,
    rabbitmq: Buffer.concat([short, digest]).toString('base64'),
  };
}
