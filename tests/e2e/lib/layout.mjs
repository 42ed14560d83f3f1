// Whether what the kiosk shows can be used by touch: from its tree alone.
import { assert } from './wait.mjs';

const MM = 20;
/** Half a pixel of rounding at each end. */
const SLACK_PX = 1;
const TARGETS = new Set(['button', 'field']);

const shown = (n) => !n.state.includes('hidden') && n.rect[2] > 0 && n.rect[3] > 0;
const inside = ([x, y, w, h], [bx, by, bw, bh]) => x >= bx - SLACK_PX && y >= by - SLACK_PX && x + w <= bx + bw + SLACK_PX && y + h <= by + bh + SLACK_PX;
const overlap = ([x, y, w, h], [bx, by, bw, bh]) => Math.min(x + w, bx + bw) - Math.max(x, bx) > SLACK_PX && Math.min(y + h, by + bh) - Math.max(y, by) > SLACK_PX;

/** What is wrong with a tree on this panel, as sentences. */
export function layoutFaults({ nodes }, panel) {
  const screen = [0, 0, panel.width_px, panel.height_px];
  const pxPerMm = panel.width_px / panel.width_mm;
  const faults = [];
  const seen = nodes.filter(shown);
  for (const n of seen) if (!inside(n.rect, screen)) faults.push(`${n.id || n.name} is outside the screen: ${n.rect}`);
  const targets = seen.filter((n) => TARGETS.has(n.role));
  for (const n of targets) {
    const [, , w, h] = n.rect;
    if (Math.min(w, h) + SLACK_PX < MM * pxPerMm) faults.push(`${n.id} is ${(w / pxPerMm).toFixed(1)} x ${(h / pxPerMm).toFixed(1)} mm`);
  }
  // Groups hold others; whatever else there is stands alone.
  const leaves = seen.filter((n) => n.role !== 'group');
  for (const [i, a] of leaves.entries()) {
    for (const b of leaves.slice(i + 1)) if (overlap(a.rect, b.rect)) faults.push(`${a.id || a.name} and ${b.id || b.name} overlap: ${a.rect} and ${b.rect}`);
  }
  return faults;
}

export function expectLayout(tree, panel, when) {
  const faults = layoutFaults(tree, panel);
  assert(faults.length === 0, `${when}: ${faults.join('; ')}`);
}
