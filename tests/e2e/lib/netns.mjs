// Two network namespaces with a link between them that loses, narrows and breaks: the kiosk in one, the browser in the
// other. Signalling goes past the link through a Unix socket, so that only media feels it.
import { execFile, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CHROMIUM } from './chromium.mjs';
import { until } from './wait.mjs';

const run = promisify(execFile);
const RELAY = fileURLToPath(new URL('./relay.mjs', import.meta.url));

/** What this machine lacks for it, or an empty string. */
export async function missing() {
  if (process.getuid() !== 0) return 'root, to make network namespaces';
  for (const tool of ['ip', 'tc', 'nft']) {
    if (!(await run('which', [tool]).then(() => true, () => false))) return tool;
  }
  return '';
}

export class Link {
  static async make(context) {
    const link = new Link();
    const id = process.pid.toString(36);
    link.a = `lk-a-${id}`;
    link.b = `lk-b-${id}`;
    link.dir = mkdtempSync(join(tmpdir(), 'luukku-link-'));
    link.relays = [];
    context.defer(() => link.remove());
    const ends = [[link.a, 'va', '10.77.0.1/24'], [link.b, 'vb', '10.77.0.2/24']];
    for (const [ns] of ends) await run('ip', ['netns', 'add', ns]);
    await run('ip', ['link', 'add', 'va', 'netns', link.a, 'type', 'veth', 'peer', 'name', 'vb', 'netns', link.b]);
    for (const [ns, dev, address] of ends) {
      await run('ip', ['-n', ns, 'addr', 'add', address, 'dev', dev]);
      await run('ip', ['-n', ns, 'link', 'set', dev, 'up']);
      await run('ip', ['-n', ns, 'link', 'set', 'lo', 'up']);
      await run('ip', ['-n', ns, 'route', 'add', '224.0.0.0/4', 'dev', dev]);
    }
    return link;
  }

  get kioskPrefix() {
    return ['ip', 'netns', 'exec', this.a];
  }

  /** A command that is Chromium inside the browser's namespace. */
  chromium() {
    const path = join(this.dir, 'chromium');
    writeFileSync(path, `#!/bin/sh\nexec ip netns exec ${this.b} ${CHROMIUM} "$@"\n`);
    chmodSync(path, 0o755);
    return path;
  }

  /** Makes 127.0.0.1:port of the kiosk's namespace reachable under the same name in the browser's. */
  async relay(port) {
    const socket = join(this.dir, `relay-${port}`);
    const start = (ns, ...words) => {
      const child = spawn('ip', ['netns', 'exec', ns, process.execPath, RELAY, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
      this.relays.push(child);
    };
    start(this.a, socket, String(port));
    await until('the relay', () => existsSync(socket));
    start(this.b, String(port), socket);
    await until('the relay in the browser\'s namespace', () => run('ip', ['netns', 'exec', this.b, 'bash', '-c', `</dev/tcp/127.0.0.1/${port}`])
      .then(() => true, () => false));
  }

  /** Loses that many of a hundred datagrams, each way. */
  async loss(percent) {
    const pick = percent >= 100 ? '' : `numgen random mod 1000 < ${Math.round(percent * 10)}`;
    for (const [ns, dev] of [[this.a, 'va'], [this.b, 'vb']]) {
      await this.#nft(ns, `table inet luukku
delete table inet luukku
table inet luukku {
  chain input {
    type filter hook input priority 0;
    iifname "${dev}" meta l4proto udp ${pick} counter drop
  }
}
`);
    }
  }

  #nft(ns, rules) {
    return new Promise((resolve, reject) => {
      const child = spawn('ip', ['netns', 'exec', ns, 'nft', '-f', '-'], { stdio: ['pipe', 'ignore', 'pipe'] });
      let why = '';
      child.stderr.on('data', (d) => (why += d));
      child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`nft: ${why}`))));
      child.stdin.end(rules);
    });
  }

  /** A line of that many kbit/s with a queue of that many milliseconds, each way. */
  async rate(kbit, queueMs = 200) {
    for (const [ns, dev] of [[this.a, 'va'], [this.b, 'vb']]) {
      await run('ip', ['netns', 'exec', ns, 'tc', 'qdisc', 'replace', 'dev', dev, 'root', 'tbf', 'rate', `${kbit}kbit`,
        'burst', '4kb', 'latency', `${queueMs}ms`]);
    }
  }

  async clear() {
    for (const [ns, dev] of [[this.a, 'va'], [this.b, 'vb']]) {
      await run('ip', ['netns', 'exec', ns, 'tc', 'qdisc', 'del', 'dev', dev, 'root']).catch(() => undefined); // none there
      await this.#nft(ns, 'table inet luukku\ndelete table inet luukku\n');
    }
  }

  async remove() {
    for (const child of this.relays) child.kill('SIGTERM');
    for (const ns of [this.a, this.b]) await run('ip', ['netns', 'del', ns]).catch(() => undefined); // half made
    rmSync(this.dir, { recursive: true, force: true });
  }
}
