// luukku-broker: the command line. See README.md here.
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startBroker } from './broker.mjs';
import { makeRunDir } from './processes.mjs';

const USAGE = `luukku-broker --store DIR [--kind mosquitto|rabbitmq] [--page DIR] [--ice JSON]

Starts a broker and nginx for the fleet in luukku-pki's store DIR, on free ports of 127.0.0.1, and prints one line
ready {"url", "mqtts": {"host", "port"}}. SIGHUP brings the store's changes into force; SIGTERM and Ctrl-C end it.
  --page DIR   the built page of the experts (ui/expert/dist)
  --ice JSON   the page's ICE servers, as in config.json
`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      store: { type: 'string' }, kind: { type: 'string', default: 'mosquitto' }, page: { type: 'string' },
      ice: { type: 'string', default: '[]' }, help: { type: 'boolean' },
    },
  });
  return values;
}

async function main() {
  const options = readOptions();
  if (options.help || !options.store) {
    process.stdout.write(USAGE);
    return options.help ? 0 : 2;
  }
  const asked = new Promise((done) => {
    process.on('SIGINT', () => done(130)).on('SIGTERM', () => done(143));
  });
  process.umask(0o022);
  const run = makeRunDir();
  try {
    const broker = await startBroker({
      kind: options.kind, pki: resolve(options.store), run, page: options.page ?? null, ice: JSON.parse(options.ice),
    });
    process.on('SIGHUP', () => broker.reload().catch((error) => console.error(`luukku-broker: ${error.message}`)));
    console.log(`ready ${JSON.stringify({ url: broker.url, mqtts: broker.mqtts })}`);
    const failed = broker.failed.then((message) => {
      console.error(`luukku-broker: ${message}`);
      return 1;
    });
    const code = await Promise.race([asked, failed]);
    await broker.stop();
    return code;
  } finally {
    rmSync(run, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

main().then((code) => process.exit(code), (error) => {
  console.error(`luukku-broker: ${error.message}`);
  process.exit(1);
});
