// A matter that was sent before: its code is mistyped, then typed; what the agency says is shown, and what it asks for is answered. The answer arrives
// encrypted, and the matter asks for nothing more. PICTURES=FOLDER keeps screenshots.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startDemo } from './lib/journey.mjs';
import { main } from './lib/run.mjs';
import { assert, until } from './lib/wait.mjs';

const { PICTURES } = process.env;
const TITLE = 'Vanhempainraha';
const STATE = 'Odottaa vastaustasi';
const ASKS = 'Milloin lapsi syntyi?';
const ANSWER = 'Lapsi syntyi 14.2.2027 Kuopiossa, "kotona"';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A code with its check character: ISO/IEC 7064 MOD 37,36. */
function code(body) {
  let p = 36;
  for (const c of body) {
    const s = (p + ALPHABET.indexOf(c)) % 36 || 36;
    p = (s * 2) % 37;
  }
  return `${body}${ALPHABET[(37 - p) % 36]}`.replace(/(.{4})(?=.)/g, '$1-');
}

const CODE = code('KE4F7Q9W2MXT8Z');

async function look(demo, name) {
  if (!PICTURES) return;
  mkdirSync(PICTURES, { recursive: true });
  await demo.kiosk.ctl('ui', 'screenshot', join(PICTURES, `track-${name}.png`));
}

async function write(demo, id, text) {
  await demo.kiosk.tap(id);
  await demo.kiosk.ctl('ui', 'key', 'End');
  for (const _ of (await demo.kiosk.node(id)).value) await demo.kiosk.ctl('ui', 'key', 'Backspace');
  await demo.kiosk.ctl('ui', 'type', text);
}

async function send(demo, id) {
  if (await demo.kiosk.node('key-hide')) await demo.kiosk.tap('key-hide');
  await demo.kiosk.tap(id);
}

async function asks(t, demo) {
  t.step('a mistyped code is told');
  await demo.kiosk.screenIs('start');
  await demo.kiosk.tap('track');
  await demo.kiosk.screenIs('track');
  await write(demo, 'track-code', CODE.replace('7Q', '8Q'));
  await send(demo, 'track-ask');
  await demo.kiosk.says('Koodissa on kirjoitusvirhe.');
  await look(demo, 'mistyped');
  t.step('the right one, in small letters: the matter, as the agency says it');
  await write(demo, 'track-code', CODE.toLowerCase());
  await send(demo, 'track-ask');
  for (const words of [TITLE, STATE, ASKS]) await demo.kiosk.says(words);
  await look(demo, 'found');
}

async function answers(t, demo, matter) {
  t.step('what the agency asks for is answered');
  await write(demo, 'track-answer', ANSWER);
  await look(demo, 'typed');
  await send(demo, 'track-send');
  await demo.kiosk.says('Vastauksesi on lähetetty.');
  await demo.kiosk.saysNot(ASKS);
  await look(demo, 'answered');
  t.step('the agency has the answer, once, and asks for nothing more');
  const dir = join(demo.info.agency, 'answers');
  await until('the matter to ask for nothing', () => JSON.parse(readFileSync(matter, 'utf8')).asks.length === 0);
  const kept = readdirSync(dir);
  assert(kept.length === 1 && kept[0].startsWith(`${CODE}-`), `answers: ${kept.join(' ')}`);
  const said = JSON.parse(readFileSync(join(dir, kept[0]), 'utf8'));
  assert(said.v === 1 && said.code === CODE && said.answer === ANSWER, `the answer: ${JSON.stringify(said)}`);
  await until('the outbox to be empty', () => readdirSync(join(dirname(demo.info.control), 'outbox')).length === 0);
}

await main('track', async (t) => {
  const demo = await startDemo(t, { args: ['--agency'] });
  const matter = join(demo.info.agency, 'matters', `${CODE}.json`);
  writeFileSync(matter, JSON.stringify({ title: TITLE, state: STATE, asks: [ASKS] }));
  await asks(t, demo);
  await answers(t, demo, matter);
  const log = (await demo.kiosk.log()).join('\n');
  for (const secret of [CODE, CODE.slice(5), TITLE, ASKS, 'Kuopiossa']) assert(!log.includes(secret), `"${secret}" stands in a log`);
});
