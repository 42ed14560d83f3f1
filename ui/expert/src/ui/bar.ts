// The bar at the top: where one is, who one is, the page's language.

import { html, nothing, type TemplateResult } from 'lit';
import { LANGS, clockText, textsOf, type Lang } from '../text';
import { PageElement, define } from './element';
import { icon } from './icons';
import { initials } from './initials';

class Bar extends PageElement {
  override render(): TemplateResult {
    const { desk } = this.app;
    return html`<header class="bar">
      <span class="mark">${icon('landmark')}</span>
      ${desk?.current ? this.inCall() : html`<div class="title"><span><b>${this.t.service}</b>${desk ? html` · ${this.agency()}` : nothing}</span></div>`}
      ${desk ? this.hint() : nothing}
      <div class="fact">${this.langs()}${this.theme()}</div>
      ${desk?.current ? this.callFacts() : desk ? html`<div class="fact">${clockText(new Date(), this.app.lang)}</div>` : nothing}
      ${desk ? this.user() : nothing}
    </header>`;
  }

  private agency(): string {
    const { desk, fleet, lang } = this.app;
    return fleet?.agencies.get(desk!.who.agency)?.[lang] ?? desk!.who.agency;
  }

  private inCall(): TemplateResult {
    const { entry } = this.app.desk!.current!;
    return html`<div class="title"><b>${entry.title[this.app.lang]}</b><small>${entry.site} · ${entry.kiosk}</small></div>`;
  }

  private hint(): TemplateResult {
    return html`<div class="fact hint small">${this.t.keysHint} <kbd>Alt</kbd> ${this.t.keysLetter}</div>`;
  }

  private theme(): TemplateResult {
    const dark = this.app.themes.theme === 'dark';
    return html`<button class="square" data-testid="theme" aria-pressed=${dark} title=${this.t.themeDark} @click=${() => this.app.toggleTheme()}>
      ${icon(dark ? 'sun' : 'moon')}<span class="hidden">${this.t.themeDark}</span></button>`;
  }

  private langs(): TemplateResult {
    return html`<label class="lang">${icon('globe')}<span class="hidden">${this.t.language}</span>
      <select data-testid="page-lang" @change=${(e: Event) => this.app.setLang((e.target as HTMLSelectElement).value as Lang)}>
        ${LANGS.map((l) => html`<option value=${l} lang=${l} ?selected=${l === this.app.lang}>${textsOf(l).self}</option>`)}
      </select></label>`;
  }

  private callFacts(): TemplateResult {
    const { call, startedAt } = this.app.desk!.current!;
    const verified = call.view.verified;
    return html`${verified
      ? html`<div class="fact good" data-testid="peer-verified" title=${this.t.verified}>${icon('shieldCheck')}<span class="wide">${this.t.verified}</span></div>`
      : html`<div class="fact" title=${this.t.verifying}>${icon('shield')}<span class="wide">${this.t.verifying}</span></div>`}
      <div class="fact"><span class="hidden">${this.t.duration}</span>${icon('clock')}${this.t.span(Math.max(0, Math.floor((Date.now() - startedAt) / 1000)))}</div>`;
  }

  private user(): TemplateResult {
    const desk = this.app.desk!;
    const state = desk.current ? this.t.inCall : this.t.states[desk.presence];
    return html`<div class="fact"><span class="avatar" aria-hidden="true">${initials(desk.who.name)}</span>
      <div class="user"><span>${desk.who.name}</span><small>${state}</small></div>
      ${desk.current ? nothing : html`<button class="square" data-testid="logout" title=${this.t.logout} @click=${() => void this.app.signOut()}>
        ${icon('logOut')}<span class="hidden">${this.t.logout}</span></button>`}</div>`;
  }
}
define('lk-bar', Bar);
