// The page: one of a few screens under a bar; where the focus goes when the screen changes; what is said aloud.

import { LitElement, html, type TemplateResult } from 'lit';
import { App } from '../state/app';
import './bar';
import { Herald, bulletinsOf } from './bulletins';
import './call';
import { icon } from './icons';
import { listenForKeys } from './keys';
import './login';
import './queue';

class Page extends LitElement {
  private beat = 0;
  private view = '';
  private readonly herald = new Herald();
  private said = { calm: '', urgent: '' };
  private readonly app = new App(() => {
    this.beat += 1;
    this.requestUpdate();
  });

  override connectedCallback(): void {
    super.connectedCallback();
    listenForKeys();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override render(): TemplateResult {
    const { app } = this;
    this.entitle();
    this.listen();
    return html`<a class="skip" href="#main" @click=${(e: Event) => this.skip(e)}>${app.texts.skip}</a>
      <lk-bar .app=${app} .beat=${this.beat}></lk-bar>${this.screen()}
      <div class="hidden" role="status" data-testid="said">${this.said.calm}</div>
      <div class="hidden" role="alert" data-testid="said-urgent">${this.said.urgent}</div>`;
  }

  override updated(): void {
    const { screen, desk } = this.app;
    const view = desk === null ? screen : desk.current === null ? 'queue' : 'call';
    if (view === this.view) return;
    this.view = view;
    // After the screens inside have drawn themselves, which takes them a microtask each.
    setTimeout(() => {
      const target = this.querySelector<HTMLElement>('[data-focus="outcome"]') ?? this.querySelector<HTMLElement>('[data-focus]');
      target?.focus();
    }, 0);
  }

  private screen(): TemplateResult {
    const { app, beat } = this;
    if (app.screen === 'login') return html`<lk-login class="screen" .app=${app} .beat=${beat}></lk-login>`;
    if (app.desk === null) return this.starting();
    return app.desk.current === null
      ? html`<lk-queue class="screen" .app=${app} .beat=${beat}></lk-queue>`
      : html`<lk-call class="screen" .app=${app} .beat=${beat}></lk-call>`;
  }

  private starting(): TemplateResult {
    const { texts: t, startFailed } = this.app;
    return html`<main id="main" tabindex="-1" class="login screen"><section class="panel pad empty" role="status"><span class="art">${icon(startFailed ? 'wifiOff' : 'loader', startFailed ? '' : 'spin')}</span>
      <h1 class="h2">${startFailed ? t.startFailed : t.starting}</h1><p class="muted">${startFailed ? t.startFailedHelp : ''}</p></section></main>`;
  }

  /** A hash in the address would be another page to the history. */
  private skip(e: Event): void {
    e.preventDefault();
    this.querySelector<HTMLElement>('#main')?.focus();
  }

  private listen(): void {
    const fresh = this.herald.look(bulletinsOf(this.app));
    // What happens at once is said in one go, lest the last of it silence the rest.
    const of = (urgent: boolean, before: string): string => fresh.filter((b) => b.urgent === urgent).map((b) => b.text).join(' ') || before;
    this.said = { calm: of(false, this.said.calm), urgent: of(true, this.said.urgent) };
  }

  private entitle(): void {
    const { texts: t, desk } = this.app;
    const waiting = desk?.queue.list(Date.now()).length ?? 0;
    const title = desk?.current ? `${desk.current.entry.title[this.app.lang]} – ${t.service}` : `${waiting > 0 ? `(${waiting}) ` : ''}${t.service}`;
    if (document.title !== title) document.title = title;
  }
}
customElements.define('lk-page', Page);
