// Papers that are looked at together, from the first wish to what may go wrong, with a kiosk's end that has real pages.
import { readFile } from 'node:fs/promises';
import { PaperKiosk, jpegOf } from '../support/paper-kiosk.mjs';
import { altKey, focusIs, id } from './states.mjs';

const until = (page, test, arg) => page.waitForFunction(test, arg, { timeout: 45_000 });
const same = (a, b, what) => { if (JSON.stringify(a) !== JSON.stringify(b)) throw new Error(`${what}: ${JSON.stringify(a)} is not ${JSON.stringify(b)}`); };
/** Until what happens between two programs has come about. */
const comes = async (test, what) => {
  for (let i = 0; i < 900; i += 1) {
    if (await test()) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`never came: ${what}`);
};
const pdf = (len) => Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(len - 9, 32)]);
const [WIDTH, HEIGHT] = [1654, 2339]; // A4 at 200 dpi

/** The channel between the kiosk here and the far end's page. */
export async function line(far) {
  const wire = { kiosk: null, messages: [], busy: false };
  const flush = async () => {
    if (wire.busy) return;
    wire.busy = true;
    while (wire.messages.length > 0) await far.page.evaluate((list) => window.sayPaper(list), wire.messages.splice(0, 40));
    wire.busy = false;
  };
  await far.page.exposeFunction('paperHeard', (message) => wire.kiosk.receive(new Uint8Array(Buffer.from(message, 'base64'))));
  wire.kiosk = new PaperKiosk((message) => {
    wire.messages.push(Buffer.from(message).toString('base64'));
    void flush();
  });
  return wire.kiosk;
}

/** A page as a scanner would give it: its detail and its preview. */
export async function scanned(far, n, more = {}) {
  const draw = async (width, height) => Buffer.from(await far.page.evaluate(([w, h, k]) => window.drawPaper(w, h, k), [width, height, n]), 'base64');
  const [w, h] = more.flat ? [HEIGHT, WIDTH] : [WIDTH, HEIGHT];
  return { detail: await draw(w, h), preview: await draw(Math.round(w / 8), Math.round(h / 8)), size: { width: w, height: h } };
}

async function asking({ page, see }, kiosk) {
  await altKey(page, 'ask-scan');
  await focusIs(page, '#ask-title');
  await see('paper-asking');
  await page.selectOption(id('paper-ask-kind'), 'other');
  await page.click(id('paper-ask-send'));
  await page.waitForSelector('#ask-needs svg');
  await focusIs(page, id('paper-ask-text'));
  await page.selectOption(id('paper-ask-kind'), 'payslip');
  await page.check(id('paper-ask-sides-2'), { force: true });
  await page.fill(id('paper-ask-text'), 'elokuun palkka');
  await page.press(id('paper-ask-text'), 'Enter');
  await focusIs(page, id('ask-scan'));
  await page.waitForSelector(`${id('paper-asked')}[data-state="open"]`);
  await comes(() => kiosk.commands.length === 1, 'the wish');
  same(kiosk.commands[0], { do: 'ask', kind: 'payslip', sides: 2, text: 'elokuun palkka' }, 'what was asked for');
  await see('paper-asked');
  kiosk.tell({ ask: 'scanning', scanner: 'busy' });
  await page.waitForSelector(`${id('paper-asked')}[data-state="scanning"]`);
}

async function arriving({ page, see, far }, kiosk) {
  const one = await scanned(far, 1);
  const two = await scanned(far, 2);
  kiosk.flows = false;
  kiosk.tell({ ask: 'done', scanner: 'ready', own: 2 });
  const first = kiosk.add(one.detail, one.preview, one.size);
  kiosk.add(two.detail, two.preview, { ...two.size, from: 'camera', attached: true });
  await page.waitForSelector(id('paper-page-2'));
  await page.waitForSelector(id('paper-progress'));
  await page.waitForFunction((s) => / 2\./.test(document.querySelector(s).textContent), id('said'));
  kiosk.piece(1, first, 0, one.detail.subarray(0, 16_000));
  await until(page, (s) => /[1-9]\d* %/.test(document.querySelector(s).textContent), id('paper-progress'));
  await see('paper-preview');
  kiosk.flows = true;
  kiosk.flow();
  await page.waitForSelector('.page[data-sharp="true"]');
  await comes(() => [...kiosk.got.values()].every((g) => typeof g === 'string'), 'all of both pages');
  await page.click(id('paper-ask-off'));
  await page.waitForSelector(id('paper-asked'), { state: 'detached' });
  return first;
}

async function together({ page, see }, kiosk, first) {
  await page.click(id('paper-together'));
  await page.waitForSelector(id('paper-apart'), { state: 'detached' });
  await comes(() => kiosk.look.page === first, 'the look');
  for (const what of ['paper-zoom-in', 'paper-zoom-in', 'paper-zoom-in', 'paper-zoom-out']) await page.click(id(what));
  await page.focus(id('paper-well'));
  for (let i = 0; i < 4; i += 1) await page.keyboard.press('ArrowUp');
  await comes(() => kiosk.look.zoom === 150 && kiosk.look.y < 5000, 'zoom and place at the kiosk');
  // Not while another look is on its way: the last one counts.
  await until(page, () => { const { share } = document.querySelector('lk-paper-well'); return !share.lookDue && share.asked === null; });
  same(kiosk.look.by, 'expert', 'who looks');
  kiosk.lookAt({ zoom: 200, x: 5000, y: 3000 });
  await page.waitForSelector('.page[data-zoom="200"]');
  // The point that both have in the middle really is there, once the page knows its room.
  const middle = () => page.evaluate(() => {
    const [w, p] = [document.querySelector('.well').getBoundingClientRect(), document.querySelector('.page').getBoundingClientRect()];
    return [(w.left + w.width / 2 - p.left) / p.width, (w.top + w.height / 2 - p.top) / p.height].map((v) => Math.round(v * 100));
  });
  let at = [];
  await comes(async () => (at = await middle()).join() === '50,30', 'the middle').catch(() => same(at, [50, 30], 'the middle'));
  await page.click(id('paper-turn'));
  await page.waitForSelector('.page[data-turn="1"]');
  await comes(() => kiosk.look.turn === 1, 'the turn');
  await see('paper-turned');
  for (let i = 0; i < 3; i += 1) await page.click(id('paper-turn'));
  await page.waitForSelector('.page[data-turn="0"]');
  await comes(() => kiosk.look.turn === 0, 'upright again');
  kiosk.lookAt({ zoom: 100, turn: 0, x: 5000, y: 5000 });
  await page.waitForSelector('.page[data-zoom="100"]');
}

async function pointing({ page }, kiosk, first) {
  kiosk.pointAt(first, 4400, 5200);
  await page.waitForSelector(id('paper-citizen'));
  await altKey(page, 'paper-point');
  await focusIs(page, id('paper-well'));
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Shift+ArrowRight');
  await page.waitForSelector(id('paper-mine'));
  await comes(() => kiosk.points.at(-1)?.x === 5500 && kiosk.points.at(-1).y === 4900, 'the pointer by keyboard');
  const box = await (await page.$('.page')).boundingBox();
  await page.mouse.move(box.x + box.width * 0.61, box.y + box.height * 0.42, { steps: 5 });
  await comes(() => Math.abs((kiosk.points.at(-1)?.x ?? 0) - 6100) < 60 && Math.abs(kiosk.points.at(-1).y - 4200) < 60, 'the pointer by mouse');
}

async function marking({ page, see }, kiosk, first) {
  const marks = () => kiosk.pages.find((p) => p.facts.id === first).marks;
  // A line by keyboard.
  await page.click(id('paper-line'));
  await focusIs(page, id('paper-well'));
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Enter');
  await comes(() => marks().length === 1, 'a line');
  same([marks()[0].what, marks()[0].x - marks()[0].to_x, marks()[0].y - marks()[0].to_y], ['line', 500, 0], 'the line');
  // A box by mouse.
  await page.click(id('paper-box'));
  const box = await (await page.$('.page')).boundingBox();
  const at = (x, y) => [box.x + box.width * x, box.y + box.height * y];
  await page.mouse.move(...at(0.1, 0.375));
  await page.mouse.down();
  await page.mouse.move(...at(0.9, 0.42), { steps: 4 });
  await page.mouse.up();
  await comes(() => marks().length === 2, 'a box');
  // A text by keyboard, where the pointer is.
  await page.click(id('paper-text'));
  await focusIs(page, id('paper-well'));
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Enter');
  await focusIs(page, id('paper-mark-text'));
  await see('paper-writing');
  await page.keyboard.type('Tämä summa <b>');
  await page.keyboard.press('Enter');
  await focusIs(page, id('paper-well'));
  await comes(() => marks().length === 3, 'a text');
  same([marks()[2].text, marks()[2].by], ['Tämä summa <b>', 'expert'], 'the text');
  kiosk.draw(first, { what: 'box', x: 1200, y: 7000, to_x: 5200, to_y: 7700 });
  kiosk.draw(first, { what: 'text', x: 5600, y: 7100, to_x: 5600, to_y: 7100, text: 'Tästä kysyin' });
  await page.waitForSelector('.scribble.citizen');
  await page.keyboard.press('Escape');
  await focusIs(page, id('paper-text'));
  await altKey(page, 'paper-point');
  await page.mouse.move(...at(0.66, 0.4), { steps: 3 });
  await page.waitForSelector(id('paper-mine'));
  await see('paper');
  const [mine] = marks();
  await page.click(id(`paper-unmark-${mine.id}`));
  await comes(() => marks().length === 4, 'a line less');
  await page.waitForSelector(id(`paper-unmark-${mine.id}`), { state: 'detached' });
  await altKey(page, 'paper-point');
}

async function saving({ page, see, far }, kiosk) {
  const [first] = kiosk.pages;
  const [download] = await Promise.all([page.waitForEvent('download'), altKey(page, 'paper-save')]);
  same(download.suggestedFilename().endsWith('-1.jpg'), true, 'its name');
  same(Buffer.compare(await readFile(await download.path()), first.detail), 0, 'its bytes, without marks');
  await comes(() => kiosk.commands.at(-1).do === 'saved', 'that it was saved');
  const shown = await scanned(far, 3, { flat: true });
  const fleeting = kiosk.add(shown.detail, shown.preview, { ...shown.size, from: 'camera', keep: false });
  await page.waitForSelector(id('paper-page-3'));
  await page.focus(id('paper-page-1'));
  await page.keyboard.press('End');
  await focusIs(page, id('paper-page-3'));
  await page.waitForSelector(id('paper-keep-not'));
  await comes(() => kiosk.look.page === fleeting, 'the third page');
  same(await page.getAttribute(id('paper-save'), 'aria-disabled'), 'true', 'what must not be saved');
  await page.waitForSelector('.page[data-sharp="true"]');
  await see('paper-fleeting');
  kiosk.remove(fleeting);
  await page.waitForSelector(id('paper-page-3'), { state: 'detached' });
  await page.waitForSelector(id('paper-page-2'));
}

async function showing({ page, see }, kiosk) {
  const choose = async (name, buffer) => {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.click(id('paper-show'))]);
    await chooser.setFiles({ name, mimeType: 'application/octet-stream', buffer });
  };
  await choose('kuva.png', Buffer.from('\u0089PNG'));
  await page.waitForSelector(`${id('paper-shown')}[data-why="unknown"]`);
  const file = pdf(2_500_000);
  await choose('Ohje hakijalle.pdf', file);
  await until(page, (s) => document.querySelector(`${s} progress`)?.value > 5, id('paper-shown'));
  await see('paper-sending');
  await page.waitForSelector(`${id('paper-shown')}[data-state="reading"]`, { timeout: 60_000 });
  same(Buffer.compare(Buffer.concat(kiosk.documents.get(1).parts), file), 0, 'the document at the kiosk');
  kiosk.tell({ doc: { n: 1, state: 'refused', why: 'locked', pages: 0 } });
  await page.waitForSelector(`${id('paper-shown')}[data-why="locked"]`);
  await choose('Ohje.pdf', pdf(5000));
  await page.waitForSelector(`${id('paper-shown')}[data-state="reading"]`);
  kiosk.tell({ doc: { n: 2, state: 'shown', why: '', pages: 2 } });
  await page.waitForSelector(`${id('paper-shown')}[data-state="shown"]`);
  await page.click(id('paper-unshow'));
  await comes(() => kiosk.commands.at(-1).do === 'offer-off', 'that it is taken back');
  await page.waitForSelector(id('paper-shown'), { state: 'detached' });
}

async function room({ page, see }, kiosk) {
  await page.click(id('paper-hide'));
  await focusIs(page, id('paper-open'));
  await see('paper-small');
  await altKey(page, 'paper-open');
  await focusIs(page, '#paper-title');
  kiosk.tell({ scanner: 'none', camera: false });
  await altKey(page, 'ask-scan');
  await page.waitForSelector('.asking .note-line.warn');
  await see('paper-asking-beside');
  await page.keyboard.press('Escape');
  await focusIs(page, id('ask-scan'));
}

async function broken({ page, see, far }, kiosk) {
  const pictures = () => page.evaluate(() => document.querySelectorAll('lk-paper img[src^="blob:"]').length);
  await far.page.evaluate(() => window.shutPaper());
  kiosk.leave();
  await until(page, (s) => document.querySelector(s).ariaDisabled === 'true', id('ask-scan'));
  same(await pictures() > 0, true, 'pages that stay without a line');
  await far.page.evaluate(() => window.openPaper());
  await comes(() => kiosk.joins.length === 2, 'the second join').catch(async (error) => {
    const line = await far.page.evaluate(() => [window.line.paper.id, window.line.paper.readyState, window.line.pc.connectionState]);
    throw new Error(`${error.message} (joins ${kiosk.joins.length}, refused ${kiosk.refusals}, the channel ${line}, the call ${await page.getAttribute(id('connection'), 'data-state')})`);
  });
  same(kiosk.joins[1].have, kiosk.pages.map((p) => [p.facts.id, p.detail.length]), 'what the page has');
  await until(page, (s) => document.querySelector(s).ariaDisabled === 'false', id('ask-scan'));
  kiosk.over('too-fast');
  await page.waitForSelector(`${id('paper-ended')}[data-stage="over"]`);
  same(await pictures(), 0, 'pages after the end of sharing');
  await see('paper-over');
  await page.click(id('paper-again'));
  await page.waitForSelector(id('paper-page-2'));
  // A header that speaks of another size than the list: a bomb, perhaps.
  kiosk.add(jpegOf(60_000, 60_000, 500), jpegOf(60, 60), { width: 600, height: 600 });
  await page.waitForSelector(`${id('paper-ended')}[data-why="picture"]`);
  await see('paper-refused');
  same(await page.getAttribute(id('connection'), 'data-state'), 'live', 'the call');
  kiosk.pages.pop();
  await page.click(id('paper-again'));
  await page.waitForSelector(id('paper-page-2'));
}

const SMALL = { width: 600, height: 600 };

/** What a kiosk that lies sends of a page; the word that the page refuses it with. */
function lies(kiosk) {
  const one = jpegOf(SMALL.width, SMALL.height, 500);
  const add = (detail = one, preview = jpegOf(60, 60)) => kiosk.add(detail, preview, SMALL);
  const silent = () => { kiosk.flows = false; return add(); };
  return [
    ['a page larger than announced', 'too-large', () => kiosk.piece(1, silent(), 0, Buffer.concat([one, one]))],
    ['a piece out of order', 'order', () => kiosk.piece(1, silent(), 100, one.subarray(100))],
    ['a piece twice', 'order', () => { const n = silent(); for (let i = 0; i < 2; i += 1) kiosk.piece(1, n, 0, one.subarray(0, 100)); }],
    ['a picture of 3.6 thousand million pixels', 'picture', () => add(jpegOf(60_000, 60_000, 500))],
    ['a PDF for a picture', 'picture', () => add(pdf(500))],
    ['a PDF for a preview', 'picture', () => add(one, pdf(200))],
    ['other bytes than the hash', 'hash', () => kiosk.piece(1, silent(), 0, jpegOf(SMALL.width, SMALL.height, 500, 9))],
    ['another content under the same id', 'changed', () => kiosk.change(add(), { detail: 499 })],
    ['a page that was never listed', 'malformed', () => kiosk.piece(1, 4000, 0, one)],
    ['no JSON', 'malformed', () => kiosk.raw(2, '{"pages":')],
  ];
}

/** Each is told on the screen by its name, nothing of any page stays, the call goes on, and sharing begins anew. */
async function hostile({ page }, kiosk) {
  const pages = kiosk.pages.length;
  const told = new Map();
  for (const [what, why, lie] of lies(kiosk)) {
    lie();
    await page.waitForSelector(`${id('paper-ended')}[data-stage="refused"][data-why="${why}"]`);
    const words = await page.textContent(`${id('paper-ended')} p.small`);
    same(told.get(why) ?? words, words, `the words for ${why}`);
    told.set(why, words);
    same(await page.evaluate(() => document.querySelectorAll('lk-paper img[src^="blob:"]').length), 0, `pictures after ${what}`);
    same(await page.getAttribute(id('connection'), 'data-state'), 'live', `the call after ${what}`);
    kiosk.pages.length = pages;
    kiosk.flows = true;
    await page.click(id('paper-again'));
    await page.waitForSelector(id(`paper-page-${pages}`));
  }
  same(new Set(told.values()).size, told.size, 'lies that are told apart');
}

export async function thePapers(world) {
  const { far } = world;
  const kiosk = await line(far);
  await far.page.evaluate(() => window.openPaper());
  await world.page.waitForSelector(`${id('ask-scan')}[aria-disabled="false"]`);
  await asking(world, kiosk);
  const first = await arriving(world, kiosk);
  await together(world, kiosk, first);
  await pointing(world, kiosk, first);
  await marking(world, kiosk, first);
  await saving(world, kiosk);
  await showing(world, kiosk);
  await room(world, kiosk);
  await broken(world, kiosk);
  await hostile(world, kiosk);
  same(kiosk.refusals, [], 'what a kiosk would have refused');
  return kiosk;
}
