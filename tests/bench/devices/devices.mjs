// drivers/escl beside ipp-usb and sane-airscan, drivers/ccid and firmware/apdu beside pcscd and OpenSC: the same emulated
// devices on Debian's kernel in QEMU, in turn. Ends with one JSON line.
//
//   tools/bench devices [--runs 3] [--pages 10] [--only card|scan] [--simd]
//
// --simd: libjpeg-turbo decodes by SIMD on both sides. What each side does in a step: README.md.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Emulator, HOST } from '../../qemu/emulator.mjs';
import { Vm, root } from '../../qemu/vm.mjs';
import { median, round, table } from '../lib.mjs';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '3' }, pages: { type: 'string', default: '10' },
  only: { type: 'string' }, simd: { type: 'boolean', default: false } } });
const AIM = { ms: 0.8, cpu_ms: 0.5, pss_kb: 0.5 };
const JOBS = [
  { name: 'card', script: 'bench-card.sh', what: 'reader', variant: 'tpdu-t0', words: ['--card', 'fineid2'], usb: '04e6:5116' },
  { name: 'scan', script: 'bench-scan.sh', what: 'scanner', variant: 'multifunction', words: [], usb: '1209:0002' },
].filter((job) => !values.only || job.name === values.only);

function need(program, ...words) {
  if (spawnSync(path.join(root, program), words, { stdio: 'inherit' }).status !== 0) {
    process.exit(1);
  }
}

/** Runs one job; gives {what: {ours: [figures], theirs: [figures]}}. */
async function measure(vm, job) {
  const device = await Emulator.start(job.what, job.variant, job.words);
  const figures = {};
  const heard = (line) => {
    const [, side, what, json] = /^figure (\w+) (\w+) (\{.*\})$/.exec(line) ?? [];
    if (!side) {
      console.error(`  ${line}`);
      return;
    }
    console.error(`  ${side} ${what} ${json}`);
    figures[what] ??= { ours: [], theirs: [] };
    figures[what][side].push(JSON.parse(json));
  };
  const environment = { DEVICE_PORT: device.port, DEVICE_CONTROL: `tcp:${HOST}:${device.control}`, USB_ID: job.usb,
    RUNS: values.runs, PAGES: values.pages, SIMD: Number(values.simd) };
  try {
    const code = await vm.run(path.join(root, 'tests/qemu/jobs', job.script), environment, 3000, heard);
    if (code !== 0) {
      throw new Error(`${job.name} failed (${code})`);
    }
  } finally {
    await device.stop();
  }
  return figures;
}

const middle = (list, key) => median(list.map((f) => f[key]));

function report(figures) {
  const result = {};
  const rows = [['', 'ours', 'theirs', 'ratio', 'aim', '']];
  for (const [what, { ours, theirs }] of Object.entries(figures)) {
    result[what] = {};
    for (const [key, aim] of Object.entries(AIM)) {
      const [a, b] = [middle(ours, key), middle(theirs, key)];
      const ratio = round(a / b, 3);
      const met = a / b <= aim;
      result[what][key] = { ours: round(a), theirs: round(b), ratio, aim, met };
      rows.push([`${what} ${key}`, round(a), round(b), ratio, aim, met ? 'met' : 'MISSED']);
    }
  }
  table(rows);
  return result;
}

need('tools/install', 'qemu');
need('tests/qemu/prepare');
const vm = await Vm.boot([], 2);
const figures = {};
try {
  for (const job of JOBS) {
    Object.assign(figures, await measure(vm, job));
  }
} finally {
  await vm.stop();
}
const result = report(figures);
console.log(JSON.stringify({ bench: 'devices', runs: Number(values.runs), pages: Number(values.pages), simd: values.simd, ...result }));
