// Asking for a paper: of which kind, which sides, what more. The citizen sees it and begins.

import { html, nothing, type TemplateResult } from 'lit';
import type { Definition } from '../form/def';
import type { PaperShare } from '../paper/share';
import { CallElement, define } from './element';
import { icon } from './icons';
import { kindsOf, type Kind } from './paper-look';

class PaperAsk extends CallElement {
  static override properties = { ...CallElement.properties, share: { attribute: false }, def: { attribute: false }, kind: { state: true }, sides: { state: true }, bare: { state: true } };
  declare share: PaperShare;
  /** The form's, which names the kinds of paper. */
  declare def: Definition | null;
  /** That was chosen; "": none yet, so the first. */
  declare kind: string;
  /** That was chosen; 0: none yet, so as the kind has it. */
  declare sides: 0 | 1 | 2;
  /** Sent without a word of what is wanted. */
  declare bare: boolean;

  constructor() {
    super();
    this.kind = '';
    this.sides = 0;
    this.bare = false;
  }

  override render(): TemplateResult {
    const { t, share } = this;
    const { scanner, camera } = share.told;
    const kinds = kindsOf(t, this.def, this.app.lang);
    const { kind, sides } = this.wish(kinds);
    const note = scanner === 'none' ? (camera ? t.paper.noScanner : t.paper.noMachine) : null;
    return html`<section class="panel pad asking" aria-labelledby="ask-title"><form @submit=${(e: SubmitEvent) => this.send(e)}>
      <h2 id="ask-title" tabindex="-1">${t.paper.ask}</h2><p class="small muted panel-lead">${t.paper.askLead}</p>
      ${note === null ? nothing : html`<p class="note-line warn">${icon('triangleAlert')}<span>${note}</span></p>`}
      <label class="field"><span class="small strong" aria-hidden="true">${t.paper.askKind}</span><select class="input" aria-label=${t.paper.askKind} data-testid="paper-ask-kind" .value=${kind} @change=${(e: Event) => { this.kind = (e.target as HTMLSelectElement).value; this.sides = 0; }}>
        ${kinds.map((k) => html`<option value=${k.id} ?selected=${k.id === kind}>${k.words}</option>`)}</select></label>
      <div class="choice" role="radiogroup" aria-label=${t.paper.askSides}>${([1, 2] as const).map((n) => html`<label><input type="radio" name="sides" value=${n} data-testid="paper-ask-sides-${n}" .checked=${sides === n} @change=${() => { this.sides = n; }}>${t.paper.sides[n]}</label>`)}</div>
      <label class="field"><span class="small strong" aria-hidden="true">${t.paper.askText}</span><input class="input" aria-label=${t.paper.askText} data-testid="paper-ask-text" name="text" maxlength="160" autocomplete="off" placeholder=${t.paper.askTextHint} dir="auto" aria-describedby="ask-needs"></label>
      <p class="note-line wrong" id="ask-needs" role="status">${this.bare ? html`${icon('circleAlert')}<span>${t.paper.askNeeds}</span>` : nothing}</p>
      <div class="row"><button class="btn fill" data-testid="paper-ask-send" aria-disabled=${!share.isShared}>${t.paper.askSend}</button><button type="button" class="btn" data-testid="paper-ask-cancel" @click=${() => this.done()}>${t.paper.cancel}</button></div>
    </form></section>`;
  }

  /** What would be asked for now. */
  private wish(kinds: Kind[]): { kind: string; sides: 1 | 2 } {
    const kind = kinds.find((k) => k.id === this.kind) ?? kinds[0]!;
    return { kind: kind.id, sides: this.sides !== 0 ? this.sides : kind.bothSides ? 2 : 1 };
  }

  /** "Another paper" says nothing without words. */
  private send(e: SubmitEvent): void {
    e.preventDefault();
    const field = this.querySelector<HTMLInputElement>('[data-testid="paper-ask-text"]')!;
    const text = field.value.trim();
    const wish = this.wish(kindsOf(this.t, this.def, this.app.lang));
    this.bare = wish.kind === 'other' && text === '';
    if (this.bare) return field.focus();
    if (this.share.ask({ ...wish, text })) this.done();
  }

  private done(): void {
    this.dispatchEvent(new CustomEvent('lk-done'));
  }
}
define('lk-paper-ask', PaperAsk);
