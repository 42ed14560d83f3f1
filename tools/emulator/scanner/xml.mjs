// eSCL's documents (Mopria eSCL specification 2.97): capabilities, status, settings, and what faults make of them.
export const WIDTH_MAX = 2550; // 300ths of an inch
export const HEIGHT_MAX = 3508;
const FEEDER_HEIGHT_MAX = 4200;
export const RESOLUTIONS = [75, 100, 150, 200, 300, 400, 600];
export const VERSION = '2.63';

const SPACES = 'xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"';
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const HUGE = 32 << 20;
const DEEP = 100000;

const list = (name, items) => `<${name}>${items.join('')}</${name}>`;
const e = (name, value) => `<${name}>${value}</${name}>`;

export const escape = (s) => s.replace(/[<>&"]/g, (c) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' })[c]);

function profile(lies) {
  const resolutions = lies ? [...RESOLUTIONS, 1200] : RESOLUTIONS;
  return list('scan:SettingProfile', [
    list('scan:ColorModes', ['BlackAndWhite1', 'Grayscale8', 'RGB24'].map((m) => e('scan:ColorMode', m))),
    list('scan:DocumentFormats', [...['image/jpeg', 'application/pdf'].map((f) => e('pwg:DocumentFormat', f)),
      ...['image/jpeg', 'application/pdf'].map((f) => e('scan:DocumentFormatExt', f))]),
    e('scan:SupportedResolutions', list('scan:DiscreteResolutions', resolutions.map((r) => e('scan:DiscreteResolution',
      e('scan:XResolution', r) + e('scan:YResolution', r))))),
    e('scan:ColorSpaces', e('scan:ColorSpace', 'sRGB'))]);
}

function inputCaps(name, height, faults) {
  const absurd = faults.has('capabilities-absurd');
  return list(name, [
    e('scan:MinWidth', absurd ? -5 : 16), e('scan:MaxWidth', absurd ? 0 : WIDTH_MAX),
    e('scan:MinHeight', absurd ? 99999 : 16), e('scan:MaxHeight', absurd ? '99999999999999999999' : height),
    e('scan:MaxScanRegions', 1),
    list('scan:SettingProfiles', [profile(faults.has('capabilities-lie'))]),
    list('scan:SupportedIntents', ['Document', 'TextAndGraphic', 'Photo', 'Preview'].map((i) => e('scan:Intent', i))),
    e('scan:MaxOpticalXResolution', 600), e('scan:MaxOpticalYResolution', 600)]);
}

/** ScannerCapabilities of a device {model, serial, uuid, sources}. */
export function capabilities({ model, serial, uuid, sources }, faults) {
  const parts = [e('pwg:Version', VERSION), e('pwg:MakeAndModel', escape(model)), e('pwg:SerialNumber', escape(serial)),
    e('scan:UUID', uuid), e('scan:AdminURI', 'http://localhost/'), e('scan:IconURI', 'http://localhost/icon.png')];
  const none = faults.take('empty-capabilities');
  if (sources.platen && !none) {
    parts.push(e('scan:Platen', inputCaps('scan:PlatenInputCaps', HEIGHT_MAX, faults)));
  }
  if (sources.feeder && !none) {
    const sides = [inputCaps('scan:AdfSimplexInputCaps', FEEDER_HEIGHT_MAX, faults)];
    if (sources.duplex) {
      sides.push(inputCaps('scan:AdfDuplexInputCaps', FEEDER_HEIGHT_MAX, faults));
    }
    const options = ['DetectPaperLoaded', ...(sources.duplex ? ['Duplex'] : [])];
    parts.push(list('scan:Adf', [...sides, e('scan:FeederCapacity', 50),
      list('scan:AdfOptions', options.map((o) => e('scan:AdfOption', o)))]));
  }
  parts.push(list('scan:CompressionFactorSupport', [e('scan:Min', 0), e('scan:Max', 100), e('scan:Normal', 25), e('scan:Step', 1)]));
  return `${HEAD}<scan:ScannerCapabilities ${SPACES}>${parts.join('')}</scan:ScannerCapabilities>\n`;
}

function jobInfo(job, now) {
  return list('scan:JobInfo', [e('pwg:JobUri', `/eSCL/ScanJobs/${job.id}`), e('pwg:JobUuid', `urn:uuid:${job.id}`),
    e('scan:Age', Math.round((now - job.born) / 1000)), e('pwg:ImagesCompleted', job.done),
    e('pwg:ImagesToTransfer', job.state === 'Processing' ? 1 : 0), e('scan:TransferRetryCount', 0), e('pwg:JobState', job.state),
    e('pwg:JobStateReasons', e('pwg:JobStateReason', job.reason))]);
}

export function status(scanner) {
  const parts = [e('pwg:Version', VERSION), e('pwg:State', scanner.state)];
  if (scanner.sources.feeder) {
    parts.push(e('scan:AdfState', scanner.adfState));
  }
  if (scanner.jobs.length) {
    parts.push(list('scan:Jobs', scanner.jobs.map((j) => jobInfo(j, scanner.now()))));
  }
  return `${HEAD}<scan:ScannerStatus ${SPACES}>${parts.join('')}</scan:ScannerStatus>\n`;
}

export function imageInfo(job, { width, height, bytesPerLine, blank }) {
  return `${HEAD}<scan:ScanImageInfo ${SPACES}>${e('pwg:JobUri', `/eSCL/ScanJobs/${job.id}`)}${e('pwg:JobUuid', `urn:uuid:${job.id}`)}`
    + `${e('scan:ActualWidth', width)}${e('scan:ActualHeight', height)}${e('scan:ActualBytesPerLine', bytesPerLine)}`
    + `${e('scan:BlankPageDetected', blank)}</scan:ScanImageInfo>\n`;
}

function found(xml, name) {
  return new RegExp(`<(?:[\\w.-]+:)?${name}(?:\\s[^>]*)?>\\s*([^<]*?)\\s*</`).exec(xml)?.[1] ?? null;
}

function number(xml, name, otherwise) {
  const text = found(xml, name);
  return text === null ? otherwise : /^\d{1,6}$/.test(text) ? Number(text) : NaN;
}

const MODES = { BlackAndWhite1: 'bw', Grayscale8: 'gray', RGB24: 'color' };
const FORMATS = { 'image/jpeg': 'jpeg', 'application/pdf': 'pdf' };

function sourceOf(xml, sources) {
  const source = found(xml, 'InputSource') ?? (sources.platen ? 'Platen' : 'Feeder');
  if (source === 'Platen') {
    return sources.platen ? 'platen' : null;
  }
  if (source !== 'Feeder' || !sources.feeder) {
    return null;
  }
  return found(xml, 'Duplex') === 'true' && sources.duplex ? 'duplex' : 'feeder';
}

/** ScanSettings: {source, mode, format, dpi, region: [x, y, w, h] in 300ths, quality}, or null where they ask for what is not there. */
export function settings(bytes, sources) {
  const xml = bytes.toString('utf8');
  if (!/<(?:[\w.-]+:)?ScanSettings[\s>]/.test(xml) || !/<\/(?:[\w.-]+:)?ScanSettings>/.test(xml)) {
    return null;
  }
  const dpi = number(xml, 'XResolution', 300);
  const s = { source: sourceOf(xml, sources), mode: MODES[found(xml, 'ColorMode') ?? 'RGB24'],
    format: FORMATS[found(xml, 'DocumentFormatExt') ?? found(xml, 'DocumentFormat') ?? 'image/jpeg'], dpi,
    region: [number(xml, 'XOffset', 0), number(xml, 'YOffset', 0), number(xml, 'Width', WIDTH_MAX), number(xml, 'Height', HEIGHT_MAX)],
    quality: 95 - Math.round(number(xml, 'CompressionFactor', 25) * 0.4) };
  const [x, y, w, h] = s.region;
  const high = s.source === 'platen' ? HEIGHT_MAX : FEEDER_HEIGHT_MAX;
  const good = s.source && s.mode && s.format && RESOLUTIONS.includes(dpi) && number(xml, 'YResolution', dpi) === dpi
    && w >= 16 && h >= 16 && x + w <= WIDTH_MAX && y + h <= high && s.quality >= 1;
  return good ? s : null;
}

function otherPrefixes(xml) {
  return xml.replace(/scan:ScannerCapabilities xmlns:scan/, 'ScannerCapabilities version="1" xmlns:unused="urn:none" xmlns')
    .replace(/scan:ScannerStatus xmlns:scan/, 'ScannerStatus xmlns').replace(/xmlns:pwg/g, 'xmlns:p').replace(/<(\/?)scan:/g, '<$1')
    .replace(/<(\/?)pwg:/g, '<$1p:').replace(/<(MaxWidth)>/g, '<$1 unit="300ths">').replace(/><([a-zA-Z])/g, '>\n  <!-- -->\t<$1');
}

const TWIST = {
  'garbage-xml': () => Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 151 + 7) & 255)),
  'truncated-xml': (xml) => xml.slice(0, xml.length >> 1),
  'huge-xml': (xml) => xml.replace('?>', `?>${`<!-- ${'x'.repeat(1015)} -->`.repeat(HUGE / 1024)}`),
  'deep-xml': (xml) => xml.replace(/<\/scan:Scanner/, `${'<scan:Deep>'.repeat(DEEP)}${'</scan:Deep>'.repeat(DEEP)}$&`),
  'entity-bomb': (xml) => {
    const levels = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('');
    return xml.replace('?>', `?><!DOCTYPE scan [<!ENTITY l0 "x">${levels}]>`).replace(/<pwg:Version>[^<]*/, '<pwg:Version>&l9;');
  },
  'entity-outside': (xml) => xml.replace('?>', '?><!DOCTYPE scan [<!ENTITY f SYSTEM "file:///etc/hostname">]>')
    .replace(/<pwg:Version>[^<]*/, '<pwg:Version>&f;'),
  'odd-namespaces': otherPrefixes,
  'utf16-xml': (xml) => Buffer.from(`\ufeff${xml.replace('UTF-8', 'UTF-16')}`, 'utf16le'),
};

/** A document as bytes, twisted where a fault is armed. */
export function twist(xml, faults) {
  for (const [name, how] of Object.entries(TWIST)) {
    if (faults.take(name)) {
      return Buffer.from(how(xml));
    }
  }
  return Buffer.from(xml);
}
