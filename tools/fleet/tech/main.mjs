// luukku-tech: the command line. See ../README.md.
import { parseArgs } from 'node:util';
import { fail, UserError } from '../../pki/files.mjs';
import { readIdentity, Session } from './session.mjs';

const USAGE = `luukku-tech KIOSK --broker URL --me DIR --fleet FILE: the console of a kiosk, from afar

  --broker URL   the broker's port for technicians, mqtts://host:port
  --me DIR       who you are: what "luukku-pki technician" left in technicians/USER
  --fleet FILE   fleet.json: which kiosks there are, and their keys (luukku-pki fleet)

The kiosk's screen says that you are there, and by what name. Type "logout" or Ctrl-] to end it.
`;
const HANG_UP = 0x1d; // Ctrl-]

function readOptions() {
  const { values, positionals } = parseArgs({
    options: { broker: { type: 'string' }, me: { type: 'string' }, fleet: { type: 'string' }, help: { type: 'boolean' } }, allowPositionals: true,
  });
  if (values.help) return null;
  for (const name of ['broker', 'me', 'fleet']) {
    if (!values[name]) fail(`--${name} is missing`);
  }
  if (!/^mqtts:\/\//.test(values.broker)) fail('--broker is mqtts://host:port');
  return { ...values, kiosk: positionals[0] ?? fail('which kiosk?') };
}

/** Keys as they are typed go to the kiosk; a file or a pipe likewise. */
function attach(session) {
  const { stdin } = process;
  if (stdin.isTTY) stdin.setRawMode(true);
  stdin.on('data', (keys) => {
    if (stdin.isTTY && keys.includes(HANG_UP)) session.close();
    else session.write(Buffer.from(keys.toString('latin1').replaceAll('\n', '\r'), 'latin1'));
  });
}

async function run() {
  const options = readOptions();
  if (!options) {
    process.stdout.write(USAGE);
    return 0;
  }
  const session = new Session({ ...options, me: readIdentity(options.me) });
  session.on('begin', () => attach(session));
  session.on('data', (text) => process.stdout.write(text));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => session.close());
  const { ok, why } = await new Promise((resolve) => {
    session.once('end', resolve);
  });
  if (process.stdin.isTTY) process.stdin.setRawMode(false);
  process.stdin.destroy();
  console.error(`\nluukku-tech: ${why}`);
  return ok ? 0 : 1;
}

try {
  process.exitCode = await run();
} catch (error) {
  if (!(error instanceof UserError) && !error.code) throw error;
  console.error(`luukku-tech: ${error.message}`);
  process.exitCode = 2;
}
