// The page as a whole: start, sign-in, desk. The elements read it and call it; it tells them when it changed.

import { Media } from '../call/media';
import { LANGS, pickLang, textsOf, type Lang, type Texts } from '../text';
import { Desk } from './desk';
import { loadConfig, loadFleet, loadKeyFile, type Config, type Fleet } from './files';
import { forget, keep, restore, signIn, type Identity } from './identity';
import { Themes } from './theme';

export type LoginFault = 'password' | 'offline' | 'broken' | 'refused' | 'unsafe';

const AGAIN_MS = 5000;

export class App {
  lang: Lang;
  screen: 'starting' | 'login' | 'desk' = 'starting';
  startFailed = false;
  login: { busy: boolean; fault: LoginFault | null } = { busy: false, fault: null };
  desk: Desk | null = null;
  fleet: Fleet | null = null;
  readonly media: Media;
  readonly themes = new Themes(() => this.changed());
  private config: Config | null = null;
  private pending = false;

  constructor(private readonly onChange: () => void) {
    this.lang = pickLang(location.search, localStorage.getItem('luukku-lang'), navigator.languages);
    this.applyLang();
    this.media = new Media(() => this.texts.placard, () => {
      this.desk?.mediaChanged();
      this.changed();
    });
    // Firefox drops what is sent at pagehide, and a phone's browser may send no beforeunload: both, the word is the same.
    for (const going of ['beforeunload', 'pagehide']) window.addEventListener(going, () => this.desk?.leave());
    // A page out of the back-forward cache has a dead link and a call that was left: begin anew.
    window.addEventListener('pageshow', (e) => { if (e.persisted) location.reload(); });
    void this.start();
  }

  get texts(): Texts {
    return textsOf(this.lang);
  }

  setLang(lang: Lang): void {
    this.lang = LANGS.includes(lang) ? lang : 'fi';
    localStorage.setItem('luukku-lang', this.lang);
    this.applyLang();
    this.changed();
  }

  toggleTheme(): void {
    this.themes.toggle();
    this.changed();
  }

  async signIn(user: string, password: string): Promise<void> {
    if (this.login.busy) return;
    this.login = { busy: true, fault: null };
    this.changed();
    const who = await this.identify(user.trim().toLowerCase(), password);
    if (typeof who === 'string') return this.failLogin(who);
    await keep(who);
    this.open(who);
  }

  async signOut(fault: LoginFault | null = null): Promise<void> {
    const desk = this.desk;
    this.desk = null;
    await desk?.close();
    this.media.release();
    this.screen = 'login';
    await forget();
    this.failLogin(fault);
  }

  private async start(): Promise<void> {
    if (crypto.subtle === undefined) {
      this.screen = 'login';
      return this.failLogin('unsafe');
    }
    try {
      [this.config, this.fleet] = await Promise.all([loadConfig(), loadFleet()]);
    } catch {
      this.startFailed = true;
      this.changed();
      setTimeout(() => void this.start(), AGAIN_MS);
      return;
    }
    this.startFailed = false;
    const who = await restore();
    if (who !== null) return this.open(who);
    this.screen = 'login';
    this.changed();
  }

  private async identify(user: string, password: string): Promise<Identity | LoginFault> {
    let file;
    try {
      file = await loadKeyFile(user);
    } catch (error) {
      return error instanceof Error && error.message.startsWith('key file') ? 'broken' : 'offline';
    }
    if (file === null) return 'password';
    return signIn(file, password).catch(() => 'password' as const);
  }

  private failLogin(fault: LoginFault | null): void {
    this.login = { busy: false, fault };
    this.changed();
  }

  private open(who: Identity): void {
    const desk = new Desk(who, this.config!, this.fleet!, this.media, () => this.deskChanged());
    this.desk = desk;
    this.login = { busy: false, fault: null };
    this.screen = 'desk';
    void this.media.prepare();
    this.changed();
  }

  private deskChanged(): void {
    // A call needs no broker: it goes on, whatever the broker thinks of the user by now.
    if (this.desk?.link === 'refused' && this.desk.current === null) void this.signOut('refused');
    else this.changed();
  }

  private applyLang(): void {
    document.documentElement.lang = this.lang;
  }

  /** Many changes, one rendering. */
  private changed(): void {
    if (this.pending) return;
    this.pending = true;
    queueMicrotask(() => {
      this.pending = false;
      this.onChange();
    });
  }
}
