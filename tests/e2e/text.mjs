// The conversation in writing, in a call whose sound is off at both ends: character by character, corrections too, sent and received
// told apart. luukku-rtc is killed in mid-sentence, the page is loaded again: what was typed arrives all the same.
import { startChromium } from './lib/chromium.mjs';
import { intoCall, openExpert, startDemo } from './lib/journey.mjs';
import { main } from './lib/run.mjs';
import { assert, PATIENCE_MS, until } from './lib/wait.mjs';

const LOST = '\ufffd';

/** Runs in the page: what its log shows, and every state of its last turn with the time when it came up. */
const watch = () => {
  const now = () => performance.timeOrigin + performance.now();
  let last = '';
  window.talkSeen = [];
  window.talkTurns = () => [...(window.probe.find('text-log')?.querySelectorAll('li') ?? [])].map((li) => {
    const copy = li.cloneNode(true);
    for (const e of copy.querySelectorAll('.hidden, .caret')) e.remove();
    return {
      mine: li.classList.contains('me'), open: li.dataset.open === 'true', lost: li.querySelector('.loss') !== null,
      text: copy.textContent,
    };
  });
  const look = () => {
    const text = window.talkTurns().filter((turn) => !turn.mine).at(-1)?.text ?? '';
    if (text !== last) window.talkSeen.push({ text, at: now() });
    last = text;
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
};
const pageTurns = (page) => page.evaluate(() => window.talkTurns());
const pageSeen = (page) => page.evaluate(() => window.talkSeen.splice(0));

/** The turns that the kiosk shows, oldest first; the one that is being typed there stands in its field. */
async function kioskTurns(demo) {
  const { nodes } = await demo.kiosk.tree();
  return nodes.filter((n) => /^text-turn-\d+$/.test(n.id)).map((n) => ({ who: n.name, text: n.value }));
}

const spread = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  const at = (q) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]);
  return `median ${at(0.5)}, 95 % ${at(0.95)}, most ${at(1)} ms of ${list.length}`;
};

const type = (demo, text) => demo.kiosk.ctl('ui', 'type', text);

const pageShows = (page, text, ms = PATIENCE_MS) => until(`"${text}" on the page`,
  async () => (await pageTurns(page)).filter((turn) => !turn.mine).at(-1)?.text === text, ms, 10);
const kioskShows = (demo, text, ms = PATIENCE_MS) => until(`"${text}" at the kiosk`,
  async () => (await kioskTurns(demo)).at(-1)?.text === text, ms, 10);

/** One character after the other, each typed when the one before has arrived. */
async function letterByLetter(demo, page, text) {
  const took = [];
  await pageSeen(page);
  for (let i = 1; i <= text.length; i += 1) {
    const before = Date.now();
    await type(demo, text.slice(i - 1, i));
    await pageShows(page, text.slice(0, i));
    const seen = await pageSeen(page);
    assert(seen.length === 1 && seen[0].text === text.slice(0, i), `one character came: ${JSON.stringify(seen)}`);
    took.push(seen[0].at - before);
  }
  console.log(`  kiosk to page, luukkuctl's start included: ${spread(took)}`);
}

async function pageLetters(demo, page, text) {
  const took = [];
  for (let i = 1; i <= text.length; i += 1) {
    const before = Date.now();
    await page.driver.type('text-input', text.slice(i - 1, i));
    await kioskShows(demo, text.slice(0, i));
    took.push(Date.now() - before);
  }
  console.log(`  page to kiosk, luukkuctl's look included: ${spread(took)}`);
}

async function pidOf(demo, program) {
  return (await demo.kiosk.ctl('status')).programs.find((p) => p.name === program).pid;
}

async function corrections(demo, page) {
  for (let i = 0; i < 3; i += 1) await demo.kiosk.ctl('ui', 'key', 'Backspace');
  await pageShows(page, 'Hei, kuulette');
  await type(demo, 'ko?');
  await pageShows(page, 'Hei, kuuletteko?');
  await demo.kiosk.ctl('ui', 'key', 'Return');
  await until('the turn to be complete', async () => (await pageTurns(page)).at(-1)?.open === false);
}

/** Typed while nothing gets through, and before and after. */
async function killed(demo, page) {
  await type(demo, 'Olen tu');
  await page.driver.type('text-input', 'Odotan te');
  const pid = await pidOf(demo, 'luukku-rtc');
  process.kill(pid, 'SIGKILL');
  await type(demo, 'lossa ');
  await page.driver.type('text-input', 'itä ');
  await until('luukku-rtc to run again', async () => ![0, pid, undefined].includes(await pidOf(demo, 'luukku-rtc')));
  await type(demo, 'pian.');
  await page.driver.type('text-input', 'täällä.');
  await pageShows(page, 'Olen tulossa pian.', 40000);
  await kioskShows(demo, 'Odotan teitä täällä.', 40000);
  await demo.kiosk.ctl('ui', 'key', 'Return');
  await page.driver.press('text-input', 'Enter');
  await until('both turns to be complete', async () => (await pageTurns(page)).slice(-2).every((turn) => !turn.open));
}

async function loadedAgain(demo, page) {
  const before = (await pageTurns(page)).filter((turn) => !turn.mine).map((turn) => turn.text);
  await page.driver.reload();
  await page.shows('remote-video');
  await page.evaluate(watch);
  await until('the page to know again what the citizen wrote', async () => {
    const now = (await pageTurns(page)).filter((turn) => !turn.mine).map((turn) => turn.text);
    return JSON.stringify(now) === JSON.stringify(before);
  }, 40000);
  await page.driver.type('text-input', 'Hyvä');
  await kioskShows(demo, 'Hyvä');
}

/** A page that writes far too much, in pieces as large as may be and as small as may be. */
async function flooded(demo, page) {
  await page.evaluate(() => {
    const { text } = window.probe.channels;
    for (let i = 0; i < 400; i += 1) text.send('x'.repeat(20000));
    for (let i = 0; i < 20000; i += 1) text.send('y');
    text.send('\u2028');
  });
  await until('the flood to have passed', () => page.evaluate(() => window.probe.channels.text.bufferedAmount === 0), 60000);
  const marked = async () => (await kioskTurns(demo)).some((turn) => turn.text.includes(LOST));
  await until('the mark of what was dropped', marked);
  await until('text to arrive again', async () => {
    await page.evaluate(() => window.probe.channels.text.send('\u2028Loppu\u2028'));
    return (await kioskTurns(demo)).at(-1)?.text === 'Loppu';
  }, 30000, 1000);
  assert((await demo.kiosk.screen()) === 'call', 'the call goes on');
}

await main('text', async (t) => {
  const demo = await startDemo(t);
  const browser = await startChromium();
  t.defer(() => browser.stop());
  const page = await openExpert(t, browser, demo);
  await intoCall(demo, page);
  await page.shows('text-input');
  await page.evaluate(watch);

  t.step('sound is off at both ends, the conversation in writing is opened');
  await demo.kiosk.tap('mute');
  await page.click('mute');
  await demo.kiosk.tap('text');
  await demo.kiosk.tap('text-input');

  t.step('character by character, and corrections, from the kiosk');
  await letterByLetter(demo, page, 'Hei, kuulettepas');
  await corrections(demo, page);

  t.step('from the page');
  await pageLetters(demo, page, 'En kuule, mutta luee');
  await page.driver.press('text-input', 'Backspace');
  await page.driver.type('text-input', 'n.');
  await kioskShows(demo, 'En kuule, mutta luen.');
  await page.driver.press('text-input', 'Enter');
  const [own, others] = (await kioskTurns(demo)).slice(-2);
  assert(own.text === 'Hei, kuuletteko?' && others.text === 'En kuule, mutta luen.', 'both turns in their order');
  assert(own.who !== others.who, `told apart at the kiosk: ${own.who}, ${others.who}`);

  t.step('luukku-rtc is killed in mid-sentence');
  await killed(demo, page);

  t.step('the page is loaded again');
  await loadedAgain(demo, page);

  const all = [...(await kioskTurns(demo)), ...(await pageTurns(page))];
  assert(all.every((turn) => !turn.lost && !turn.text.includes(LOST)), `nothing was lost: ${JSON.stringify(all)}`);
  assert((await demo.kiosk.screen()) === 'call', 'the call goes on');
  t.step('a flood is cut, and marked');
  await flooded(demo, page);
  assert(page.driver.errors.length === 0, `errors on the page: ${page.driver.errors.join('; ')}`);
});
