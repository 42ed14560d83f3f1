// Who waits, longest first, and one's own state.

import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { chime } from '../call/sound';
import type { Colleague, Presence } from '../state/crew';
import type { Entry } from '../state/queue';
import { average } from '../state/today';
import { clockText } from '../text';
import { PageElement, define } from './element';
import { icon } from './icons';
import { initials } from './initials';
import { keyCap } from './keys';
import './devices';
import './trouble';

const STATES: readonly Presence[] = ['free', 'busy', 'away'];
/** The kiosk's languages. */
const TONGUES = ['fi', 'sv', 'en', 'se', 'ru', 'uk', 'ar', 'et'] as const;
const CREW_SHOWN = 8;

class QueueScreen extends PageElement {
  static override properties = { ...PageElement.properties, at: { state: true } };
  /** The kiosk whose answer button Tab comes to; the arrow keys move on from there. */
  declare at: string;
  private onAnswer = false;

  constructor() {
    super();
    this.at = '';
  }

  protected override willUpdate(): void {
    this.onAnswer = document.activeElement instanceof HTMLElement && document.activeElement.dataset['testid'] === 'queue-accept';
  }

  /** Somebody else answered what had the focus, or the citizen left: it goes on to the next, or to the heading. */
  override updated(): void {
    if (!this.onAnswer || document.activeElement !== document.body) return;
    (this.querySelector<HTMLElement>('[data-testid="queue-accept"][tabindex="0"]') ?? this.querySelector<HTMLElement>('[data-focus]'))?.focus();
  }

  override render(): TemplateResult {
    const desk = this.app.desk!;
    const now = Date.now();
    const entries = desk.queue.list(now);
    const refused = desk.notice?.ending.kind === 'refused';
    const first = refused ? undefined : entries[0];
    const stop = entries.find((e) => e.kiosk === this.at)?.kiosk ?? entries[0]?.kiosk ?? '';
    return html`<main id="main" tabindex="-1" class="queue"><div class="col" @keydown=${(e: KeyboardEvent) => this.move(e)}>
      ${refused ? nothing : this.head(entries, now)}
      <lk-trouble class="col" .app=${this.app} .beat=${this.beat}></lk-trouble>
      ${refused ? this.head(entries, now, true) : nothing}
      ${first === undefined ? nothing : this.first(first, now, stop)}
      ${entries.length === 0 ? this.empty() : this.list(first === undefined ? entries : entries.slice(1), now, stop)}
      ${this.crew(now)}
    </div><aside class="col" aria-label=${this.t.state}>${this.own()}<lk-devices class="col" .app=${this.app} .beat=${this.beat}></lk-devices>${this.today()}</aside></main>`;
  }

  private seconds(e: Entry, now: number): number {
    return Math.max(0, Math.floor((now - e.since) / 1000));
  }

  private head(entries: Entry[], now: number, others = false): TemplateResult {
    const { t } = this;
    const count = entries.length === 0 ? t.queueEmpty : others ? t.othersCount(entries.length) : t.queueCount(entries.length, this.seconds(entries[0]!, now));
    return html`<div class="head">${others ? html`<h2>${t.others}</h2>` : html`<h1 tabindex="-1" data-focus>${t.queueTitle}</h1>`}<span class="muted">${count}</span>
      ${entries.length > 1 ? html`<span class="small muted push hint"><kbd>↑</kbd> <kbd>↓</kbd> ${t.keysArrows}</span>` : nothing}</div>`;
  }

  private tongue(e: Entry): TemplateResult {
    const known = this.t.langs[e.lang];
    const mine = this.app.desk!.langs.includes(e.lang.slice(0, 2));
    return html`<span class="chip line" lang=${known === undefined ? nothing : e.lang}>${known ?? e.lang}</span>
      ${mine ? nothing : html`<span class="chip warn">${this.t.notYourLang}</span>`}`;
  }

  private first(e: Entry, now: number, stop: string): TemplateResult {
    return html`<section class="panel next" data-testid="queue-item" data-kiosk=${e.kiosk} aria-label=${this.t.next}>
      <span class="tile big">${icon('fileText')}</span>
      <div><p class="small muted">${this.t.next}</p><h2 class="name">${e.title[this.app.lang]}</h2><p class="muted">${e.site}</p>
        <div class="chips">${this.tongue(e)}</div></div>
      <div class="wait"><span class="small muted">${this.t.waited}</span><b>${this.t.wait(this.seconds(e, now))}</b></div>
      ${this.answer(e, stop, html`${icon('video')}<span>${this.t.answer}${this.whom(e)}</span>${keyCap(this.t.keys.answer)}`, 'fill big', this.t.keys.answer)}
    </section>`;
  }

  /** Which of the many buttons with one word this is. */
  private whom(e: Entry): TemplateResult {
    return html`<span class="hidden">: ${e.title[this.app.lang]}, ${e.site}</span>`;
  }

  private answer(e: Entry, stop: string, words: TemplateResult, look: string, key: string | null): TemplateResult {
    return html`<button class="btn ${look}" data-testid="queue-accept" tabindex=${e.kiosk === stop ? 0 : -1} data-kiosk=${e.kiosk}
      data-key=${key ?? nothing} aria-keyshortcuts=${key === null ? nothing : `Alt+${key}`}
      @focus=${() => { this.at = e.kiosk; }} @click=${() => this.app.desk!.accept(e)}>${words}</button>`;
  }

  /** Up, down, first, last: from one answer button to the next. */
  private move(e: KeyboardEvent): void {
    const buttons = [...this.querySelectorAll<HTMLElement>('[data-testid="queue-accept"]')];
    const here = buttons.indexOf(e.target as HTMLElement);
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: buttons.length - 1 }[e.key];
    if (here < 0 || to === undefined) return;
    e.preventDefault();
    buttons[Math.min(buttons.length - 1, Math.max(0, to))]?.focus();
  }

  private list(entries: Entry[], now: number, stop: string): TemplateResult | typeof nothing {
    if (entries.length === 0) return nothing;
    const { t } = this;
    return html`<ul class="panel list" aria-label=${t.others}><li class="th" aria-hidden="true"><span>${t.colService}</span><span></span><span>${t.colLang}</span><span class="n">${t.waited}</span><span></span></li>
      ${repeat(entries, (e) => e.kiosk, (e) => html`<li data-testid="queue-item" data-kiosk=${e.kiosk}><span class="tile">${icon('fileText')}</span>
        <div><p class="name">${e.title[this.app.lang]}</p><p class="muted">${e.site}</p></div><div class="tongue">${this.tongue(e)}</div>
        <div class="n strong"><span class="hidden">${t.waited} </span>${t.wait(this.seconds(e, now))}</div>
        ${this.answer(e, stop, html`<span>${t.answer}${this.whom(e)}</span>`, '', null)}</li>`)}</ul>`;
  }

  private empty(): TemplateResult {
    const last = this.app.desk!.notice?.at;
    return html`<section class="panel empty"><span class="art">${icon('armchair')}</span><h2>${this.t.emptyTitle}</h2>
      <p class="muted">${this.t.emptyText}</p>
      <div class="mt-xs"><button class="btn" @click=${() => void chime()}>${icon('bell')}${this.t.tryChime}</button></div>
      ${last === undefined ? nothing : html`<p class="small muted mt-xs">${this.t.lastEnded(clockText(last, this.app.lang))}</p>`}</section>`;
  }

  private crew(now: number): TemplateResult | typeof nothing {
    const { t } = this;
    const { crew, names } = this.app.desk!;
    const here = crew.list(now);
    if (here.length === 0) return nothing;
    const line = (c: Colleague): TemplateResult => html`<li data-testid="colleague" data-state=${c.state}>
      <span class="avatar" aria-hidden="true">${initials(names.of(c.user))}</span>
      <div><p class="strong">${names.of(c.user)}</p><p class="small ${c.state === 'free' ? 'ok' : 'muted'}">${t.crewStates[c.state]}</p></div></li>`;
    return html`<section class="panel crew" aria-labelledby="crew-title"><h2 id="crew-title">${t.crew}</h2>
      <ul>${repeat(here.slice(0, CREW_SHOWN), (c) => c.user, line)}</ul>
      ${here.length > CREW_SHOWN ? html`<p class="small muted">${t.crewMore(here.length - CREW_SHOWN)}</p>` : nothing}</section>`;
  }

  private today(): TemplateResult {
    const { t } = this;
    const f = this.app.desk!.today.figures(new Date());
    const figure = (value: string, label: string): TemplateResult => html`<div><dt>${label}</dt><dd>${value}</dd></div>`;
    return html`<section class="panel pad" aria-labelledby="today-title"><h2 id="today-title" class="h3">${t.today}</h2>
      <dl class="figures" data-testid="today">${figure(String(f.calls), t.todayCalls(f.calls))}${figure(t.minutes(f.talkedS), t.todayTalked)}
        ${figure(f.calls === 0 ? '–' : t.wait(average(f.waitedS, f.calls)), t.todayWaited)}</dl></section>`;
  }

  private own(): TemplateResult {
    const desk = this.app.desk!;
    const { t } = this;
    return html`<section class="panel pad" aria-labelledby="state-title"><h2 id="state-title">${t.state}</h2>
      <div class="choice mt-xs" role="radiogroup" aria-labelledby="state-title">${STATES.map((s) => html`<label data-testid="state-${s}">
        <input type="radio" name="state" .checked=${desk.presence === s} @change=${() => desk.setPresence(s)}>
        ${desk.presence === s ? icon('circleCheck') : nothing}${t.states[s]}</label>`)}</div>
      <p class="small muted mt-xs">${t.stateHelp[desk.presence]}</p>
      <details class="tongues mt-xs small"><summary><span class="muted">${t.myLangs}:</span> ${desk.langs.map((l) => t.langs[l] ?? l).join(', ')}</summary>
        <div class="row mt-xs" role="group" aria-label=${t.myLangs}>${TONGUES.map((l) => html`<label class="chip line" lang=${l}><input type="checkbox"
          .checked=${desk.langs.includes(l)} @change=${(e: Event) => this.toggle(l, e.target as HTMLInputElement)}>${t.langs[l]}</label>`)}</div></details></section>`;
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
