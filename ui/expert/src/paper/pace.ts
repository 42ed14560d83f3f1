// How much this page may say: fewer messages than the 80 a second, and 160 at once, that a kiosk takes, and no more than 30 pieces
// of a document in a second. Pure.

export const WORDS = { rate: 50, burst: 50 };
export const PIECES = { rate: 25, burst: 5 };

export class Pace {
  private left: number;

  constructor(private at: number, private readonly of: { rate: number; burst: number }) {
    this.left = of.burst;
  }

  /** Whether one more may go now. */
  take(now: number): boolean {
    this.left = Math.min(this.of.burst, this.left + ((now - this.at) * this.of.rate) / 1000);
    this.at = now;
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}
