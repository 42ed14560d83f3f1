// A kiosk in a guest, in the hands of the end-to-end tests' doors (tests/e2e/lib/doors.mjs).
import { Kiosk } from '../e2e/lib/kiosk.mjs';

const SOCKET = '/run/luukku/control';
const ANSWER_MS = 120000;

const quote = (word) => `'${String(word).replaceAll("'", "'\\''")}'`;

/** The kiosk by luukkuctl in the guest. */
class GuestKiosk extends Kiosk {
  constructor(machine) {
    super(SOCKET);
    this.machine = machine;
  }

  async ctl(...words) {
    const { code, output } = await this.machine.run(`luukkuctl --socket ${SOCKET} --json ${words.map(quote).join(' ')}`, ANSWER_MS);
    if (code !== 0) throw new Error(`luukkuctl ${words.join(' ')}: ${output.trim()}`);
    return output.trim() ? JSON.parse(output) : null;
  }
}

/** What a test of the kiosk's doors takes for a stand; `guest` as startKioskGuest() gives it. */
export function standOf(guest) {
  const { user, password } = guest.experts[0];
  return {
    kiosk: new GuestKiosk(guest.machine), scanner: guest.devices.scanner.control, reader: guest.devices.reader.control,
    info: { url: guest.url, user, password }, tail: () => guest.machine.kernel().slice(-2000),
  };
}
