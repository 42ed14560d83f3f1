// What other programs read out of the PDF: poppler and qpdf.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const MAKE = join(process.env.LUUKKU_BUILD ?? 'build', 'tests', 'seal-make');
const dir = mkdtempSync(join(tmpdir(), 'luukku-pdf-'));
const TIME = 1795319645;
let state = Number(process.env.LUUKKU_SEED ?? Date.now() % 2 ** 31);
console.log(`LUUKKU_SEED=${state}`);
after(() => rmSync(dir, { recursive: true, force: true }));

const run = (command, ...args) => execFileSync(command, args, { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const random = (n) => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return (state >>> 8) % n;
};
const pick = (list) => list[random(list.length)];

/** Pieces that texts are made of: other scripts, ligatures, what a font would draw as something else, no spaces at all. */
const PIECES = [
  'Matti Meikäläinen', 'affluent office ffi fl', '10x20 -> <- => !=', 'Юлия Ґалаґан', 'Đặng Văn Lâm', 'Čáhci Ŋŋ Đđ Ŧŧ Žž',
  'Ελλάδα', '€ § ½ “quoted” ’ – —', '<b>&amp;</b> "x" \\ \\n (a) {b} [c] %s %n', 'FI21 1234 5600 0007 85', '131052-308T', 'Il1O0o|',
  '漢字', '😀👩‍👩‍👧', 'e\u0301 a\u0308', 'https://esimerkki.fi/'.concat('a'.repeat(120)), 'x'.repeat(300), '/Lang (xx) endobj trailer startxref',
  '...', '1 234,50', 'a\u00a0b',
];
/** From right to left; alone, since pdftotext has an order of its own where both directions stand in one line. */
const RIGHT_TO_LEFT = ['محمد عبد الله الحسيني', 'فاطمة الزهراء', 'مرحبا', 'שלום'];

function text(pieces) {
  return Array.from({ length: 1 + random(pieces) }, () => pick(PIECES)).join(pick([' ', ', ', '\n']));
}

const field = (label, shown, by = 'citizen') => ({ id: 'f', type: 'text', label, value: shown, shown, by });
const form = (lang, sections) => ({
  v: 1, form: { id: 'parental-allowance', version: 3, sha256: '0'.repeat(64), agency: 'kela' }, lang, title: 'Vanhempainpäivärahan hakemus',
  kiosk: 'kuopio-tori-1', expert: { user: 'anna-virtanen', name: 'Anna Virtanen' }, sections, record: { head: '0'.repeat(64), updates: 3 },
});
const section = (fields, title = 'Osa') => ({ id: 's', title, fields });

function pdf(json, env = {}) {
  writeFileSync(join(dir, 'in.json'), JSON.stringify(json));
  execFileSync(MAKE, ['pdf', String(TIME), join(dir, 'in.json'), join(dir, 'out.pdf')], { env: { ...process.env, TZ: 'Europe/Helsinki', ...env }, stdio: 'pipe' });
  return run('pdftotext', '-H', '775', '-W', '596', '-x', '0', '-y', '0', 'out.pdf', '-');
}

/** Without spaces and line ends, which wrapping changes, and the marks that pdftotext puts around other directions. */
const plain = (s) => s.normalize('NFC').replace(/[\s\u00a0\u200e\u200f\u202a-\u202e\u2066-\u2069\f]/g, '');

function reads(output, answers) {
  const all = plain(output);
  for (const answer of answers) {
    assert.ok(all.includes(plain(answer)), `not read: ${JSON.stringify(answer)}\nin ${output}`);
  }
}

test('every answer of forms of chance is read', { timeout: 100000 }, () => {
  for (let i = 0; i < 25; i++) {
    const answers = Array.from({ length: 1 + random(30) }, () => (random(5) ? text(6) : pick(RIGHT_TO_LEFT)));
    const json = form(pick(['fi', 'sv', 'en', 'ar']), [section(answers.map((a, n) => field(`Kysymys ${n}`, a, pick(['citizen', 'expert', 'both', 'accepted', '']))))]);
    reads(pdf(json), answers);
    run('qpdf', '--check', 'out.pdf');
  }
});

test('answers longer than pages', () => {
  const words = Array.from({ length: 3000 }, (_, i) => `sana${i}`);
  const output = pdf(form('fi', [section([field('Miksi?', words.join(' '))])]));
  reads(output, [words.join('')]);
});

test('a paper as people and their readers have it', () => {
  const rows = { id: 'r', type: 'rows', label: 'Lapset', rows: [[field('Etunimi', 'Aino')], [field('Etunimi', 'Eino', 'expert')]] };
  const json = form('fi', [
    section([field('Nimi', 'Matti'), field('Sähköposti', '', ''), { id: 'x', type: 'text', label: 'Piilossa', applies: false }, rows,
      { id: 'i', type: 'info', label: 'Hyvä tietää.', value: null, shown: '', by: '' }], 'Hakija'),
    section([{ id: 'x', type: 'text', label: 'Poissa', applies: false }], 'Tyhjä osa'),
    section([{ id: 'sig', type: 'signature', label: 'Allekirjoitus', value: { by: 'citizen' }, shown: '', by: 'citizen' }], 'Lopuksi'),
  ]);
  const output = pdf(json);
  for (const gone of ['Piilossa', 'Poissa', 'Tyhjä osa']) {
    assert.ok(!output.includes(gone), gone);
  }
  reads(output, ['Kela', 'Täyttäjä: asiakas', 'Täyttäjä: asiantuntija', 'Ei vastausta', 'Hyvä tietää.', 'Kohta 2', '22.11.2026 klo 5.54 (UTC+02:00)',
    'Anna Virtanen (anna-virtanen)', 'parental-allowance, versio 3', 'Asiakas hyväksyi lomakkeen palvelupisteellä.']);
  const hash = createHash('sha256').update(readFileSync(join(dir, 'in.json'))).digest('hex');
  const whole = run('pdftotext', '-layout', 'out.pdf', '-');
  assert.ok(whole.includes(hash) && whole.includes('Sivu 1/1'));
  const info = run('pdfinfo', 'out.pdf');
  assert.match(info, /Title: +Vanhempainpäivärahan hakemus\nAuthor: +Kela\n/);
  assert.match(info, /Tagged: +yes/);
  assert.match(info, /Page size: +595\.28 x 841\.89 pts \(A4\)/);
  assert.match(run('qpdf', '--json', '--json-key=qpdf', 'out.pdf'), /"\/Lang": "u:fi"/);
  const tree = run('pdfinfo', '-struct-text', 'out.pdf');
  assert.match(tree, /^Document\n  P \(block\)\n    "Kela"\n  H1 \(block\)\n    "Vanhempainpäivärahan hakemus"/);
  assert.match(tree, /H2 \(block\)\n +"Hakija"\n +L \(block\)\n +LI \(block\)\n +Lbl \(block\)\n +"Nimi"\n +Span \(inline\)\n +"Täyttäjä: asiakas"\n +LBody \(block\)\n +"Matti"/);
  assert.ok(!tree.includes(hash), 'the footer is no content');
  assert.equal(run('pdfimages', '-list', 'out.pdf').trim().split('\n').length, 2, 'text, no pictures');
});

test('whom it is for stands at its head, as what the customer said', () => {
  const role = { role: 'company', name: 'Sähkö & "Valo" Oy', id: '1234567-1' };
  reads(pdf({ ...form('fi', []), role }), ['Kenen puolesta', 'Sähkö & "Valo" Oy (1234567-1) – asiakkaan oma ilmoitus']);
  reads(pdf({ ...form('sv', []), role: { ...role, id: '' } }), ['För vems räkning', 'Sähkö & "Valo" Oy – enligt kundens egen uppgift']);
  assert.ok(!pdf(form('en', [])).includes('On behalf of'));
});

test('the same in gives the same out', () => {
  pdf(form('sv', [section([field('Namn', 'Åsa')])]));
  const first = readFileSync(join(dir, 'out.pdf'));
  pdf(form('sv', [section([field('Namn', 'Åsa')])]));
  assert.deepEqual(readFileSync(join(dir, 'out.pdf')), first);
});

test('without a home, a cache or a configuration of fonts', () => {
  const output = pdf(form('en', [section([field('Name', 'Åsa')])]), { HOME: '/nonexistent', XDG_CACHE_HOME: '/nonexistent', FONTCONFIG_FILE: '/nonexistent' });
  reads(output, ['Åsa', 'Filled in by: customer']);
});

test('what is no such JSON is refused', () => {
  const bad = [[], {}, { ...form('fi', []), v: 2 }, { ...form('fi', []), sections: {} }, form('fi', [{}]), form('fi', [section([{}])]),
    form('fi', [section([{ id: 'a', type: 'text', label: 'x' }])]), form('fi', [section([{ id: 'a', type: 'rows', label: 'x', rows: 1 }])]),
    form('fi', [section([{ id: 'a', type: 'rows', label: 'x', rows: [{}] }])]), form('f(i', []), { ...form('fi', []), expert: null }];
  for (const json of bad) {
    assert.throws(() => pdf(json), undefined, JSON.stringify(json));
  }
});
