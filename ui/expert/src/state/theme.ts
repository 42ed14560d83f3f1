// Light or dark: ?theme=, then the user's choice, then the system's.

export type Theme = 'light' | 'dark';
const SLOT = 'luukku-theme';

const known = (text: string | null): Theme | null => (text === 'light' || text === 'dark' ? text : null);

/** What was asked for; null follows the system. */
export const pickTheme = (query: string, stored: string | null): Theme | null =>
  known(new URLSearchParams(query).get('theme')) ?? known(stored);

const systemTheme = (): Theme => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');

export class Themes {
  private asked = pickTheme(location.search, localStorage.getItem(SLOT));

  constructor(onChange: () => void) {
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange);
    this.apply();
  }

  get theme(): Theme {
    return this.asked ?? systemTheme();
  }

  /** The other one; where that is what the system has, the system is followed again. */
  toggle(): void {
    const wanted: Theme = this.theme === 'dark' ? 'light' : 'dark';
    this.asked = wanted === systemTheme() ? null : wanted;
    if (this.asked === null) localStorage.removeItem(SLOT);
    else localStorage.setItem(SLOT, this.asked);
    this.apply();
  }

  private apply(): void {
    document.documentElement.dataset['theme'] = this.asked ?? '';
  }
}
