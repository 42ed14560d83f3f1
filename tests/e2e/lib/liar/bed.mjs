// A fleet whose broker lies: the real kiosk, the real page, and the broker of broker.mjs between them.
import { spawn } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { createServer as createTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { KIOSK, kioskConfig, makeFleet, startKiosk } from '../../../../tools/broker/kiosk.mjs';
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

export { KIOSK };
export const REVOKED_KIOSK = 'kiosk-2';
export const EXPERT = 'anna-virtanen';

/** The demo's fleet below `dir`, a kiosk that was revoked, and bad papers. Gives the expert's password and the papers. */
async function makePki(dir, processes) {
  const store = new Store(join(dir, 'pki'));
  const { password } = (await makeFleet(store.dir, processes)).find((e) => e.user === EXPERT);
  store.writeKiosk(REVOKED_KIOSK, 'Kuopio', validity({ days: 300 }));
  store.markRevoked('kiosk', REVOKED_KIOSK);
  return { store, password, papers: makePapers(store, EXPERT, dir) };
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
    const processes = new Processes(join(bed.dir, 'log'));
    context.defer(() => processes.stop());
    Object.assign(bed, await makePki(bed.dir, processes));
    const tls = await bed.#serveKiosks();
    const web = await bed.#servePage();
    context.defer(() => Promise.all([tls.server, web.server].map((s) => new Promise((done) => {
      for (const { stream } of bed.broker.clients) stream.destroy();
      s.closeAllConnections?.();
      s.close(done);
    }))));
    bed.url = `http://127.0.0.1:${web.port}/`;
    await bed.#startKiosk(context, processes, tls.port);
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

  async #startKiosk(context, processes, port) {
    const dir = join(this.dir, 'kiosk');
    mkdirSync(dir, { mode: 0o700 });
    const config = kioskConfig(this.store.dir, dir, { host: '127.0.0.1', port }, { simulated: true, stamps: true });
    // The programs are kept between visits: the test makes many calls, and what they left behind would show.
    await startKiosk(processes, dir, config, { headless: true, 'kiosk-args': '--keep-programs' });
    this.kiosk = new Kiosk(config.control);
    const log = spawn(join(BUILD, 'bin/luukkuctl'), ['--socket', config.control, 'log', '-f'], { stdio: ['ignore', 'pipe', 'ignore'] });
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
