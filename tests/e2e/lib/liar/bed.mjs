// A fleet whose broker lies: the real kiosk, the real page, and the broker of broker.mjs between them.
import { execFile, spawn } from 'node:child_process';
import { createPrivateKey, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { createServer as createTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { Processes } from '../../../../tools/broker/processes.mjs';
import { validity } from '../../../../tools/pki/ca.mjs';
import { writeJson } from '../../../../tools/pki/files.mjs';
import { Store } from '../../../../tools/pki/store.mjs';
import { Kiosk } from '../kiosk.mjs';
import { until } from '../wait.mjs';
import { LiarBroker } from './broker.mjs';
import { makePapers } from './forge.mjs';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const BUILD = process.env.LUUKKU_BUILD ?? join(ROOT, 'build');
const PAGE = join(ROOT, 'ui/expert/dist');
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
const run = promisify(execFile);

export const KIOSK = 'kiosk-1';
export const REVOKED_KIOSK = 'kiosk-2';
export const EXPERT = 'anna-virtanen';
const AGENCIES = ['kela', 'vero'];

/** The fleet's papers below `dir`. Gives the expert's password and the bad papers. */
function makeFleet(store, dir) {
  const years = validity({ days: 3650 });
  store.fleet.create([['O', 'Luukku'], ['CN', 'Luukku fleet CA']], years, 90);
  for (const agency of AGENCIES) {
    const ca = store.agency(agency);
    ca.create([['O', agency], ['CN', `${agency}: experts`]], years, 90);
    writeJson(join(ca.dir, 'agency.json'), { agency, name: { fi: agency, sv: agency, en: agency } });
  }
  store.writeBroker(['localhost', '127.0.0.1'], validity({ days: 300 }));
  for (const kiosk of [KIOSK, REVOKED_KIOSK]) store.writeKiosk(kiosk, 'Kuopio', validity({ days: 300 }));
  store.markRevoked('kiosk', REVOKED_KIOSK);
  const password = randomBytes(9).toString('base64url');
  store.writeExpert({ user: EXPERT, agency: 'kela', name: 'Anna Virtanen' }, password, validity({ days: 300 }));
  return { password, papers: makePapers(store, EXPERT, dir) };
}

const listening = (server) => new Promise((resolve, reject) => {
  server.once('error', reject).listen(0, '127.0.0.1', () => resolve(server.address().port));
});

export class Bed {
  broker = new LiarBroker();
  #log = [];

  static async start(context) {
    const bed = new Bed();
    bed.dir = mkdtempSync(join(tmpdir().length > 40 ? '/tmp' : tmpdir(), 'luukku-'));
    chmodSync(bed.dir, 0o711);
    context.defer(() => rmSync(bed.dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
    bed.store = new Store(join(bed.dir, 'pki'));
    mkdirSync(bed.store.dir);
    Object.assign(bed, makeFleet(bed.store, bed.dir));
    const tls = await bed.#serveKiosks();
    const web = await bed.#servePage();
    context.defer(() => Promise.all([tls.server, web.server].map((s) => new Promise((done) => {
      for (const { stream } of bed.broker.clients) stream.destroy();
      s.closeAllConnections?.();
      s.close(done);
    }))));
    bed.url = `http://127.0.0.1:${web.port}/`;
    await bed.#startKiosk(context, tls.port);
    context.demo = bed;
    return bed;
  }

  /** What a test's frame shows when it fails. */
  tail(n = 40) {
    return this.#log.slice(-n).join('\n');
  }

  get info() {
    return { url: this.url, user: EXPERT, password: this.password };
  }

  /** A kiosk's signing key: the liar has those of revoked kiosks alone, by right. */
  deviceKey(kiosk) {
    return createPrivateKey(readFileSync(this.store.path('kiosks', kiosk, 'device.key')));
  }

  async #serveKiosks() {
    const read = (...path) => readFileSync(this.store.path(...path));
    const server = createTls({
      cert: read('broker', 'server.crt'), key: read('broker', 'server.key'), ca: read('fleet', 'ca.crt'), requestCert: true,
      rejectUnauthorized: true, minVersion: 'TLSv1.3',
    }, (socket) => {
      socket.setNoDelay(true);
      this.broker.serve(socket, socket.getPeerCertificate().subject.CN);
    });
    return { server, port: await listening(server) };
  }

  async #servePage() {
    const www = join(this.dir, 'www');
    mkdirSync(www);
    this.store.publish(www);
    writeJson(join(www, 'config.json'), { mqtt: 'mqtt', ice: [] });
    const server = createHttp((request, response) => {
      const path = normalize(new URL(request.url, 'http://x').pathname);
      const file = [join(www, path), join(PAGE, path === '/' ? 'index.html' : path)].find((f) => extname(f) && existsSync(f));
      response.writeHead(file ? 200 : 404, { 'content-type': TYPES[extname(file ?? '')] ?? 'application/octet-stream' });
      response.end(file ? readFileSync(file) : '');
    });
    const sockets = new WebSocketServer({ server, path: '/mqtt', handleProtocols: () => 'mqtt', perMessageDeflate: false });
    sockets.on('connection', (ws) => this.broker.serve(createWebSocketStream(ws)));
    return { server, port: await listening(server) };
  }

  #config(port) {
    const mine = (name) => this.store.path('kiosks', KIOSK, name);
    return {
      kiosk: KIOSK,
      site: 'Kuopio',
      broker: { host: '127.0.0.1', port },
      tls: { ca: this.store.path('fleet/ca.crt'), cert: mine('tls.crt'), key: mine('tls.key') },
      device: { cert: mine('device.crt'), key: mine('device.key') },
      agencies: AGENCIES.map((id) => ({ id, ca: this.store.path('agencies', id, 'ca.crt'), crl: this.store.path('agencies', id, 'crl.pem') })),
      ice: { stun: [], turn: [] },
      panel: { width_px: 1080, height_px: 1920, width_mm: 398 },
      camera: 'simulated',
      sound: 'simulated',
      stamps: true,
      control: join(this.dir, 'kiosk', 'control'),
    };
  }

  async #startKiosk(context, port) {
    const dir = join(this.dir, 'kiosk');
    mkdirSync(dir, { mode: 0o700 });
    const config = this.#config(port);
    writeJson(join(dir, 'kiosk.json'), config);
    const processes = new Processes(join(this.dir, 'log'));
    context.defer(() => processes.stop());
    const ctl = [join(BUILD, 'bin/luukkuctl'), '--socket', config.control];
    const answers = () => existsSync(config.control) && run(ctl[0], [...ctl.slice(1), 'status'], { timeout: 5000 }).then(() => true, () => false);
    // The programs are kept between visits: the test makes many calls, and what they left behind would show.
    await processes.start('kiosk', [join(BUILD, 'bin/luukku-super'), '--config', join(dir, 'kiosk.json'), '--allow-ui-control',
      '--headless', '--keep-programs'], answers, { ms: 60000 });
    this.kiosk = new Kiosk(config.control);
    const log = spawn(ctl[0], [...ctl.slice(1), 'log', '-f'], { stdio: ['ignore', 'pipe', 'ignore'] });
    createInterface({ input: log.stdout }).on('line', (line) => this.#log.push(line));
    context.defer(() => log.kill());
  }

  /** Marks now in the kiosk's log. */
  mark() {
    return this.#log.length;
  }

  /** Names of the refusals that the kiosk logged since the mark. */
  refusals(mark) {
    return this.#log.slice(mark).map((line) => /what="refused" why="([a-z]+)"/.exec(line)?.[1]).filter(Boolean);
  }

  /** Whatever the kiosk was told before this has had its effect, and stands in the log. */
  async settle() {
    const mark = this.mark();
    this.broker.force(KIOSK, `k/${KIOSK}/up/${EXPERT}`, {});
    await this.refused(mark, 'type', 'a message of its own kind');
  }

  /** Waits until the kiosk has refused something with that name since the mark. */
  async refused(mark, reason, what) {
    await until(`the kiosk to refuse by "${reason}": ${what}; it said ${this.refusals(mark)}`, () => this.refusals(mark).includes(reason), 8000, 20);
  }
}
