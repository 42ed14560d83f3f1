// tools/run-qemu: a kiosk in a guest, its serial line on this terminal.
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { makeRunDir, Processes, freePort } from '../../tools/broker/processes.mjs';
import { startKioskGuest } from './kiosk.mjs';
import { prepare } from './machine.mjs';

const VNC_BASE = 5900;
const say = (text) => process.stderr.write(`run-qemu: ${text}\r\n`);

function readOptions() {
  const { values } = parseArgs({
    options: {
      headless: { type: 'boolean' }, disk: { type: 'string' }, 'no-camera': { type: 'boolean' }, built: { type: 'boolean' },
      'allow-ui-control': { type: 'boolean' }, fresh: { type: 'boolean' },
    },
  });
  return values;
}

/** A display number whose port is free now. */
async function freeDisplay() {
  for (;;) {
    const port = await freePort();
    if (port > VNC_BASE) return port - VNC_BASE;
  }
}

async function main() {
  const values = readOptions();
  prepare();
  const dir = makeRunDir();
  const processes = new Processes(`${dir}/log`);
  const display = values.headless ? null : await freeDisplay();
  let guest = null;
  const asked = new Promise((done) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => done(''));
  });
  try {
    guest = await startKioskGuest(dir, processes, {
      headless: Boolean(values.headless), hands: Boolean(values['allow-ui-control']), camera: !values['no-camera'], fresh: Boolean(values.fresh),
      disk: values.disk && resolve(values.disk), terminal: true, vnc: display === null ? null : `127.0.0.1:${display}`,
    });
    say(`the serial line is this terminal: ${guest.technician.user}, password ${guest.technician.password}. Ctrl-A x ends it, Ctrl-A h helps.`);
    if (display !== null) say(`the screen: a VNC viewer at 127.0.0.1:${VNC_BASE + display}.`);
    say(`the experts' page: ${guest.url}, ${guest.experts[0].user}, password ${guest.experts[0].password}.`);
    for (const [name, { control }] of Object.entries(guest.devices)) say(`the emulated ${name} takes orders at 127.0.0.1:${control}.`);
    if (values.fresh) say(`nobody has set it up. Its office: tools/pki/luukku-pki sign|site ${guest.store} ...; the broker: ${guest.mqtts.host}:${guest.mqtts.port}.`);
    const why = await Promise.race([asked, guest.machine.ended, processes.failed]);
    if (why) say(why);
  } finally {
    await guest?.machine.stop();
    await processes.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

main().then(() => process.exit(0), (error) => {
  say(error.stack);
  process.exit(1);
});
