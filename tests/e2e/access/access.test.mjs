// The broker's access lists and doors, from outside: node access.test.mjs mosquitto|rabbitmq
//
// Brokers tell little: mosquitto acknowledges a publication that it drops, and grants a subscription that it will not
// serve. So rights are judged by what arrives, and a message that must arrive closes each test instead of a wait.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { COLLECTOR, EXPERTS, Fleet, KIOSKS, within } from './fleet.mjs';
import { controlTopic, FILTERS, matches, mayRead, mayWrite, TOPICS, usual } from './rules.mjs';

const KIND = process.env.LUUKKU_BROKER ?? 'mosquitto';
const EVERYBODY = [...KIOSKS, ...Object.keys(EXPERTS), COLLECTOR];
const MAX_PAYLOAD = 24576;
// A broker that lets nobody in says so or just ends the connection, and which part of the client notices first is a
// matter of chance: its words are as many as its parts. So whatever ends an attempt is a refusal, unless it tells of a
// broker or a web server that is not there, or of nobody answering.
const NOT_THERE = /not seen|timeout|ECONNREFUSED|ENOTFOUND|ENOENT|Unexpected server response|certificate/i;
const shutOut = (error) => !NOT_THERE.test(`${error.code} ${error.message}`);

let fleet;
before(async () => {
  fleet = await Fleet.start(KIND);
});
after(() => fleet?.stop());

/** Opened clients, closed with the test. */
function clients(t) {
  const open = [];
  t.after(() => Promise.all(open.map((c) => c.end())));
  return async (promise) => {
    const client = await promise;
    open.push(client);
    return client;
  };
}

for (const who of EVERYBODY) {
  test(`${who} writes where it may, and nowhere else`, async (t) => {
    const use = clients(t);
    const observer = await use(fleet.observer());
    assert.ok(await observer.subscribe('#'));
    let writer = await use(fleet.client(who));
    for (const topic of TOPICS) {
      if (!writer.connection.connected) {
        writer = await use(fleet.client(who)); // RabbitMQ closes on what it refuses
      }
      await writer.publish(topic, `${who} to ${topic}`);
    }
    const master = await use(fleet.observer());
    await master.publish('control', `end of ${who}`);
    await observer.got(`end of ${who}`);
    const seen = observer.received.filter(([, text]) => text.startsWith(`${who} to `)).map(([topic]) => topic);
    assert.deepEqual(seen.sort(), TOPICS.filter((topic) => mayWrite(who, topic)).sort());
  });

  test(`${who} reads what it may, and nothing else`, async (t) => {
    const use = clients(t);
    const control = controlTopic(who);
    const spies = [];
    for (const filter of [...FILTERS, ...usual(who)]) {
      const spy = await use(fleet.client(who));
      assert.ok(await spy.subscribe(control));
      const granted = await spy.subscribe(filter);
      spies.push({ filter, spy, granted });
    }
    const master = await use(fleet.observer());
    for (const topic of TOPICS) {
      await master.publish(topic, `to ${topic}`);
    }
    await master.publish(control, 'end');
    for (const { filter, spy, granted } of spies) {
      const may = TOPICS.filter((topic) => matches(filter, topic) && mayRead(who, topic)).sort();
      if (spy.connection.connected) {
        await spy.got('end');
      }
      const seen = spy.received.filter(([topic]) => topic !== control).map(([topic]) => topic).sort();
      if (KIND === 'mosquitto' || usual(who).includes(filter)) {
        assert.ok(granted, filter);
        assert.deepEqual(seen, may, filter);
      } else {
        // RabbitMQ refuses a subscription that reaches beyond what may be read, as a whole.
        assert.deepEqual(seen.filter((topic) => !may.includes(topic)), [], filter);
      }
    }
  });
}

const refusals = {
  'without a certificate': () => fleet.kiosk('kiosk-1', { key: null, cert: null }),
  'with a revoked certificate': () => fleet.kiosk('kiosk-gone'),
  'with a certificate of another fleet': () => fleet.kiosk('kiosk-1', {
    key: ['foreign/kiosks/kiosk-1/tls.key'], cert: ['foreign/kiosks/kiosk-1/tls.crt'],
  }),
  'with its device key': () => fleet.kiosk('kiosk-1', {
    key: ['pki/kiosks/kiosk-1/device.key'], cert: ['pki/kiosks/kiosk-1/device.crt'],
  }),
  "with the broker's own certificate": () => fleet.kiosk('kiosk-1', {
    key: ['pki/broker/server.key'], cert: ['pki/broker/server.crt'],
  }),
  'with TLS 1.1': () => fleet.kiosk('kiosk-1', { maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1' }),
};

for (const [how, connect] of Object.entries(refusals)) {
  test(`a kiosk ${how} is refused`, async (t) => {
    await assert.rejects(clients(t)(connect()));
  });
}

test("a kiosk's certificate names it, whatever it says", async (t) => {
  const use = clients(t);
  const observer = await use(fleet.observer());
  await observer.subscribe('#');
  let liar = null;
  try {
    liar = await use(fleet.kiosk('kiosk-1', { username: 'kiosk-2', password: 'x' }));
  } catch {
    return; // refused is as good
  }
  await liar.publish('call/kela/kiosk-2', 'a lie');
  const master = await use(fleet.observer());
  await master.publish('control', 'end of lies');
  await observer.got('end of lies');
  assert.ok(!observer.received.some(([, text]) => text === 'a lie'));
});

test('a kiosk refuses a broker of another fleet', async (t) => {
  await assert.rejects(clients(t)(fleet.kiosk('kiosk-1', { ca: fleet.file('foreign/fleet/ca.crt') })), /certificate|issuer/i);
});

test('an expert is let in by the right password only', async (t) => {
  const use = clients(t);
  await use(fleet.expert('anna-virtanen'));
  await assert.rejects(use(fleet.expert('anna-virtanen', { password: 'wrong password' })), shutOut);
  await assert.rejects(use(fleet.websocket({})), shutOut);
  await assert.rejects(use(fleet.websocket({ username: 'kiosk-1', password: '' })), shutOut);
  await assert.rejects(use(fleet.websocket({ username: 'nobody', password: 'x' })), shutOut);
  await assert.rejects(use(fleet.expert('mikko-nieminen', { username: 'anna-virtanen' })), shutOut);
  await use(fleet.expert('anna-virtanen'));
});

test('revocations come into force without a restart', async (t) => {
  const use = clients(t);
  const expert = await use(fleet.expert('expert-gone'));
  const kiosk = await use(fleet.kiosk('kiosk-later'));
  await Promise.all([expert.end(), kiosk.end()]);
  fleet.pki('revoke', 'expert', 'expert-gone');
  fleet.pki('revoke', 'kiosk', 'kiosk-later');
  await fleet.broker.reload();
  await assert.rejects(use(fleet.expert('expert-gone')), shutOut);
  await assert.rejects(use(fleet.kiosk('kiosk-later')));
  await use(fleet.expert('anna-virtanen'));
  await use(fleet.kiosk('kiosk-1'));
});

test('two tabs of one expert live side by side', async (t) => {
  const use = clients(t);
  const tabs = [await use(fleet.expert('anna-virtanen')), await use(fleet.expert('anna-virtanen'))];
  for (const tab of tabs) {
    assert.ok(await tab.subscribe('k/+/up/anna-virtanen'));
  }
  const kiosk = await use(fleet.kiosk('kiosk-1'));
  await kiosk.publish('k/kiosk-1/up/anna-virtanen', 'for both tabs');
  await Promise.all(tabs.map((tab) => tab.got('for both tabs')));
  assert.ok(tabs.every((tab) => tab.connection.connected));
});

test("whoever borrows a client id inherits none of its owner's rights", async (t) => {
  const use = clients(t);
  const clientId = randomBytes(16).toString('hex');
  const kiosk = await use(fleet.kiosk('kiosk-1', { clientId }));
  assert.ok(await kiosk.subscribe('k/kiosk-1/down/+'));
  const thief = await use(fleet.expert('saara-makinen', { clientId }));
  await within(kiosk.closed, 'the eviction, which is known');
  assert.ok(await thief.subscribe('k/+/up/saara-makinen'));
  const again = await use(fleet.kiosk('kiosk-1'));
  assert.ok(await again.subscribe('k/kiosk-1/down/+'));
  const anna = await use(fleet.expert('anna-virtanen'));
  await anna.publish('k/kiosk-1/down/anna-virtanen', 'for the kiosk alone');
  await again.got('for the kiosk alone');
  await again.publish('k/kiosk-1/up/saara-makinen', 'for saara');
  await thief.got('for saara');
  assert.deepEqual(thief.received.map(([, text]) => text), ['for saara']);
});

test('a will has no more rights than its owner', async (t) => {
  const use = clients(t);
  const observer = await use(fleet.observer());
  await observer.subscribe('#');
  const will = { topic: 'call/kela/kiosk-2', payload: 'a forged last word', qos: 0, retain: false };
  const kiosk = await use(fleet.kiosk('kiosk-1', { will })).catch(() => null); // refused is as good
  if (kiosk) {
    kiosk.connection.stream.destroy(); // without a goodbye
    await within(kiosk.closed, 'the end of the connection');
  }
  const master = await use(fleet.observer());
  await master.publish('control', 'end of wills');
  await observer.got('end of wills');
  assert.ok(!observer.received.some(([, text]) => text.includes('forged')));
});

test('the largest message of the protocol passes, a larger one does not', async (t) => {
  const use = clients(t);
  const observer = await use(fleet.observer());
  await observer.subscribe('#');
  const fits = 'a'.repeat(MAX_PAYLOAD);
  for (const name of ['kiosk-1', 'anna-virtanen']) {
    const topic = KIOSKS.includes(name) ? `k/${name}/up/anna-virtanen` : `k/kiosk-1/down/${name}`;
    const small = await use(fleet.client(name));
    await small.publish(topic, fits);
    await observer.got(fits);
    const big = await use(fleet.client(name));
    // mosquitto closes; RabbitMQ drops this and never answers, so that a second message says when it was dealt with.
    big.connection.publish(topic, 'b'.repeat(4 * MAX_PAYLOAD), { qos: 0 });
    await big.publish(topic, 'next');
    const master = await use(fleet.observer());
    await master.publish('control', `end of ${name}`);
    await observer.got(`end of ${name}`);
  }
  assert.ok(!observer.received.some(([, text]) => text.startsWith('b')));
});

test('nothing is retained', async (t) => {
  const use = clients(t);
  const kiosk = await use(fleet.kiosk('kiosk-1'));
  await kiosk.publish('call/kela/kiosk-1', 'for ever', { retain: true });
  const anna = await use(fleet.expert('anna-virtanen'));
  assert.ok(await anna.subscribe('call/kela/+', 'k/+/up/anna-virtanen'));
  const again = await use(fleet.kiosk('kiosk-1'));
  await again.publish('k/kiosk-1/up/anna-virtanen', 'end');
  await anna.got('end');
  assert.deepEqual(anna.received.map(([, text]) => text), ['end']);
});

test('a page of another site gets no WebSocket', async () => {
  const headers = (Origin) => ({ wsOptions: { headers: { Origin } } });
  const secret = { username: fleet.all.user, password: fleet.all.password };
  await assert.rejects(fleet.websocket({ ...secret, ...headers('https://evil.example') }));
  const own = await fleet.websocket({ ...secret, ...headers(fleet.broker.url.slice(0, -1)) });
  await own.end();
});

test('the web server gives files with types and a policy, and nothing else', async () => {
  const get = (path, options) => fetch(new URL(path, fleet.broker.url), options);
  const page = await get('fleet.json');
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-type'), /^application\/json/);
  assert.match(page.headers.get('content-security-policy'), /default-src 'none'.*frame-ancestors 'none'/);
  assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
  assert.deepEqual(Object.keys((await page.json()).kiosks), KIOSKS);
  assert.deepEqual(await (await get('config.json')).json(), { mqtt: 'mqtt', ice: [] });
  assert.equal((await get('keys/anna-virtanen.json')).headers.get('cache-control'), 'no-store');
  assert.equal((await get('keys/')).status, 403);
  assert.equal((await get('keys/expert-gone.json')).status, 404);
  assert.equal((await get('..%2f..%2fpki/fleet/ca.key')).status, 400);
  assert.equal((await get('fleet.json', { method: 'POST', body: '{}' })).status, 403);
  assert.equal((await get('mqtt')).status >= 400, true);
});
