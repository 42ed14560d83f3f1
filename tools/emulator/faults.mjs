// Misbehaviour by name. A device asks `take(name)` where it could misbehave; whoever drives the test arms the names.

/** Every device has these; COUNT is the place of the transfer, 1 the next one. Control transfers are not counted. */
export const TRANSFER_FAULTS = {
  'unplug-at': 'pulled out when transfer COUNT begins',
  'stall-at': 'transfer COUNT stalls',
  'short-at': 'transfer COUNT moves half of its bytes, the rest is lost',
  'zero-at': 'transfer COUNT moves nothing and succeeds',
  'silent-at': 'transfer COUNT never ends',
  'error-at': 'transfer COUNT ends with a protocol error (-EPROTO)',
};

const FOREVER = Infinity;

export class Faults {
  /** table: {name: what it does}; the faults of this device, besides those of every device. */
  constructor(table = {}) {
    this.table = { ...table, ...TRANSFER_FAULTS };
    this.armed = new Map();
    this.later = new Map(); // chances that pass before the fault
  }

  /** Arms `name` for `count` times, without a count until clear(), `after` so many chances that pass. Throws where there is none. */
  set(name, count = FOREVER, after = 0) {
    if (!Object.hasOwn(this.table, name)) {
      throw new Error(`no fault "${name}"`);
    }
    if (name.endsWith('-at') && count === FOREVER) {
      count = 1;
    }
    this.armed.set(name, count);
    this.later.set(name, after);
  }

  clear() {
    this.armed.clear();
    this.later.clear();
  }

  /** Is it armed? Uses up nothing. */
  has(name) {
    return this.armed.has(name);
  }

  /** Is it armed? Uses up one of its count. */
  take(name) {
    const left = this.armed.get(name);
    if (left === undefined) {
      return false;
    }
    const wait = this.later.get(name) ?? 0;
    if (wait > 0) {
      this.later.set(name, wait - 1);
      return false;
    }
    if (left <= 1) {
      this.armed.delete(name);
    } else {
      this.armed.set(name, left - 1);
    }
    return true;
  }

  /** A fault whose COUNT is a place: true, once, at the COUNT-th call; without a count at the first. */
  reached(name) {
    const left = this.armed.get(name);
    if (left === undefined) {
      return false;
    }
    if (left > 1 && left !== FOREVER) {
      this.armed.set(name, left - 1);
      return false;
    }
    this.armed.delete(name);
    return true;
  }

  /** A transfer begins: the kind of what happens to it ('unplug', 'stall', ...), or null. */
  transfer() {
    let hit = null;
    for (const name of Object.keys(TRANSFER_FAULTS)) {
      const left = this.armed.get(name);
      if (left === undefined) {
        continue;
      }
      if (left <= 1) {
        this.armed.delete(name);
        hit ??= name.slice(0, -'-at'.length);
      } else {
        this.armed.set(name, left - 1);
      }
    }
    return hit;
  }
}
