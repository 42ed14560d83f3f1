// IPP (RFC 8010, RFC 8011): enough of a printer for hosts that ask what the device is before they scan with it.
const TAG = { operation: 1, printer: 4, end: 3, integer: 0x21, boolean: 0x22, enum: 0x23, resolution: 0x32, range: 0x33, begin: 0x34,
  finish: 0x37, text: 0x41, name: 0x42, keyword: 0x44, uri: 0x45, charset: 0x47, language: 0x48, mime: 0x49, member: 0x4a };
const GET_PRINTER_ATTRIBUTES = 0x000b;
const OK = 0x0000;
const NOT_SUPPORTED = 0x0501;
const BAD_REQUEST = 0x0400;

function field(bytes) {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function one(tag, name, value) {
  return Buffer.concat([Buffer.from([tag]), field(Buffer.from(name)), field(value)]);
}

function int32(n) {
  const b = Buffer.alloc(4);
  b.writeInt32BE(n);
  return b;
}

function valueOf(tag, v) {
  if (tag === TAG.integer || tag === TAG.enum) {
    return int32(v);
  }
  return tag === TAG.boolean ? Buffer.from([v ? 1 : 0]) : Buffer.from(v);
}

/** An attribute with one or more values. */
function attribute(tag, name, ...values) {
  return Buffer.concat(values.map((v, i) => one(tag, i ? '' : name, valueOf(tag, v))));
}

/** media-size-supported: a collection of two numbers, hundredths of a mm (RFC 8010, 3.1.6). */
function mediaSize(first, [x, y]) {
  const member = (name, n) => Buffer.concat([one(TAG.member, '', Buffer.from(name)), one(TAG.integer, '', int32(n))]);
  return Buffer.concat([one(TAG.begin, first ? 'media-size-supported' : '', Buffer.alloc(0)), member('x-dimension', x),
    member('y-dimension', y), one(TAG.finish, '', Buffer.alloc(0))]);
}

function printerAttributes({ model, serial, uuid }) {
  const id = `MFG:Luukku;MDL:${model};CMD:PWGRaster,AppleRaster,PDF;SN:${serial};`;
  return Buffer.concat([
    attribute(TAG.uri, 'printer-uri-supported', 'ipp://localhost/ipp/print'),
    attribute(TAG.keyword, 'uri-security-supported', 'none'),
    attribute(TAG.keyword, 'uri-authentication-supported', 'none'),
    attribute(TAG.name, 'printer-name', 'emulated'),
    attribute(TAG.name, 'printer-dns-sd-name', model),
    attribute(TAG.text, 'printer-info', model),
    attribute(TAG.text, 'printer-location', ''),
    attribute(TAG.text, 'printer-make-and-model', model),
    attribute(TAG.text, 'printer-device-id', id),
    attribute(TAG.uri, 'printer-more-info', 'http://localhost/'),
    attribute(TAG.uri, 'printer-icons', 'http://localhost/icon.png'),
    attribute(TAG.uri, 'printer-uuid', `urn:uuid:${uuid}`),
    attribute(TAG.keyword, 'printer-kind', 'document'),
    attribute(TAG.text, 'mopria-certified', '2.0'),
    attribute(TAG.enum, 'printer-state', 3),
    attribute(TAG.keyword, 'printer-state-reasons', 'none'),
    attribute(TAG.keyword, 'ipp-versions-supported', '1.1', '2.0'),
    attribute(TAG.enum, 'operations-supported', 2, 4, 5, 6, 8, 9, 10, 11),
    attribute(TAG.charset, 'charset-configured', 'utf-8'),
    attribute(TAG.charset, 'charset-supported', 'utf-8'),
    attribute(TAG.language, 'natural-language-configured', 'en'),
    attribute(TAG.language, 'generated-natural-language-supported', 'en'),
    attribute(TAG.mime, 'document-format-default', 'application/octet-stream'),
    attribute(TAG.mime, 'document-format-supported', 'application/octet-stream', 'image/pwg-raster', 'image/urf', 'application/pdf'),
    attribute(TAG.boolean, 'printer-is-accepting-jobs', true),
    attribute(TAG.integer, 'queued-job-count', 0),
    attribute(TAG.keyword, 'pdl-override-supported', 'attempted'),
    attribute(TAG.integer, 'printer-up-time', 100),
    attribute(TAG.keyword, 'compression-supported', 'none'),
    attribute(TAG.boolean, 'color-supported', true),
    attribute(TAG.keyword, 'sides-supported', 'one-sided', 'two-sided-long-edge'),
    attribute(TAG.keyword, 'urf-supported', 'W8', 'SRGB24', 'CP1', 'RS300', 'DM1', 'V1.4'),
    attribute(TAG.keyword, 'media-supported', 'iso_a4_210x297mm', 'iso_a5_148x210mm'),
    mediaSize(true, [21000, 29700]), mediaSize(false, [14800, 21000])]);
}

function reply(request, status, attributes) {
  const head = Buffer.alloc(8);
  head[0] = request.length >= 8 ? Math.min(Math.max(request[0], 1), 2) : 2;
  head.writeUInt16BE(status, 2);
  head.writeInt32BE(request.length >= 8 ? request.readInt32BE(4) : 1, 4);
  return Buffer.concat([head, Buffer.from([TAG.operation]), attribute(TAG.charset, 'attributes-charset', 'utf-8'),
    attribute(TAG.language, 'attributes-natural-language', 'en'), attributes, Buffer.from([TAG.end])]);
}

/** The answer to one IPP message. */
export function ippAnswer(request, device) {
  if (request.length < 9) {
    return reply(request, BAD_REQUEST, Buffer.alloc(0));
  }
  if (request.readUInt16BE(2) !== GET_PRINTER_ATTRIBUTES) {
    return reply(request, NOT_SUPPORTED, Buffer.alloc(0));
  }
  return reply(request, OK, Buffer.concat([Buffer.from([TAG.printer]), printerAttributes(device)]));
}
