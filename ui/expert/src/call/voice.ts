// Whether the other end speaks just now, from how loud the browser says its sound is (EN 301 549, 6.2.2.4 and 6.5.5).

import type { Clock } from './clock';

export const LOOK_MS = 250;
/** Of 1, the loudest there is: above the hum of a quiet room. */
export const LOUD = 0.01;
/** One look may be a door or a cough. */
export const LOOKS_TO_SPEAK = 2;
/** Between two words nobody has stopped speaking. */
export const HOLD_MS = 800;

/** On after some loud looks in a row, off a while after the last. Pure. */
export class VoiceWatch {
  private row = 0;
  private loudAt = 0;
  private on = false;

  /** `level` is 0 to 1, null where the browser does not tell: that is no voice. */
  look(level: number | null, now: number): boolean {
    const loud = level !== null && level > LOUD;
    this.row = loud ? this.row + 1 : 0;
    if (loud) this.loudAt = now;
    this.on = this.on ? now - this.loudAt < HOLD_MS : this.row >= LOOKS_TO_SPEAK;
    return this.on;
  }
}

/** The level in a receiver's statistics; null where there is none, as in older Firefox. */
export function levelIn(report: Iterable<unknown>): number | null {
  for (const entry of report) {
    const row = entry as Record<string, unknown>;
    const level = row['audioLevel'];
    if (row['type'] === 'inbound-rtp' && row['kind'] === 'audio' && typeof level === 'number') return level;
  }
  return null;
}

/** Looks at a level every LOOK_MS from listen() to rest(), and says when it becomes a voice and when it ends. */
export class Ear {
  private watch = new VoiceWatch();
  private callOff: (() => void) | null = null;
  private speaks = false;

  constructor(private readonly clock: Clock, private readonly level: () => Promise<number | null>, private readonly heard: (speaks: boolean) => void) {}

  /** May be said again while it listens. */
  listen(): void {
    if (this.callOff === null) this.next();
  }

  rest(): void {
    this.callOff?.();
    this.callOff = null;
    this.watch = new VoiceWatch();
    this.say(false);
  }

  private next(): void {
    this.callOff = this.clock.after(LOOK_MS, () => void this.look(this.watch));
  }

  private async look(watch: VoiceWatch): Promise<void> {
    // A connection that is being closed has no level.
    const level = await this.level().catch(() => null);
    if (watch !== this.watch) return; // it rests by now, or listens anew
    this.say(watch.look(level, this.clock.now()));
    this.next();
  }

  private say(speaks: boolean): void {
    if (speaks === this.speaks) return;
    this.speaks = speaks;
    this.heard(speaks);
  }
}
