// Writing a suggestion: what the field would hold, sent when it is ready. Enter sends, Escape puts it away.

import { html, nothing, type TemplateResult } from 'lit';
import { clean } from '../form/binding';
import { longest, type Cell } from '../form/cells';
import { say } from '../form/def';
import type { FormShare } from '../form/share';
import { PageElement, define } from './element';

class Suggest extends PageElement {
  static override properties = { ...PageElement.properties, share: { attribute: false }, cell: { attribute: false }, name: { attribute: false }, long: { state: true } };
  declare share: FormShare;
  declare cell: Cell;
  declare name: string;
  declare long: boolean;

  constructor() {
    super();
    this.long = false;
  }

  override firstUpdated(): void {
    this.querySelector<HTMLElement>('.input, input')?.focus();
  }

  override render(): TemplateResult {
    const f = this.t.form;
    return html`<form class="suggesting" aria-label=${f.suggestFor(this.name)} @submit=${(e: SubmitEvent) => this.send(e)} @keydown=${(e: KeyboardEvent) => this.key(e)}>
      ${this.input()}
      ${this.long ? html`<p class="small warn" role="status">${f.suggestLong}</p>` : nothing}
      <p class="row"><button class="btn mini fill" data-testid="suggest-send-${this.cell.path}" type="submit">${f.suggestSend}</button>
        <button class="btn mini" type="button" @click=${() => this.done()}>${f.suggestCancel}</button></p></form>`;
  }

  private input(): TemplateResult {
    const { cell, t } = this;
    const { field } = cell;
    const test = `suggest-text-${cell.path}`;
    const label = t.form.suggestFor(this.name);
    if (field.type === 'choices') {
      return html`<div class="options">${field.options.map((o) => html`<label class="option"><input type="checkbox" name="many" value=${o.id}><span>${say(o.label, this.app.lang)}</span></label>`)}</div>`;
    }
    const options = field.type === 'yesno' ? [['yes', t.form.yes], ['no', t.form.no]] : field.options.map((o) => [o.id, say(o.label, this.app.lang)]);
    if (options.length > 0) {
      return html`<select class="input pick-list" name="one" data-testid=${test} aria-label=${label}>${options.map(([id, words]) => html`<option value=${id!}>${words}</option>`)}</select>`;
    }
    if (field.type === 'lines') return html`<textarea class="input" name="one" rows="3" dir="auto" data-testid=${test} aria-label=${label} maxlength=${longest(field)}></textarea>`;
    return html`<input class="input" name="one" autocomplete="off" dir="auto" data-testid=${test} aria-label=${label} maxlength=${longest(field)}>`;
  }

  private key(e: KeyboardEvent): void {
    if (e.key !== 'Escape') return;
    e.stopPropagation();
    this.done();
  }

  private send(e: SubmitEvent): void {
    e.preventDefault();
    const data = new FormData(e.target as HTMLFormElement);
    const value = this.cell.field.type === 'choices' ? data.getAll('many').join(' ') : clean(String(data.get('one') ?? '').trim(), this.cell.field.type === 'lines');
    if (value === '') return this.done();
    this.long = !this.share.suggest(this.cell.path, value);
    if (!this.long) this.done();
  }

  private done(): void {
    this.dispatchEvent(new CustomEvent('lk-done'));
  }
}
define('lk-suggest', Suggest);
