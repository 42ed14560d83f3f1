// The simulated document camera: it films a paper that lies askew on a table. No USB: a socket gives its pictures. See README.md here.
import { listenAt, parseAddress } from '../address.mjs';
import { listenControl } from '../control.mjs';
import { Faults } from '../faults.mjs';
import { Paper } from '../pages.mjs';

const HEAD = 4;
const FAULTS = {
  silent: 'gives no picture', 'unplug-mid-picture': 'goes in the middle of one', 'not-a-jpeg': 'bytes that are no JPEG', huge: 'says that it is larger than allowed',
};
// What lies there: a sheet of A4, an identity document of the size of a passport's page, a bare table.
const THINGS = { paper: [], document: ['--size', '125x88'], nothing: null };

export const usage = `luukku-emulator document --listen unix:PATH [--control ADDRESS] ...
  --page N         the paper that lies there
  --seed S         what stands on it, and how it lies
  --pixels WxH     of a picture (1600x1200)
  --paper PATH     luukku-paper, where it is not in build/bin
A picture is asked for with one byte; its length (4 bytes, big-endian) and a JPEG follow.
`;

function number(text) {
  if (!/^[1-9]\d{0,3}$/.test(text ?? '')) {
    throw new Error('a number from 1');
  }
  return Number(text);
}

class DocumentCamera {
  constructor({ at, page, seed, pixels }, paper) {
    Object.assign(this, { at, page, seed, pixels, paper, thing: 'paper', seen: '', picture: null, shots: 0, transfers: 0 });
    this.faults = new Faults(FAULTS);
    this.sockets = new Set();
    this.server = null; // unplugged
    this.commands = {
      page: ([n]) => this.lay('paper', number(n)),
      lay: ([thing]) => this.lay(thing, this.page),
      laid: () => this.seen,
      shots: () => String(this.shots),
    };
    this.lay('paper', page);
  }

  lay(thing, page) {
    if (!Object.hasOwn(THINGS, thing ?? '')) {
      throw new Error(`lay ${Object.keys(THINGS).join('|')}`);
    }
    Object.assign(this, { thing, page });
    const picture = this.draw();
    picture.then(() => this.show(picture, thing), (error) => process.stderr.write(`luukku-emulator: ${error.message}\n`));
    this.picture ??= picture;
  }

  /** Until it is drawn what lay there before is seen. */
  show(picture, thing) {
    if (this.thing === thing) Object.assign(this, { picture, seen: thing });
  }

  draw() {
    const size = THINGS[this.thing] ?? ['--bare'];
    return this.paper.get(['--photo', '--page', this.page, '--seed', this.seed, '--pixels', this.pixels, '--noise', 3, ...size].map(String));
  }

  faultSet() {}

  faultsCleared() {}

  async plug() {
    if (!this.server) {
      ({ server: this.server, address: this.address } = await listenAt(this.at, (socket) => this.connected(socket)));
    }
  }

  unplug() {
    this.server?.close();
    this.server = null;
    this.sockets.forEach((s) => s.destroy());
  }

  connected(socket) {
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => this.sockets.delete(socket));
    socket.on('data', (asked) => {
      for (let i = 0; i < asked.length; i += 1) {
        this.give(socket).catch(() => socket.destroy());
      }
    });
  }

  async give(socket) {
    const picture = this.faults.take('not-a-jpeg') ? Buffer.alloc(5000, 0xa7) : await this.picture;
    const head = Buffer.alloc(HEAD);
    head.writeUInt32BE(this.faults.take('huge') ? 0x7fffffff : picture.length);
    this.shots += 1;
    if (this.faults.take('silent')) {
      return;
    }
    if (this.faults.take('unplug-mid-picture')) {
      socket.write(Buffer.concat([head, picture.subarray(0, picture.length >> 1)]), () => this.unplug());
      return;
    }
    socket.write(Buffer.concat([head, picture]));
  }
}

/** For main.mjs: {ready, close}. */
export async function serve({ listen, control = 'tcp:0', page = '1', seed = '1', pixels = '1600x1200', paper, ...rest }) {
  const unknown = Object.keys(rest)[0];
  if (unknown || !listen || !parseAddress(listen) || !/^\d{2,4}x\d{2,4}$/.test(pixels)) {
    throw new Error(unknown ? `document: what is --${unknown}?` : 'document: --listen unix:PATH, --pixels WxH');
  }
  const camera = new DocumentCamera({ at: listen, page: number(page), seed: number(seed), pixels }, new Paper(paper));
  await camera.plug();
  const orders = await listenControl(control, camera);
  return { ready: { listen: camera.address, control: orders.address }, close: () => {
    camera.unplug();
    orders.server.close();
  } };
}
