// Many byte strings looked for at once.
const NEEDLE_MIN = 6; // bytes: shorter ones are found by chance
const NEEDLE_MAX = 4096;

/** What base64 makes of `bytes` wherever they stand in a longer text: three forms, each without what its neighbours change. */
function base64Forms(bytes) {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64').replace(/=+$/, '');
    const plain = text.slice(Math.ceil(before * 8 / 6), Math.floor((before + bytes.length) * 8 / 6));
    const forms = new Set([plain, plain.replaceAll('+', '-').replaceAll('/', '_')]);
    return [...forms].map((form) => Buffer.from(form));
  });
}

/** As a technician's console writes it, on any terminal: letters without their accents. */
export const withoutAccents = (text) => text.normalize('NFD').replaceAll(/\p{M}/gu, '');

/** Every form in which a secret could lie about. */
function formsOf(secret) {
  const raw = Buffer.from(secret);
  const forms = [['raw', raw], ...base64Forms(raw).map((b) => ['base64', b])];
  if (typeof secret === 'string') {
    const wide = Buffer.from(secret, 'utf16le');
    forms.push(['utf-16', wide], ['utf-16 be', Buffer.from(wide).swap16()]);
    if (withoutAccents(secret) !== secret) forms.push(['without accents', Buffer.from(withoutAccents(secret))]);
  }
  return forms;
}

const hash = (word) => Math.imul(word, 0x9e3779b1) >>> 16;

export class Needles {
  #starts = new Uint8Array(65536); // which hashes of four bytes begin a needle
  #by = new Map(); // hash -> needles

  /** Text, or bytes, in every form. */
  plant(name, secret) {
    for (const [form, bytes] of formsOf(secret)) this.one(name, form, bytes);
  }

  /** These bytes alone. */
  one(name, form, bytes) {
    if (bytes.length < NEEDLE_MIN || bytes.length > NEEDLE_MAX) throw new Error(`${name}: a needle of ${bytes.length} bytes`);
    const key = hash(bytes.readInt32LE(0));
    this.#starts[key] = 1;
    this.#by.set(key, [...this.#by.get(key) ?? [], { name: `${name} (${form})`, bytes }]);
  }

  /** Names of what lies in `bytes`. */
  in(bytes) {
    const found = new Set();
    const starts = this.#starts;
    let word = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      word = (word >>> 8) | (bytes[at] << 24);
      if (at >= 3 && starts[hash(word)] === 1) this.#judge(bytes, at - 3, hash(word), found);
    }
    return [...found];
  }

  #judge(bytes, at, key, found) {
    for (const needle of this.#by.get(key)) {
      const end = at + needle.bytes.length;
      if (end <= bytes.length && !found.has(needle.name) && needle.bytes.compare(bytes, at, end) === 0) found.add(needle.name);
    }
  }
}
