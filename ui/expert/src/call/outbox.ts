// Messages on their way: sent again, byte for byte, until acknowledged or given up (PROTOCOL.md, Acknowledgements).

import type { Envelope } from '../wire/envelope';
import type { Clock } from './clock';

export const RETRY_MS = [400, 800, 1600, 3200, 5000] as const;
/** After the last repeat, this long for its acknowledgement. */
export const LAST_WAIT_MS = 1000;
export const OUTBOX_MAX = 64;

interface Item { type: string; text: string; tries: number; cancel: () => void }

export class Outbox {
  private readonly items = new Map<string, Item>();
  private held = false;

  constructor(
    private readonly clock: Clock,
    private readonly publish: (text: string) => void,
    private readonly onGivenUp: (type: string) => void,
  ) {}

  get size(): number {
    return this.items.size;
  }

  /** False where 64 messages wait already; the message is then not sent. */
  send(e: Envelope): boolean {
    if (this.items.size >= OUTBOX_MAX) return false;
    const item: Item = { type: e.type, text: JSON.stringify(e), tries: 0, cancel: () => undefined };
    this.items.set(e.sig, item);
    this.publish(item.text);
    this.arm(e.sig, item);
    return true;
  }

  acknowledge(sig: string): void {
    this.items.get(sig)?.cancel();
    this.items.delete(sig);
  }

  /** What waits of one type is no longer wanted, as a claim that was answered. */
  drop(type: string): void {
    for (const [sig, item] of this.items) if (item.type === type) this.acknowledge(sig);
  }

  /** The link is down: time stands still. */
  hold(): void {
    this.held = true;
    for (const item of this.items.values()) item.cancel();
  }

  /** The link is back: everything once more, at once, as if for the first time. */
  flush(): void {
    this.held = false;
    for (const [sig, item] of this.items) {
      item.cancel();
      item.tries = 0;
      this.publish(item.text);
      this.arm(sig, item);
    }
  }

  clear(): void {
    for (const sig of [...this.items.keys()]) this.acknowledge(sig);
  }

  private arm(sig: string, item: Item): void {
    if (this.held) return;
    const wait = RETRY_MS[item.tries];
    item.cancel = this.clock.after(wait ?? LAST_WAIT_MS, () => {
      if (wait === undefined) {
        this.items.delete(sig);
        this.onGivenUp(item.type);
        return;
      }
      item.tries += 1;
      this.publish(item.text);
      this.arm(sig, item);
    });
  }
}
