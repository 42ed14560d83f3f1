// Programs that die, hang or never start, again and again; a disk that is full. The first FAIL names it and says what to do.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert, until } from '../lib/wait.mjs';

/** Whatever process that program has, it meets `signal`; until() is called. */
function haunt(bench, name, signal) {
  let pid = 0;
  const timer = setInterval(async () => {
    const { programs } = await bench.ctl('programs').catch(() => ({ programs: [] }));
    const now = programs.find((p) => p.name === name);
    if (!now?.pid || now.pid === pid || now.state !== 'running') return;
    pid = now.pid;
    process.kill(pid, signal);
  }, 200);
  return () => clearInterval(timer);
}

async function haunted(t, bench, name, signal, how) {
  t.step(`${name} meets ${signal} whenever it runs`);
  const end = haunt(bench, name, signal);
  const checks = await bench.first('programs', new RegExp(`^${name} (does not run|breaks down again).*${how}`), new RegExp(`show log match=${name}`));
  end();
  if (name === 'luukkud') await stillAnswers(bench);
  return checks;
}

/** Without luukkud the console has all that super knows. */
async function stillAnswers(bench) {
  for (const command of ['show status', 'show hardware', 'show net', 'show certs', 'show devices', 'show log lines=5']) {
    assert((await bench.technician.run(command)).length > 40, `${command} answers`);
  }
}

const runs = (bench) => until('all programs to be back', async () => (await bench.technician.test('programs'))[0]?.result === 'PASS', 120000, 1000);

async function programs(t, bench) {
  await bench.kiosk();
  await haunted(t, bench, 'luukkud', 'SIGKILL', 'signal KILL');
  await bench.kiosk();
  await haunted(t, bench, 'luukkud', 'SIGSTOP', 'killed, it does not answer');
  await bench.kiosk();
  await haunted(t, bench, 'luukku-rtc', 'SIGKILL', 'signal KILL');
  t.step('luukku-rtc is let live');
  await runs(bench);
}

/** A file system of `kb`, in a mount namespace of the kiosk's own; whatever is above the line is filled. */
const withDisk = (path, kb) => ['unshare', '--mount', '--propagation', 'private', 'sh', '-c',
  `mount -t tmpfs -o size=${kb}k,mode=0711 full ${path} && dd if=/dev/zero of=${path}/rubbish bs=1k count=${kb - 64} 2>/dev/null && exec "$0" "$@"`];

async function disk(t, bench) {
  const path = join(bench.stand.dir, 'disk');
  mkdirSync(path);
  t.step('the disk of the log is full');
  await bench.kiosk({}, { whole: false, prefix: withDisk(path, 512), 'kiosk-args': `--log ${join(path, 'log')}` });
  for (let i = 0; i < 200; i += 1) await bench.ctl('audit', 'test', `line ${i}`);
  await bench.first('storage', /disk is full: the log can no longer be written/, /show storage/);
  t.step('the log\'s disk cannot be written at all');
  await bench.kiosk({}, { 'kiosk-args': '--log /proc/luukku-log' });
  await bench.first('storage', /log cannot be written to the disk/, /show storage/);
}

/** The display's program is there, but is broken: it ends whenever it is started. */
async function display(t, bench) {
  const build = process.env.LUUKKU_BUILD ?? join(import.meta.dirname, '../../../build');
  const bin = join(bench.stand.dir, 'bin');
  t.step('the display\'s program ends at once');
  execFileSync('cp', ['-r', join(build, 'bin'), bin]);
  // Behind the walls there is no shell for a script: a program that does nothing else but end with 1.
  copyFileSync('/bin/false', join(bin, 'luukkud'));
  await bench.kiosk({}, { program: join(bin, 'luukku-super'), whole: false });
  const checks = await bench.first('programs', /^luukkud does not run.*exit 1/, /send the log/);
  assert(checks.some((c) => c.test === 'display' && c.result === 'SKIP' && /^luukkud, which would know, does not run/.test(c.said)), `the display is left out:\n${checks.text}`);
}

export default { programs, disk, display };
