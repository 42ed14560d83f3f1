import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

// What runs in which guest. A job is a script of jobs/ with the emulated devices it wants (name: {what, variant, words});
// the guest gets NAME_PORT and NAME_CONTROL of each.
const camera = { camera: { what: 'camera', variant: 'video' } };
const documentCamera = { camera: { what: 'camera', variant: 'document' } };

// Variants of the card reader, with their USB identities.
const readers = {
  extended: '058f:9540',
  'extended-large': '08c3:0402',
  short: '072f:b000',
  'tpdu-t0': '04e6:5116',
  'tpdu-t1': '08e6:3437',
  'tpdu-t0-manual': '08e6:3437',
  'tpdu-t1-poll': '0424:1202',
  pad: '1a44:0920',
  'pad-tpdu': '08e6:3478',
  'false-pad': '076b:3031',
  'two-slot': '058f:9522',
};

// What a host tries at every place in every run is tried at some in a guest: of `stride` that follow one another, one.
const all = process.env.LUUKKU_FAULTS === 'all';
const each = (stride) => (all ? 'all' : String(stride));
// A guest that gets a tenth of a processor takes six times as long as one that is alone with it, and is not stuck.
const ALONE_S = 240;
const SAMPLED_S = all ? 1800 : 240;

/** A conformance suite, the same program as on the host. */
const conformance = (program, device, usb, words = '', seconds = ALONE_S) => ({
  name: [program.replace('emul.', ''), device.variant].join('.'),
  script: 'suite.sh',
  devices: { device },
  environment: { PROGRAM: program, WORDS: words, USB_ID: usb },
  seconds,
});

const reader = (variant) => ({ what: 'reader', variant });
const scanner = (variant, words = []) => ({ what: 'scanner', variant, words });

/** QEMU's own reader, which nobody here wrote; its card connects by this socket. */
const socket = path.join(mkdtempSync(path.join(tmpdir(), 'luukku-card-')), 'card');
process.on('exit', () => rmSync(path.dirname(socket), { recursive: true, force: true }));

export const suites = {
  reader: {
    qemu: ['-device', 'qemu-xhci', '-device', 'usb-ccid', '-chardev', `socket,id=card,path=${socket},server=on,wait=off`,
      '-device', 'ccid-card-passthru,chardev=card'],
    jobs: [
      { name: 'qemu-ccid', script: 'reader.sh', devices: { card: { what: 'vscard', words: ['--connect', `unix:${socket}`] } } },
    ],
  },
  usb: {
    jobs: [
      conformance('emul.usb.probe', reader('extended'), readers.extended, 'reader'),
      conformance('emul.usb.probe', scanner('multifunction'), '1209:0002', 'scanner'),
    ],
  },
  ccid: {
    jobs: [
      ...Object.entries(readers).map(([name, usb]) => conformance('emul.ccid.conformance', reader(name), usb, name)),
    ],
  },
  // Every fault at power on and at a VERIFY, either once or for ever, on one reader; some of them on each other reader.
  'ccid-faults': {
    jobs: Object.entries({ extended: 2, short: 20, 'tpdu-t0': 20, 'tpdu-t1': 20, 'tpdu-t1-poll': 20 }).map(([name, stride]) =>
      conformance('emul.ccid.faults', reader(name), readers[name], `${name} ${each(stride)}`, SAMPLED_S)),
  },
  'ccid-walk': {
    jobs: Object.entries({ extended: 3, 'tpdu-t1': 12, 'tpdu-t1-poll': 12 }).map(([name, stride]) =>
      conformance('emul.ccid.walk', reader(name), readers[name], `${name} ${each(stride)}`, SAMPLED_S)),
  },
  programs: {
    jobs: [
      { name: 'programs', script: 'programs.sh', devices: { scanner: scanner('multifunction'), reader: reader('extended') }, seconds: 300 },
    ],
  },
  escl: {
    jobs: [
      conformance('emul.escl.scanner', scanner('multifunction'), '1209:0002', 'usb', 150),
      conformance('emul.escl.faults', scanner('multifunction'), '1209:0002', 'usb', 360),
    ],
  },
  camera: {
    jobs: [
      { name: 'vivid', script: 'vivid.sh', seconds: ALONE_S },
      { name: 'uvc', script: 'uvc.sh', devices: camera, environment: { CAMERA_NAME: 'Emulated camera' }, seconds: ALONE_S },
      { name: 'shutter', script: 'shutter.sh', devices: camera, environment: { CAMERA_NAME: 'Emulated camera' }, seconds: ALONE_S },
      { name: 'document', script: 'document.sh', devices: documentCamera, environment: { CAMERA_NAME: 'document camera' } },
    ],
  },
};
