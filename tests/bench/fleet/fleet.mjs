// 2,000 simulated kiosks report to one mosquitto; tools/fleet reads them: node tests/bench/fleet/fleet.mjs [--kiosks 2000] [--period 60]
// [--seconds 60] [--breaks 50] [--down 120]. Everything runs on this machine, the kiosks in this process.
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { percentile, round, table } from '../lib.mjs';
import { simulate } from '../../e2e/fleet/simulate.mjs';

const whole = (name, value) => ({ [name]: { type: 'string', default: String(value) } });
const { values: O } = parseArgs({
  options: { ...whole('kiosks', 2000), ...whole('period', 60), ...whole('seconds', 60), ...whole('breaks', 50), ...whole('down', 120), ...whole('silent', 5) },
});
const options = {
  kiosks: Number(O.kiosks), periodMs: Number(O.period) * 1000, seconds: Number(O.seconds), breaks: Number(O.breaks), downSeconds: Number(O.down), silent: Number(O.silent),
};

const f = await simulate(options);
const result = {
  bench: 'fleet', kiosks: f.kiosks, reports_per_s: round(f.reports_per_s), connect_s: round(f.connect_s), breaks: options.breaks,
  shown_ms: { p50: round(percentile(f.shown_ms, 0.5)), p95: round(percentile(f.shown_ms, 0.95)), max: round(Math.max(...f.shown_ms)) },
  down_s: round(f.down_s), wrongly_down: f.wrongly_down,
  cpu_percent: Object.fromEntries(Object.entries(f.cpu).map(([k, v]) => [k, round(v * 100)])),
  pss_mb: Object.fromEntries(Object.entries(f.pss_mb).map(([k, v]) => [k, round(v)])),
  load: loadavg().map((v) => round(v)),
};
table([
  ['', 'CPU % of a core', 'memory MB'],
  ...Object.keys(result.cpu_percent).map((name) => [name, result.cpu_percent[name], result.pss_mb[name]]),
]);
console.log(`a failure is shown ${result.shown_ms.p50} ms after its report (p95 ${result.shown_ms.p95}, longest ${result.shown_ms.max}, of ${options.breaks})`);
console.log(JSON.stringify(result));
process.exit(result.shown_ms.max < 5000 && result.wrongly_down === 0 ? 0 : 1);
