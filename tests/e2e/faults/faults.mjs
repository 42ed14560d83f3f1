// node tests/e2e/faults/faults.mjs PART...: faults are planted at a kiosk one by one; of each `test all`, asked for on the technician's
// console, names the true cause first, and says what to do.
import { main } from '../lib/run.mjs';
import { Bench } from './bench.mjs';
import certs from './certs.mjs';
import devices from './devices.mjs';
import programs from './programs.mjs';
import way from './way.mjs';

const PARTS = { ...devices, ...way, ...certs, ...programs };
const chosen = process.argv.slice(2);

await main(`faults: ${chosen.join(' ')}`, async (t) => {
  const bench = await Bench.start(t, { devices: chosen.some((part) => part in devices) });
  for (const part of chosen) {
    await PARTS[part](t, bench);
    console.log(`  (${part}: ${Math.round(performance.now() / 1000)} s since the start)`);
  }
}, 150000 + 150000 * chosen.length);
