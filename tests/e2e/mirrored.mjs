// A whole visit by touch in Arabic, with the largest text and inverse contrast, on an upright panel and on a small one: every control is
// within reach (over pages where it takes those), nothing lies outside, overlaps or is small. The pictures are kept, for looking at.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startChromium } from './lib/chromium.mjs';
import { openExpert } from './lib/journey.mjs';
import { expectLayout } from './lib/layout.mjs';
import { main } from './lib/run.mjs';
import { Stand } from './lib/stand.mjs';
import { assert, until } from './lib/wait.mjs';

const PICTURES = fileURLToPath(new URL('../../build/e2e/', import.meta.url));
const PANELS = {
  upright: { width_px: 1080, height_px: 1920, width_mm: 268 },
  small: { width_px: 1280, height_px: 800, width_mm: 331 },
};
/** Pages of one screen, at most. */
const PAGES_MAX = 6;
const ARABIC = /[\u0600-\u06ff]/;

class Walker {
  constructor(kiosk, name, panel) {
    Object.assign(this, { kiosk, name, panel, pictures: 0 });
  }

  /** Looks at the screen as it is: a picture, and what is wrong with it. */
  async look(what) {
    const tree = await this.kiosk.tree();
    this.pictures += 1;
    const file = `${PICTURES}mirrored-${this.name}-${String(this.pictures).padStart(2, '0')}-${what}.png`;
    await this.kiosk.ctl('ui', 'screenshot', file);
    expectLayout(tree, this.panel, `${this.name}, ${what}`);
    return tree;
  }

  /** Whether a finger reaches it on this page. */
  static reachable(tree, id) {
    return tree.nodes.some((n) => n.id === id && !n.state.includes('hidden'));
  }

  /** The button that turns to the next page ("more") or the one before ("back"), where there is one. */
  static turn(tree, way) {
    return tree.nodes.find((n) => n.id.endsWith(`-${way}`) && !n.state.includes('hidden') && !n.state.includes('disabled'))?.id;
  }

  /** Looks at all pages; every one of `ids` must be on one of them. Ends on the first page. */
  async screen(name, ids) {
    await this.kiosk.screenIs(name);
    const missing = new Set(ids);
    let tree = await this.look(name);
    for (let page = 1; ; page += 1) {
      for (const id of ids) if (Walker.reachable(tree, id)) missing.delete(id);
      const more = Walker.turn(tree, 'more');
      if (!more) break;
      assert(page < PAGES_MAX, `${name} has no end`);
      await this.kiosk.tap(more);
      tree = await this.look(`${name}-page-${page + 1}`);
    }
    assert(missing.size === 0, `${this.name}, ${name}: nowhere to be found: ${[...missing].join(', ')}`);
    await this.#first();
  }

  async #first() {
    for (;;) {
      const back = Walker.turn(await this.kiosk.tree(), 'back');
      if (!back) return;
      await this.kiosk.tap(back);
    }
  }

  /** Taps it, on whatever page it is. */
  async tap(id) {
    let tree = await this.kiosk.tree();
    for (let more = Walker.turn(tree, 'more'); more && !Walker.reachable(tree, id); more = Walker.turn(tree, 'more')) {
      await this.kiosk.tap(more);
      tree = await this.kiosk.tree();
    }
    await this.kiosk.tap(id);
  }
}

async function manner(walker) {
  const { kiosk } = walker;
  await kiosk.screenIs('start');
  await walker.tap('lang-ar');
  await until('Arabic', async () => ARABIC.test((await kiosk.node('next')).name));
  await walker.tap('text-size');
  await walker.tap('text-size');
  await walker.tap('contrast');
  await walker.tap('speech'); // with it comes the speed of speech, in help
  await until('inverse contrast', async () => (await kiosk.node('contrast')).state.includes('checked'));
}

const LANGS = ['fi', 'sv', 'en', 'se', 'ru', 'uk', 'ar', 'et'].map((l) => `lang-${l}`);
const MANNER = ['speech', 'text-size', 'contrast', 'help'];
const CALL = ['mute', 'camera', 'volume-down', 'volume-up', 'text', 'help', 'end-call'];

async function visit(t, stand, browser, name) {
  const { kiosk } = stand;
  const walker = new Walker(kiosk, name, PANELS[name]);
  t.step(`${name}: from start to the queue`);
  await manner(walker);
  await walker.screen('start', [...LANGS, ...MANNER, 'next']);
  await walker.tap('help');
  await until('help', () => kiosk.node('slower'));
  await walker.screen('start', ['slower', 'faster', 'help']);
  await walker.tap('help');
  await until('help to be gone', async () => !(await kiosk.node('slower')));
  await walker.tap('next');
  await walker.screen('services', ['service-parental-allowance', 'service-housing-allowance', 'back', 'quit', ...MANNER]);
  await walker.tap('service-parental-allowance');
  await walker.screen('card', ['call-expert', 'back', 'quit', ...MANNER]);
  await walker.tap('call-expert');
  await walker.screen('waiting', ['wait-position', 'wait-time', 'cancel', ...MANNER]);

  t.step(`${name}: the call, with notices, in writing, with help`);
  const page = await openExpert(t, browser, stand);
  await page.accept();
  await kiosk.screenIs('call');
  await until('a good line and the expert\'s picture', async () => (await kiosk.node('remote-video')).value === '', 30000);
  await walker.screen('call', ['expert', 'expert-verified', 'line', ...CALL]);
  await walker.tap('mute');
  await page.click('mute');
  await until('both microphones to be off', async () => (await kiosk.tree()).nodes.filter((n) => /^notice/.test(n.id)).length >= 2 ||
    (await kiosk.words()).match(/ميكروفون/g)?.length >= 3);
  await walker.screen('call', CALL);
  await walker.tap('help');
  await until('help', () => kiosk.node('slower'));
  await walker.screen('call', ['slower', 'faster', 'help', ...MANNER]);
  await walker.tap('help');
  await until('help to be gone', async () => !(await kiosk.node('slower')));
  await walker.tap('text');
  await page.driver.type('text-input', 'مرحبا، كيف أساعدك؟');
  await page.driver.press('text-input', 'Enter');
  const seesWords = () => until('the expert\'s words in sight', async () =>
    (await kiosk.tree()).nodes.some((n) => n.value.includes('كيف أساعدك') && !n.state.includes('hidden')));
  await seesWords();
  await walker.screen('call', ['text-log', 'text-input', ...CALL]);
  await walker.tap('text-input');
  await until('the keyboard', () => kiosk.node('key-enter'));
  await seesWords();
  for (const c of 'سلام') await walker.tap(`key-${c}`);
  assert((await kiosk.node('text-input')).value === 'سلام', 'what was typed');
  await until('it on the page', async () => (await page.text('text-log')).includes('سلام'));
  await walker.screen('call', ['text-log', 'text-input', 'key-space', 'key-delete', 'key-enter', 'key-hide', 'end-call']);
  await walker.tap('key-enter');
  await walker.tap('key-hide');

  t.step(`${name}: the end`);
  await walker.tap('end-call');
  await walker.screen('end', ['done', ...MANNER]);
  await kiosk.done();
  assert(!ARABIC.test((await kiosk.node('next')).name), 'the next visit begins in Finnish');
  const { state } = await kiosk.node('contrast');
  assert(!state.includes('checked'), 'and in the usual colours');
  assert(page.driver.errors.length === 0, `errors on the page: ${page.driver.errors.join('; ')}`);
  await page.driver.close();
  t.pages.pop();
}

await main('mirrored', async (t) => {
  mkdirSync(PICTURES, { recursive: true });
  const stand = await Stand.start(t);
  const browser = await startChromium();
  t.defer(() => browser.stop());
  for (const [name, panel] of Object.entries(PANELS)) {
    await stand.startKiosk({ panel });
    await visit(t, stand, browser, name);
    await stand.stopKiosk();
  }
});
