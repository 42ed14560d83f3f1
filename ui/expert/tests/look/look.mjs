// Goes through every state of the built page in Chromium, checks each (checks.mjs) in both themes and in many sizes, and leaves
// pictures of it in look/. With --check no pictures; --form, --paper, --identity or --page: only those states. With --quick the two everyday sizes only.
// Fails on any fault.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { Bed } from './bed.mjs';
import { axeViolations, layoutFaults } from './checks.mjs';
import { everyState, formStates, identityStates, paperStates, withoutDevices } from './states.mjs';

const PICTURES = fileURLToPath(new URL('../../look/', import.meta.url));
const DRAWN = readFileSync(new URL('./citizen.js', import.meta.url), 'utf8');
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--no-first-run', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required', '--disable-features=WebRtcHideLocalIpsWithMdns',
];
const HOME = { width: 1280, height: 720 };
/** The last two are the first at 200 % and 400 %. */
const EVERY_SIZE = [HOME, { width: 1440, height: 900 }, { width: 1180, height: 820 }, { width: 820, height: 1180 }, { width: 640, height: 360 }, { width: 320, height: 640 }];
const SIZES = process.argv.includes('--quick') ? EVERY_SIZE.slice(0, 2) : EVERY_SIZE;
const THEMES = ['light', 'dark'];
const WATCHDOG_MS = 1_140_000;

const LANG = process.env.LOOK_LANG ?? 'fi';
const pictures = !process.argv.includes('--check');
/** --form, --paper, --identity or --page: only that walk. */
const WALKS = ['form', 'paper', 'identity', 'page'];
const named = WALKS.filter((p) => process.argv.includes(`--${p}`));
const parts = named.length > 0 ? named : WALKS;
const faults = [];
let seen = 0;

const setTheme = (page, theme) => page.evaluate((t) => { document.documentElement.dataset.theme = t; }, theme);

async function picture(page, name, { width, height }, theme) {
  if (pictures) await page.screenshot({ path: `${PICTURES}${name}-${width}x${height}-${theme}.png` });
}

/** A size of the window, and what follows from it: observers of sizes are told in the next frame, what they change is laid out in the one after. */
async function resize(page, { width, height }) {
  await page.setViewportSize({ width, height });
  await page.waitForFunction(([w, h]) => innerWidth === w && innerHeight === h, [width, height]);
  await page.evaluate(() => new Promise((then) => { requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(then))); }));
}

/** One state, in both themes by axe at two sizes, at all sizes for what fits. */
async function see(page, name) {
  const found = [];
  for (const size of SIZES) {
    await resize(page, size);
    const say = (list) => found.push(...list.map((f) => `${name} at ${size.width}x${size.height}: ${f}`));
    say(await layoutFaults(page));
    for (const theme of THEMES) {
      await setTheme(page, theme);
      if (size === HOME || (size.width === 820 && theme === 'light')) say((await axeViolations(page)).map((f) => `${theme}: ${f}`));
      await picture(page, name, size, theme);
    }
  }
  await resize(page, HOME);
  await setTheme(page, '');
  seen += 1;
  console.log(`- ${name}: ${found.length === 0 ? 'good' : `${found.length} faults`}`);
  faults.push(...found);
}

/** The kiosk's end of the line: a page of its own, fed with the expert's candidates. */
async function farEnd(context, bed) {
  const page = await context.newPage();
  await page.addScriptTag({ content: DRAWN });
  const held = [];
  let open = false;
  const add = ({ candidate, mid }) => page.evaluate(([c, m]) => window.addCandidate(c, m), [candidate, mid]);
  return {
    page,
    bedListens: (kiosk) => bed.watchers.add(({ topic, e }) => {
      if (topic.split('/')[1] !== kiosk.name || e.type !== 'candidate') return;
      if (open) void add(JSON.parse(e.body));
      else held.push(JSON.parse(e.body));
    }),
    flush: async () => {
      open = true;
      for (const c of held.splice(0)) await add(c);
    },
  };
}

async function openPage(browser, script) {
  const context = await browser.newContext({ viewport: HOME, locale: 'fi-FI', reducedMotion: 'reduce', permissions: ['camera', 'microphone'] });
  await context.addInitScript(DRAWN);
  await context.addInitScript(script);
  await context.addInitScript((lang) => localStorage.setItem('luukku-lang', lang), LANG);
  const page = await context.newPage();
  page.on('pageerror', (e) => faults.push(`an error in the page: ${e.stack}`));
  return { context, page };
}

const DRAWN_CAMERA = `(() => {
  const native = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await native(wanted);
    const [old] = stream.getVideoTracks();
    if (old === undefined) return stream;
    const track = window.personTrack('expert');
    track.getSettings = () => old.getSettings();
    stream.removeTrack(old);
    stream.addTrack(track);
    return stream;
  };
})()`;
const NO_DEVICES = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))";

/** One walk in a browser context, with a broker and a far end of its own. */
async function walk(browser, later, states) {
  const bed = await Bed.start();
  later.push(() => bed.stop());
  const { context, page } = await openPage(browser, DRAWN_CAMERA);
  const far = await farEnd(context, bed);
  await page.bringToFront();
  await states({ bed, page, far, see: (name) => see(page, name) }).catch(async (error) => {
    mkdirSync(PICTURES, { recursive: true });
    await page.screenshot({ path: `${PICTURES}failed.png` });
    throw error;
  });
  await context.close();
  return bed;
}

async function main(later) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: FLAGS });
  later.push(() => browser.close());
  if (parts.includes('form')) await walk(browser, later, formStates);
  if (parts.includes('paper')) await walk(browser, later, paperStates);
  if (parts.includes('identity')) await walk(browser, later, identityStates);
  if (!parts.includes('page')) return;
  const bed = await walk(browser, later, everyState);
  const bare = await openPage(browser, NO_DEVICES);
  await withoutDevices({ bed, page: bare.page, see: (name) => see(bare.page, name) });
}

if (pictures) {
  if (named.length === 0) rmSync(PICTURES, { recursive: true, force: true });
  mkdirSync(PICTURES, { recursive: true });
}
const watchdog = setTimeout(() => {
  console.error(`more than ${WATCHDOG_MS} ms`);
  process.exit(1);
}, WATCHDOG_MS);
const later = [];
try {
  await main(later);
} catch (error) {
  faults.push(error.stack);
}
for (const fn of later.reverse()) await fn();
clearTimeout(watchdog);
for (const fault of faults) console.error(fault);
console.log(`${seen} states, ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
