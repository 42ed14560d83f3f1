// luukku-paper: equal words give equal bytes, others do not, and formats are what they say.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { jpegFrame } from './http.mjs';

const PROGRAM = `${process.env.LUUKKU_BUILD ?? 'build'}/bin/luukku-paper`;

function paper(words) {
  const { status, stdout, stderr } = spawnSync(PROGRAM, words.split(' ').filter(Boolean), { maxBuffer: 1 << 28 });
  return { status, bytes: stdout, said: stderr.toString() };
}

const draw = (words) => {
  const { status, bytes, said } = paper(words);
  assert.equal(status, 0, `${words}: ${said}`);
  return bytes;
};

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');

test('the same words give the same bytes, others do not', () => {
  const words = ['', '--page 2', '--page 3', '--page 4', '--seed 2', '--back', '--blank', '--skew 1', '--noise 9', '--mode gray', '--mode bw',
    '--size a5', '--size letter', '--size 100x100', '--region 0,0,600,600', '--region 300,300,600,600', '--rotate 180', '--quality 40',
    '--progressive', '--cmyk', '--format png', '--format pdf', '--format pdf-vector', '--format pdf --pages 2',
    '--format pdf --mode bw', '--stripes 12321', '--stripes 12322', '--photo --pixels 320x240', '--person --pixels 320x240', '--person --pixels 320x240 --frames 3',
    '--person --pixels 320x240 --format yuyv', '--person --blank --pixels 320x240'];
  const seen = words.map((w) => {
    const first = hash(draw(`--dpi 40 ${w}`));
    assert.equal(hash(draw(`--dpi 40 ${w}`)), first, w);
    return first;
  });
  assert.equal(new Set(seen).size, words.length);
});

test('pictures have the size that was asked for', () => {
  const cases = [['--dpi 300', 2480, 3508, 3], ['--dpi 75 --mode gray', 620, 877, 1], ['--dpi 100 --size letter', 850, 1100, 3],
    ['--dpi 150 --region 0,0,600,300', 300, 150, 3], ['--dpi 50 --cmyk', 413, 585, 4], ['--photo --pixels 640x360', 640, 360, 3]];
  for (const [words, width, height, components] of cases) {
    assert.deepEqual(jpegFrame(draw(words)), { width, height, components, progressive: false }, words);
  }
  assert.equal(jpegFrame(draw('--dpi 50 --progressive')).progressive, true);
  assert.equal(draw('--person --pixels 64x48 --format yuyv').length, 64 * 48 * 2);
});

test('PDFs that another program reads', () => {
  for (const words of ['--format pdf --pages 3 --dpi 50', '--format pdf --mode bw --pages 3 --dpi 50', '--format pdf-vector --pages 3']) {
    const { status, stdout } = spawnSync('pdfinfo', ['-'], { input: draw(words) });
    assert.equal(status, 0, words);
    assert.match(stdout.toString(), /Pages: +3\n/);
    assert.match(stdout.toString(), /\(A4\)/);
  }
});

test('text of a PDF that was never on paper has its letters', () => {
  const { stdout } = spawnSync('pdftotext', ['-', '-'], { input: draw('--format pdf-vector --pages 4') });
  assert.match(stdout.toString(), /Hakemus/);
  assert.match(stdout.toString(), /[äöå]/);
});

test('the stamp of each frame can be read', () => {
  const bytes = draw('--person --pixels 320x240 --frames 32 --format yuyv');
  for (let n = 0; n < 32; n += 1) {
    const at = n * (4 + 320 * 240 * 2);
    const cell = (i) => (bytes[at + 4 + (10 * 320 + i * 20 + 10) * 2] > 128 ? 1 : 0);
    const cells = Array.from({ length: 8 }, (_, i) => cell(i));
    assert.equal(Number.parseInt(cells.slice(1, 7).join(''), 2), n);
    assert.deepEqual([cells[0], cells[7]], [1, 0]);
  }
});

test('nonsense is refused', () => {
  for (const words of ['--dpi 0', '--dpi x', '--page', '--page 0', '--mode red', '--size 1x1', '--region 0,0,0,1', '--what', 'a',
    '--quality 101', '--rotate 90', '--pages 65', '--skew nan', '--region 0,0,200000,200000']) {
    const { status } = paper(words);
    assert(status === 1 || status === 2, words);
  }
});
