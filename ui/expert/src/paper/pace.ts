// How much this page may say: fewer messages than the 60 a second, and 120 at once, that a kiosk takes. Pure.

export const RATE = 50;
export const BURST = 50;

export class Pace {
  private left = BURST;
  private at: number;

  constructor(now: number) {
    this.at = now;
  }

  /** Whether one more may go now, when `reserve` are to be left for others. */
  take(now: number, reserve = 0): boolean {
    this.left = Math.min(BURST, this.left + ((now - this.at) * RATE) / 1000);
    this.at = now;
    if (this.left < 1 + reserve) return false;
    this.left -= 1;
    return true;
  }
}
