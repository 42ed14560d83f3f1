// Transport is ours: in a whole call luukku-rtc makes no GStreamer element that carries, encrypts or bundles (webrtcbin,
// nice*, dtls*, srtp*, sctp*, rtpbin), nor does it map a plug-in that has them. Shown three ways: in the sources, by what
// GStreamer itself says that it makes, and by what the process has mapped.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startChromium } from './lib/chromium.mjs';
import { expectEcho, expectMedia, intoCall, openExpert, startDemo } from './lib/journey.mjs';
import { main } from './lib/run.mjs';
import { assert, until } from './lib/wait.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILD = process.env.LUUKKU_BUILD ?? join(ROOT, 'build');
const FORBIDDEN_ELEMENT = /^(webrtc|nice|dtls|srtp|sctp|rtpbin|rtpsession|rtpssrcdemux|rtprtx|rist|udp|whip|whep)/;
// webrtcdsp is the echo canceller, not transport.
const ALLOWED_ELEMENT = /^(webrtcdsp|webrtcechoprobe)$/;
const FORBIDDEN_PLUGIN = /\/libgst(webrtc|nice|dtls|srtp|sctp|udp|tcp|rist|rtsp\w*|transcoder)(-1\.0)?\.so/;
const MAKERS = /\bgst_(element_factory_(make|create)\w*|parse_(launch|bin)\w*|plugin_load\w*|element_make_from_uri|element_register)\s*\(/g;

// --- sources

function* sources(dir) {
  for (const entry of readdirSync(join(ROOT, dir), { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules') yield* sources(path);
    else if (/\.[ch]$/.test(entry.name)) yield path;
  }
}

/** Where elements are made or plug-ins loaded: {path: [call, ...]}. */
function makers() {
  const found = {};
  for (const dir of ['firmware', 'drivers', 'ui/kiosk']) {
    for (const path of sources(dir)) {
      const calls = [...readFileSync(join(ROOT, path), 'utf8').matchAll(MAKERS)].map((m) => m[0].replace(/\s*\($/, ''));
      if (calls.length) found[path] = calls;
    }
  }
  return found;
}

// --- the running program

async function pidOf(demo, program) {
  return (await demo.kiosk.ctl('status')).programs.find((p) => p.name === program).pid;
}

const mapped = (pid) => new Set(readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n').map((l) => l.split(/\s+/)[5]).filter((p) => p?.startsWith('/')));

/** Collects what GStreamer says in the kiosk's log that it makes. */
function collect(t, demo) {
  const made = new Set();
  const log = spawn(join(BUILD, 'bin/luukkuctl'), ['--socket', demo.info.control, 'log', '-f'], { stdio: ['ignore', 'pipe', 'ignore'] });
  createInterface({ input: log.stdout }).on('line', (line) => {
    const name = /\[luukku-rtc\].*creating element "([^"]+)"/.exec(line)?.[1];
    if (name) made.add(name);
  });
  t.defer(() => log.kill());
  return made;
}

const forbidden = (name) => FORBIDDEN_ELEMENT.test(name) && !ALLOWED_ELEMENT.test(name);

await main('elements', async (t) => {
  t.step('one place makes elements and loads plug-ins');
  const where = makers();
  assert(JSON.stringify(Object.keys(where)) === '["firmware/media/element.c"]', `elements are made in ${JSON.stringify(where)}`);
  const count = (name) => where['firmware/media/element.c'].filter((c) => c === name).length;
  assert(count('gst_element_factory_make') === 1 && count('gst_plugin_load_file') === 1, `in element.c: ${JSON.stringify(where)}`);

  t.step('a whole call, GStreamer telling what it makes');
  process.env.GST_DEBUG = 'GST_ELEMENT_FACTORY:4';
  process.env.GST_DEBUG_NO_COLOR = '1';
  const demo = await startDemo(t, { kioskArgs: '--keep-programs' });
  delete process.env.GST_DEBUG;
  const made = collect(t, demo);
  const browser = await startChromium();
  t.defer(() => browser.stop());
  const page = await openExpert(t, browser, demo);
  await intoCall(demo, page);
  await expectMedia(demo, page);
  await expectEcho(page);
  await until('GStreamer to have told', () => ['vp8enc', 'vp8dec', 'opusenc', 'opusdec', 'rtpjitterbuffer'].every((e) => made.has(e)));
  const files = mapped(await pidOf(demo, 'luukku-rtc'));
  await page.click('call-end');
  await demo.kiosk.screenIs('end');

  const plugins = [...files].map((f) => /\/libgst(\w+)\.so/.exec(f)?.[1]).filter(Boolean);
  console.log(`  made: ${[...made].sort().join(' ')}`);
  console.log(`  plug-ins mapped: ${plugins.sort().join(' ')}`);
  assert(plugins.includes('vpx') && plugins.includes('rtpmanager'), 'the map shows plug-ins');
  assert(![...files].some((f) => FORBIDDEN_PLUGIN.test(f)), `mapped: ${[...files].filter((f) => FORBIDDEN_PLUGIN.test(f))}`);
  assert([...made].filter(forbidden).length === 0, `made: ${[...made].filter(forbidden)}`);
});
