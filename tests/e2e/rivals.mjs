// Several pages want one call: two experts, two tabs of one expert, a tab that is loaded again, one that is closed, an
// expert of another agency. One gets it, the others are told.
import { startChromium } from './lib/chromium.mjs';
import { CARD, expectMedia, openExpert, startDemo } from './lib/journey.mjs';
import { seeded } from './lib/random.mjs';
import { main } from './lib/run.mjs';
import { assert, until } from './lib/wait.mjs';

const DUELS = 4;
const ROUNDS_MAX = 16; // a round in which only one page got to claim is no duel
const SPREAD_MS = 6;
const GONE_MS = 22000; // 15 s for the page to come back, and what it takes to say so

const expert = (demo, user) => demo.info.experts.find((e) => e.user === user);
const made = (page) => page.evaluate(() => window.probe.made);
const holds = async (page) => (await page.visible('peer-verified')) && page.visible('remote-video');

/** Every page answers at its own moment, within a few milliseconds. Gives which of them found the call still there. */
async function answerAll(pages, random) {
  const at = Date.now() + 300;
  return Promise.all(pages.map((page) => page.evaluate((when) => new Promise((resolve) => {
    setTimeout(() => {
      const button = window.probe.find('queue-accept');
      button?.click();
      resolve(button !== null);
    }, when - Date.now());
  }), at + random() * SPREAD_MS)));
}

/** The page says in words that another was first, shows its queue, and has made no connection. */
async function isTold(page, before) {
  await until('the loser to be told', () => page.evaluate(() => window.probe.find('notice')?.dataset.why === 'taken'));
  assert((await page.text('notice')).length > 30, 'in words');
  assert((await page.visible('state-free')) && !(await page.visible('remote-video')), 'the queue is back');
  assert((await made(page)) === before, 'the loser made no connection');
  await page.evaluate(() => window.probe.find('notice').querySelector('button').click());
}

/** The citizen asks; all pages answer. Gives {winner, losers}, or null where fewer than two found the call. */
async function duel(demo, pages, random, outsider) {
  await demo.kiosk.callFor(CARD);
  for (const page of pages) await page.shows('queue-item');
  const before = await Promise.all(pages.map(made));
  const claimed = await answerAll(pages, random);
  await demo.kiosk.screenIs('call');
  const winner = await until('a page that has the call', async () => {
    const held = await Promise.all(pages.map(holds));
    return pages.find((_, i) => held[i]);
  });
  const losers = pages.filter((page, i) => page !== winner && claimed[i]);
  for (const page of losers) await isTold(page, before[pages.indexOf(page)]);
  assert((await Promise.all(pages.map(holds))).filter(Boolean).length === 1, 'exactly one page has the call');
  assert(!(await outsider.visible('queue-item')), 'an expert of another agency sees no call');
  return { winner, losers, fought: losers.length === pages.length - 1 };
}

async function end(demo, page) {
  await page.click('call-end');
  await demo.kiosk.done();
}

async function twoExperts(demo, [anna, mikko], random, outsider) {
  const names = new Map([[anna, 'Anna Virtanen'], [mikko, 'Mikko Nieminen']]);
  const won = [];
  for (let round = 0; won.length < DUELS; round++) {
    assert(round < ROUNDS_MAX, `in ${ROUNDS_MAX} rounds only ${won.length} duels`);
    const { winner, fought } = await duel(demo, [anna, mikko], random, outsider);
    await demo.kiosk.says(names.get(winner));
    if (fought) won.push(names.get(winner));
    if (won.length === DUELS) await expectMedia(demo, winner, { frames: 10 });
    await end(demo, winner);
  }
  console.log(`  won by ${won.join(', ')}`);
}

/** Two tabs of one expert until they have fought. Gives them as {winner, losers}, in the call. */
async function twoTabs(demo, tabs, random, outsider) {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const outcome = await duel(demo, tabs, random, outsider);
    if (outcome.fought) return outcome;
    await end(demo, outcome.winner);
  }
  throw new Error(`in ${ROUNDS_MAX} rounds no duel`);
}

await main('rivals', async (t) => {
  t.step('a demo, two experts of one agency, one of another');
  const random = seeded();
  const demo = await startDemo(t, { kioskArgs: '--keep-programs' });
  const browser = await startChromium();
  t.defer(() => browser.stop());
  const open = (user) => openExpert(t, browser, demo, expert(demo, user));
  const [anna, mikko, saara] = [await open('anna-virtanen'), await open('mikko-nieminen'), await open('saara-makinen')];
  for (const page of [anna, mikko, saara]) await page.shows('state-free');

  t.step('two experts claim at once');
  await twoExperts(demo, [anna, mikko], random, saara);
  await mikko.driver.close();

  t.step('two tabs of one expert');
  const { winner, losers: [loser] } = await twoTabs(demo, [anna, await open('anna-virtanen')], random, saara);
  await expectMedia(demo, winner, { frames: 10 });

  t.step('the tab with the call is loaded again');
  await winner.driver.reload();
  await winner.shows('peer-verified');
  await winner.shows('remote-video');
  await expectMedia(demo, winner, { frames: 10 });
  assert((await demo.kiosk.screen()) === 'call', 'the kiosk is in the call');
  assert(!(await loser.visible('remote-video')), 'the other tab stays out');

  t.step('the tab with the call is closed');
  const start = Date.now();
  await winner.driver.close();
  t.pages.splice(t.pages.indexOf(winner), 1);
  await demo.kiosk.says('Yhdistämme uudelleen');
  await demo.kiosk.screenIs('end', GONE_MS);
  await demo.kiosk.says('Yhteys katkesi');
  console.log(`  ended after ${Date.now() - start} ms`);
  await demo.kiosk.done();

  t.step('the other tab takes the next call');
  await demo.kiosk.callFor(CARD);
  await loser.accept();
  await expectMedia(demo, loser, { frames: 10 });
  await end(demo, loser);
  const errors = [anna, mikko, saara, loser].flatMap((p) => p.driver.errors);
  assert(errors.length === 0, `errors on a page: ${errors.join('; ')}`);
});
