// The page: one of a few screens under a bar.

import { LitElement, html, type TemplateResult } from 'lit';
import { App } from '../state/app';
import './bar';
import './call';
import { icon } from './icons';
import './login';
import './queue';

class Page extends LitElement {
  private beat = 0;
  private readonly app = new App(() => {
    this.beat += 1;
    this.requestUpdate();
  });

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override render(): TemplateResult {
    const { app } = this;
    this.entitle();
    return html`<lk-bar .app=${app} .beat=${this.beat}></lk-bar>${this.screen()}`;
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
    return html`<main class="login screen"><section class="panel pad empty" role="status"><span class="art">${icon(startFailed ? 'wifiOff' : 'loader', startFailed ? '' : 'spin')}</span>
      <h2>${startFailed ? t.startFailed : t.starting}</h2><p class="muted">${startFailed ? t.startFailedHelp : ''}</p></section></main>`;
  }

  private entitle(): void {
    const { texts: t, desk } = this.app;
    const waiting = desk?.queue.list(Date.now()).length ?? 0;
    const title = desk?.current ? `${desk.current.entry.title[this.app.lang]} – ${t.service}` : `${waiting > 0 ? `(${waiting}) ` : ''}${t.service}`;
    if (document.title !== title) document.title = title;
  }
}
customElements.define('lk-page', Page);
