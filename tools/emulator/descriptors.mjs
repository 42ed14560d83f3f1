// Descriptors: made from plain objects, and read back into what the device's base has to know of them.
// USB 2.0, chapter 9.6.

export const SPEED = { low: 1, full: 2, high: 3, super: 5 }; // as Linux and USB/IP number them
export const TYPE = { control: 0, isochronous: 1, bulk: 2, interrupt: 3 };

const le16 = (n) => [n & 0xff, (n >> 8) & 0xff];

/** The device descriptor, 18 bytes. Strings by their index, 0 none. */
export function deviceDescriptor(d) {
  return Buffer.from([18, 1, ...le16(d.usb ?? 0x200), ...(d.class ?? [0, 0, 0]), d.ep0 ?? 64, ...le16(d.vendor),
    ...le16(d.product), ...le16(d.release ?? 0x100), d.iManufacturer ?? 0, d.iProduct ?? 0, d.iSerial ?? 0, 1]);
}

/** {address (bit 7: IN), type, max (bytes of a packet), interval, extra} */
export function endpointDescriptor(e) {
  return Buffer.concat([Buffer.from([7, 5, e.address, e.type, ...le16(e.max), e.interval ?? 0]), Buffer.from(e.extra ?? [])]);
}

/** {number, alternate, class: [c, s, p], string, extra (class descriptors), endpoints: [...]} */
export function interfaceDescriptor(i) {
  const endpoints = i.endpoints ?? [];
  return Buffer.concat([Buffer.from([9, 4, i.number, i.alternate ?? 0, endpoints.length, ...i.class, i.string ?? 0]),
    Buffer.from(i.extra ?? []), ...endpoints.map(endpointDescriptor)]);
}

/** {value, attributes, power (mA), parts: [Buffer or object of an interface]} */
export function configurationDescriptor(c) {
  const parts = c.parts.map((p) => (Buffer.isBuffer(p) ? p : interfaceDescriptor(p)));
  const body = Buffer.concat(parts);
  const numbers = new Set();
  for (const d of walk(body)) {
    if (d[1] === 4) {
      numbers.add(d[2]);
    }
  }
  const head = Buffer.from([9, 2, ...le16(9 + body.length), numbers.size, c.value ?? 1, c.string ?? 0, c.attributes ?? 0x80,
    Math.ceil((c.power ?? 100) / 2)]);
  return Buffer.concat([head, body]);
}

/** The descriptors in `bytes`, one by one. */
export function* walk(bytes) {
  for (let at = 0; at + 1 < bytes.length && bytes[at] >= 2; at += bytes[at]) {
    yield bytes.subarray(at, at + bytes[at]);
  }
}

/** The alternate settings of a configuration: {number, alternate, class, endpoints: [{address, type, max, interval}]} */
export function parseAlternates(configuration) {
  const found = [];
  for (const d of walk(configuration)) {
    if (d[1] === 4) {
      found.push({ number: d[2], alternate: d[3], class: [d[5], d[6], d[7]], endpoints: [] });
    } else if (d[1] === 5 && found.length) {
      const size = d.readUInt16LE(4);
      found.at(-1).endpoints.push({ address: d[2], type: d[3] & 3, interval: d[6],
        max: (size & 0x7ff) * (((size >> 11) & 3) + 1) });
    }
  }
  return found;
}

/** String descriptor `index`: 0 lists the languages. */
export function stringDescriptor(strings, index) {
  if (index === 0) {
    return Buffer.from([4, 3, 0x09, 0x04]);
  }
  const text = strings[index - 1];
  if (text === undefined) {
    return null;
  }
  const body = Buffer.from(text, 'utf16le').subarray(0, 252);
  return Buffer.concat([Buffer.from([2 + body.length, 3]), body]);
}
