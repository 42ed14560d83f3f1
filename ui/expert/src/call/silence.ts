// How long nothing has come over the transport, and what that means. Pure.

export const INTERRUPTED_MS = 3_000;
export const RECONNECTING_MS = 10_000;
export const OVER_MS = 120_000;

export type Silence = 'none' | 'interrupted' | 'reconnecting' | 'over';

export class SilenceWatch {
  private traffic = -1;

  constructor(private heardAt: number) {}

  /** `traffic` is any count that moves when a packet arrives; a new connection may start it anew. */
  sample(traffic: number, now: number): boolean {
    const moved = traffic !== this.traffic && traffic > 0;
    if (moved) this.heardAt = now;
    this.traffic = traffic;
    return moved;
  }

  silentMs(now: number): number {
    return Math.max(0, now - this.heardAt);
  }

  state(now: number): Silence {
    const silent = this.silentMs(now);
    if (silent >= OVER_MS) return 'over';
    if (silent >= RECONNECTING_MS) return 'reconnecting';
    return silent >= INTERRUPTED_MS ? 'interrupted' : 'none';
  }
}
