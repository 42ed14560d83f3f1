// Who waits, longest first, and one's own state.

import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { chime } from '../state/chime';
import type { Presence } from '../state/desk';
import type { Entry } from '../state/queue';
import { LANGS, clockText } from '../text';
import { PageElement, define } from './element';
import { icon } from './icons';
import './devices';
import './trouble';

const STATES: readonly Presence[] = ['free', 'busy', 'away'];

class QueueScreen extends PageElement {
  override render(): TemplateResult {
    const desk = this.app.desk!;
    const now = Date.now();
    const entries = desk.queue.list(now);
    const refused = ['refused'].includes(desk.notice?.ending.kind ?? '');
    return html`<main class="queue"><div class="col">
      ${refused ? nothing : this.head(entries, now)}
      <lk-trouble class="col" .app=${this.app} .beat=${this.beat}></lk-trouble>
      ${refused ? this.head(entries, now, true) : nothing}
      ${entries.length === 0 ? this.empty() : refused ? this.list(entries, now) : html`${this.first(entries[0]!, now)}${this.list(entries.slice(1), now)}`}
    </div><aside class="col">${this.own()}<lk-devices class="col" .app=${this.app} .beat=${this.beat}></lk-devices></aside></main>`;
  }

  private seconds(e: Entry, now: number): number {
    return Math.max(0, Math.floor((now - e.since) / 1000));
  }

  private head(entries: Entry[], now: number, others = false): TemplateResult {
    const { t } = this;
    const count = entries.length === 0 ? t.queueEmpty : others ? t.othersCount(entries.length) : t.queueCount(entries.length, this.seconds(entries[0]!, now));
    return html`<div class="head">${others ? html`<h2>${t.others}</h2>` : html`<h1>${t.queueTitle}</h1>`}<span class="muted">${count}</span></div>`;
  }

  private tongue(e: Entry): TemplateResult {
    return html`<span class="chip line" lang=${e.lang}>${this.t.langs[e.lang] ?? e.lang}</span>`;
  }

  private first(e: Entry, now: number): TemplateResult {
    return html`<section class="panel next" data-testid="queue-item" data-kiosk=${e.kiosk} aria-label=${this.t.next}>
      <span class="tile big">${icon('fileText')}</span>
      <div><p class="small muted">${this.t.next}</p><p class="name">${e.title[this.app.lang]}</p><p class="muted">${e.site}</p>
        <div class="chips">${this.tongue(e)}</div></div>
      <div class="wait"><span class="small muted">${this.t.waited}</span><b>${this.t.wait(this.seconds(e, now))}</b></div>
      <button class="btn fill big" data-testid="queue-accept" @click=${() => this.app.desk!.accept(e)}>${icon('video')}${this.t.answer}</button>
    </section>`;
  }

  private list(entries: Entry[], now: number): TemplateResult | typeof nothing {
    if (entries.length === 0) return nothing;
    const { t } = this;
    return html`<ul class="panel list"><li class="th" aria-hidden="true"><span>${t.colService}</span><span></span><span>${t.colLang}</span><span class="n">${t.waited}</span><span></span></li>
      ${repeat(entries, (e) => e.kiosk, (e) => html`<li data-testid="queue-item" data-kiosk=${e.kiosk}><span class="tile">${icon('fileText')}</span>
        <div><p class="name">${e.title[this.app.lang]}</p><p class="muted">${e.site}</p></div><div>${this.tongue(e)}</div>
        <div class="n strong">${t.wait(this.seconds(e, now))}</div>
        <button class="btn" data-testid="queue-accept" @click=${() => this.app.desk!.accept(e)}>${t.answer}</button></li>`)}</ul>`;
  }

  private empty(): TemplateResult {
    const last = this.app.desk!.notice?.at;
    return html`<section class="panel empty"><span class="art">${icon('armchair')}</span><h2>${this.t.emptyTitle}</h2>
      <p class="muted">${this.t.emptyText}</p>
      <div class="mt-xs"><button class="btn" @click=${() => void chime()}>${icon('bell')}${this.t.tryChime}</button></div>
      ${last === undefined ? nothing : html`<p class="small muted mt-xs">${this.t.lastEnded(clockText(last, this.app.lang))}</p>`}</section>`;
  }

  private own(): TemplateResult {
    const desk = this.app.desk!;
    const { t } = this;
    return html`<section class="panel pad"><h2>${t.state}</h2>
      <div class="choice mt-xs" role="radiogroup" aria-label=${t.state}>${STATES.map((s) => html`<label data-testid="state-${s}">
        <input type="radio" name="state" .checked=${desk.presence === s} @change=${() => desk.setPresence(s)}>
        ${desk.presence === s ? icon('circleCheck') : nothing}${t.states[s]}</label>`)}</div>
      <p class="small muted mt-xs">${t.stateHelp[desk.presence]}</p>
      <div class="row mt-xs tongues"><span class="small muted">${t.myLangs}</span>${LANGS.map((l) => html`<label class="chip line"><input type="checkbox"
        .checked=${desk.langs.includes(l)} @change=${(e: Event) => this.toggle(l, e.target as HTMLInputElement)}>${t.langs[l]}</label>`)}</div></section>`;
  }

  /** At least one language stays. */
  private toggle(lang: string, box: HTMLInputElement): void {
    const desk = this.app.desk!;
    const langs = box.checked ? [...desk.langs, lang] : desk.langs.filter((l) => l !== lang);
    if (langs.length === 0) box.checked = true;
    else desk.setLangs(langs);
  }
}
define('lk-queue', QueueScreen);
