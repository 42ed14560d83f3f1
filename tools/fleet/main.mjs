// luukku-fleet: the command line. See README.md here.
import { UserError } from '../pki/files.mjs';

const USAGE = `luukku-fleet COMMAND ...: a fleet of kiosks, from the broker alone

  watch --broker URL --fleet FILE --user NAME --password-file FILE [OPTION...]
      --broker URL         the broker, ws://host/mqtt or wss://host/mqtt (--ca FILE: PEM of its authority)
      --fleet FILE         fleet.json: which kiosks there are, and their keys (luukku-pki fleet)
      --port N             a page on http://127.0.0.1:N (0: any free port)
      --events             a JSON line for each change, instead of the table
      --json               one JSON object after --seconds, instead of the table
      --seconds N          end after so long
      --down-seconds N     a kiosk that is silent for so long is down (120)
      --cert-days N        a certificate that ends within so many days is named (30)

  renew --store DIR --broker URL --user NAME --password-file FILE [--ca FILE] [--days N]
      answers kiosks that ask for new certificates, from luukku-pki's store; a JSON line for each
`;

const commands = {
  watch: () => import('./watch.mjs'),
  renew: () => import('./renew.mjs'),
};

const [command, ...words] = process.argv.slice(2);
if (!Object.hasOwn(commands, command ?? '')) {
  process.stdout.write(USAGE);
  process.exitCode = command === '--help' ? 0 : 2;
} else {
  try {
    const { run } = await commands[command]();
    process.exitCode = await run(words);
  } catch (error) {
    if (!(error instanceof UserError) && !error.code) throw error;
    console.error(`luukku-fleet: ${error.message}`);
    process.exitCode = 1;
  }
}
