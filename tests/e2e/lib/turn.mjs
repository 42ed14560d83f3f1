// A relay of our own, for a kiosk that is to have one.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { listens, withFreePort } from '../../../tools/broker/processes.mjs';

export const USER = 'kiosk';
const PASSWORD = 'salainen-viesti';

/** coturn on `port`, as `turn` of `servers`; lets in who has that password. */
export async function runTurn(servers, dir, port, password = PASSWORD) {
  const own = mkdtempSync(join(dir, 'turn-'));
  await servers.start('turn', ['turnserver', '-n', '--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', '--listening-port', String(port),
    '--lt-cred-mech', `--user=${USER}:${password}`, '--realm=test', '--no-tls', '--no-dtls', '--no-cli', '--allow-loopback-peers',
    '--log-file=stdout', `--pidfile=${own}/pid`, `--userdb=${own}/db`], () => listens({ host: '127.0.0.1', port }), { cwd: own });
}

/** The same on a port that is free; gives its place in the configuration of a kiosk that reaches this machine as `host`. */
export function startTurn(servers, dir, host = '127.0.0.1') {
  return withFreePort(async (port) => {
    await runTurn(servers, dir, port);
    return { url: `turn:${host}:${port}`, user: USER, password: PASSWORD };
  });
}
