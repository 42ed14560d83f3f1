// A serial line of our own, in the shape of a pseudo-terminal: one end has a path, the other is a technician's, and it can be cut like a cable.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './wait.mjs';

export class Line {
  heard = '';

  /** `dir`: an empty folder of its own. */
  static async open(dir) {
    const line = new Line();
    const file = join(dir, 'tty');
    line.child = spawn('script', ['--quiet', '--flush', '--command', `tty > '${file}' && exec sleep infinity`, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
    line.child.stdout.on('data', (bytes) => (line.heard += bytes.toString('latin1')));
    line.child.stdin.on('error', () => undefined); // cut while something is under way
    line.ended = new Promise((resolve) => line.child.once('close', resolve));
    await until('a pseudo-terminal', () => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'));
    line.path = readFileSync(file, 'utf8').trim();
    return line;
  }

  read() {
    const { heard } = this;
    this.heard = '';
    return heard;
  }

  write(text) {
    this.child.stdin.write(text);
  }

  /** The kiosk's end is hung up. */
  async cut() {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}
