// One cell of the shared form: label, what the expert may do with it, the value, who else is there, what is wrong.

import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { Binding } from '../form/binding';
import { isText, isWhole, type Cell } from '../form/cells';
import { say, type Field, type Option } from '../form/def';
import type { FormShare } from '../form/share';
import { PageElement, define } from './element';
import { errorText, labelOf, lookAt, shown, type Look } from './form-look';
import './form-suggest';
import { icon } from './icons';
import { keyCap } from './keys';

const KEYBOARDS: Partial<Record<Field['type'], string>> = { number: 'decimal', phone: 'tel', email: 'email', postcode: 'numeric' };
type Box = HTMLInputElement | HTMLTextAreaElement;

class FormCell extends PageElement {
  static override properties = {
    ...PageElement.properties, share: { attribute: false }, cell: { attribute: false }, current: { attribute: false }, nagged: { attribute: false }, half: { attribute: false },
    suggesting: { state: true }, cut: { state: true }, typing: { state: true },
  };
  declare share: FormShare;
  declare cell: Cell;
  /** The expert was here last: the letters stand for this cell's buttons. */
  declare current: boolean;
  /** What is missing is a mistake by now. */
  declare nagged: boolean;
  /** Of two columns it has one: the buttons have no words. */
  declare half: boolean;
  declare suggesting: boolean;
  declare cut: boolean;
  declare typing: boolean;
  private binding: Binding | null = null;
  private bound: unknown[] = [];

  constructor() {
    super();
    this.suggesting = this.cut = this.typing = this.half = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unbind();
  }

  override render(): TemplateResult | typeof nothing {
    const { cell, share } = this;
    if (!this.stands) return nothing;
    const look = lookAt(share, cell, performance.now());
    const wrong = this.wrongIn(look);
    const looks = [wrong === null ? '' : 'bad', look.citizen === null ? '' : 'theirs', look.pointed ? 'pointed' : '', look.suggestion === null ? '' : 'suggested'];
    return html`<div class="field ${looks.join(' ')}" @focusin=${() => this.came()} @focusout=${() => this.left()}>
      ${this.head(look)}
      <div class="hold">${this.control(look, wrong !== null)}${this.ghost(look)}${this.flag(look)}</div>
      ${look.suggestion === null ? nothing : this.pending(look.suggestion)}
      ${this.notes(look, wrong)}
      ${this.suggesting ? html`<lk-suggest .app=${this.app} .beat=${this.beat} .share=${share} .cell=${cell} .name=${this.name} @lk-done=${() => this.suggested()}></lk-suggest>` : nothing}
    </div>`;
  }

  override updated(): void {
    const box = this.stands ? this.box() : null;
    const { cell } = this;
    const wanted = box === null ? [] : [box, cell.home, cell.key, cell.home.get(cell.key) instanceof Object ? cell.home.get(cell.key) : null];
    if (wanted.length !== this.bound.length || wanted.some((w, i) => w !== this.bound[i])) {
      this.unbind();
      this.bound = wanted;
      if (box !== null) this.binding = new Binding(box, this.share.source(cell), cell.field.type === 'lines', (cut) => { this.cut = cut; });
    }
    const ghost = this.querySelector('.ghost');
    if (ghost !== null && box !== null) [ghost.scrollLeft, ghost.scrollTop] = [box.scrollLeft, box.scrollTop];
  }

  /** Of the present document. One of a document that is gone waits for the panel to take it away. */
  private get stands(): boolean {
    return this.share.holds(this.cell);
  }

  private unbind(): void {
    this.binding?.detach();
    this.binding = null;
    this.bound = [];
  }

  private box(): Box | null {
    return this.querySelector<Box>('.hold > .input:not(.pick-list)');
  }

  private get id_(): string {
    return `cell-${this.cell.path}`;
  }

  private get name(): string {
    return labelOf(this.t, this.app.lang, this.cell.field);
  }

  /** While somebody is at it, a value is not called wrong; a gap is called so only when it was to be filled. */
  private wrongIn(look: Look): string | null {
    if (look.error === null || this.typing || look.citizen !== null) return null;
    if (look.error.error === 'missing' && !this.nagged) return null;
    return errorText(this.t, this.app.lang, this.cell.field, look.error);
  }

  // --- label and tools ---

  private head(look: Look): TemplateResult {
    const { t, cell } = this;
    const { field } = cell;
    const words = html`${field.who === 'citizen' ? icon('lock', 'tiny') : nothing}<span>${this.name}${field.required ? nothing : html` <span class="muted light">(${t.form.optional})</span>`}</span>
      ${look.done ? icon('circleCheck', 'good') : nothing}`;
    const grouped = ['choice', 'choices', 'yesno'].includes(field.type);
    return html`<div class="top">${grouped ? html`<span class="label" id="${this.id_}-label">${words}</span>` : html`<label for=${this.id_}>${words}</label>`}
      ${this.share.isOpen ? html`<span class="tools">${this.tool('point', look.pointed)}${field.who === 'expert' ? nothing : this.tool('suggest', this.suggesting)}</span>` : nothing}</div>`;
  }

  private tool(what: 'point' | 'suggest', on: boolean): TemplateResult {
    const { t, cell, current } = this;
    const key = t.form.keys[what];
    const word = what === 'point' && on ? t.form.pointOff : t.form[what];
    const act = (): void => (what === 'point' ? this.share.point(on ? '' : cell.path) : this.suggestOrNot());
    const state = what === 'point' ? { pressed: String(on), open: nothing } : { pressed: nothing, open: String(on) };
    return html`<button class="btn mini ${on ? 'on' : ''} ${current ? '' : 'square'}" data-testid="${what}-${cell.path}" title=${word} aria-disabled=${!this.share.up}
      aria-pressed=${state.pressed} aria-expanded=${state.open} data-key=${current ? key : nothing} aria-keyshortcuts=${current ? `Alt+${key}` : nothing} @click=${act}>
      ${icon(what === 'point' ? 'pointer' : 'quote')}<span class=${current && !this.half ? '' : 'hidden'}>${word}<span class="hidden">: ${this.name}</span></span>${current ? keyCap(key) : nothing}</button>`;
  }

  private suggestOrNot(): void {
    this.suggesting = !this.suggesting;
  }

  private suggested(): void {
    this.suggesting = false;
    this.querySelector<HTMLElement>(`[data-testid="suggest-${this.cell.path}"]`)?.focus();
  }

  // --- the value ---

  private control(look: Look, invalid: boolean): TemplateResult {
    const { field } = this.cell;
    if (field.type === 'choices') return this.boxes(look, invalid);
    if (field.type === 'choice') return this.radios(look, invalid, field.options.map((o) => [o.id, say(o.label, this.app.lang)]));
    if (field.type === 'yesno') return this.radios(look, invalid, [['yes', this.t.form.yes], ['no', this.t.form.no]]);
    const about = this.notesId(look);
    if (field.type === 'lines') {
      return html`<textarea class="input" id=${this.id_} data-testid="field-${this.cell.path}" rows="3" dir="auto" ?readonly=${!look.may} placeholder=${say(field.hint, this.app.lang)}
        aria-required=${field.required} aria-invalid=${invalid} aria-describedby=${about} @input=${(e: InputEvent) => this.typed(e)} @compositionstart=${() => this.binding?.compose()}
        @compositionend=${() => this.binding?.settle()} @blur=${() => this.binding?.settle()} @keyup=${() => this.sayPlace()} @click=${() => this.sayPlace()}></textarea>`;
    }
    return html`<input class="input" id=${this.id_} data-testid="field-${this.cell.path}" type="text" autocomplete="off" dir="auto" ?readonly=${!look.may} inputmode=${KEYBOARDS[field.type] ?? nothing}
      spellcheck=${isText(field) ? 'true' : 'false'} placeholder=${say(field.hint, this.app.lang)} aria-required=${field.required} aria-invalid=${invalid} aria-describedby=${about}
      @input=${(e: InputEvent) => this.typed(e)} @compositionstart=${() => this.binding?.compose()} @compositionend=${() => this.binding?.settle()} @blur=${() => this.binding?.settle()}
      @keyup=${() => this.sayPlace()} @click=${() => this.sayPlace()}>`;
  }

  private radios(look: Look, invalid: boolean, options: [string, string][]): TemplateResult {
    const { cell } = this;
    return html`<div class="options ${options.every(([, l]) => l.length <= 10) ? 'short' : ''}" role="radiogroup" aria-labelledby="${this.id_}-label" aria-required=${cell.field.required} aria-invalid=${invalid}
      aria-describedby=${this.notesId(look)} data-testid="field-${cell.path}" data-value=${look.value}>${options.map(([id, label]) => html`<label class="option" data-testid="field-${cell.path}-${id}">
      <input type="radio" name=${this.id_} value=${id} .checked=${live(look.value === id)} ?disabled=${!look.may} @change=${() => this.share.set(cell, id)}><span>${label}</span></label>`)}</div>`;
  }

  private boxes(look: Look, invalid: boolean): TemplateResult {
    const { cell } = this;
    const chosen = look.value.split(' ');
    const turn = (o: Option, on: boolean): void => {
      const ids = cell.field.options.map((x) => x.id).filter((id) => (id === o.id ? on : chosen.includes(id)));
      this.share.set(cell, ids.join(' '));
    };
    return html`<div class="options" role="group" aria-labelledby="${this.id_}-label" aria-describedby=${this.notesId(look)} data-testid="field-${cell.path}" data-value=${look.value} data-invalid=${invalid}>
      ${cell.field.options.map((o) => html`<label class="option" data-testid="field-${cell.path}-${o.id}"><input type="checkbox" .checked=${live(chosen.includes(o.id))} ?disabled=${!look.may}
        @change=${(e: Event) => turn(o, (e.target as HTMLInputElement).checked)}><span>${say(o.label, this.app.lang)}</span></label>`)}</div>`;
  }

  private typed(e: InputEvent): void {
    this.typing = true;
    if (e.isComposing) return;
    this.binding?.input();
    this.sayPlace();
  }

  // --- where one is ---

  private came(): void {
    this.dispatchEvent(new CustomEvent('lk-at', { detail: this.cell.path, bubbles: true }));
    this.sayPlace();
  }

  private left(): void {
    this.typing = false;
    this.cut = false;
    this.share.here(null);
  }

  private sayPlace(): void {
    const box = this.box();
    this.share.here({ field: this.cell.path, at: box?.selectionStart ?? 0, to: box?.selectionEnd ?? 0 });
  }

  /** The citizen's caret: the same text again, unseen, with a line in it. */
  private ghost(look: Look): TemplateResult | typeof nothing {
    const place = this.share.paper?.presence.citizen;
    if (look.citizen === null || !place || this.box() === null) return nothing;
    return html`<div class="ghost ${this.cell.field.type === 'lines' ? 'wraps' : ''}" aria-hidden="true"><span>${look.value.slice(0, place.at)}</span><i class="caret"></i></div>`;
  }

  private flag(look: Look): TemplateResult | typeof nothing {
    if (look.citizen === null) return nothing;
    return html`<span class="flag" data-testid="citizen-at" data-path=${this.cell.path} data-state=${look.citizen}>${icon('textCursor')}${look.citizen === 'writing' ? this.t.form.writing : this.t.form.here}</span>`;
  }

  // --- below ---

  private notesId(look: Look): string | typeof nothing {
    return this.lines(look, this.wrongIn(look)).length > 0 ? `${this.id_}-notes` : nothing;
  }

  private lines(look: Look, wrong: string | null): TemplateResult[] {
    const { t, cell, share } = this;
    const { field } = cell;
    const help = say(field.help, this.app.lang);
    const answered = share.answered.get(cell.path);
    const line = (look_: string, name: Parameters<typeof icon>[0], words: string): TemplateResult => html`<p class="note-line ${look_}">${icon(name)}<span>${words}</span></p>`;
    return [
      ...(wrong === null ? [] : [line('wrong', 'circleAlert', wrong)]),
      ...(this.cut ? [line('warn', 'triangleAlert', t.form.full)] : []),
      ...(look.pointed ? [line('mine', 'pointer', t.form.pointed)] : []),
      ...(answered === undefined ? [] : [answered.accepted ? line('ok', 'circleCheck', t.form.accepted) : line('warn', 'info', t.form.declined(shown(this.app.lang, field, answered.value)))]),
      ...(isWhole(cell) ? [] : [line('warn', 'triangleAlert', t.form.broken)]),
      ...(help === '' ? [] : [line('muted', 'info', help)]),
      ...(field.who === 'citizen' && share.isOpen ? [line('muted', 'lock', t.form.locked)] : []),
    ];
  }

  private notes(look: Look, wrong: string | null): TemplateResult {
    return html`<div id="${this.id_}-notes">${this.lines(look, wrong)}</div>`;
  }

  private pending(value: string): TemplateResult {
    const { t, cell } = this;
    return html`<div class="suggestion" data-testid="suggested-${cell.path}">${icon('quote')}<p class="grow"><ins>${shown(this.app.lang, cell.field, value)}</ins><br><span class="small muted">${t.form.suggestWaits}</span></p>
      <button class="btn mini" data-testid="withdraw-${cell.path}" @click=${() => this.share.withdraw(cell.path)}>${t.form.suggestWithdraw}<span class="hidden">: ${this.name}</span></button></div>`;
  }
}
define('lk-cell', FormCell);
