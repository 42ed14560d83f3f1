// The shared form beside the video: steps, the fields of one, how far it is, what is stored, and the end of it.

import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { cellsInRow, cellsOf, rowsOf, type Cell, type Row } from '../form/cells';
import { say, type Field, type Section } from '../form/def';
import type { FormShare } from '../form/share';
import { PageElement, define } from './element';
import './form-cell';
import { errorText, hiddenNow, progressOf, rowCount, stepsOf } from './form-look';
import './form-sealed';
import { icon } from './icons';
import { keyCap } from './keys';

/** What is stored within this time is not worth a word. */
const SLOW_MS = 600;
const HALF: Field['type'][] = ['number', 'date', 'postcode'];

class FormPanel extends PageElement {
  static override properties = { ...PageElement.properties, share: { attribute: false }, chosen: { state: true }, at: { state: true }, confirming: { state: true } };
  declare share: FormShare;
  /** The step the expert went to; "" goes with the citizen. */
  declare chosen: string;
  declare at: string;
  declare confirming: string;
  /** Steps that were left, or asked to be approved: what is missing there is a mistake. */
  private readonly nagged = new Set<string>();
  private unsentSince: number | null = null;
  private adding: { path: string; rows: number } | null = null;
  private hadFocus = false;
  /** While a button of the pointer is down: the cell it went to. Its tools widen after the click, not away from under it. */
  private pressed: string | null = null;

  constructor() {
    super();
    this.chosen = this.at = this.confirming = '';
  }

  override willUpdate(): void {
    this.hadFocus = this.contains(document.activeElement);
  }

  override render(): TemplateResult {
    const { share, t } = this;
    return html`<section class="panel sheet" aria-labelledby="form-title" data-testid="form-panel" data-stage=${share.stage} data-phase=${share.state?.phase ?? ''}>
      <header><div class="row"><h2 id="form-title" tabindex="-1">${share.paper === null ? t.form.name : say(share.paper.def.title, this.app.lang)}</h2>
        <button class="btn mini bare square push" data-testid="form-hide" title=${t.form.hide} @click=${() => this.dispatchEvent(new CustomEvent('lk-hide'))}>${icon('panelClose')}<span class="hidden">${t.form.hide}</span></button></div>
        ${share.paper === null ? nothing : this.progress()}</header>
      ${this.body()}</section>`;
  }

  override updated(): void {
    const { adding } = this;
    const first = adding === null ? null : this.querySelector<HTMLElement>(`[data-row="${adding.path}"]:last-of-type [data-testid^="field-"]`);
    if (adding !== null && first !== null && this.querySelectorAll(`[data-row="${adding.path}"]`).length > adding.rows) {
      this.adding = null;
      setTimeout(() => (first.matches('input, textarea') ? first : first.querySelector<HTMLElement>('input'))?.focus(), 0);
    } else if (this.hadFocus && document.activeElement === document.body) {
      // What had the focus is gone: a step, a row, the form being filled in.
      this.querySelector<HTMLElement>('#form-step, #form-title')?.focus();
    }
  }

  /** Asked to be approved: what is missing anywhere is a mistake from now on. */
  nagAll(): void {
    for (const s of this.share.paper?.def.sections ?? []) this.nagged.add(s.id);
    this.requestUpdate();
  }

  private get isFilled(): boolean {
    return this.share.stage === 'open' && ['filling', 'failed'].includes(this.share.state?.phase ?? 'filling');
  }

  private step(): { steps: Section[]; section: Section; n: number } {
    const steps = stepsOf(this.share.paper!.def, hiddenNow(this.share));
    const index = (id: string): number => steps.findIndex((s) => s.id === id);
    const n = Math.max(0, index(this.chosen) >= 0 ? index(this.chosen) : index(this.share.state?.section ?? ''));
    return { steps, section: steps[n] ?? this.share.paper!.def.sections[0]!, n };
  }

  // --- above ---

  private progress(): TemplateResult {
    const { t } = this;
    const { steps, section, n } = this.step();
    const theirs = steps.findIndex((s) => s.id === this.share.state?.section);
    if (!this.isFilled) return html`${this.share.state?.phase === 'sent' ? nothing : html`<div class="row small muted">${this.stored()}</div>`}`;
    return html`<div class="row small muted sub"><h3 id="form-step" tabindex="-1">${t.form.step(n + 1, steps.length)} · ${say(section.title, this.app.lang)}</h3>${this.stored()}</div>
      <ol class="steps" aria-label=${t.form.steps} @keydown=${(e: KeyboardEvent) => this.along(e, steps, n)}>${steps.map((s, i) => html`<li><button data-testid="form-step-${s.id}" class=${i <= n ? 'done' : ''}
        tabindex=${i === n ? 0 : -1} aria-current=${i === n ? 'step' : nothing} title=${say(s.title, this.app.lang)} @click=${() => this.go(s.id)}>
        ${i === theirs ? html`<i class="customer"></i>` : nothing}<span class="hidden">${t.form.step(i + 1, steps.length)}: ${say(s.title, this.app.lang)}</span></button></li>`)}</ol>
      ${theirs < 0 || theirs === n ? nothing : html`<p class="row small them">${icon('user', 'tiny')}${t.form.customerAt(theirs + 1)}<button class="btn mini" data-testid="form-follow" @click=${() => this.go('')}>${t.form.follow}</button></p>`}`;
  }

  private stored(): TemplateResult {
    const { share, t } = this;
    const { characters, changes } = share.unsent;
    const waits = characters > 0 || changes;
    const now = performance.now();
    this.unsentSince = waits ? this.unsentSince ?? now : null;
    const slow = this.unsentSince !== null && now - this.unsentSince >= SLOW_MS;
    const words = !share.up ? t.form.waits(characters) : !slow ? t.form.stored : characters > 0 ? t.form.unsent(characters) : t.form.unsentChange;
    return html`<span class="push stored ${!share.up || slow ? 'warn' : ''}" data-testid="form-unsent" data-state=${waits ? 'unsent' : 'stored'} data-characters=${characters}>
      ${icon(!share.up ? 'wifiOff' : slow ? 'clock' : 'check', 'tiny')}${words}</span>`;
  }

  /** Left and right, first and last: from step to step. */
  private along(e: KeyboardEvent, steps: Section[], n: number): void {
    const to = { ArrowRight: n + 1, ArrowLeft: n - 1, Home: 0, End: steps.length - 1 }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    const section = steps[Math.min(steps.length - 1, Math.max(0, to))]!;
    this.go(section.id, `[data-testid="form-step-${section.id}"]`);
  }

  private go(section: string, focus = '#form-step'): void {
    this.nagged.add(this.step().section.id);
    this.chosen = section;
    this.confirming = '';
    setTimeout(() => {
      this.querySelector('.fields')?.scrollTo(0, 0);
      this.querySelector<HTMLElement>(focus)?.focus();
    }, 0);
  }

  // --- the form ---

  private body(): TemplateResult {
    const { share, t } = this;
    if (share.stage === 'over' || share.stage === 'refused') return this.ended();
    if (share.paper === null) return html`<p class="fields note-line muted">${icon('loader', 'spin')}<span>${t.form.joining}</span></p>`;
    if (!this.isFilled) return html`<div class="fields" tabindex="0" role="group" aria-labelledby="form-title">${this.gone()}<lk-form-sealed .app=${this.app} .beat=${this.beat} .share=${share}></lk-form-sealed></div>`;
    const { steps, section, n } = this.step();
    const hidden = hiddenNow(share);
    const fields = section.fields.filter((f) => !hidden.has(f.id));
    return html`<div class="fields" @pointerdown=${() => this.press()} @lk-at=${(e: CustomEvent<string>) => { this.came(e.detail, section); }}>
      ${this.gone()}${share.reopened ? html`<div class="banner calm wide" data-testid="form-reopened">${icon('info')}<p>${t.form.reopened}</p></div>` : nothing}${share.state?.phase === 'failed' ? html`<p class="banner bad wide" role="status">${icon('triangleAlert')}${t.form.failed}</p>` : nothing}
      ${repeat(fields, (f) => f.id, (f) => this.field(f, hidden, this.nagged.has(section.id)))}</div>
      ${this.foot(steps, section, n)}`;
  }

  private came(path: string, section: Section): void {
    this.chosen ||= section.id;
    if (this.pressed === null) this.at = path;
    else this.pressed = path;
  }

  private press(): void {
    this.pressed = this.at;
    const up = (): void => {
      removeEventListener('pointerup', up);
      removeEventListener('pointercancel', up);
      // The click comes right behind.
      setTimeout(() => {
        if (this.pressed !== null) this.at = this.pressed;
        this.pressed = null;
      }, 0);
    };
    addEventListener('pointerup', up);
    addEventListener('pointercancel', up);
  }

  private gone(): TemplateResult | typeof nothing {
    const { lost } = this.share;
    if (lost === null) return nothing;
    return html`<div class="banner caution wide" role="status" data-testid="form-lost" data-characters=${lost.characters}>${icon('triangleAlert')}<p class="grow">${this.t.form.lost(lost.characters)}</p>
      <button class="btn mini" @click=${() => this.share.dismissLost()}>${this.t.dismiss}</button></div>`;
  }

  private field(field: Field, hidden: ReadonlySet<string>, nagged: boolean): TemplateResult {
    const { t, app, share } = this;
    const label = say(field.label, app.lang);
    if (field.type === 'info') return html`<p class="wide info">${icon('info')}<span>${label}</span></p>`;
    if (field.type === 'rows') return this.rows(field, hidden, nagged);
    if (field.type === 'attachment' || field.type === 'signature') return this.kiosks(field, nagged);
    const cells = cellsOf(share.paper!.f, field).filter((c) => !hidden.has(c.path));
    if (field.type !== 'address') return html`${cells.map((c) => this.cell(c, nagged))}`;
    if (cells.length === 0) return html``;
    return html`<div class="wide group" role="group" aria-label=${label}><p class="group-title">${label}${field.required ? nothing : html` <span class="muted light">(${t.form.optional})</span>`}</p>${cells.map((c) => this.cell(c, nagged))}</div>`;
  }

  private cell(cell: Cell, nagged: boolean): TemplateResult {
    const half = HALF.includes(cell.field.type) || cell.field.id.endsWith('-town');
    return html`<lk-cell class=${half ? '' : 'wide'} .app=${this.app} .beat=${this.beat} .share=${this.share} .cell=${cell} .half=${half} .current=${this.at === cell.path} .nagged=${nagged}></lk-cell>`;
  }

  /** A paper or the signature: the citizen's at the kiosk. */
  private kiosks(field: Field, nagged: boolean): TemplateResult {
    const { t, share } = this;
    const error = share.state?.errors.get(field.id);
    const wrong = error !== undefined && field.type === 'attachment' && (nagged || error.error !== 'missing');
    return html`<div class="wide kiosks" data-testid="field-${field.id}"><p class="group-title">${say(field.label, this.app.lang)}</p>
      <p class="note-line muted">${icon(field.type === 'attachment' ? 'fileText' : 'penLine')}<span>${field.type === 'attachment' ? t.form.attachment : t.form.signature}</span></p>
      ${wrong ? html`<p class="note-line wrong">${icon('circleAlert')}<span>${errorText(t, this.app.lang, field, error)}</span></p>` : nothing}</div>`;
  }

  // --- rows ---

  private rows(field: Field, hidden: ReadonlySet<string>, nagged: boolean): TemplateResult {
    const { t, share, app } = this;
    const rows = rowsOf(share.paper!.f, field);
    const item = say(field.item, app.lang) || t.form.row;
    const error = share.state?.errors.get(field.id);
    const may = share.isOpen && field.who !== 'citizen';
    return html`<div class="wide rows" role="group" aria-label=${say(field.label, app.lang)} data-testid="field-${field.id}" data-rows=${rows.length}><p class="group-title">${say(field.label, app.lang)}</p>
      ${rows.length === 0 ? html`<p class="small muted">${t.form.noRows}</p>` : nothing}
      ${repeat(rows, (r) => r.id, (r, i) => this.row(field, r, `${item} ${i + 1}`, hidden, nagged, may))}
      ${error === undefined || (error.error === 'missing' && !nagged) ? nothing : html`<p class="note-line wrong">${icon('circleAlert')}<span>${errorText(t, app.lang, field, error)}</span></p>`}
      ${may ? html`<button class="btn mini" data-testid="row-add-${field.id}" aria-disabled=${!share.up} @click=${() => this.addRow(field)}>${icon('plus')}${t.form.rowAdd(item)}</button>` : nothing}</div>`;
  }

  private row(field: Field, row: Row, name: string, hidden: ReadonlySet<string>, nagged: boolean, may: boolean): TemplateResult {
    const { t } = this;
    const path = `${field.id}-${row.id}`;
    const cells = field.fields.filter((f) => !hidden.has(`${path}-${f.id}`));
    return html`<div class="group" role="group" aria-label=${name} data-row=${field.id}><p class="group-title row">${name}${may ? html`<button class="btn mini push ${this.confirming === path ? 'end' : ''}" data-testid="row-remove-${path}"
      aria-disabled=${!this.share.up} @click=${() => this.removeRow(path)}>${icon('trash')}${this.confirming === path ? t.form.rowRemoveHere : t.form.rowRemove}<span class="hidden">: ${name}</span></button>` : nothing}</p>
      ${cells.map((f) => (f.type === 'info' ? html`<p class="wide info">${icon('info')}<span>${say(f.label, this.app.lang)}</span></p>` : cellsInRow(field, f, row).filter((c) => !hidden.has(c.path)).map((c) => this.cell(c, nagged))))}</div>`;
  }

  private addRow(field: Field): void {
    this.adding = { path: field.id, rows: rowCount(this.share, field) };
    this.share.addRow(field.id);
  }

  /** Taking away a row takes what the other writes in it just now: asked again then. */
  private removeRow(path: string): void {
    const there = this.share.paper?.presence.citizen?.field.startsWith(`${path}-`) === true;
    if (there && this.confirming !== path) {
      this.confirming = path;
      return;
    }
    this.confirming = '';
    this.share.removeRow(path);
  }

  // --- below ---

  private foot(steps: Section[], section: Section, n: number): TemplateResult {
    const { t, share } = this;
    const p = progressOf(share, section, hiddenNow(share), this.nagged.has(section.id));
    const move = (to: number): void => { if (steps[to] !== undefined) this.go(steps[to].id); };
    const button = (to: number, what: 'next' | 'back'): TemplateResult => {
      const key = t.form.keys[what];
      return html`<button class="btn ${what === 'next' ? 'fill' : 'push'}" data-testid="form-${what}" aria-disabled=${steps[to] === undefined} data-key=${key} aria-keyshortcuts=${`Alt+${key}`} @click=${() => move(to)}>
        ${t.form[what]}${keyCap(key)}</button>`;
    };
    return html`<footer><span class="small muted" data-testid="form-progress">${t.form.ready(p.done, p.of)}${p.toMend === 0 ? nothing : html` · <span class="alert">${t.form.toMend(p.toMend)}</span>`}</span>
      ${button(n - 1, 'back')}${button(n + 1, 'next')}</footer>`;
  }

  private ended(): TemplateResult {
    const { share, t } = this;
    const refused = share.stage === 'refused';
    const why = t.form.why[share.why] ?? t.form.why['other']!;
    return html`<div class="fields"><div class="wide ended" data-testid="form-ended" data-stage=${share.stage} data-why=${share.why}>
        <div class="banner ${refused ? 'bad' : 'caution'}">${icon(refused ? 'shieldX' : 'info')}<p><b class="strong">${refused ? t.form.refusedTitle : t.form.overTitle}</b><br>${refused ? t.form.refusedText : t.form.overText}</p></div>
        <p class="small muted">${t.why}: ${why}.</p>
        <button class="btn" data-testid="form-again" aria-disabled=${!share.up} @click=${() => share.again()}>${t.form.again}</button></div>
      ${this.gone()}${share.state?.phase === 'sent' ? html`<lk-form-sealed class="wide" .app=${this.app} .beat=${this.beat} .share=${share}></lk-form-sealed>` : nothing}</div>`;
  }
}
define('lk-form', FormPanel);
export type { FormPanel };
