// What must hold in every state: no violation by axe, nothing cut off, every control reached and big enough.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Violations of all of axe's rules (WCAG 2.2 A and AA, and its best practices), as words. */
export async function axeViolations(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } }));
  return violations.flatMap((v) => v.nodes.map((n) => `axe ${v.id}: ${n.target.join(' ')}: ${n.failureSummary.replaceAll(/\s+/g, ' ')}`));
}

/** What does not fit at the present size, as words. */
export const layoutFaults = (page) => page.evaluate(() => {
  const faults = [];
  const name = (e) => `${e.tagName.toLowerCase()}${e.dataset?.testid ? `[${e.dataset.testid}]` : ''}.${e.className} "${(e.innerText ?? '').slice(0, 30)}"`;
  const root = document.documentElement;
  if (root.scrollWidth > window.innerWidth) faults.push(`the page is ${root.scrollWidth} wide in a window of ${window.innerWidth}`);
  const shown = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !e.closest('.hidden, .skip');
  const before = [...document.querySelectorAll('*')].map((e) => [e, e.scrollTop]);
  for (const e of document.querySelectorAll('button, select, input, textarea, summary, a')) {
    if (!shown(e) || e.closest('label')?.closest('.choice')) continue;
    e.scrollIntoView({ block: 'center', inline: 'nearest' });
    const r = (e.closest('label') ?? e).getBoundingClientRect();
    if (r.width < 24 || r.height < 24) faults.push(`${name(e)} is ${Math.round(r.width)} by ${Math.round(r.height)}`);
    if (r.left < 0 || r.right > window.innerWidth + 0.5 || r.top < -0.5 || r.bottom > window.innerHeight + 0.5) faults.push(`${name(e)} lies outside: ${[r.left, r.top, r.right, r.bottom].map(Math.round)}`);
    const hit = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);
    if (hit === null || !(e.contains(hit) || hit.contains(e) || hit.closest('label')?.contains(e))) faults.push(`${name(e)} is covered by ${hit === null ? 'nothing' : name(hit)}`);
  }
  for (const e of document.querySelectorAll('h1, h2, h3, p, b, dt, dd, span, small, li, button, label, summary')) {
    if (!shown(e) || e.closest('.bar .title') || e.closest('video')) continue;
    const style = getComputedStyle(e);
    if (style.overflowX !== 'visible' && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0) faults.push(`${name(e)} is cut: ${e.scrollWidth} in ${e.clientWidth}`);
    const r = e.getBoundingClientRect();
    const panel = e.closest('.panel, .actions, .bar')?.getBoundingClientRect();
    if (panel !== undefined && r.width > 0 && (r.right > panel.right + 1 || r.left < panel.left - 1)) faults.push(`${name(e)} sticks out of its panel`);
  }
  // What stands in a row of fixed height.
  for (const e of document.querySelectorAll('.list > li')) if (shown(e) && e.scrollHeight > e.clientHeight + 1) faults.push(`${name(e)} is ${e.scrollHeight} high in ${e.clientHeight}`);
  // Texts of one row that lie over each other.
  const words = [...document.querySelectorAll('.bar .fact, .bar .title, .actions .btn, .devices li, .figures div')].filter(shown).map((e) => [e, e.getBoundingClientRect()]);
  for (const [i, [a, ra]] of words.entries()) {
    for (const [b, rb] of words.slice(i + 1)) {
      const over = Math.min(ra.right, rb.right) - Math.max(ra.left, rb.left) > 1 && Math.min(ra.bottom, rb.bottom) - Math.max(ra.top, rb.top) > 1;
      if (over && a.parentElement === b.parentElement) faults.push(`${name(a)} and ${name(b)} overlap`);
    }
  }
  for (const [e, y] of before) if (e.scrollTop !== y) e.scrollTop = y;
  return faults;
});
