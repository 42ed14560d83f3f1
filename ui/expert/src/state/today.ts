// Today's figures: how many calls, how long they took, how long those people had waited. Numbers only, in this browser, for
// the day; a sign-out or the next day begins anew. Pure but for the storage it is given.

export interface Figures { calls: number; waitedS: number; talkedS: number }
interface Kept extends Figures { day: string }

const SLOT = 'luukku-today';
/** Nobody takes more, and a spoilt storage must not fill the screen. */
const NUMBER_MAX = 86_400 * 100;

export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const dayOf = (at: Date): string => `${at.getFullYear()}-${at.getMonth() + 1}-${at.getDate()}`;
const NONE: Figures = { calls: 0, waitedS: 0, talkedS: 0 };

export class Today {
  constructor(private readonly store: Store) {}

  figures(at: Date): Figures {
    try {
      const o = JSON.parse(this.store.getItem(SLOT) ?? 'null') as Kept | null;
      const { calls, waitedS, talkedS } = o ?? { ...NONE };
      const fit = [calls, waitedS, talkedS].every((n) => Number.isInteger(n) && n >= 0 && n <= NUMBER_MAX);
      return fit && o?.day === dayOf(at) ? { calls, waitedS, talkedS } : { ...NONE };
    } catch {
      return { ...NONE };
    }
  }

  /** A call came about after that wait. */
  answered(at: Date, waitedS: number): void {
    const f = this.figures(at);
    this.keep(at, { ...f, calls: f.calls + 1, waitedS: f.waitedS + Math.max(0, Math.round(waitedS)) });
  }

  /** It ended after that long. */
  talked(at: Date, seconds: number): void {
    const f = this.figures(at);
    this.keep(at, { ...f, talkedS: f.talkedS + Math.max(0, Math.round(seconds)) });
  }

  clear(): void {
    this.store.removeItem(SLOT);
  }

  private keep(at: Date, f: Figures): void {
    try {
      this.store.setItem(SLOT, JSON.stringify({ day: dayOf(at), ...f } satisfies Kept));
    } catch {
      // A browser that keeps nothing shows no figures; the work goes on.
    }
  }
}

/** Seconds a call on average; 0 where there was none. */
export const average = (total: number, calls: number): number => (calls === 0 ? 0 : Math.round(total / calls));
