// The readers that can be played, by name. Identities, features and sizes are those of devices on the market, as the
// public collection of CCID descriptors beside libccid lists them; what a device does is ours, from CCID 1.1.
import { configurationDescriptor, deviceDescriptor, SPEED, TYPE } from '../descriptors.mjs';

/** dwFeatures, CCID 1.1, 5.1. */
export const FEATURE = {
  autoParameters: 0x02, autoActivation: 0x04, autoVoltage: 0x08, autoClock: 0x10, autoBaud: 0x20, autoNegotiate: 0x40,
  autoPps: 0x80, clockStop: 0x100, nad: 0x200, autoIfsd: 0x400, tpdu: 0x10000, shortApdu: 0x20000, extendedApdu: 0x40000,
  levels: 0x70000,
};

const ALCOR = { vendor: 0x058f, product: 0x9540, release: 0x0120, maker: 'Generic', name: 'EMV Smartcard Reader' };
const TWIN = { vendor: 0x08e6, product: 0x3437, release: 0x0100, maker: 'Gemplus', name: 'USB SmartCard Reader', ccid: 0x100 };
const MICROCHIP = { vendor: 0x0424, product: 0x1202, release: 0x0222, maker: 'SMSC', name: 'SMSC USX101x Reader' };

const BASE = { ccid: 0x110, slots: 1, voltages: 7, clock: 4000, maxClock: 4000, rate: 10752, maxRate: 344086, ifsd: 254,
  max: 271, pin: 0, pad: false, interrupt: true, classGetResponse: 0xff, card: 't1', packet: 64 };

const TABLE = {
  extended: { ...ALCOR, features: 0x404be, max: 272, what: 'extended APDU level, long ones in several messages' },
  'extended-large': { vendor: 0x08c3, product: 0x0402, release: 0x5257, maker: 'Precise Biometrics', name: 'Precise 200 MC',
    features: 0x404ba, maxClock: 7500, max: 65550, what: 'extended APDU level, any APDU in one message' },
  short: { vendor: 0x072f, product: 0xb000, release: 0x0132, maker: 'ACS', name: 'ACR3901U ICC Reader', features: 0x200ba,
    clock: 4800, maxClock: 4800, rate: 12903, maxRate: 600000, ifsd: 247, what: 'short APDU level' },
  'tpdu-t0': { vendor: 0x04e6, product: 0x5116, release: 0x0523, maker: 'SCM Microsystems Inc.',
    name: 'SCR3310 USB Smart Card Reader', features: 0x100ba, voltages: 1, ifsd: 252, card: 't0',
    what: 'TPDU level, a card of T=0, the reader sets parameters itself' },
  'tpdu-t1': { ...TWIN, features: 0x10230, what: 'TPDU level, a card of T=1; voltage, PPS and parameters are for the host' },
  'tpdu-t0-manual': { ...TWIN, features: 0x10230, card: 't0', what: 'as tpdu-t1, with a card of T=0' },
  'tpdu-t1-poll': { ...MICROCHIP, features: 0x100b2, interrupt: false, what: 'TPDU level, T=1, two endpoints only' },
  pad: { vendor: 0x1a44, product: 0x0920, release: 0x0210, maker: 'VASCO', name: 'DIGIPASS 920', features: 0x404b2,
    voltages: 3, pin: 3, pad: true, what: 'extended APDU level, PIN pad with secure verify and modify' },
  'pad-tpdu': { vendor: 0x08e6, product: 0x3478, release: 0x0100, maker: 'Gemplus', name: 'USB GemPCPinpad SmartCard Reader',
    ccid: 0x100, features: 0x10230, pin: 3, pad: true, what: 'TPDU level, T=1, PIN pad; all else is for the host' },
  'false-pad': { vendor: 0x076b, product: 0x3031, release: 0x0106, maker: 'HID Global', name: 'OMNIKEY 3x21 Smart Card Reader',
    features: 0x407ba, clock: 4800, maxClock: 4800, maxRate: 412903, pin: 3, what: 'claims a PIN pad and has none' },
  'two-slot': { vendor: 0x058f, product: 0x9522, release: 0x0102, maker: 'Generic', name: 'PCSC Smartcard Reader', ccid: 0x100,
    features: 0x204be, voltages: 3, slots: 2, what: 'two slots, short APDU level; the card is in the first' },
};

export const variants = Object.fromEntries(Object.entries(TABLE).map(([name, v]) => [name, { ...BASE, ...v }]));

export const EP = { notify: 0x81, out: 0x02, in: 0x83 };

/** The class descriptor, 54 bytes. */
function ccidDescriptor(v) {
  const b = Buffer.alloc(54);
  b[0] = 54;
  b[1] = 0x21;
  b.writeUInt16LE(v.ccid, 2);
  b[4] = v.slots - 1;
  b[5] = v.voltages;
  b.writeUInt32LE(3, 6); // T=0 and T=1
  b.writeUInt32LE(v.clock, 10);
  b.writeUInt32LE(v.maxClock, 14);
  b.writeUInt32LE(v.rate, 19);
  b.writeUInt32LE(v.maxRate, 23);
  b.writeUInt32LE(v.ifsd, 28);
  b.writeUInt32LE(v.features, 40);
  b.writeUInt32LE(v.max, 44);
  b[48] = v.classGetResponse;
  b[49] = v.classGetResponse;
  b[52] = v.pin;
  b[53] = 1; // slots busy at once
  return b;
}

/** What UsbDevice wants. */
export function descriptors(v) {
  const endpoints = [{ address: EP.out, type: TYPE.bulk, max: v.packet }, { address: EP.in, type: TYPE.bulk, max: v.packet }];
  if (v.interrupt) {
    endpoints.unshift({ address: EP.notify, type: TYPE.interrupt, max: 8, interval: 16 });
  }
  return {
    device: deviceDescriptor({ usb: 0x110, vendor: v.vendor, product: v.product, release: v.release, iManufacturer: 1, iProduct: 2,
      iSerial: 3, ep0: 8 }),
    configuration: configurationDescriptor({ attributes: 0x80, power: 100, parts: [
      { number: 0, class: [0x0b, 0, 0], extra: ccidDescriptor(v), endpoints },
    ] }),
    strings: [v.maker, v.name, 'LUUKKU0001'],
    speed: SPEED.full,
  };
}
