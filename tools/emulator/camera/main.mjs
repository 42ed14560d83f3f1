// The emulated camera: USB Video Class 1.1 on a bulk pipe. See README.md here.
import { UsbDevice } from '../device.mjs';
import { Paper } from '../pages.mjs';
import { resized } from '../scanner/wounds.mjs';
import { AE, controlRequest, makeControls } from './controls.mjs';
import { descriptors, FORMATS, INTERFACE, readProbe, STATUS_PIPE, STREAM, writeProbe } from './descriptors.mjs';
import { FAULTS } from './faults.mjs';

const FRAMES = 32; // of the loop; the stamp has six bits
const HEADER = 12;
const BIT = { fid: 1, eof: 2, err: 0x40, eoh: 0x80 };
const VARIANTS = { video: { product: 0x0003, name: 'Emulated camera' }, document: { product: 0x0004, name: 'Emulated document camera' } };
const CONTROL = { probe: 1, commit: 2 };
const PRIVACY_SELECTOR = 0x11;

export const usage = `luukku-emulator camera [--variant ${Object.keys(VARIANTS).join('|')}] ...
  --serial S       serial number
  --page N         the page under a document camera
  --seed S         what stands on it
  --paper PATH     luukku-paper, where it is not in build/bin
`;

/** Pictures with their lengths before them. */
function split(bytes) {
  const frames = [];
  for (let at = 0; at + 4 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    frames.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return frames;
}

class Camera extends UsbDevice {
  constructor(variant, { serial, page, seed }, paper) {
    const { product, name } = VARIANTS[variant];
    const formats = FORMATS[variant];
    super({ ...descriptors(formats, product), strings: ['Luukku', name, serial], faults: FAULTS });
    Object.assign(this, { variant, formats, paper, page, seed });
    this.controls = makeControls();
    this.light = 'good';
    this.sent = 0;
    this.choice = { format: formats[0], size: formats[0].frames[0], interval: formats[0].frames[0].intervals[0] };
    this.timer = null;
    this.frame = 0;
    this.fid = 0;
    this.commands = this.orders();
  }

  orders() {
    return {
      shutter: ([to]) => this.shutter(to),
      light: ([to]) => {
        if (to !== 'good' && to !== 'low') {
          throw new Error('good or low');
        }
        this.light = to;
      },
      page: ([n]) => {
        if (!/^[1-9]\d{0,3}$/.test(n ?? '')) {
          throw new Error('page N');
        }
        this.page = Number(n);
        this.pictures = this.load();
      },
      frames: () => String(this.sent),
      controls: () => JSON.stringify(Object.fromEntries(Object.entries(this.controls).map(([k, c]) => [k, c.value]))),
      stream: () => JSON.stringify({ on: this.timer !== null, format: this.choice.format.format, ...this.choice.size,
        interval: this.choice.interval }),
    };
  }

  /** The shutter is moved by hand: the picture turns black, and the host is told (UVC 1.1, 2.4.2.2). */
  shutter(to) {
    if (to !== 'open' && to !== 'closed') {
      throw new Error('open or closed');
    }
    const closed = to === 'closed' ? 1 : 0;
    if (this.controls.privacy.value !== closed) {
      this.controls.privacy.value = closed;
      this.pictures = this.load();
      this.send(STATUS_PIPE, Buffer.from([1, 1, 0, PRIVACY_SELECTOR, 0, closed]));
    }
  }

  // The base's hooks.

  onReset() {
    this.stop();
  }

  onInterface(number) {
    if (number === INTERFACE.streaming) {
      this.stop();
    }
  }

  onClearHalt(address) {
    if (address === STREAM) {
      this.stop(); // as Linux ends a stream on a bulk pipe
      this.endpoints.get(STREAM).flush();
    }
  }

  close() {
    this.stop();
  }

  onControl({ type, request, value, index }, data) {
    if ((type & 0x7f) !== 0x21) {
      return null;
    }
    const selector = value >> 8;
    if ((index & 0xff) === INTERFACE.streaming) {
      return this.streamRequest(selector, request, data);
    }
    const c = Object.values(this.controls).find((x) => x.entity === index >> 8 && x.selector === selector);
    if (!c) {
      return null;
    }
    if (this.faults.take('control-silent')) {
      return 'silent';
    }
    return this.faults.take('control-stall') ? null : controlRequest(c, request, data);
  }

  streamRequest(selector, request, data) {
    if (selector !== CONTROL.probe && selector !== CONTROL.commit) {
      return null;
    }
    if (request === 0x01) {
      const choice = readProbe(data, this.formats);
      this.choice = choice ?? this.choice;
      if (choice && selector === CONTROL.commit) {
        this.start();
      }
      return choice ? true : null;
    }
    if (request === 0x85) {
      return Buffer.from([34, 0]);
    }
    return request === 0x86 ? Buffer.from([3]) : writeProbe(this.choice, this.formats, this.faults.has('probe-lies'));
  }

  // The stream.

  /** Promises the loop of pictures of the present choice. */
  load() {
    const { format: { format }, size } = this.choice;
    const scene = this.variant === 'document' ? ['--photo', '--page', this.page, '--seed', this.seed, '--frames', 1]
      : ['--person', '--frames', FRAMES];
    const dark = this.controls.privacy.value ? ['--blank'] : [];
    const args = [...scene, ...dark, '--pixels', `${size.width}x${size.height}`, '--format', format, '--noise', 3];
    return this.paper.get(args.map(String)).then(split);
  }

  start() {
    this.stop();
    this.pictures = this.load();
    this.pictures.catch((error) => process.stderr.write(`luukku-emulator: ${error.message}\n`));
    this.due = performance.now();
    this.schedule();
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = null;
  }

  /** ms to the next frame. In low light, with exposure priority, it is exposed twice as long. */
  get period() {
    const { 'auto-exposure': mode, 'exposure-priority': priority } = this.controls;
    const long = this.light === 'low' && mode.value === AE.aperture && priority.value === 1;
    return this.faults.has('one-per-second') ? 1000 : (this.choice.interval / 10000) * (long ? 2 : 1);
  }

  schedule() {
    this.due = Math.max(this.due + this.period, performance.now());
    this.timer = setTimeout(() => this.tick(), this.due - performance.now());
    this.timer.unref();
  }

  async tick() {
    const mine = this.timer;
    const pictures = await this.pictures;
    if (this.timer !== mine) {
      return; // stopped meanwhile
    }
    const pipe = this.endpoints.get(STREAM);
    if (pipe && !pipe.halted && pipe.backlog === 0 && pipe.waiting.length && !this.faults.has('stops')) {
      this.sendFrame(pictures);
    }
    if (this.timer === mine) {
      this.schedule();
    }
  }

  sendFrame(pictures) {
    const picture = pictures[this.frame % pictures.length];
    if (!this.faults.take('freeze')) {
      this.frame += 1;
    }
    this.fid ^= this.faults.take('fid-stuck') ? 0 : BIT.fid;
    const bytes = Buffer.concat([this.payloadHeader(), this.body(picture)]);
    if (this.faults.reached('unplug-mid-frame')) {
      this.endpoints.get(STREAM).queue.length = 0;
      this.send(STREAM, bytes.subarray(0, bytes.length >> 1), { zlp: false, done: () => setImmediate(() => this.unplug()) });
    } else if (this.faults.reached('stall-stream')) {
      this.halt(STREAM);
    } else {
      this.send(STREAM, bytes);
      this.sent += 1;
    }
  }

  payloadHeader() {
    const header = Buffer.alloc(HEADER);
    header[0] = this.faults.take('bad-header') ? 255 : HEADER;
    header[1] = BIT.eoh | this.fid | (this.faults.take('no-eof') ? 0 : BIT.eof) | (this.faults.take('error-bit') ? BIT.err : 0);
    return header;
  }

  body(picture) {
    const { faults } = this;
    if (faults.take('empty-frames')) {
      return Buffer.alloc(0);
    }
    if (faults.take('truncated')) {
      return picture.subarray(0, picture.length >> 1);
    }
    if (faults.take('not-a-jpeg')) {
      return Buffer.alloc(5000, 0xa7);
    }
    if (faults.take('jpeg-bomb')) {
      return resized(picture, 65500, 65500);
    }
    if (faults.take('broken-jpeg')) {
      const broken = Buffer.from(picture.subarray(0, picture.length - 2));
      for (let at = 700; at < broken.length; at += 311) {
        broken[at] ^= 0x5a;
      }
      return broken;
    }
    return picture;
  }
}

export async function create(options) {
  const { variant = 'video', serial = 'LUUKKUCAM1', page = '1', seed = '1', paper, ...rest } = options;
  const unknown = Object.keys(rest)[0];
  if (unknown || !Object.hasOwn(VARIANTS, variant)) {
    throw new Error(unknown ? `camera: what is --${unknown}?` : `camera: no variant "${variant}"`);
  }
  if (!/^[1-9]\d{0,3}$/.test(page) || !/^\d{1,5}$/.test(seed)) {
    throw new Error('camera: --page and --seed are numbers');
  }
  return new Camera(variant, { serial, page: Number(page), seed: Number(seed) }, new Paper(paper));
}
