// A clock that stands still until it is moved.
import type { Clock } from '../../src/call/clock';

export class HandClock implements Clock {
  private at = 0;
  private jobs: { at: number; run: () => void }[] = [];
  now = (): number => this.at;
  after = (ms: number, run: () => void): (() => void) => {
    const job = { at: this.at + ms, run };
    this.jobs.push(job);
    return () => { this.jobs = this.jobs.filter((j) => j !== job); };
  };
  pass(ms: number): void {
    const end = this.at + ms;
    for (;;) {
      const [next] = this.jobs.filter((j) => j.at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.jobs = this.jobs.filter((j) => j !== next);
      this.at = next.at;
      next.run();
    }
    this.at = end;
  }
}
