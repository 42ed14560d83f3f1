// Leaving nothing: secrets are planted through every door of a visit; afterwards neither the memory of any program of the kiosk nor
// memory that they share nor any file of the kiosk has them: raw, in UTF-16, in base64, as pixels; nor what the broker carried, the kiosk's
// health among it, nor what a technician can be told, by request or on the console's line, nor the technicians' trail. Likewise when programs are killed in
// the middle. The browser and the emulators are not the kiosk.
// node tests/e2e/wipe.mjs [programs|luukkud|luukku-super]: one visit, at whose end that one is killed (programs: the others, in its course).
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startConsole } from '../../tools/broker/console.mjs';
import { startChromium } from './lib/chromium.mjs';
import { identify, plantCall, plantForm, plantPapers, plantText, Planted, typePin } from './lib/doors.mjs';
import { order } from './lib/emulator.mjs';
import { Listener } from './lib/listener.mjs';
import { Technician } from './lib/technician.mjs';
import { intoCall, openExpert } from './lib/journey.mjs';
import { main } from './lib/run.mjs';
import { Stand } from './lib/stand.mjs';
import { assert, until } from './lib/wait.mjs';

const RING = 'kiosk.ring';
const NOT_OF_THE_SESSION = ['luukku-rtc', 'luukku-scan', 'luukku-card', 'luukku-fetch'];

const programsOf = async (stand) => (await stand.kiosk.ctl('status')).programs;
const superOf = (stand) => stand.programs.children.kiosk.process.pid;

/** luukku-super, all that it started, and the console. */
async function pidsOf(stand) {
  const programs = (await programsOf(stand)).filter((p) => p.pid > 0);
  return [{ name: 'luukku-super', pid: superOf(stand) }, { name: 'luukku-console', pid: stand.programs.children.console.process.pid }, ...programs];
}

/** Where a secret lies in memory now: "program: name (form)". */
async function lying(stand, secrets, names = null) {
  const all = [];
  for (const { name, pid } of await pidsOf(stand)) {
    if (!names || names.includes(name)) all.push(...secrets.process(pid).map((what) => `${name}: ${what}`));
  }
  return all;
}

/** Where one lies in a file: what the stand wrote, shared memory, the programs' own roots. */
function filed(stand, secrets, pids) {
  const own = (path) => statSync(path).dev !== statSync('/').dev; // luukku-super's is the machine's
  const roots = pids.map(({ pid }) => `/proc/${pid}/root`).filter(own);
  return [stand.dir, '/dev/shm', ...roots].flatMap((path) => secrets.folder(path, [stand.emulators]));
}

/** A kiosk that keeps its log's ring in a file, which is searched as every other, and a technician who has logged in at its console. */
async function startAll(t, stand) {
  const dir = join(stand.dir, 'console');
  stand.trail = join(dir, 'technicians.log');
  stand.technician?.close();
  await stand.programs.children.console?.stop();
  await stand.startKiosk({}, { headless: true, 'kiosk-args': `--log ${join(stand.dir, RING)}` });
  mkdirSync(dir, { recursive: true });
  const line = await startConsole(stand.programs, dir, stand.kiosk.socket);
  stand.technician = new Technician(line.tty);
  t.defer(() => stand.technician.close());
  await stand.technician.logIn(line);
}

/** What stands on the console's line, also where rows of it are one text that was broken. */
const textsOf = (line) => [line, line.replaceAll(/\r?\n */g, ''), line.replaceAll(/\r?\n */g, ' ')];

/** What a technician at the console reads of it all, and what is written of the technician. */
async function nothingOnTheLine(t, stand, secrets) {
  t.step('nor on the console\'s line, nor in its trail');
  const { technician } = stand;
  const shown = [];
  for (const command of ['show log lines=200', 'show log level=warn', 'show status', 'show calls', 'show devices', 'show settings', 'show certs', 'test programs']) {
    shown.push(await technician.run(command));
  }
  assert(/luukkud/.test(shown[0]), `the log is shown:\n${shown[0]}`);
  const trail = readFileSync(stand.trail);
  assert(trail.includes('technician run show log lines=200'), 'the trail is written');
  const told = [...textsOf(technician.all).flatMap((text) => secrets.in(Buffer.from(text, 'latin1'))), ...secrets.in(trail)];
  assert(told.length === 0, `on the line or in the trail:\n  ${told.join('\n  ')}`);
}

/** What the broker carried, from the first word of the visit to a report of the kiosk's health after its end. */
async function nothingPublished(t, stand, secrets) {
  t.step('nor did the broker carry any of it');
  const { listener } = stand;
  await until('a report of the kiosk after the visit', () => listener.later('health/') > 0, 90000);
  assert(listener.count('k/') > 0 && listener.count('call/') > 0, 'the call was heard, too');
  const told = listener.heard.flatMap(({ topic, payload }) => [topic, payload, JSON.parse(payload).body ?? ''].flatMap((text) =>
    secrets.in(Buffer.from(text)).map((what) => `${topic}: ${what}`)));
  console.log(`  (${listener.heard.length} messages, ${listener.count('health/')} reports)`);
  assert(told.length === 0, `carried:\n  ${told.join('\n  ')}`);
}

/** Nothing of it stands in what a technician can be told: the log, its ring on the disk, every answer. */
async function nothingTold(t, stand, secrets) {
  t.step('nothing of it is told to a technician, and nothing stands in the log');
  const text = await stand.kiosk.told();
  const ring = readFileSync(join(stand.dir, RING));
  assert(text.includes('luukku') && ring.includes('luukku'), 'there is a log, in memory and on the disk');
  const told = [...secrets.in(Buffer.from(text)), ...secrets.in(ring)];
  assert(told.length === 0, `told:\n  ${told.join('\n  ')}`);
}

async function nothingLeft(t, stand, secrets) {
  await nothingTold(t, stand, secrets);
  await nothingOnTheLine(t, stand, secrets);
  await nothingPublished(t, stand, secrets);
  t.step('nothing is left');
  const left = [...await lying(stand, secrets), ...filed(stand, secrets, await pidsOf(stand))];
  assert(left.length === 0, `left behind:\n  ${left.join('\n  ')}`);
}

/** The PIN is in luukku-card's memory while it is typed, nowhere else, and nowhere once it was used. */
async function pinSearch(stand, secrets, where) {
  const found = (await lying(stand, secrets)).filter((f) => f.includes('PIN'));
  assert(found.every((f) => where && f.startsWith(`${where}:`)), `a PIN lies about:\n  ${found.join('\n  ')}`);
  assert(!where || found.length > 0, 'the search finds the PIN while it is typed');
}

async function everythingFound(t, stand, planted) {
  await stand.kiosk.screenIs('call');
  const held = await lying(stand, planted.secrets);
  t.step(`while it is there, the search finds it (${held.length} findings)`);
  if (process.env.VERBOSE) console.log(held.join('\n'));
  const missing = planted.names.filter((name) => !held.some((h) => h.includes(`: ${name} (`)));
  assert(missing.length === 0, `not found while it is there: ${missing.join(', ')}`);
}

/** Waits for a program with another pid than `before`, that runs. */
const anew = (stand, name, before) => until(`${name} to run anew`, async () => {
  const now = (await programsOf(stand)).find((p) => p.name === name);
  return now.state === 'running' && now.pid !== before;
}, 30000);

async function kill(t, stand, name) {
  t.step(`${name} is killed`);
  stand.listener.mark();
  const { pid } = (await programsOf(stand)).find((p) => p.name === name);
  process.kill(pid, 'SIGKILL');
  return pid;
}

/** All programs are others than in `before`, and the start is shown. */
const allAnew = (stand, before) => until('every program to be a new one', async () => {
  const { screen, programs } = await stand.kiosk.ctl('status');
  return screen === 'start' && programs.every((p) => p.state === 'running' && before.every((b) => b.pid !== p.pid));
}, 40000);

async function ends(t, stand) {
  const before = await programsOf(stand);
  t.step('the visit ends');
  stand.listener.mark();
  await stand.kiosk.tap('end-call', 20000);
  await stand.kiosk.screenIs('end');
  await stand.kiosk.tap('done');
  await allAnew(stand, before);
}

async function plant(t, stand, page, planted) {
  await intoCall(stand, page);
  await plantCall(t, stand, planted);
  await plantText(t, stand, page, planted);
  await plantPapers(t, stand, page, planted);
}

/** A whole visit; the programs that do not hold the session are killed in it, one after another. */
async function visitAndKills(t, stand, page, planted) {
  await plant(t, stand, page, planted);
  await identify(t, stand, page, planted, (where) => pinSearch(stand, planted.secrets, where));
  await plantForm(t, stand, planted);
  await everythingFound(t, stand, planted);
  await order(stand.reader, 'card', 'remove'); // or the next luukku-card would read it
  for (const name of NOT_OF_THE_SESSION) {
    const pid = await kill(t, stand, name);
    await anew(stand, name, pid);
    if (name === 'luukku-rtc') continue; // it has the call again
    const left = await lying(stand, planted.secrets, [name]);
    assert(left.length === 0, `the next ${name} has what the last one had:\n  ${left.join('\n  ')}`);
  }
  await ends(t, stand);
  await nothingLeft(t, stand, planted.secrets);
}

/** luukku-card dies with a PIN in it, then luukkud with the session. */
async function sessionKilled(t, stand, page, planted) {
  await plant(t, stand, page, planted);
  await plantForm(t, stand, planted);
  await typePin(t, stand, page, planted);
  await anew(stand, 'luukku-card', await kill(t, stand, 'luukku-card'));
  await pinSearch(stand, planted.secrets, null);
  const before = await programsOf(stand);
  await kill(t, stand, 'luukkud');
  await allAnew(stand, before);
  t.step('the card is taken: whoever read it forgets it');
  await order(stand.reader, 'card', 'remove');
  await until('luukku-card to forget the card', async () => (await lying(stand, planted.secrets, ['luukku-card'])).length === 0);
  await nothingLeft(t, stand, planted.secrets);
}

async function superKilled(t, stand, page, planted) {
  await plant(t, stand, page, planted);
  await plantForm(t, stand, planted);
  const before = (await pidsOf(stand)).filter(({ name }) => name !== 'luukku-console'); // which answers without it
  t.step('luukku-super is killed');
  stand.listener.mark();
  await stand.killKiosk();
  await until('nothing of it to run', () => before.every(({ pid }) => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  }));
  await startAll(t, stand);
  await nothingLeft(t, stand, planted.secrets);
}

const VISITS = { programs: visitAndKills, luukkud: sessionKilled, 'luukku-super': superKilled };
const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(VISITS);

await main('nothing stays behind', async (t) => {
  const listener = new Listener();
  const stand = await Stand.start(t, { devices: true, accounts: [listener.account] });
  stand.listener = listener;
  await listener.listen(stand.info.url);
  t.defer(() => listener.stop());
  await startAll(t, stand);
  const browser = await startChromium();
  t.defer(() => browser.stop());
  const planted = new Planted(t);
  const page = await openExpert(t, browser, stand, stand.info, { 'probe-stripes': planted.stripesOf('the expert\'s picture') });
  for (const [i, name] of chosen.entries()) {
    if (i > 0) await until('the page\'s queue', async () => !(await page.visible('remote-video')), 150000);
    await VISITS[name](t, stand, page, planted);
  }
}, 150000 + 200000 * chosen.length);
