// What a hostile page shows the citizen: {what, whys, bytes}. `whys`: the words it may be refused with; none: it is shown. Bombs are small
// here and large where they are believed.
import { deflateSync } from 'node:zlib';

const SIDE = 65500;

/** A PDF of these objects ("1 0 obj" is the catalogue), with a table that fits. */
function pdf(objects, trailer = '') {
  const parts = [Buffer.from('%PDF-1.7\n')];
  const at = [];
  let size = parts[0].length;
  const add = (bytes) => { parts.push(bytes); size += bytes.length; };
  objects.forEach((object, i) => {
    at.push(size);
    add(Buffer.concat([Buffer.from(`${i + 1} 0 obj\n`), Buffer.from(object), Buffer.from('\nendobj\n')]));
  });
  const start = size;
  const rows = at.map((a) => `${String(a).padStart(10, '0')} 00000 n \n`).join('');
  add(Buffer.from(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<</Size ${objects.length + 1}/Root 1 0 R${trailer}>>\nstartxref\n${start}\n%%EOF\n`));
  return Buffer.concat(parts);
}

const stream = (dict, bytes) => Buffer.concat([Buffer.from(`<<${dict}/Length ${bytes.length}>>\nstream\n`), bytes, Buffer.from('\nendstream')]);
const CATALOG = '<</Type/Catalog/Pages 2 0 R>>';
const ONE = '<</Type/Pages/Kids[3 0 R]/Count 1>>';
const page = (more, box = '0 0 595 842') => `<</Type/Page/Parent 2 0 R/MediaBox[${box}]${more}>>`;
const packed = (dict, bytes) => stream(`${dict}/Filter/FlateDecode`, deflateSync(bytes, { level: 9 }));

/** An honest page with a line on it. */
export const goodPdf = () => pdf([CATALOG, ONE, page('/Contents 4 0 R'), stream('', Buffer.from('4 w 50 400 m 500 420 l S'))]);

function jpegHead(width, height) {
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  return Buffer.from([0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, ...size, 1, 1, 0x11, 0, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0xff, 0xd9]);
}

/** Pages that are one another's parents. */
const knot = () => pdf([CATALOG, '<</Type/Pages/Kids[2 0 R 2 0 R 2 0 R]/Count 3>>']);
function many(n) {
  const kids = Array.from({ length: n }, (_, i) => `${i + 3} 0 R`);
  return pdf([CATALOG, `<</Type/Pages/Kids[${kids.join(' ')}]/Count ${n}>>`, ...kids.map(() => page('', '0 0 72 72'))]);
}
const wide = () => pdf([CATALOG, `<</Type/Pages/Kids[${'3 0 R '.repeat(2000)}]/Count 2000>>`, page('')]);
const selfDrawn = () => pdf([CATALOG, ONE, page('/Resources<</XObject<</X 5 0 R>>>>/Contents 4 0 R'), stream('', Buffer.from('/X Do /X Do')),
  stream('/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X 5 0 R>>>>', Buffer.from('/X Do /X Do'))]);
const flateBomb = () => pdf([CATALOG, ONE, page('/Contents 4 0 R'), packed('', Buffer.alloc(64 << 20, 'q '))]);
const imageBomb = () => pdf([CATALOG, ONE, page('/Resources<</XObject<</X 5 0 R>>>>/Contents 4 0 R'), stream('', Buffer.from('595 0 0 842 0 0 cm /X Do')),
  packed(`/Type/XObject/Subtype/Image/Width ${SIDE}/Height ${SIDE}/ColorSpace/DeviceRGB/BitsPerComponent 8`, Buffer.alloc(1 << 20))]);
const script = () => pdf(['<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.launchURL("http://example.invalid");)>>>>', ONE,
  page('/AA<</O<</S/Launch/F(/bin/sh)>>>>/Contents 4 0 R'), stream('', Buffer.from('4 w 50 400 m 500 420 l S'))]);
const locked = () => pdf([CATALOG, ONE, page(''), `<</Filter/Standard/V 2/R 3/Length 128/P -4/O<${'ab'.repeat(32)}>/U<${'cd'.repeat(32)}>>>`],
  `/Encrypt 4 0 R/ID[<${'00'.repeat(16)}><${'00'.repeat(16)}>]`);

const bad = (what, whys, bytes) => ({ what, whys, bytes });
const BROKEN = ['malformed', 'unknown', 'too-complex', 'failed'];
const HEAVY = ['too-large', 'too-complex', 'malformed', 'failed'];

export const documents = () => [
  bad('words', ['unknown'], Buffer.from('Hei. Tämä ei ole asiakirja.')),
  bad('one byte', ['unknown'], Buffer.from([0xff])),
  bad('a PNG', ['unknown'], Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')),
  bad('a page of HTML', ['unknown'], Buffer.from('<html><script>alert(1)</script>')),
  bad('a JPEG of nothing', ['malformed', 'unknown'], Buffer.from('ffd8ffd9', 'hex')),
  bad('a JPEG that claims 4 billion pixels', ['too-large', 'malformed'], jpegHead(SIDE, SIDE)),
  bad('a JPEG cut off', ['malformed'], jpegHead(100, 100).subarray(0, 18)),
  bad('a PDF by its first line', BROKEN, Buffer.from('%PDF-1.7\n%%EOF')),
  bad('noise behind that', BROKEN, Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(40000, 0xa5)])),
  bad('pages that hold themselves', BROKEN, knot()),
  bad('one page 2000 times', [...BROKEN, 'full'], wide()),
  bad('60 pages', ['full'], many(60)),
  bad('250 pages', ['full', 'too-large', 'too-complex'], many(250)),
  bad('a page of a kilometre', [...HEAVY, 'shown'], pdf([CATALOG, ONE, page('', '0 0 3000000 3000000')])),
  bad('a form that draws itself', ['too-complex', 'malformed', 'shown'], selfDrawn()),
  bad('64 MB in 64 KB', [...HEAVY, 'shown'], flateBomb()),
  bad('a picture of 12 GB', [...HEAVY, 'shown'], imageBomb()),
  bad('one behind a password', ['locked'], locked()),
  bad('one that would start programs', ['shown'], script()),
  bad('an honest one', ['shown'], goodPdf()),
];
