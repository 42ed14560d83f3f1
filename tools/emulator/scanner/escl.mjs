// eSCL over HTTP: which request gets which answer.
import { ippAnswer } from './ipp.mjs';
import { harm } from './wounds.mjs';
import { capabilities, imageInfo, settings, status, twist } from './xml.mjs';

const XML = { 'Content-Type': 'text/xml' };
const BACK_AGAIN = { '503-not-yet': [503], '503-retry-after': [503, '1'], '503-retry-after-long': [503, '86400'], '404-not-yet': [404],
  '410-not-yet': [410] };
const ENDS = { '404-end': 404, '409-end': 409, '410-end': 410, '200-end': 200, '503-end': 503 };
const TYPES = { jpeg: 'image/jpeg', pdf: 'application/pdf' };

function locationOf(job, request, faults) {
  const path = `/eSCL/ScanJobs/${job.id}`;
  const host = request.headers.host ?? 'localhost';
  const ways = {
    'no-location': null,
    'relative-location': path,
    'bare-location': job.id,
    'absolute-location': `http://${host}${path}`,
    'other-host-location': `http://192.168.77.5:8080${path}`,
    'broken-location': `http://[fe80${path}`,
    'slash-location': `${path}/`,
    'huge-location': `http://${host}${path}?${'x'.repeat(70000)}`,
  };
  const name = Object.keys(ways).find((n) => faults.take(n));
  if (name) {
    return ways[name];
  }
  const portless = !/:\d+$/.test(host) && faults.has('host-needs-port');
  return portless ? `http://:0/${job.id}` : `http://${host}${path}`;
}

/** No feeder pulls straight; degrees. */
const skewOf = (sheet) => Math.round(((sheet % 5) - 2) * 15) / 100;

/** What luukku-paper is asked for one side. */
function paperArgs(scanner, job, side, seed, stripes) {
  const { settings: s } = job;
  const { faults } = scanner;
  const two = faults.take('pdf-two-pages');
  const pdf = [s.format === 'pdf', faults.take('pdf-for-jpeg'), two].includes(true);
  const dpi = faults.take('wrong-resolution') ? s.dpi / 2 : s.dpi;
  let [x, y, w, h] = s.region;
  if (faults.take('image-size-differs')) {
    [w, h] = [w + 16 * 300 / dpi, h - 8 * 300 / dpi];
  }
  if (faults.take('paper-end-mid-page')) {
    h = Math.round(h * 0.6);
  }
  const gray = s.mode === 'color' && faults.take('gray-when-color');
  const args = ['--page', side.sheet, '--seed', side.glass ? seed + 1000 : seed, '--dpi', dpi, '--mode', gray ? 'gray' : s.mode, '--quality',
    s.quality, '--region', [x, y, w, h].join(','), '--format', pdf ? 'pdf' : 'jpeg', '--skew', skewOf(side.sheet)];
  const flags = [[side.back, '--back'], [side.blank, '--blank'], [faults.take('progressive-jpeg'), '--progressive'],
    [faults.take('cmyk-jpeg'), '--cmyk']];
  for (const [on, flag] of flags) {
    if (on) {
      args.push(flag);
    }
  }
  if (side.back && faults.take('duplex-back-rotated')) {
    args.push('--rotate', 180);
  }
  if (two) {
    args.push('--pages', 2);
  }
  if (stripes) {
    args.push('--stripes', stripes);
  }
  return { args: args.map(String), pdf };
}

export class Escl {
  /** device: {model, serial, uuid, sources}; paper: a Paper; framing: 'chunked' or 'length' of pages; unplug(): pulls it out. */
  constructor({ scanner, device, paper, seed, framing, unplug }) {
    Object.assign(this, { scanner, device, paper, seed, framing, unplug });
    this.faults = scanner.faults;
    this.requests = 0;
    this.stripes = null; // widths, drawn on every page
    this.sent = Buffer.alloc(0); // the last page
  }

  /** Promises the answer to one request, as HttpPeer wants it. */
  async handle(request) {
    this.requests += 1;
    const { path, method } = request;
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    if (this.faults.has('host-must-be-localhost') && host !== 'localhost') {
      return { kind: 'refused', status: 403 };
    }
    if (path === '/ipp/print' && method === 'POST') {
      return { kind: 'ipp', status: 200, headers: { 'Content-Type': 'application/ipp' }, body: ippAnswer(request.body, this.device) };
    }
    if (path.startsWith('/eSCL/ScanJobs')) {
      return this.jobs(request);
    }
    if (method !== 'GET' && method !== 'HEAD') {
      return { kind: 'error', status: 405 };
    }
    return this.documents(path);
  }

  documents(path) {
    switch (path) {
      case '/eSCL/ScannerCapabilities':
        return this.capabilities(true);
      case '/elsewhere/Capabilities':
        return this.capabilities(false);
      case '/eSCL/ScannerStatus':
        return this.faults.take('status-failing')
          ? { kind: 'status', status: 503 }
          : { kind: 'status', status: 200, headers: XML, body: twist(status(this.scanner), this.faults) };
      case '/':
        return { kind: 'web', status: 200, headers: { 'Content-Type': 'text/html' }, body: Buffer.from('<h1>Emulated scanner</h1>\n') };
      default:
        return { kind: 'error', status: 404 };
    }
  }

  capabilities(first) {
    if (this.faults.take('missing-capabilities')) {
      return { kind: 'capabilities', status: 404 };
    }
    if (first && this.faults.take('redirect')) {
      return { kind: 'capabilities', status: 301, headers: { Location: '/elsewhere/Capabilities' } };
    }
    return { kind: 'capabilities', status: 200, headers: XML, body: twist(capabilities(this.device, this.faults), this.faults) };
  }

  async jobs(request) {
    const [, id, what, more] = /^\/eSCL\/ScanJobs(?:\/([\w-]+)(?:\/(\w+))?)?\/?(\?.*)?$/.exec(request.path) ?? [null, null, 'nothing'];
    const { method } = request;
    if (!id && !what && !more && method === 'POST') {
      return this.create(request);
    }
    const job = id && this.scanner.find(id);
    if (!job) {
      return { kind: 'error', status: 404 };
    }
    if (!what && method === 'DELETE') {
      return this.remove(job);
    }
    if (method === 'GET' && what === 'NextDocument') {
      return this.nextDocument(job);
    }
    if (method === 'GET' && what === 'ScanImageInfo') {
      return this.imageInfo(job);
    }
    return { kind: 'error', status: 404 };
  }

  create(request) {
    const refusal = ['job-400', 'job-409'].find((n) => this.faults.take(n));
    if (refusal) {
      return { kind: 'job', status: Number(refusal.slice(4)) };
    }
    const wanted = settings(request.body, this.device.sources);
    if (!wanted) {
      return { kind: 'job', status: 409 };
    }
    const job = this.scanner.start(wanted);
    if (typeof job === 'number') {
      return { kind: 'job', status: job };
    }
    const location = locationOf(job, request, this.faults);
    return { kind: 'job', status: this.faults.take('job-200') ? 200 : 201, headers: location === null ? {} : { Location: location } };
  }

  remove(job) {
    if (this.faults.take('delete-silent')) {
      return null;
    }
    this.scanner.cancel(job);
    return { kind: 'delete', status: this.faults.take('delete-404') ? 404 : 200 };
  }

  imageInfo(job) {
    const { settings: s } = job;
    const [, , w, h] = s.region.map((n) => Math.round((n / 300) * s.dpi));
    const bytesPerLine = s.mode === 'color' ? w * 3 : s.mode === 'gray' ? w : Math.ceil(w / 8);
    const body = imageInfo(job, { width: w, height: h, bytesPerLine, blank: Boolean(job.side?.blank) });
    return { kind: 'info', status: 200, headers: XML, body: Buffer.from(body) };
  }

  /** "Not yet", where a fault says so. */
  notYet(job) {
    const name = Object.keys(BACK_AGAIN).find((n) => this.faults.take(n));
    if (name) {
      const [code, after] = BACK_AGAIN[name];
      return { kind: 'later', status: code, headers: after ? { 'Retry-After': after } : {} };
    }
    return this.faults.has('early-404') && this.scanner.early(job) ? { kind: 'later', status: 404 } : null;
  }

  async nextDocument(job) {
    const later = job.state === 'Processing' ? this.notYet(job) : null;
    if (later) {
      return later;
    }
    const side = this.scanner.next(job);
    if (side === 'jam') {
      return { kind: 'end', status: 409 };
    }
    if (side === 'end') {
      const way = Object.keys(ENDS).find((n) => this.faults.has(n)) ?? '404-end';
      return { kind: 'end', status: ENDS[way] };
    }
    job.side = side;
    return this.page(job, side);
  }

  async page(job, side) {
    const { args, pdf } = paperArgs(this.scanner, job, side, this.seed, this.stripes);
    const ms = this.scanner.pageTime(job);
    const picture = await this.paper.get(args);
    this.ahead(job, side, args);
    const { bytes, type } = harm(picture, this.faults);
    this.sent = bytes;
    return { kind: 'page', status: 200, headers: this.pageHeaders(type ?? TYPES[pdf ? 'pdf' : 'jpeg']), body: bytes, ms,
      chunked: this.framing === 'chunked', broken: this.breaks(job), unplug: this.unplug, after: () => this.scanner.settle(job),
      gone: () => {
        job.gone = Date.now();
      } };
  }

  /** What comes next is drawn while this is being sent. */
  ahead(job, side, args) {
    if (job.settings.source === 'platen' || side.blank) {
      return;
    }
    const coming = [...args];
    if (job.settings.source === 'duplex' && !side.back) {
      coming.push('--back');
    } else if (this.scanner.sheets > 0) {
      coming[args.indexOf('--page') + 1] = String(side.sheet + 1);
      coming[args.indexOf('--skew') + 1] = String(skewOf(side.sheet + 1));
    }
    this.paper.get(coming.filter((a) => a !== '--back' || !side.back)).catch(() => {}); // who asks for it in earnest is told
  }

  pageHeaders(type) {
    if (this.faults.take('no-media-type')) {
      return {};
    }
    const lie = { 'wrong-media-type': 'application/octet-stream', 'media-type-pdf': 'application/pdf' };
    const name = Object.keys(lie).find((n) => this.faults.take(n));
    return { 'Content-Type': name ? lie[name] : type };
  }

  /** Does this page break off? COUNT is the page's place. */
  breaks(job) {
    if (this.faults.reached('unplug-on-page')) {
      return 'unplug';
    }
    if (this.faults.reached('jam-mid-page')) {
      this.scanner.jam(job);
      return 'jam';
    }
    return null;
  }
}
