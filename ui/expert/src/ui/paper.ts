// The papers beside the video: the pages, the one that both look at and the tools for it, and below how everything stands.

import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Definition } from '../form/def';
import type { Shape } from '../paper/messages';
import type { PaperShare } from '../paper/share';
import type { Sheet } from '../paper/sheet';
import { PageElement, define } from './element';
import { icon, type IconName } from './icons';
import { keyCap } from './keys';
import { kindsOf, lookAt, pageInFront, percent, shownText, wishText } from './paper-look';
import type { PaperWell, Tool } from './paper-well';
import './paper-well';

const SHAPE_ICONS: Record<Shape, IconName> = { line: 'slash', box: 'square', text: 'type' };

class PaperPanel extends PageElement {
  static override properties = { ...PageElement.properties, share: { attribute: false }, def: { attribute: false }, chosen: { state: true }, tool: { state: true }, full: { state: true } };
  declare share: PaperShare;
  /** The form's, which names the kinds of paper. */
  declare def: Definition | null;
  /** The page that was chosen last. */
  declare chosen: number;
  declare tool: Tool;
  /** The last mark found no room. */
  declare full: boolean;
  private hadFocus = false;
  private readonly seen = new Set<number>();

  constructor() {
    super();
    this.chosen = 0;
    this.tool = 'none';
    this.full = false;
  }

  override willUpdate(): void {
    this.hadFocus = this.contains(document.activeElement);
    const front = pageInFront(this.share, this.chosen);
    if (front === null) this.tool = 'none';
    else this.seen.add(front.id);
  }

  override render(): TemplateResult {
    const { share, t } = this;
    const page = pageInFront(share, this.chosen);
    return html`<section class="panel desk" aria-labelledby="paper-title" data-testid="paper-view" data-stage=${share.stage} data-pages=${share.pages.length}>
      <header>${this.heading(page)}${page === null ? nothing : this.tools(page)}
        <button class="btn mini bare square" data-testid="paper-hide" title=${t.paper.hide} @click=${() => this.dispatchEvent(new CustomEvent('lk-hide'))}>${icon('panelClose')}<span class="hidden">${t.paper.hide}</span></button></header>
      ${share.stage === 'over' || share.stage === 'refused' ? this.ended() : page === null ? this.empty() : this.pages(page)}
      ${this.foot(page)}</section>`;
  }

  override updated(): void {
    // What had the focus is gone: a page, a mark, the way to save.
    if (this.hadFocus && document.activeElement === document.body) this.querySelector<HTMLElement>('#paper-title')?.focus();
  }

  private get well(): PaperWell | null {
    return this.querySelector<PaperWell>('lk-paper-well');
  }

  // --- above ---

  private heading(page: Sheet | null): TemplateResult {
    const { t, share } = this;
    if (page === null) return html`<h2 id="paper-title" class="grow" tabindex="-1">${t.paper.name}</h2>`;
    const { facts } = page;
    return html`<div class="grow names"><h2 id="paper-title" tabindex="-1">${t.paper.page(share.pages.indexOf(page) + 1, share.pages.length)}</h2><span class="muted small">${t.paper.from[facts.from]}</span>
      ${facts.attached ? html`<span class="chip ok" data-testid="paper-attached">${icon('paperclip')}${t.paper.attached}</span>` : nothing}${facts.keep ? nothing : html`<span class="chip warn" data-testid="paper-keep-not">${icon('eye')}${t.paper.keepNot}</span>`}</div>`;
  }

  private tools(page: Sheet): TemplateResult {
    const { t } = this;
    const { zoom } = lookAt(this.share, page);
    const may = this.share.isShared;
    const { point } = t.paper.viewKeys;
    const square = (test: string, name: IconName, words: string, run: () => void): TemplateResult => html`<button class="btn mini bare square" data-testid=${test} title=${words} aria-disabled=${!may} @click=${run}>${icon(name)}<span class="hidden">${words}</span></button>`;
    const shape = (s: Shape): TemplateResult => html`<button class="btn mini square ${this.tool === s ? 'on' : ''}" data-testid="paper-${s}" title=${t.paper[s]} aria-pressed=${this.tool === s} aria-disabled=${!may} @click=${() => this.take(s)}>${icon(SHAPE_ICONS[s])}<span class="hidden">${t.paper[s]}</span></button>`;
    return html`<div class="tools" role="group" aria-label=${t.paper.view}><button class="btn mini ${this.tool === 'point' ? 'on' : ''}" data-testid="paper-point" aria-pressed=${this.tool === 'point'} aria-disabled=${!may} data-key=${point} aria-keyshortcuts=${`Alt+${point}`}
        @click=${() => this.take('point')}>${icon('pointer')}${t.paper.point}${keyCap(point)}</button>
      ${shape('line')}${shape('box')}${shape('text')}
      <span class="zooms">${square('paper-zoom-out', 'zoomOut', t.paper.zoomOut, () => this.well?.zoom(false))}<output class="small strong" data-testid="paper-zoom">${zoom} %</output>${square('paper-zoom-in', 'zoomIn', t.paper.zoomIn, () => this.well?.zoom(true))}</span>
      ${square('paper-turn', 'rotateCw', t.paper.turn, () => this.well?.turn())}${this.saving(page)}</div>`;
  }

  private saving(page: Sheet): TemplateResult {
    const { t, share } = this;
    const { save } = t.paper.viewKeys;
    const done = share.saved.has(page.id);
    const words = html`${icon(done ? 'check' : 'download')}${done ? t.paper.saveAgain : t.paper.save}${keyCap(save)}`;
    if (!page.facts.keep || page.detail === null) {
      return html`<button class="btn mini" data-testid="paper-save" aria-disabled="true" aria-describedby="paper-save-note" data-key=${save} aria-keyshortcuts=${`Alt+${save}`}>${words}</button>`;
    }
    return html`<a class="btn mini" data-testid="paper-save" title=${t.paper.saveBare} aria-describedby="paper-save-note" data-key=${save} aria-keyshortcuts=${`Alt+${save}`} href=${page.detail} download=${t.paper.file(share.pages.indexOf(page) + 1)} @click=${() => share.save(page.id)}>${words}</a>`;
  }

  /** A tool is taken up, or laid down; the focus goes to the page, where it works. */
  private take(tool: Tool): void {
    if (!this.share.isShared) return;
    this.tool = this.tool === tool ? 'none' : tool;
    this.full = false;
    if (this.tool !== 'none') setTimeout(() => this.querySelector<HTMLElement>('.well')?.focus(), 0);
  }

  private layDown(): void {
    const { tool } = this;
    this.tool = 'none';
    this.querySelector<HTMLElement>(`[data-testid="paper-${tool}"]`)?.focus();
  }

  // --- the pages ---

  private pages(page: Sheet): TemplateResult {
    const { t, share } = this;
    return html`<nav class="thumbs" aria-label=${t.paper.pages} @keydown=${(e: KeyboardEvent) => this.along(e, page)}>${repeat(share.pages, (p) => p.id, (p, i) => this.thumb(p, i + 1, p === page))}</nav>
      <div class="window"><lk-paper-well .app=${this.app} .beat=${this.beat} .share=${share} .sheet=${page} .tool=${this.tool} @lk-tool-off=${() => this.layDown()} @lk-marked=${(e: CustomEvent<boolean>) => { this.full = !e.detail; }}></lk-paper-well>
        <div class="over" role="status">${this.notices(page)}</div></div>`;
  }

  private thumb(p: Sheet, n: number, current: boolean): TemplateResult {
    const { t } = this;
    const state = p.isWhole ? (this.seen.has(p.id) ? '' : t.paper.fresh) : `${percent(p.have, p.facts.detail)} %`;
    return html`<button class="thumb" data-testid="paper-page-${n}" data-page=${p.id} data-state=${p.isWhole ? 'whole' : 'coming'} aria-current=${current ? 'page' : nothing} tabindex=${current ? 0 : -1} @click=${() => this.choose(p)}>
      <span class="hidden">${t.paper.page(n, this.share.pages.length)} </span><i>${p.preview === null ? icon('loader', 'spin') : html`<img alt="" draggable="false" src=${p.preview}>`}</i><span><span aria-hidden="true">${n}</span>${p.facts.attached ? icon('paperclip', 'tiny') : nothing}${state === '' ? nothing : html`<span> · ${state}</span>`}</span></button>`;
  }

  private choose(page: Sheet, focus = false): void {
    this.chosen = page.id;
    if (this.share.look.page !== page.id) this.share.lookThere({ page: page.id, turn: 0, zoom: 100, x: 5000, y: 5000 });
    if (focus) setTimeout(() => this.querySelector<HTMLElement>(`.thumb[data-page="${page.id}"]`)?.focus(), 0);
  }

  /** From page to page. */
  private along(e: KeyboardEvent, page: Sheet): void {
    const { pages } = this.share;
    const at = pages.indexOf(page);
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: pages.length - 1 }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    this.choose(pages[Math.min(pages.length - 1, Math.max(0, to))]!, true);
  }

  private notices(page: Sheet): TemplateResult {
    const { t, share } = this;
    const words = page.broken ? t.paper.broken : page.preview === null ? t.paper.blurred : page.isWhole ? null : t.paper.sharp(percent(page.have, page.facts.detail));
    return html`${words === null ? nothing : html`<p class="plate" data-testid="paper-progress">${icon(page.broken ? 'triangleAlert' : 'loader')}${words}</p>`}
      ${share.look.page === page.id ? nothing : html`<p class="plate" data-testid="paper-apart">${icon('info')}${t.paper.apart}<button class="btn mini" data-testid="paper-together" @click=${() => this.choose(page)}>${t.paper.together}</button></p>`}
      ${this.full ? html`<p class="plate">${icon('info')}${t.paper.marksFull}</p>` : nothing}`;
  }

  private empty(): TemplateResult {
    const { t, share } = this;
    const joining = share.stage === 'joining';
    return html`<div class="window wide empty"><span class="art">${icon(joining ? 'loader' : 'papers', joining ? 'spin' : '')}</span><p class="h2 strong">${t.paper.emptyTitle}</p><p class="muted">${t.paper.emptyText}</p></div>`;
  }

  private ended(): TemplateResult {
    const { share, t } = this;
    const refused = share.stage === 'refused';
    return html`<div class="window wide pad ended" data-testid="paper-ended" data-stage=${share.stage} data-why=${share.why}>
      <div class="banner ${refused ? 'bad' : 'caution'}">${icon(refused ? 'shieldX' : 'info')}<p><b class="strong">${refused ? t.paper.refusedTitle : t.paper.overTitle}</b><br>${refused ? t.paper.refusedText : t.paper.overText}</p></div>
      <p class="small muted">${t.why}: ${t.paper.ends[share.why] ?? t.paper.ends['other']!}.</p>
      <button class="btn" data-testid="paper-again" aria-disabled=${!share.up} @click=${() => share.again()}>${t.paper.again}</button></div>`;
  }

  // --- below ---

  /** What was asked for, what is shown, what is not shared, what was drawn, and what may be kept. */
  private foot(page: Sheet | null): TemplateResult | typeof nothing {
    const { t, share } = this;
    const lines = [this.asked(), ...share.showing.list.map((d) => this.showing(d)), page === null ? nothing : this.marks(page), this.ownPages(),
      page === null ? nothing : html`<p class="small muted line" id="paper-save-note">${icon('info', 'tiny')}<span>${page.facts.keep ? t.paper.saveTold : t.paper.keepNotLong}</span></p>`];
    return lines.every((l) => l === nothing) ? nothing : html`<footer>${lines}</footer>`;
  }

  private asked(): TemplateResult | typeof nothing {
    const { t, share } = this;
    const { askState: state } = share;
    if (state === 'none') return nothing;
    const ended = state === 'done' || state === 'declined';
    return html`<div class="line broad" data-testid="paper-asked" data-state=${state}>${icon('scanLine')}<p class="grow" role="status"><b class="strong">${t.paper.asked(wishText(t, share.wish, kindsOf(t, this.def, this.app.lang)))}</b> <span class=${state === 'declined' ? 'warn' : 'muted'}>${t.paper.askStates[state]}</span></p>
      <button class="btn mini" data-testid="paper-ask-off" @click=${() => share.askOff()}>${ended ? t.paper.askDone : t.paper.askOff}</button></div>`;
  }

  private showing(d: PaperShare['showing']['list'][number]): TemplateResult {
    const { t, share } = this;
    return html`<div class="line broad" data-testid="paper-shown" data-state=${d.state} data-why=${d.why}>${icon(d.state === 'refused' ? 'circleAlert' : 'fileUp')}<p class="grow" role="status"><b class="strong">${d.name || t.paper.shownNameless}</b> <span class=${d.state === 'refused' ? 'alert' : 'muted'}>${shownText(t, d)}</span></p>
      ${d.state === 'coming' ? html`<progress max="100" value=${percent(d.sent, d.total)} aria-label=${shownText(t, d)}></progress>` : nothing}
      <button class="btn mini" data-testid="paper-unshow" @click=${() => share.unshow(d)}>${d.state === 'refused' ? t.paper.askDone : t.paper.unshow}<span class="hidden">: ${d.name}</span></button></div>`;
  }

  private ownPages(): TemplateResult | typeof nothing {
    const { own } = this.share.told;
    return own === 0 ? nothing : html`<p class="small muted line" data-testid="paper-own">${icon('lock', 'tiny')}<span>${this.t.paper.own(own)}</span></p>`;
  }

  private marks(page: Sheet): TemplateResult | typeof nothing {
    const { t, share } = this;
    if (page.marks.length === 0) return nothing;
    return html`<div class="line broad"><p class="small muted" id="paper-marks">${t.paper.marks}</p><ul class="marks" aria-labelledby="paper-marks">${repeat(page.marks, (m) => m.id, (m) => html`<li class="chip ${m.by}">
      ${icon(SHAPE_ICONS[m.what])}<span>${m.text || t.paper.shapes[m.what]}<span class="hidden"> (${m.by === 'expert' ? t.paper.you : t.citizen})</span></span>
      ${m.by === 'expert' ? html`<button data-testid="paper-unmark-${m.id}" title=${t.paper.unmark} aria-label="${t.paper.unmark}: ${m.text || t.paper.shapes[m.what]}" @click=${() => share.unmark(page.id, m.id)}>${icon('x')}</button>` : nothing}</li>`)}</ul></div>`;
  }
}
define('lk-paper', PaperPanel);
