// Runs suites of jobs in guests: one boot for each suite.
//
//   node tests/qemu/run.mjs SUITE [JOB...]
//
// Prints what the jobs say and ends with 0 when all of them passed. LUUKKU_QEMU_VERBOSE shows the kernel's words, too.
// LUUKKU_FAULTS=all tries every place, LUUKKU_SEED those of an earlier run.
import {spawnSync} from 'node:child_process';
import path from 'node:path';
import {Emulator, HOST} from './emulator.mjs';
import {suites} from './suites.mjs';
import {Vm, root} from './vm.mjs';

const JOB_S = 60;

function prepare() {
  const done = spawnSync(path.join(root, 'tests/qemu/prepare'), {stdio: 'inherit'});
  if (done.status !== 0) throw new Error('the guest cannot be made');
}

// Starts what a job wants on the host; gives the environment that tells the guest of it.
async function startDevices(job, started) {
  const seed = process.env.LUUKKU_SEED ? {LUUKKU_SEED: process.env.LUUKKU_SEED} : {};
  const environment = {LUUKKU_HOST: HOST, ...seed, ...job.environment};
  for (const [name, {what, variant, words}] of Object.entries(job.devices ?? {})) {
    const emulator = await Emulator.start(what, variant, words);
    started.push(emulator);
    const upper = name.toUpperCase();
    environment[`${upper}_PORT`] = emulator.port;
    environment[`${upper}_CONTROL`] = `tcp:${HOST}:${emulator.control}`;
  }
  return environment;
}

async function runJob(vm, job) {
  const started = [];
  const say = (line) => console.log(`    ${line}`);
  const begun = performance.now();
  let code;
  try {
    const environment = await startDevices(job, started);
    code = await vm.run(path.join(root, 'tests/qemu/jobs', job.script), environment, job.seconds ?? JOB_S, say);
  } finally {
    await Promise.all(started.map((e) => e.stop()));
  }
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const verdict = code === 0 ? 'passed' : code === 124 || code === 137 ? 'NOT IN TIME' : `FAILED (${code})`;
  console.log(`${job.name}: ${verdict}, ${seconds} s`);
  return code === 0;
}

async function runSuite(suite, jobs) {
  const vm = await Vm.boot(suite.qemu);
  const failed = [];
  const stop = () => vm.stop();
  process.once('SIGTERM', () => void stop().then(() => process.exit(143)));
  process.once('SIGINT', () => void stop().then(() => process.exit(130)));
  try {
    for (const job of jobs) {
      if (!(await runJob(vm, job))) failed.push(job.name);
    }
    if (failed.length > 0 || process.env.LUUKKU_QEMU_VERBOSE) console.log(vm.console().slice(-8000));
  } finally {
    await stop();
  }
  return failed;
}

const [name, ...wanted] = process.argv.slice(2);
const suite = suites[name];
const jobs = suite?.jobs.filter((j) => wanted.length === 0 || wanted.includes(j.name)) ?? [];
if (jobs.length === 0) {
  console.error(`usage: run.mjs ${Object.keys(suites).join('|')} [JOB...]`);
  process.exit(2);
}
prepare();
const failed = await runSuite(suite, jobs);
console.log(failed.length === 0 ? `${name}: ${jobs.length} jobs passed` : `${name}: failed: ${failed.join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);
