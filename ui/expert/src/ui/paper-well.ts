// The page that both look at: the same point in the middle, the pointers, the marks; by mouse, touch and keyboard.

import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { lie, pushed, settled, spotAt, stepped, zoomed, type Size, type Spot } from '../paper/geometry';
import { MARK_TEXT_MAX, WHOLE, ZOOM_MAX, ZOOM_MIN, type Look, type Mark, type Shape } from '../paper/messages';
import type { PaperShare } from '../paper/share';
import type { Sheet } from '../paper/sheet';
import { PageElement, define } from './element';
import { icon } from './icons';
import { lookAt } from './paper-look';

export type Tool = 'none' | 'point' | Shape;

/** By the arrow keys: of what is seen, and of the page. */
const PUSH_PX = 60;
const STEP = 100;
const LEAP = 500;
/** What is drawn shorter than this was a click. */
const DRAWN_MIN = 40;

class PaperWell extends PageElement {
  static override properties = { ...PageElement.properties, share: { attribute: false }, sheet: { attribute: false }, tool: { attribute: false }, box: { state: true }, draft: { state: true }, typing: { state: true }, sharp: { state: true } };
  declare share: PaperShare;
  declare sheet: Sheet;
  declare tool: Tool;
  /** The window's size. */
  declare box: Size;
  /** What is being drawn, from here. */
  declare draft: Spot | null;
  /** Where a text is to go. */
  declare typing: Spot | null;
  /** The detail that is decoded and shown. */
  declare sharp: string | null;
  private held: { x: number; y: number } | null = null;
  private shownId = 0;
  private readonly observer = new ResizeObserver(() => this.measure());

  constructor() {
    super();
    this.box = { width: 0, height: 0 };
    this.draft = this.typing = this.sharp = null;
    this.tool = 'none';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
    this.share.point(null);
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (this.sheet.id !== this.shownId || changed.has('tool')) this.draft = this.typing = null;
    if (this.tool === 'none' && changed.has('tool')) this.share.point(null);
    this.shownId = this.sheet.id;
  }

  override render(): TemplateResult {
    const { t, sheet, look, tool } = this;
    const { width, height, left, top } = lie(sheet.facts, this.box, look);
    const css = `left: ${left}px; top: ${top}px; width: ${width}px; height: ${height}px; transform-origin: ${look.x / 100}% ${look.y / 100}%; rotate: ${look.turn * 90}deg`;
    // Where the preview has a pixel for each of the screen's, the detail would look the same and cost a great deal of drawing.
    const enough = sheet.previewSide >= Math.max(width, height) * devicePixelRatio;
    const isDrawn = !enough && this.sharp === sheet.detail;
    const isSharp = enough || (sheet.detail !== null && isDrawn);
    const upright = `rotate: ${-look.turn * 90}deg`;
    return html`<div class="well ${tool === 'none' ? 'grabs' : 'aims'}" tabindex="0" role="application" aria-roledescription=${t.paper.view} aria-label=${this.label()} aria-describedby="paper-help" data-testid="paper-well"
        @pointerdown=${(e: PointerEvent) => this.down(e)} @pointermove=${(e: PointerEvent) => this.move(e)} @pointerup=${(e: PointerEvent) => this.up(e)}
        @pointercancel=${() => this.letGo()} @pointerleave=${() => this.leave()} @wheel=${(e: WheelEvent) => this.wheel(e)} @keydown=${(e: KeyboardEvent) => this.key(e)} @contextmenu=${(e: Event) => this.menu(e)}>
      <div class="page" data-page=${sheet.id} data-turn=${look.turn} data-zoom=${look.zoom} data-sharp=${isSharp} .style=${css}>
        ${sheet.preview === null || sheet.broken ? nothing : html`<img alt="" draggable="false" src=${sheet.preview}>`}
        ${sheet.detail === null || sheet.broken ? nothing : html`<img alt="" draggable="false" class=${isDrawn ? '' : 'waits'} src=${sheet.detail} @load=${(e: Event) => this.loaded(e)} @error=${() => this.share.unreadable(sheet.id)}>`}
        <svg class="ink" viewBox="0 0 ${WHOLE} ${WHOLE}" preserveAspectRatio="none" aria-hidden="true">${sheet.marks.map((m) => this.drawn(m))}${this.drafted()}</svg>
        ${sheet.marks.filter((m) => m.what === 'text').map((m) => html`<span class="scribble ${m.by}" .style=${`${this.at(m)}; ${upright}; ${this.room(m)}`}>${m.text}</span>`)}
        ${this.pointer(this.share.mine, 'me', t.paper.you, upright)}${this.pointer(this.share.citizen, 'them', t.citizen, upright)}
        ${this.typing === null ? nothing : html`<i class="here" .style=${this.at(this.typing)}></i>`}
      </div></div>
      <p class="hidden" id="paper-help">${t.paper.viewHelp}</p>
      ${this.typing === null ? nothing : this.typed()}`;
  }

  override updated(): void {
    // Only by this does a pointer that lies on an upright page stay where it is when the page turns.
    if (this.box.width === 0) this.measure();
  }

  // --- for the buttons beside ---

  zoom(larger: boolean): void {
    this.go({ zoom: zoomed(this.look.zoom, larger) });
  }

  turn(): void {
    this.go({ turn: (this.look.turn + 1) % 4 });
  }

  get mayZoom(): { in: boolean; out: boolean } {
    return { in: this.look.zoom < ZOOM_MAX, out: this.look.zoom > ZOOM_MIN };
  }

  // --- what is seen ---

  private get look(): Look {
    return lookAt(this.share, this.sheet);
  }

  private measure(): void {
    const { clientWidth: width, clientHeight: height } = this;
    if (width !== this.box.width || height !== this.box.height) this.box = { width, height };
  }

  private label(): string {
    const { t, share, sheet } = this;
    return t.paper.page(share.pages.indexOf(sheet) + 1, share.pages.length);
  }

  private loaded(e: Event): void {
    this.sharp = (e.target as HTMLImageElement).getAttribute('src');
  }

  private at({ x, y }: Spot): string {
    return `left: ${x / 100}%; top: ${y / 100}%`;
  }

  /** A text wraps rather than runs beyond what there is of the page. */
  private room({ x }: Spot): string {
    const left = [WHOLE - x, null, x, null][this.look.turn] ?? null;
    return `max-width: ${left === null ? '260px' : `clamp(72px, ${left / 100}%, 260px)`}`;
  }

  private pointer(at: { page: number; x: number; y: number } | null, who: 'me' | 'them', name: string, upright: string): TemplateResult | typeof nothing {
    if (at === null || at.page !== this.sheet.id) return nothing;
    return html`<div class="pointer ${who}" data-testid=${who === 'me' ? 'paper-mine' : 'paper-citizen'} .style=${`${this.at(at)}; ${upright}`}>${icon('mousePointer')}<span class="flag ${who}">${name}</span></div>`;
  }

  private drawn(m: Mark): SVGTemplateResult | typeof nothing {
    if (m.what === 'text') return nothing;
    return m.what === 'line' ? svg`<line class=${m.by} x1=${m.x} y1=${m.y} x2=${m.toX} y2=${m.toY}></line>` : this.rectangle(m, { x: m.toX, y: m.toY }, m.by);
  }

  private rectangle(a: Spot, b: Spot, name: string): SVGTemplateResult {
    return svg`<rect class=${name} x=${Math.min(a.x, b.x)} y=${Math.min(a.y, b.y)} width=${Math.abs(a.x - b.x)} height=${Math.abs(a.y - b.y)}></rect>`;
  }

  private drafted(): SVGTemplateResult | typeof nothing {
    const { draft, tool } = this;
    const to = this.share.mine;
    if (draft === null || to === null) return nothing;
    return tool === 'line' ? svg`<line class="expert draft" x1=${draft.x} y1=${draft.y} x2=${to.x} y2=${to.y}></line>` : this.rectangle(draft, to, 'expert draft');
  }

  private typed(): TemplateResult {
    const { t } = this;
    return html`<form class="writing" @submit=${(e: SubmitEvent) => this.write(e)} @keydown=${(e: KeyboardEvent) => { if (e.key === 'Escape') this.unwrite(e); }}>
      <input class="input" data-testid="paper-mark-text" name="text" maxlength=${MARK_TEXT_MAX} autocomplete="off" aria-label=${t.paper.textLabel} placeholder=${t.paper.textLabel} dir="auto">
      <button class="btn mini fill" data-testid="paper-mark-add">${t.paper.textAdd}</button><button type="button" class="btn mini" @click=${(e: Event) => this.unwrite(e)}>${t.paper.cancel}</button></form>`;
  }

  // --- what is done ---

  private go(change: Partial<Look>): void {
    const next = { ...this.look, ...change };
    const { facts, id } = this.sheet;
    this.share.lookThere({ page: id, turn: next.turn, zoom: next.zoom, ...settled(facts, this.box, next) });
  }

  private push(dx: number, dy: number): void {
    this.go(pushed(this.sheet.facts, this.box, this.look, dx, dy));
  }

  private spot(e: PointerEvent): Spot | null {
    const r = this.getBoundingClientRect();
    return spotAt(this.sheet.facts, this.box, this.look, e.clientX - r.left, e.clientY - r.top);
  }

  private point(at: Spot | null): void {
    this.share.point(at === null ? null : { page: this.sheet.id, ...at });
  }

  private down(e: PointerEvent): void {
    if (e.button !== 0) return;
    const spot = this.spot(e);
    this.querySelector('.well')!.setPointerCapture(e.pointerId);
    if (this.tool === 'none') this.held = { x: e.clientX, y: e.clientY };
    else if (spot !== null) this.point(spot);
    if (this.tool === 'line' || this.tool === 'box') this.draft = spot;
  }

  private move(e: PointerEvent): void {
    if (this.tool !== 'none') {
      const spot = this.spot(e);
      // A line goes on when the hand leaves the page for a moment.
      if (spot !== null || this.draft === null) this.point(spot);
      return;
    }
    if (this.held === null) return;
    this.push(e.clientX - this.held.x, e.clientY - this.held.y);
    this.held = { x: e.clientX, y: e.clientY };
  }

  private up(e: PointerEvent): void {
    this.held = null;
    const spot = this.spot(e);
    if (this.tool === 'text' && spot !== null) this.begin(spot);
    else if (this.draft !== null) this.finish(this.share.mine ?? this.draft);
  }

  private letGo(): void {
    this.held = this.draft = null;
  }

  private leave(): void {
    if (this.tool !== 'none' && this.draft === null && this.typing === null && !this.querySelector('.well:focus-visible')) this.point(null);
  }

  private finish(to: Spot): void {
    const { draft: from, tool } = this;
    this.draft = null;
    if (from === null || (tool !== 'line' && tool !== 'box') || Math.max(Math.abs(from.x - to.x), Math.abs(from.y - to.y)) < DRAWN_MIN) return;
    this.mark({ what: tool, x: from.x, y: from.y, toX: to.x, toY: to.y, text: '' });
  }

  private mark(mark: Omit<Mark, 'id' | 'by'>): void {
    this.dispatchEvent(new CustomEvent('lk-marked', { detail: this.share.mark(this.sheet.id, mark) }));
  }

  private begin(spot: Spot): void {
    this.typing = spot;
    setTimeout(() => this.querySelector<HTMLElement>('.writing input')?.focus(), 0);
  }

  private write(e: SubmitEvent): void {
    const { typing } = this;
    const text = this.querySelector<HTMLInputElement>('.writing input')!.value;
    if (typing !== null && text.trim() !== '') this.mark({ what: 'text', ...typing, toX: typing.x, toY: typing.y, text });
    this.unwrite(e);
  }

  private unwrite(e: Event): void {
    e.preventDefault();
    e.stopPropagation();
    this.typing = null;
    this.querySelector<HTMLElement>('.well')?.focus();
  }

  private wheel(e: WheelEvent): void {
    e.preventDefault();
    if (e.ctrlKey) this.zoom(e.deltaY < 0);
    else this.push(-e.deltaX, -e.deltaY);
  }

  /** A page that is to be looked at only is not offered to be kept. */
  private menu(e: Event): void {
    if (!this.sheet.facts.keep) e.preventDefault();
  }

  private key(e: KeyboardEvent): void {
    if (e.altKey || e.ctrlKey || e.metaKey) return;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key] as [number, number] | undefined;
    if (way !== undefined) this.arrow(way, e.shiftKey ? LEAP : STEP);
    else if (e.key === '+' || e.key === '=') this.zoom(true);
    else if (e.key === '-') this.zoom(false);
    else if (e.key === 'Enter' && this.tool !== 'none' && this.tool !== 'point') this.strike();
    else if (e.key === 'Escape' && this.draft !== null) this.draft = null;
    else if (e.key === 'Escape' && this.tool !== 'none') this.dispatchEvent(new CustomEvent('lk-tool-off'));
    else return;
    e.preventDefault();
  }

  /** Where the keyboard's pointer is: where it was, or in the middle. */
  private get aim(): Spot {
    const { mine } = this.share;
    return mine?.page === this.sheet.id ? mine : { x: this.look.x, y: this.look.y };
  }

  private arrow([dx, dy]: [number, number], step: number): void {
    if (this.tool === 'none') this.push(-dx * PUSH_PX, -dy * PUSH_PX);
    else this.point(stepped(this.look.turn, this.aim, dx * step, dy * step));
  }

  /** Enter: begins a line or box, and ends it; or writes here. */
  private strike(): void {
    const { aim } = this;
    this.point(aim);
    if (this.tool === 'text') this.begin(aim);
    else if (this.draft === null) this.draft = aim;
    else this.finish(aim);
  }
}
define('lk-paper-well', PaperWell);
export type { PaperWell };
