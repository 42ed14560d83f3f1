// The emulated scanner: a multifunction device with eSCL over IPP-over-USB. See README.md here.
import { writeFile } from 'node:fs/promises';
import { configurationDescriptor, deviceDescriptor, SPEED } from '../descriptors.mjs';
import { UsbDevice } from '../device.mjs';
import { Escl } from './escl.mjs';
import { FAULTS, SCOPES } from './faults.mjs';
import { HttpPeer } from './http.mjs';
import { Scanner } from './model.mjs';
import { Paper } from '../pages.mjs';
import { serveTcp, UsbWire } from './wires.mjs';

const VENDOR = 0x1209; // pid.codes' test range
const PRODUCT = 0x0002;
const PRINTER = 7;
const IPP_OVER_USB = [PRINTER, 1, 4];
const DEVICE_INFO = 0x21; // IPP-over-USB 1.0, 4.3
const CAN = 0x13; // print, scan, any HTTP
const PAGES_MAX = 500;
const KINDS = ['any', 'page', 'capabilities', 'status', 'job', 'delete', 'info', 'ipp', 'end', 'later'];

const ALL = { platen: true, feeder: true, duplex: true };
const VARIANTS = {
  multifunction: { interfaces: 3, alternate: true, sources: ALL },
  single: { interfaces: 1, alternate: false, sources: ALL },
  flatbed: { interfaces: 2, alternate: true, sources: { platen: true, feeder: false, duplex: false } },
  feeder: { interfaces: 3, alternate: true, sources: { platen: false, feeder: true, duplex: true } },
  simplex: { interfaces: 3, alternate: true, sources: { platen: true, feeder: true, duplex: false } },
  'full-speed': { interfaces: 3, alternate: true, sources: ALL, speed: SPEED.full },
};

export const usage = `luukku-emulator scanner [--variant ${Object.keys(VARIANTS).join('|')}] ...
  --tcp PORT       serves the same eSCL by HTTP on 127.0.0.1 as well; 0 any free port (the command "tcp" tells it)
  --speed PPM      pages a minute; 0 (the default): as fast as it goes
  --framing WAY    of pages: chunked (the default) or length
  --seed S         what stands on the papers
  --pages N        sheets in the feeder at the start
  --serial S       serial number
  --paper PATH     luukku-paper, where it is not in build/bin
`;

/** Interface `n`: alternate 0 a plain printer, 1 IPP-over-USB; or IPP-over-USB alone. */
function pipes(n, variant) {
  const max = variant.speed === SPEED.full ? 64 : 512;
  const endpoints = [{ address: 0x81 + n, type: 2, max }, { address: 0x01 + n, type: 2, max }];
  const ipp = { number: n, alternate: variant.alternate ? 1 : 0, class: IPP_OVER_USB, string: 4, endpoints };
  return variant.alternate ? [{ number: n, alternate: 0, class: [PRINTER, 1, 2], endpoints }, ipp] : [ipp];
}

function descriptors(variant) {
  const parts = Array.from({ length: variant.interfaces }, (_, n) => pipes(n, variant)).flat();
  if (variant.interfaces > 1) { // the maker's own, as most have
    parts.push({ number: variant.interfaces, class: [255, 255, 255], endpoints: [] });
  }
  return {
    device: deviceDescriptor({ vendor: VENDOR, product: PRODUCT, iManufacturer: 1, iProduct: 2, iSerial: 3 }),
    configuration: configurationDescriptor({ parts, attributes: 0xc0, power: 2 }),
  };
}

function uuidOf(serial) {
  const digits = Buffer.from(serial).toString('hex').padStart(12, '0').slice(-12);
  return `6c75756b-6b75-4000-8000-${digits}`;
}

class ScannerDevice extends UsbDevice {
  constructor(variant, options, paper) {
    const strings = ['Luukku', 'Emulated MFP', options.serial, 'IPP over USB'];
    super({ ...descriptors(variant), strings, speed: variant.speed ?? SPEED.high, faults: FAULTS });
    this.variant = variant;
    this.info = { model: 'Luukku Emulated MFP', serial: options.serial, uuid: uuidOf(options.serial), sources: variant.sources };
    this.scanner = new Scanner({ faults: this.faults, sources: variant.sources, ppm: options.speed });
    this.scanner.load(options.pages);
    this.aimed = null;
    this.escl = new Escl({ scanner: this.scanner, device: this.info, paper, seed: options.seed, framing: options.framing,
      unplug: () => this.unplug() });
    this.peers = new Map(); // interface -> HttpPeer
    this.commands = this.orders();
    this.tcp = null;
  }

  http(wire) {
    return new HttpPeer(wire, (request) => this.escl.handle(request), this.faults, () => this.aimed);
  }

  async listenTcp(port) {
    const aim = () => this.aimed;
    this.tcp = await serveTcp(port, { handle: (r) => this.escl.handle(r), faults: this.faults, aim, plugged: () => this.plugged });
    this.on('unplug', () => {
      this.tcp.drop();
      this.scanner.abort();
    });
  }

  close() {
    this.onReset();
    this.tcp?.close();
  }

  // The base's hooks.

  onOut(address, bytes) {
    const number = address - 1;
    const chosen = this.alternates.find((a) => a.number === number && a.alternate === this.chosen.get(number));
    if (chosen?.class[2] !== IPP_OVER_USB[2]) {
      return undefined; // a plain printer swallows it
    }
    if (this.faults.take('stall-out')) {
      return 'stall';
    }
    if (!this.peers.has(number)) {
      this.peers.set(number, this.http(new UsbWire(this, 0x81 + number)));
    }
    this.peers.get(number).received(bytes);
    return undefined;
  }

  onInterface(number) {
    this.peers.get(number)?.end();
    this.peers.delete(number);
  }

  onReset() {
    for (const peer of this.peers.values()) {
      peer.end();
    }
    this.peers.clear();
    this.scanner.abort();
  }

  /** USB printer class 1.1, 4.2. */
  onControl({ type, request }) {
    if (type === 0xa1 && request === 0) {
      const id = Buffer.from(`MFG:Luukku;MDL:Emulated MFP;CMD:PWGRaster,PDF;CLS:PRINTER;SN:${this.info.serial};`);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length + 2);
      return Buffer.concat([length, id]);
    }
    if (type === 0xa1 && request === 1) {
      return Buffer.from([0x18]);
    }
    return type === 0x21 && request === 2 ? true : null;
  }

  descriptor(type, index) {
    return type === DEVICE_INFO ? Buffer.from([10, DEVICE_INFO, 0, 1, 1, 0, CAN, 0, 0, 0]) : super.descriptor(type, index);
  }

  faultsCleared() {
    this.aimed = null;
  }

  // The control socket.

  orders() {
    const s = this.scanner;
    return {
      pages: ([n, word, list]) => {
        if (!/^\d{1,3}$/.test(n ?? '') || Number(n) > PAGES_MAX || (word !== undefined && word !== 'blank')) {
          throw new Error('pages N [blank 2,3b,...]');
        }
        s.load(Number(n), list?.split(',') ?? []);
      },
      empty: () => s.load(0),
      jam: ([sheet]) => this.jam(sheet),
      clear: () => {
        s.jammed = false;
        s.jamAt = 0;
      },
      cover: ([to]) => {
        s.cover = oneOf(to, ['open', 'closed']);
      },
      glass: ([to]) => {
        s.glass = oneOf(to, ['paper', 'clear']) === 'paper';
      },
      speed: ([ppm]) => {
        s.ppm = wholeNumber(ppm, 'PPM', 6000);
      },
      stripes: ([widths]) => {
        if (!/^([1-9]{1,99}|none)$/.test(widths ?? '')) {
          throw new Error('stripes WIDTHS, a digit each, or none');
        }
        this.escl.stripes = widths === 'none' ? null : widths;
      },
      sent: ([file]) => writeFile(file, this.escl.sent),
      aim: ([kind]) => {
        this.aimed = kind === 'none' ? null : oneOf(kind, KINDS);
      },
      tcp: () => {
        if (!this.tcp) {
          throw new Error('started without --tcp');
        }
        return String(this.tcp.port);
      },
      requests: () => String(this.escl.requests),
      state: () => JSON.stringify({ state: s.state, feeder: s.adfState, sheets: s.sheets, jobs: s.jobs.map((j) => ({ id: j.id,
        state: j.state, done: j.done, deleted: j.deleted, gone: j.gone })) }),
      scopes: () => Object.entries(SCOPES).map(([name, scope]) => `${name}:${scope}`).join(' '),
    };
  }

  jam(sheet) {
    if (sheet !== undefined) {
      this.scanner.jamAt = wholeNumber(sheet, 'SHEET', PAGES_MAX);
      return;
    }
    this.scanner.jammed = true;
    const job = this.scanner.current;
    if (job && job.settings.source !== 'platen') {
      this.scanner.jam(job);
    }
  }
}

function oneOf(word, words) {
  if (!words.includes(word)) {
    throw new Error(`one of ${words.join(', ')}`);
  }
  return word;
}

function wholeNumber(text, name, most) {
  const n = Number(text);
  if (!/^\d{1,9}$/.test(text ?? '') || n > most) {
    throw new Error(`${name} is a number up to ${most}`);
  }
  return n;
}

export async function create(options) {
  const { variant = 'multifunction', tcp, speed = '0', framing = 'chunked', seed = '1', pages = '0', serial = 'LUUKKU0001', paper,
    ...rest } = options;
  const unknown = Object.keys(rest)[0];
  if (unknown || !Object.hasOwn(VARIANTS, variant)) {
    throw new Error(unknown ? `scanner: what is --${unknown}?` : `scanner: no variant "${variant}"`);
  }
  const device = new ScannerDevice(VARIANTS[variant], { speed: wholeNumber(speed, '--speed', 6000), seed: wholeNumber(seed, '--seed', 100000),
    pages: wholeNumber(pages, '--pages', PAGES_MAX), framing: oneOf(framing, ['chunked', 'length']), serial }, new Paper(paper));
  if (tcp !== undefined) {
    await device.listenTcp(wholeNumber(tcp, '--tcp', 65535));
  }
  return device;
}
