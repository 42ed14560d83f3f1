// A technician's console of the kiosk, on a pseudo-terminal.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeSecret } from '../pki/files.mjs';

const BUILD = process.env.LUUKKU_BUILD ?? fileURLToPath(new URL('../../build', import.meta.url));
const USER = 'technician';

/** An accounts' file line. */
function hash(program, user, password) {
  return new Promise((resolve, reject) => {
    const child = execFile(program, ['--hash', user], (error, out) => (error ? reject(error) : resolve(out)));
    child.stdin.end(`${password}\n`);
  });
}

/** Starts it for the kiosk of that control socket, on the line of that path or one of its own. Gives {tty, user, password}, or null where it is not built. */
export async function startConsole(processes, dir, control, line = 'pty') {
  const program = join(BUILD, 'bin/luukku-console');
  if (!existsSync(program)) {
    return null;
  }
  const password = randomBytes(9).toString('base64url');
  const accounts = join(dir, 'technicians');
  writeSecret(accounts, await hash(program, USER, password));
  const log = join(processes.logDir, 'console.log');
  const tty = () => (line === 'pty' ? /^\/dev\/pts\/\d+$/m.exec(readFileSync(log, 'utf8'))?.[0] : line);
  await processes.start('console', [program, '--line', line, '--socket', control, '--accounts', accounts, '--audit', join(dir, 'technicians.log')], tty);
  return { tty: tty(), user: USER, password };
}
