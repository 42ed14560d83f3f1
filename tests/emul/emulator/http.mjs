// A tiny HTTP client on USB pipes, for the emulated scanner's tests; it shares nothing with the emulator.
import assert from 'node:assert/strict';

const READ = 16384;

/** The pipes of one interface. */
export class Pipes {
  constructor(usb, number) {
    Object.assign(this, { usb, number, bytes: Buffer.alloc(0), reads: [] });
  }

  async select(alternate = 1) {
    assert.equal((await this.usb.control(0x01, 11, alternate, this.number)).status, 0);
    return this;
  }

  /** What one transfer moves. */
  async more() {
    const { status, data } = await this.usb.in(0x81 + this.number, READ);
    this.reads.push(data.length);
    assert.equal(status, 0);
    this.bytes = Buffer.concat([this.bytes, data]);
  }

  async until(found) {
    for (let r = found(this.bytes); ; r = found(this.bytes)) {
      if (r !== null) {
        this.bytes = this.bytes.subarray(r.used);
        return r;
      }
      await this.more();
    }
  }

  head() {
    return this.until((b) => {
      const end = b.indexOf('\r\n\r\n');
      if (end < 0) {
        return null;
      }
      const [first, ...lines] = b.toString('latin1', 0, end).split('\r\n');
      const headers = Object.fromEntries(lines.map((l) => [l.slice(0, l.indexOf(':')).toLowerCase(), l.slice(l.indexOf(':') + 1).trim()]));
      return { used: end + 4, status: Number(first.split(' ')[1]), headers };
    });
  }

  take(n) {
    return this.until((b) => (b.length < n ? null : { used: n, bytes: b.subarray(0, n) }));
  }

  async chunked() {
    const parts = [];
    for (;;) {
      const line = await this.until((b) => {
        const end = b.indexOf('\r\n');
        return end < 0 ? null : { used: end + 2, text: b.toString('latin1', 0, end) };
      });
      const size = Number.parseInt(line.text, 16);
      const { bytes } = await this.take(size + 2);
      if (size === 0) {
        return Buffer.concat(parts);
      }
      parts.push(bytes.subarray(0, size));
    }
  }

  send(method, path, { body, headers = {} } = {}) {
    const lines = { Host: 'localhost', ...(body ? { 'Content-Length': body.length } : {}), ...headers };
    const head = `${method} ${path} HTTP/1.1\r\n${Object.entries(lines).map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n`;
    return this.usb.out(1 + this.number, Buffer.concat([Buffer.from(head), Buffer.from(body ?? '')]));
  }

  async request(method, path, options) {
    assert.equal((await this.send(method, path, options)).status, 0);
    const { status, headers } = await this.head();
    const body = headers['transfer-encoding'] === 'chunked' ? await this.chunked()
      : (await this.take(Number(headers['content-length'] ?? 0))).bytes;
    return { status, headers, body };
  }
}

/** ScanSettings as a client writes them. */
export function scanSettings({ source = 'Feeder', duplex = false, mode = 'RGB24', dpi = 75, format = 'image/jpeg', region } = {}) {
  const [w, h] = region ?? [2480, 3508];
  return '<?xml version="1.0" encoding="UTF-8"?><scan:ScanSettings xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm" '
    + 'xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03"><pwg:Version>2.63</pwg:Version><pwg:ScanRegions><pwg:ScanRegion>'
    + `<pwg:XOffset>0</pwg:XOffset><pwg:YOffset>0</pwg:YOffset><pwg:Width>${w}</pwg:Width><pwg:Height>${h}</pwg:Height>`
    + '<pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits></pwg:ScanRegion></pwg:ScanRegions>'
    + `<pwg:InputSource>${source}</pwg:InputSource><scan:Duplex>${duplex}</scan:Duplex><scan:ColorMode>${mode}</scan:ColorMode>`
    + `<scan:XResolution>${dpi}</scan:XResolution><scan:YResolution>${dpi}</scan:YResolution>`
    + `<pwg:DocumentFormat>${format}</pwg:DocumentFormat></scan:ScanSettings>`;
}

/** {width, height, components, progressive} of a JPEG by its frame header. */
export function jpegFrame(bytes) {
  assert.equal(bytes.readUInt16BE(0), 0xffd8);
  for (let at = 2; at < bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes.readUInt16BE(at);
    if (marker === 0xffc0 || marker === 0xffc2) {
      return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7), components: bytes[at + 9],
        progressive: marker === 0xffc2 };
    }
  }
  throw new Error('no frame header');
}
