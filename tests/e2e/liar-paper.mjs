// A browser that lies, in a call with the real kiosk: at every message of `paper` and of `ctl` in turn, with documents that are bombs, with
// floods. Each lie is refused by name, or passed over; sharing begins anew, the call goes on, no page leaves that the citizen has not agreed
// to, no program dies, and none grows.
import { readFileSync } from 'node:fs';
import { startChromium } from './lib/chromium.mjs';
import { expectMedia, intoCall, openExpert, startDemo } from './lib/journey.mjs';
import { ctlLies } from './lib/liar/ctl.mjs';
import { documents } from './lib/liar/documents.mjs';
import { paperLies } from './lib/liar/paper.mjs';
import { main } from './lib/run.mjs';
import { PATIENCE_MS, assert, until } from './lib/wait.mjs';

const PROTOCOL = new URL('../../firmware/signal/PROTOCOL.md', import.meta.url);
const LIAR = readFileSync(new URL('./lib/liar/page.js', import.meta.url), 'utf8');
/** MB (PSS) that a program may grow while it is lied to, and that stay of it in the end. luukku-scan opens the documents, and may end of one: it
 *  is made for that, and begins anew (firmware/pages/README.md). No other may. */
const OPENER = 'luukku-scan';
const GROWTH_MAX = { [OPENER]: 192 };
const GROWTH_USUAL_MAX = 48;
const GROWTH_LEFT_MAX = 32;

/** The messages that PROTOCOL.md has for the page and for the kiosk, in the words of the tables of lies. */
function messages() {
  const text = readFileSync(PROTOCOL, 'utf8');
  const section = (name) => {
    const from = text.indexOf(`\n## ${name}\n`) + 1;
    return text.slice(from, text.indexOf('\n## ', from));
  };
  const kinds = [...section('Papers').matchAll(/^\| \d+ `([a-z]+)` \|/gm)].map((m) => m[1]);
  const orders = [...section('Papers').matchAll(/\{"do":"([a-z-]+)"/g)].map((m) => `do ${m[1]}`);
  const ctl = [...`${section('Data channels')}${section('Identity')}`.matchAll(/\{"type":"([a-z-]+)"/g)].map((m) => m[1]);
  return { paper: [...new Set([...kinds.filter((k) => k !== 'do'), ...orders])], ctl: [...new Set(ctl)] };
}

/** No message is left out, and none is of an older day. */
function coversAll(lies, wanted, what) {
  const named = new Set(lies.map((l) => l.of));
  const missing = wanted.filter((w) => !named.has(w));
  assert(wanted.length > 4 && missing.length === 0, `no lie about ${what} ${missing}`);
  for (const of of named) assert(wanted.includes(of) || of === 'nothing', `${of} is no message of ${what}`);
}

// --- the kiosk's programs

class Programs {
  #peak = {};
  ended = 0;

  constructor(kiosk) {
    this.kiosk = kiosk;
  }

  async begin() {
    this.now = await this.#running();
    this.before = this.#sizes();
  }

  async #running() {
    return (await this.kiosk.ctl('status')).programs.map(({ name, pid, state }) => ({ name, pid, state }));
  }

  /** MB of each; what has just ended is left out. */
  #sizes() {
    const size = ({ name, pid }) => {
      try {
        return [[name, Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]) / 1024]];
      } catch (error) {
        if (name === OPENER && ['ENOENT', 'ESRCH'].includes(error.code)) return [];
        throw error;
      }
    };
    return Object.fromEntries(this.now.flatMap(size));
  }

  look() {
    const now = this.#sizes();
    for (const [name, mb] of Object.entries(now)) this.#peak[name] = Math.max(this.#peak[name] ?? 0, mb - this.before[name]);
    return now;
  }

  /** All of them run, and are those that began. */
  async whole(what) {
    const now = await until(`all programs to run: ${what}`, async () => {
      const all = await this.#running();
      return all.every((p) => p.state === 'running') && all;
    }, 30000);
    for (const { name, pid } of this.now) {
      const same = now.some((p) => p.pid === pid);
      assert(same || name === OPENER, `${name} has ended: ${what}`);
      if (!same) console.log(`  ${name} ended of it and began anew: ${what}`);
      this.ended += !same;
    }
    this.now = now;
    this.look();
  }

  judge() {
    const now = this.look();
    const grown = Object.keys(this.before).map((name) => [name, Math.round(this.#peak[name]), Math.round(now[name] - this.before[name])]);
    console.log(`  grown, MB at most and in the end: ${grown.map((g) => g.join(' ')).join(', ')}`);
    for (const [name, most, left] of grown) {
      assert(most <= (GROWTH_MAX[name] ?? GROWTH_USUAL_MAX), `${name} grew by ${most} MB`);
      assert(left <= GROWTH_LEFT_MAX, `${name} is ${left} MB larger in the end`);
    }
  }
}

// --- the call

const liar = (page, what, arg) => page.evaluate(({ name, value }) => window.liar[name](value), { name: what, value: arg });

async function stands(t, what) {
  const { kiosk, page, programs } = t.bed;
  const screen = await kiosk.screen();
  assert(['call', 'paper', 'identify'].includes(screen) && (await page.visible('remote-video')), `the call goes on (${screen}): ${what}`);
  await programs.whole(what);
}

/** Two pages are scanned, one is shared. Gives what the liar must know. */
async function papers(t) {
  const { kiosk, page } = t.bed;
  await kiosk.ctl('emu', 'scanner', 'pages', '2');
  await kiosk.tap('papers');
  await kiosk.tap('source-feeder');
  await kiosk.tap('scan');
  await until('two pages', async () => {
    // As it says itself; on a machine that is busy a scanner is late.
    if (await kiosk.node('paper-trouble')) await kiosk.tap('scan');
    return kiosk.node('page-2');
  }, 120000, 500);
  await kiosk.tap('page-1-share');
  await kiosk.tap('consent-yes');
  await until('the page to have it', () => page.evaluate(() => document.querySelector('[data-testid="paper-page-1"]')?.dataset.state === 'whole'), 30000);
  await kiosk.tap('back');
}

async function hooks(t) {
  await t.bed.page.evaluate(LIAR);
  await until('the channel', () => t.bed.page.evaluate(() => window.probe.channels.paper?.readyState === 'open'));
  await t.bed.page.evaluate(() => window.liar.hook());
}

/** Nothing of the page that is not shared has come, neither a piece nor its name. */
async function nothingLeaked(t, what) {
  const { shared } = t.bed;
  const seen = await t.bed.page.evaluate(() => ({ ids: [...new Set([...window.liar.ids, ...window.liar.looks.map((l) => l.page)])], lists: window.liar.lists, own: window.liar.told?.own }));
  const citizens = new Set(seen.lists.flat().filter((p) => p.from !== 'expert').map((p) => p.id));
  const experts = new Set(seen.lists.flat().filter((p) => p.from === 'expert').map((p) => p.id));
  assert([...citizens].every((id) => id === shared.id), `listed without a yes, after ${what}: ${[...citizens]}`);
  assert(seen.ids.every((id) => id === 0 || id === shared.id || experts.has(id)), `sent without a yes, after ${what}: ${seen.ids}`);
  assert(seen.own === undefined || seen.own === 1, `${seen.own} pages of the citizen's own, after ${what}`);
}

async function lies(t) {
  const { page, shared, hidden } = t.bed;
  const all = paperLies({ shared, hidden });
  coversAll(all, messages().paper, 'paper');
  let refused = 0;
  for (const lie of all) {
    const why = await liar(page, 'says', lie);
    assert(why === lie.why, `${lie.of}, ${lie.what}: ${why || 'passed over'} instead of ${lie.why || 'passed over'}`);
    refused += why !== '';
    if (refused === 1) assert((await page.visible('paper-ended')) && (await page.text('paper-ended')).length > 40, 'the page says that sharing has ended');
    t.bed.programs.look();
  }
  console.log(`  ${all.length} lies, ${refused} refused by name`);
  await nothingLeaked(t, 'lies');
  await stands(t, 'lies');
  assert(!(await t.bed.kiosk.words()).includes('Paperi 58'), 'of all that was asked for the newest stands');
}

async function shows(t) {
  const { page, programs } = t.bed;
  let n = 100;
  for (const { what, whys, bytes } of documents()) {
    n += 1;
    const watch = setInterval(() => programs.look(), 100);
    const became = await liar(page, 'shows', { n, document: bytes.toString('hex') }).finally(() => clearInterval(watch));
    const word = became.over ?? (became.state === 'shown' ? 'shown' : became.why);
    console.log(`  ${word}: ${what}`);
    assert(whys.includes(word), `${what}: ${JSON.stringify(became)}`);
    if (word === 'shown') await liar(page, 'says', { messages: [Buffer.concat([Buffer.from([8]), Buffer.from(JSON.stringify({ do: 'offer-off', n }))]).toString('hex')] });
    await programs.whole(what);
  }
  await nothingLeaked(t, 'documents');
  await stands(t, 'documents');
}

// --- ctl

/** What the kiosk shows of the expert's microphone: it hears `ctl`. */
async function ctlHears(t, on, ms = PATIENCE_MS) {
  await t.bed.page.evaluate((mic) => window.probe.channels.ctl.send(JSON.stringify({ type: 'state', mic, camera: true })), on);
  const words = 'Asiantuntijan mikrofoni on pois päältä';
  if (on) await t.bed.kiosk.saysNot(words, ms);
  else await t.bed.kiosk.says(words, ms);
}

async function ctl(t) {
  const { page, kiosk } = t.bed;
  const all = ctlLies();
  coversAll(all, messages().ctl, 'ctl');
  let on = true;
  for (const { of, what, text } of all) {
    await page.evaluate((words) => window.probe.channels.ctl.send(words), text);
    on = !on;
    await ctlHears(t, on);
    assert((await kiosk.screen()) === 'call' && !(await kiosk.node('identify')), `${of}, ${what}: the citizen is asked nothing`);
  }
  await page.evaluate(() => window.probe.channels.ctl.send(new TextEncoder().encode('{"type":"bye","why":"ended"}')));
  await ctlHears(t, !on);
  await ctlHears(t, true);
  const answered = await page.evaluate(() => window.liar.ctl.filter((m) => JSON.parse(m).type === 'identity'));
  assert(answered.length === 0, `an answer to a lie: ${answered}`);
  assert((await kiosk.log()).some((l) => /what="message of the page"/.test(l)), 'the kiosk\'s log has what was refused');
  await stands(t, 'ctl');
}

/** Asked without end: eight are heard, and the citizen sees one question. Then what fits no request. */
async function asksWithoutEnd(t) {
  const { page, kiosk } = t.bed;
  await liar(page, 'floods', { label: 'ctl', message: '{"type":"identify","n":#,"how":"card"}', times: 40, text: true });
  const off = await until('most of them to be refused', () => page.evaluate(() => {
    const states = window.liar.ctl.map((m) => JSON.parse(m)).filter((m) => m.type === 'identity');
    return states.length >= 40 && states.filter((m) => m.state === 'off').length;
  }));
  assert(off >= 30, `${off} of 40 were refused`);
  await until('the one question', () => kiosk.node('identify'));
  await kiosk.tap('identify');
  await kiosk.screenIs('identify');
  for (const n of [1, 107, 139]) await page.evaluate((number) => window.probe.channels.ctl.send(JSON.stringify({ type: 'identify-seen', n: number })), n);
  await kiosk.tap('consent-no');
  await kiosk.screenIs('call');
  await ctlHears(t, false);
  await ctlHears(t, true);
  assert(await page.evaluate(() => !window.liar.ctl.some((m) => /proof/.test(m))), 'nothing is proved without a yes');
  await stands(t, 'requests without end');
}

// --- floods, and what is too long: these close a channel

async function closes(t, what, { label, message, times }) {
  const { page, kiosk } = t.bed;
  const before = await page.evaluate(() => window.liar.over.length);
  await liar(page, 'join');
  await liar(page, 'floods', { label, message, times });
  await page.evaluate(() => window.liar.closed());
  const why = await page.evaluate((n) => window.liar.over.slice(n), before);
  assert(why.some((w) => ['too-fast', 'malformed'].includes(w)), `${what}: the page is told why: ${why}`);
  assert((await kiosk.log()).some((l) => /paper-closed/.test(l)), `${what}: the kiosk's log has it`);
  console.log(`  ${why.at(-1)}, and closed: ${what}`);
  await stands(t, what);
  await page.driver.reload();
  await page.shows('remote-video', 30000);
  await until('the page to share again', () => page.evaluate(() => document.querySelector('[data-testid="paper-page-1"]')?.dataset.state === 'whole'), 30000);
  await hooks(t);
}

async function floods(t) {
  const { page } = t.bed;
  await closes(t, '400 pointers at once', { label: 'paper', message: '06' + '00'.repeat(8), times: 400 });
  await closes(t, 'a message of 200 KB', { label: 'paper', message: '05' + '20'.repeat(200000), times: 1 });
  await liar(page, 'opens', { labels: ['paper', 'ctl', 'form', 'text', '', 'x'], times: 40 });
  await stands(t, 'strange channels');
  await liar(page, 'floods', { label: 'ctl', message: '{"type":"identify-seen","n":#}', times: 1000, text: true });
  // What is said while the gate is shut is lost: said again until it is heard.
  await until('ctl to be heard again', () => ctlHears(t, false, 2000).then(() => true), PATIENCE_MS);
  await ctlHears(t, true);
  await stands(t, 'floods');
  await nothingLeaked(t, 'floods');
}

await main('a browser that lies', async (t) => {
  const demo = await startDemo(t, {});
  const browser = await startChromium();
  t.defer(() => browser.stop());
  const page = await openExpert(t, browser, demo);
  const { kiosk } = demo;
  const programs = new Programs(kiosk);
  t.bed = { kiosk, page, programs };
  t.step('a call, two pages, one of them shared');
  await intoCall(demo, page);
  await papers(t);
  await hooks(t);
  await liar(page, 'join');
  const [shared] = await page.evaluate(() => window.liar.lists.at(-1));
  Object.assign(t.bed, { shared: { ...shared, mark: 1 }, hidden: shared.id + 1 });
  await kiosk.tap('back');
  await kiosk.screenIs('call');
  await programs.begin();
  t.step('lies about every message of paper');
  await lies(t);
  t.step('documents that are none, or bombs');
  await shows(t);
  t.step('lies about every message of ctl');
  await ctl(t);
  await asksWithoutEnd(t);
  t.step('floods');
  await floods(t);
  t.step('the call is as good as before, and so are the programs');
  await expectMedia(demo, page, { frames: 10 });
  programs.judge();
  await page.click('call-end');
  await kiosk.screenIs('end');
  assert(page.driver.errors.length === 0, `errors on the page: ${page.driver.errors.join('; ')}`);
}, 290000);
