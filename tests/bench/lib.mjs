// Figures: percentiles, medians, processes, tables.
import { readFileSync, readdirSync } from 'node:fs';

export const percentile = (list, p) => {
  const sorted = [...list].sort((x, y) => x - y);
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] : NaN;
};
export const median = (list) => {
  const sorted = [...list].filter(Number.isFinite).sort((x, y) => x - y);
  const mid = sorted.length >> 1;
  if (!sorted.length) return NaN;
  return sorted.length % 2 ? sorted[mid] : (sorted[mid - 1] + sorted[mid]) / 2;
};

const TICKS_PER_S = 100; // sysconf(_SC_CLK_TCK) on every Linux that Debian ships

/** CPU seconds so far, threads and memory (PSS and private, kB) of one process. */
export function processFigures(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return {
    cpu: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S,
    threads: readdirSync(`/proc/${pid}/task`).length,
    pss: Number(/^Pss:\s+(\d+) kB/m.exec(rollup)[1]),
  };
}

/** Prints rows of cells in columns. */
export function table(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((r) => String(r[i]).length)));
  for (const row of rows) {
    console.log(row.map((cell, i) => (i ? String(cell).padStart(widths[i]) : String(cell).padEnd(widths[i]))).join('  '));
  }
}

export const round = (x, digits = 1) => (Number.isFinite(x) ? Number(x.toFixed(digits)) : null);
