// Shows /fleet.json, asked for once a second. What kiosks said is only ever put in as text.
const LABELS = { down: 'Down', failed: 'Fails', attention: 'To look at', waiting: 'Not heard of yet', ok: 'OK' };
const ROWS_MAX = 300;
const UNITS = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];

const at = (id) => document.getElementById(id);
let only = null; // a state, or null for all
let last = null;

function ago(s) {
  if (s === null) return 'never';
  const [size, unit] = UNITS.find(([u]) => s >= u) ?? UNITS.at(-1);
  return `${Math.floor(s / size)} ${unit} ago`;
}

function make(tag, text, className) {
  const node = document.createElement(tag);
  node.textContent = text ?? '';
  if (className) node.className = className;
  return node;
}

function row(r) {
  const tr = make('tr');
  const what = make('td');
  if (r.what.length) what.append(list(r.what));
  tr.append(make('td', LABELS[r.state], `state ${r.state}`), make('td', r.kiosk), make('td', r.site), what, make('td', ago(r.seen_s), 'n'),
    make('td', Number.isInteger(r.cert_days) ? `${r.cert_days} d` : '–', 'n'), make('td', r.version ?? '–'));
  return tr;
}

function list(words) {
  const ul = make('ul');
  ul.append(...words.map((w) => make('li', w)));
  return ul;
}

function choose(state) {
  only = only === state ? null : state;
  draw();
}

// Made once: a button that is being pressed stays where it is.
const buttons = Object.keys(LABELS).map((state) => {
  const b = make('button', '', state);
  b.append(make('b', '0'), make('span', LABELS[state]));
  b.addEventListener('click', () => choose(state));
  at('states').append(b);
  return { state, b };
});

function draw() {
  if (!last) return;
  const { summary, rows, refusals, link } = last;
  at('link').className = link ? '' : 'lost';
  at('link').textContent = link ? `${summary.kiosks} in the fleet, ${summary.taken} reports read` : 'The broker cannot be reached: what stands here may be old.';
  for (const { state, b } of buttons) {
    b.firstChild.textContent = summary.states[state];
    b.setAttribute('aria-pressed', String(only === state));
    b.hidden = state === 'waiting' && summary.states.waiting === 0;
  }
  const word = at('find').value.trim().toLowerCase();
  const found = rows.filter((r) => (!only || r.state === only) &&
    (!word || [r.kiosk, r.site, r.version ?? '', ...r.what].some((t) => t.toLowerCase().includes(word))));
  at('rows').replaceChildren(...found.slice(0, ROWS_MAX).map(row));
  at('more').textContent = found.length > ROWS_MAX ? `and ${found.length - ROWS_MAX} more` : found.length ? '' : 'No kiosk is like that.';
  const bad = Object.entries(summary.refused);
  at('refusals').hidden = bad.length === 0;
  at('refusals').querySelector('summary').textContent = `Refused reports: ${bad.map(([reason, n]) => `${n} ${reason}`).join(', ')}`;
  at('refusals').querySelector('ul').replaceChildren(...refusals.map((r) => make('li', `${r.at}  ${r.topic}  ${r.reason}`)));
}

async function ask() {
  try {
    const response = await fetch('fleet.json');
    last = await response.json();
    draw();
  } catch {
    at('link').className = 'lost';
    at('link').textContent = 'The program that reads the reports has ended.';
  }
  setTimeout(ask, 1000);
}

at('find').addEventListener('input', draw);
ask();
