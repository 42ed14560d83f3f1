// The fleet as a table for a terminal: the worst first, as many rows as fit.
const COLOURS = { down: '41;97', failed: '31;1', attention: '33;1', waiting: '2', ok: '32' };
const LABELS = { down: 'DOWN', failed: 'FAILS', attention: 'LOOK', waiting: 'waiting', ok: 'ok' };

const UNITS = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];
/** Seconds as people say them: "2 d", "3 min". */
export const ago = (s) => {
  if (s === null || s === undefined) return '-';
  const [size, unit] = UNITS.find(([u]) => s >= u) ?? UNITS.at(-1);
  return `${Math.floor(s / size)} ${unit}`;
};

const cut = (text, width) => {
  const chars = [...text];
  return chars.length <= width ? text + ' '.repeat(width - chars.length) : `${chars.slice(0, width - 1).join('')}…`;
};

/** "3 down, 1 fails, 2 to look at, 1994 ok" */
export function headline({ kiosks, states, refused }) {
  const parts = [
    [states.down, 'down'], [states.failed, states.failed === 1 ? 'fails' : 'fail'], [states.attention, 'to look at'],
    [states.waiting, 'not heard of yet'], [states.ok, 'ok'],
  ].filter(([n]) => n > 0).map(([n, words]) => `${n} ${words}`);
  const bad = Object.entries(refused).map(([reason, n]) => `${n} ${reason}`);
  return `${kiosks} kiosks: ${parts.join(', ')}${bad.length ? `; refused: ${bad.join(', ')}` : ''}`;
}

/** Lines of text of at most `width` columns; all rows when `height` is 0. */
export function table(rows, summary, { width = 100, height = 0, colour = false, link = true } = {}) {
  const names = Math.max(6, ...rows.map((r) => r.kiosk.length));
  const others = names + 8 + 8 + 6 + 5 * 2;
  const sites = Math.max(5, Math.min(28, width - others - 24, Math.max(5, ...rows.map((r) => [...r.site].length))));
  const fixed = others + sites;
  const words = Math.max(10, width - fixed);
  const paint = (state, text) => (colour ? `\u001b[${COLOURS[state]}m${text}\u001b[0m` : text);
  const line = (r) => [
    paint(r.state, cut(LABELS[r.state], 8)), cut(r.kiosk, names), cut(r.site, sites), cut(ago(r.seen_s), 8),
    cut(r.cert_days === null || r.cert_days === undefined ? '-' : `${r.cert_days} d`, 6), cut(r.what.join('; '), words).trimEnd(),
  ].join('  ').trimEnd();
  const head = [cut('state', 8), cut('kiosk', names), cut('place', sites), cut('seen', 8), cut('cert', 6), 'what'].join('  ');
  const most = height > 0 ? Math.max(1, height - 4) : rows.length;
  const shown = rows.slice(0, most).map(line);
  const left = rows.length - shown.length;
  return [
    cut(headline(summary), width).trimEnd(), ...(link ? [] : ['The broker cannot be reached: what stands here may be old.']), head, ...shown,
    ...(left > 0 ? [`... and ${left} more`] : []),
  ];
}
