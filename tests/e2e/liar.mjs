// A broker that lies, between the real kiosk and the real page: every lie is refused by name, on the right side; nothing
// is sent and no connection made for it; and an honest message after it counts.
import mqtt from 'mqtt-packet';
import { startChromium } from './lib/chromium.mjs';
import { CARD, expectMedia, openExpert } from './lib/journey.mjs';
import { Bed, EXPERT, KIOSK, REVOKED_KIOSK } from './lib/liar/bed.mjs';
import { callAttacks, claimAttacks, grantAttacks } from './lib/liar/claims.mjs';
import { seal, strangeKey, swapFingerprint } from './lib/liar/forge.mjs';
import { seeded } from './lib/random.mjs';
import { main } from './lib/run.mjs';
import { assert, until } from './lib/wait.mjs';

const UP = `k/${KIOSK}/up/${EXPERT}`;
const DOWN = `k/${KIOSK}/down/${EXPERT}`;

// --- what the page says

const made = (page) => page.evaluate(() => window.probe.made);
const reasonOf = (page) => page.evaluate(() => window.probe.find('trouble')?.dataset.reason ?? '');
const marks = (page, id) => page.evaluate((i) => [...document.querySelectorAll(`[data-testid="${i}"]`)].map((e) => ({ ...e.dataset })), id);

/** The page refuses the attempt under way by that name, in words, and has made no connection. */
async function pageRefuses(page, reason, what, before) {
  await until(`the page to refuse by "${reason}": ${what}`, async () => (await reasonOf(page)) === reason, 20000);
  assert((await page.text('trouble')).length > 40, `words for ${reason}`);
  assert((await made(page)) === before, `a connection was made for ${what}`);
  assert(!(await page.visible('peer-verified')) && !(await page.visible('remote-video')), `a call is shown for ${what}`);
  await page.evaluate(() => window.probe.find('trouble').querySelector('button').click());
}

/** The page claims the call that waits; gives its claim. What it hears of the queue, it hears at once. */
async function claimOf(bed, page) {
  const announce = bed.broker.last('announce', KIOSK);
  bed.broker.publish(announce.topic, announce.payload);
  await page.shows('queue-item');
  const claim = bed.broker.next('the page\'s claim', (m) => m.from === EXPERT && m.e?.type === 'claim');
  await page.click('queue-accept');
  return (await claim).e;
}

// --- what the kiosk has sent

const sent = async (bed) => {
  const s = await bed.kiosk.stats();
  return { frames: s.frames_sent, sound: s.audio_packets_sent, handshakes: s.handshakes };
};

async function nothingSent(bed, before) {
  const now = await sent(bed);
  assert(now.frames === before.frames && now.sound === before.sound, `sent before a grant: ${JSON.stringify([before, now])}`);
}

async function wait(bed) {
  const announced = bed.broker.next('an announcement', (m) => m.from === KIOSK && m.e?.type === 'announce' && m.e.body.includes('waiting'));
  await bed.kiosk.callFor(CARD);
  return (await announced).e;
}

async function leave(bed) {
  await bed.kiosk.done();
}

// --- the lies

/** An honest call; what was said in it is the liar's material. */
async function honestCall(bed, page) {
  const announce = await wait(bed);
  await page.accept();
  await expectMedia(bed, page, { frames: 10 });
  await page.click('call-end');
  await leave(bed);
  const old = { announce };
  for (const type of ['grant', 'offer']) old[type] = bed.broker.last(type, KIOSK).e;
  for (const type of ['claim', 'answer', 'bye']) old[type] = bed.broker.last(type, EXPERT).e;
  return old;
}

/** Announcements in the name of kiosks: only the true one gets into the queue. */
async function falseKiosks(bed, page, old) {
  const { broker } = bed;
  const now = broker.last('announce', KIOSK).e;
  const as = (kiosk, key) => seal({ ...now, kiosk }, key);
  const cases = [
    ['kiosk-7', 'revoked', as('kiosk-7', strangeKey())],
    [REVOKED_KIOSK, 'revoked', as(REVOKED_KIOSK, bed.deviceKey(REVOKED_KIOSK))],
    ['kiosk-8', 'names', now],
    [KIOSK, 'signature', as(KIOSK, strangeKey())],
  ];
  for (const [kiosk, , payload] of cases) broker.publish(`call/kela/${kiosk}`, payload);
  for (const [kiosk, reason] of cases) {
    await until(`the page to refuse ${kiosk} by "${reason}"`,
      async () => (await marks(page, 'trouble-kiosk')).some((m) => m.kiosk === kiosk && m.reason === reason), 3000);
  }
  const queue = await marks(page, 'queue-item');
  assert(queue.length === 1 && queue[0].kiosk === KIOSK, `the queue: ${JSON.stringify(queue)}`);
  // An earlier announcement, byte for byte, in place of the true one: the kiosk knows that it is not its call.
  broker.law = (m) => m.e?.type !== 'announce';
  broker.publish(`call/kela/${KIOSK}`, old.announce);
  const mark = bed.mark();
  const claim = broker.next('a claim', (m) => m.from === EXPERT && m.e?.type === 'claim');
  await until('the replayed announcement to be claimed', async () => page.click('queue-accept').then(() => true), 5000);
  assert((await claim).e.call === old.announce.call, 'the page claims the call that was announced');
  await bed.refused(mark, 'call', 'a claim of an earlier call');
  broker.law = (m) => m.from === KIOSK; // else the page's farewell would be refused, again and again
  await page.click('call-end');
  await bed.settle();
}

/** Everything that is said to a waiting kiosk; it waits on. */
async function falseClaims(bed, old) {
  const { call, kn } = bed.broker.last('announce', KIOSK).e;
  for (const a of claimAttacks({ kiosk: KIOSK, expert: EXPERT, call, kn }, old.claim, bed.papers)) {
    const mark = bed.mark();
    const told = a.answered && bed.broker.next(`the refusal of ${a.what}`, (m) => m.e?.type === 'refuse' && m.e.en === a.payload.en);
    if (a.force) bed.broker.force(KIOSK, a.topic, a.payload);
    else bed.broker.publish(a.topic, a.payload);
    await bed.refused(mark, a.reason, a.what);
    const others = bed.refusals(mark).filter((r) => r !== a.reason);
    assert(others.length === 0, `${a.what}: also refused by ${others}`);
    if (told) assert(JSON.parse((await told).e.body).why === a.reason, `${a.what}: the claimant is told ${a.reason}`);
    console.log(`  ${a.reason}: ${a.what}`);
  }
  assert((await bed.kiosk.screen()) === 'waiting', 'the kiosk waits on');
}

/** The page claims, the broker answers in the kiosk's name; the kiosk hears nothing of it. */
async function falseGrants(bed, page, old) {
  const before = await made(page);
  const count = grantAttacks(old.claim, old, strangeKey()).length;
  bed.broker.law = (m) => m.from === KIOSK && m.e?.type === 'announce';
  for (let i = 0; i < count; i++) {
    const claim = await claimOf(bed, page);
    const a = grantAttacks(claim, old, bed.deviceKey(REVOKED_KIOSK))[i];
    bed.broker.publish(UP, a.payload);
    await pageRefuses(page, a.reason, a.what, before);
    console.log(`  ${a.reason}: ${a.what}`);
  }
  bed.broker.law = null;
  assert((await bed.kiosk.screen()) === 'waiting', 'the kiosk waits on');
}

/**
 * Grant and offer of an earlier call, byte for byte, while the kiosk hears nothing: passed over. Named at the end, but for
 * one of a call that the page left within 15 s: that is a repeat to it, and the kiosk just did not answer.
 */
async function replayedGrant(bed, page, old) {
  const before = await made(page);
  bed.broker.law = (m) => m.from === KIOSK && m.e?.type === 'announce';
  await claimOf(bed, page);
  for (const payload of [old.grant, old.offer]) bed.broker.publish(UP, payload);
  return async () => {
    const told = () => page.evaluate(() => {
      const box = window.probe.find('trouble') ?? window.probe.find('notice');
      const how = box && (box.dataset.reason ?? box.dataset.kind);
      box?.querySelector('button').click();
      return how ?? '';
    });
    const how = await until('the page to give up', told);
    assert(['call', 'no-answer'].includes(how), `the replayed grant is refused by ${how}`);
    assert((await made(page)) === before, 'a connection was made for a replayed grant');
    bed.broker.law = null;
  };
}

/** The kiosk grants; what it says to the page is changed on the way. */
async function changedOffers(bed, page, old) {
  const lies = [
    ['the fingerprint swapped', 'offer', (e) => ({ ...e, body: swapFingerprint(e.body) })],
    ['the fingerprint swapped and signed by another key', 'offer', (e) => seal({ ...e, body: swapFingerprint(e.body) }, strangeKey())],
    ['the offer of an earlier call in its place', 'offer', (e) => ({ ...old.offer, call: e.call, kn: e.kn, en: e.en })],
    ['the grant for another agency', 'grant', (e) => ({ ...e, body: e.body.replace('kela', 'vero') })],
  ];
  for (const [i, [what, type, change]] of lies.entries()) {
    if (i > 0) await wait(bed);
    const before = [await made(page), await sent(bed)];
    bed.broker.law = (m) => (m.from === KIOSK && m.e?.type === type ? [{ topic: m.topic, payload: change(m.e) }] : true);
    await claimOf(bed, page);
    await pageRefuses(page, 'signature', what, before[0]);
    await leave(bed);
    await nothingSent(bed, before[1]);
    bed.broker.law = null;
    console.log(`  signature: ${what}`);
  }
}

/** The page's answer is changed twice on its way, its candidates are lost: the third, honest, counts. */
async function changedAnswer(bed, page) {
  const changes = [
    (e) => ({ ...e, body: swapFingerprint(e.body) }),
    (e) => ({ ...e, body: e.body.replace(/(a=x-luukku-offer:)\d+/, '$17') }),
    (e) => seal({ ...e, body: swapFingerprint(e.body) }, strangeKey()),
  ];
  await wait(bed);
  const mark = bed.mark();
  let lost = 0;
  bed.broker.law = (m) => {
    if (m.from !== EXPERT) return true;
    if (m.e?.type === 'answer' && changes.length > 0) return [{ topic: DOWN, payload: changes.shift()(m.e) }];
    if (m.e?.type === 'candidate') lost += 1;
    return m.e?.type !== 'candidate';
  };
  await page.accept();
  await bed.kiosk.screenIs('call');
  await expectMedia(bed, page, { frames: 10 });
  assert(changes.length === 0 && bed.refusals(mark).filter((r) => r === 'signature').length === 3, `refused: ${bed.refusals(mark)}`);
  assert(lost > 0, 'candidates were lost');
  bed.broker.law = null;
}

/** In the call that is on: forged and replayed words, both ways. It goes on, and is the same. */
async function liesInCall(bed, page) {
  const { broker } = bed;
  const { call } = broker.last('grant', KIOSK).e;
  const before = await made(page);
  for (const a of callAttacks(broker.last('grant', KIOSK).e, bed.papers)) {
    const mark = bed.mark();
    broker.publish(DOWN, a.payload);
    await bed.refused(mark, a.reason, a.what);
    console.log(`  ${a.reason}: ${a.what}`);
  }
  const offer = broker.last('offer', KIOSK).e;
  const newer = offer.body.replace(/^(o=\S+ \d+ )\d+/m, '$12147483647');
  for (const [type, body] of [['offer', newer], ['bye', '{"n":9,"why":"ended"}'], ['refuse', '{"why":"revoked"}']]) {
    broker.publish(UP, seal({ ...offer, type, body }, strangeKey()));
  }
  await until('the page to mention what it dropped', async () => (await page.text('call-notes')).includes('allekirjoitus'));
  const said = broker.seen.filter((m) => m.e?.call === call && m.e.type !== 'announce');
  for (const m of said.toReversed()) broker.publish(m.topic, m.payload);
  await bed.settle();
  assert((await bed.kiosk.screen()) === 'call' && (await page.visible('remote-video')), 'the call goes on');
  assert((await made(page)) === before, 'no other connection is made');
}

/** What is no MQTT, or more than was asked for: that link is dropped and comes back; the call goes on. */
async function nonsense(bed, page) {
  const { broker } = bed;
  const publish = (qos, topic) => mqtt.generate({ cmd: 'publish', topic, payload: 'x', qos, messageId: 7, retain: false, dup: false });
  const cases = [
    [KIOSK, 'a message of QoS 1', publish(1, DOWN)],
    [KIOSK, 'a message of QoS 2', publish(2, DOWN)],
    [KIOSK, 'a packet of 256 MB', Buffer.concat([Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]), Buffer.alloc(1 << 20)])],
    [KIOSK, 'no packet', Buffer.alloc(1000, 0xff)],
    [EXPERT, 'a message of QoS 2', publish(2, UP)],
  ];
  for (const [name, what, bytes] of cases) {
    const old = broker.link(name);
    broker.raw(name, bytes);
    await until(`${name} to come back after ${what}`, () => broker.link(name) && broker.link(name) !== old);
    console.log(`  dropped: ${what} to ${name}`);
  }
  // The page's library reads on after what is no packet; the end of the call shows that the link still carries.
  broker.raw(EXPERT, Buffer.alloc(1000, 0xff));
  await expectMedia(bed, page, { frames: 10 });
  assert((await bed.kiosk.screen()) === 'call' && (await page.visible('remote-video')), 'the call goes on');
}

/** The broker does not accept the expert any more, in the middle of the call. */
async function deniedInCall(bed, page) {
  const { broker } = bed;
  broker.denies = EXPERT;
  broker.link(EXPERT).stream.destroy();
  await until('the page to be refused, and to ask again', () => broker.denied >= 2);
  await expectMedia(bed, page, { frames: 10 });
  assert((await page.text('call-notes')).includes('Puhelu jatkuu'), 'the page says that the call goes on');
  broker.denies = '';
  await until('the page to come back', () => broker.link(EXPERT), 30000);
}

async function endedByCitizen(bed, page) {
  await bed.kiosk.tap('end-call');
  await leave(bed);
  await until('the page to leave the call', async () => !(await page.visible('remote-video')));
}

/** Everything arrives twice and out of order, both ways: the call works, is one, and ends as it should. */
async function twiceAndShuffled(bed, page) {
  const random = seeded();
  const before = await made(page);
  const shuffle = (m) => {
    for (let i = 0; i < 2; i++) setTimeout(() => bed.broker.publish(m.topic, m.payload), random() * 300);
    return false;
  };
  bed.broker.law = shuffle;
  await wait(bed);
  await page.accept();
  await bed.kiosk.screenIs('call');
  await expectMedia(bed, page, { frames: 10 });
  assert((await made(page)) === before + 1, 'one connection is made');
  await page.click('call-end');
  await leave(bed);
  bed.broker.law = null;
  const grants = new Set(bed.broker.seen.filter((m) => m.e?.type === 'grant' && m.e.call === bed.broker.last('grant').e.call).map((m) => m.e.sig));
  assert(grants.size === 1, 'one grant');
}

await main('lying broker', async (t) => {
  t.step('start a fleet with a broker that lies');
  const bed = await Bed.start(t);
  const browser = await startChromium();
  t.defer(() => browser.stop());

  t.step('an expert who is not accepted is told so, and asked again');
  bed.broker.denies = EXPERT;
  const page = await openExpert(t, browser, bed);
  await until('the page to say so', async () => /palvelin ei hyväksynyt/i.test(await page.text('login-error')));
  assert(!(await page.visible('state-free')), 'no queue is shown');
  bed.broker.denies = '';
  await page.login(bed.info);
  await page.shows('state-free');

  t.step('an honest call, for later use');
  const old = await honestCall(bed, page);

  await wait(bed);
  const before = await sent(bed);
  t.step('false kiosks');
  await falseKiosks(bed, page, old);
  t.step('a replayed grant, while the kiosk hears false claims');
  const replayed = await replayedGrant(bed, page, old);
  await falseClaims(bed, old);
  await replayed();
  t.step('false grants');
  await falseGrants(bed, page, old);
  await nothingSent(bed, before);

  t.step('changed offers');
  await changedOffers(bed, page, old);
  t.step('changed answers, lost candidates');
  await changedAnswer(bed, page);
  t.step('lies in the call');
  await liesInCall(bed, page);
  t.step('nonsense in the call');
  await nonsense(bed, page);
  t.step('the expert is not accepted any more, in the call');
  await deniedInCall(bed, page);
  await endedByCitizen(bed, page);
  t.step('everything twice and out of order');
  await twiceAndShuffled(bed, page);
  assert(page.driver.errors.length === 0, `errors on the page: ${page.driver.errors.join('; ')}`);
});
