// luukku-fleet watch: reads the reports from the broker and shows them.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import mqtt from 'mqtt';
import { fail, readJson } from '../pki/files.mjs';
import { Fleet } from './fleet.mjs';
import { servePage } from './page.mjs';
import { table } from './table.mjs';

const DRAW_MS = 1000;
const OPTIONS = {
  broker: { type: 'string' }, fleet: { type: 'string' }, user: { type: 'string' }, 'password-file': { type: 'string' }, ca: { type: 'string' },
  port: { type: 'string' }, events: { type: 'boolean' }, json: { type: 'boolean' }, seconds: { type: 'string' },
  'down-seconds': { type: 'string', default: '120' }, 'cert-days': { type: 'string', default: '30' },
};

function wholeOption(options, name, least, most) {
  const n = Number(options[name]);
  return Number.isInteger(n) && n >= least && n <= most ? n : fail(`--${name} is a whole number from ${least} to ${most}`);
}

function readOptions(words) {
  const { values } = parseArgs({ args: words, options: OPTIONS });
  for (const name of ['broker', 'fleet', 'user', 'password-file']) {
    if (!values[name]) fail(`watch: --${name} is missing`);
  }
  if (!/^wss?:\/\//.test(values.broker)) fail('--broker is ws://host/mqtt or wss://host/mqtt');
  if (values.json && !values.seconds) fail('--json goes with --seconds');
  return {
    ...values, downMs: wholeOption(values, 'down-seconds', 1, 86400) * 1000, certDays: wholeOption(values, 'cert-days', 0, 3650),
    ms: values.seconds === undefined ? null : wholeOption(values, 'seconds', 1, 86400) * 1000,
    page: values.port === undefined ? null : wholeOption(values, 'port', 0, 65535),
  };
}

function connect(options, onMessage, onLink) {
  const client = mqtt.connect(options.broker, {
    username: options.user, password: readFileSync(options['password-file'], 'utf8').trim(), clientId: randomBytes(16).toString('hex'),
    clean: true, protocolVersion: 4, keepalive: 15, reconnectPeriod: 2000, connectTimeout: 10000, queueQoSZero: false,
    ...(options.ca && { ca: readFileSync(options.ca) }),
  });
  let told = '';
  client.on('connect', () => {
    client.subscribe('health/+', { qos: 0 }, (error, granted) => {
      onLink(!error && granted.every(({ qos }) => qos === 0), error ? error.message : 'the broker does not let this account read health/+');
    });
  });
  client.on('close', () => onLink(false, told || 'the connection ended'));
  client.on('error', (error) => {
    told = error.message;
  });
  client.on('message', onMessage);
  return client;
}

/** What is shown, and where: the table, or a line for each event, or nothing until the end. */
function shower(options, state) {
  const { fleet } = state;
  const tty = process.stdout.isTTY;
  const draw = () => {
    const now = Date.now();
    const size = { width: process.stdout.columns ?? 120, height: tty ? process.stdout.rows : 0, colour: tty && !process.env.NO_COLOR, link: state.link };
    const lines = table(fleet.rows(now), fleet.summary(), size);
    process.stdout.write(`${tty ? '\u001b[H\u001b[2J' : ''}${lines.join('\n')}\n`);
  };
  const event = (e) => console.log(JSON.stringify({ at: new Date().toISOString(), ...e }));
  const quiet = () => {};
  if (options.events) return { event, link: (up, why) => event({ link: up ? 'up' : 'down', why: up ? '' : why }), tick: quiet, end: quiet };
  if (options.json) {
    const end = () => console.log(JSON.stringify({ link: state.link, ...fleet.summary(), refusals: fleet.refusals, rows: fleet.rows(Date.now()) }));
    return { event: quiet, link: quiet, tick: quiet, end };
  }
  return { event: quiet, link: quiet, tick: tty ? draw : quiet, end: draw };
}

export async function run(words) {
  const options = readOptions(words);
  const list = readJson(options.fleet).kiosks ?? fail(`${options.fleet}: there are no kiosks in it`);
  const state = { link: false, fleet: new Fleet(list, { now: Date.now(), downMs: options.downMs, certDays: options.certDays }) };
  const show = shower(options, state);
  const tell = (events) => events.forEach(show.event);
  const link = (up, why) => {
    if (up !== state.link) show.link(up, why);
    state.link = up;
  };
  const client = connect(options, (topic, payload) => tell(state.fleet.take(topic, payload, Date.now())), link);
  const page = options.page === null ? null : await servePage(state, options.page);
  if (page) console.error(`luukku-fleet: http://127.0.0.1:${page.port}/`);
  const clock = setInterval(() => {
    // Nobody is down because the reports do not reach us.
    if (state.link) tell(state.fleet.tick(Date.now()));
    show.tick();
  }, DRAW_MS);
  await new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, done);
    if (options.ms !== null) setTimeout(done, options.ms);
  });
  clearInterval(clock);
  show.end();
  client.end(true);
  page?.close();
  return 0;
}
