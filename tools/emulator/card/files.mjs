// The files of a card: directories and transparent files (ISO/IEC 7816-4, 7.2).
import { tlv } from './asn1.mjs';

const fidBytes = (fid) => [fid >> 8, fid & 0xff];

export class File {
  /** An EF has bytes, a DF has children. name: DF name; sfi: short identifier; secret: nobody reads it. */
  constructor(fid, { bytes = null, name = null, sfi = 0, secret = false, children = [] } = {}) {
    Object.assign(this, { fid, bytes, name, sfi, secret, children, parent: null });
    children.forEach((c) => {
      c.parent = this;
    });
  }

  get isDirectory() {
    return this.bytes === null;
  }

  child(fid) {
    return this.children.find((c) => c.fid === fid) ?? null;
  }

  /** The file at a path in hexadecimal, from this one on; its own identifier may come first. */
  at(path) {
    const fids = (path.match(/[0-9a-f]{4}/gi) ?? []).map((f) => Number.parseInt(f, 16));
    return this.walk(fids[0] === this.fid ? fids.slice(1) : fids);
  }

  /** Follows file identifiers downwards. */
  walk(fids) {
    let at = this;
    for (const fid of fids) {
      at = at?.child(fid) ?? null;
    }
    return at;
  }

  /** Control parameters in the template `tag` (62 FCP, 6F FCI). */
  describe(tag) {
    const common = [tlv(0x83, fidBytes(this.fid)), tlv(0x8a, [5])];
    return this.isDirectory
      ? tlv(tag, tlv(0x82, [0x38]), ...common, ...(this.name ? [tlv(0x84, this.name)] : []))
      : tlv(tag, tlv(0x80, fidBytes(this.bytes.length)), tlv(0x82, [this.secret ? 0x09 : 0x01]), ...common,
        ...(this.sfi ? [tlv(0x88, [this.sfi << 3])] : []));
  }
}

/** Every directory below `root`, itself first. */
export function* directories(root) {
  yield root;
  for (const c of root.children) {
    if (c.isDirectory) {
      yield* directories(c);
    }
  }
}
