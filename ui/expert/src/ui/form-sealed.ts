// The form when it is not filled in any more: what the citizen reads and approves, and what became of it.

import { html, nothing, type TemplateResult } from 'lit';
import type { FormShare } from '../form/share';
import type { Answer } from '../form/snapshot';
import { PageElement, define } from './element';
import { icon } from './icons';

class FormSealed extends PageElement {
  static override properties = { ...PageElement.properties, share: { attribute: false } };
  declare share: FormShare;
  private address = '';
  private made: Uint8Array | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.revoke();
  }

  override render(): TemplateResult {
    const phase = this.share.state?.phase ?? 'sent';
    return html`<div class="sealed">${phase === 'review' ? this.reviewing() : phase === 'sealing' ? this.sealing() : this.sent()}${this.snapshot()}</div>`;
  }

  private reviewing(): TemplateResult {
    const { t, share } = this;
    const [ours, theirs] = [share.snapshot?.sha256 ?? '', share.state?.sha256 ?? ''];
    const state = ours === '' || theirs === '' ? 'checking' : ours === theirs ? 'same' : 'mismatch';
    const words = { checking: t.form.checking, same: t.form.checked, mismatch: t.form.mismatch }[state];
    return html`<div class="banner calm">${icon('eye')}<p><b class="strong">${t.form.reviewTitle}</b><br>${t.form.reviewText}</p></div>
      <p class="note-line ${state === 'mismatch' ? 'wrong' : state === 'same' ? 'ok' : 'muted'}" data-testid="form-hash" data-state=${state} data-sha256=${ours}>${icon(state === 'mismatch' ? 'shieldX' : state === 'same' ? 'shieldCheck' : 'loader')}<span>${words}</span></p>`;
  }

  private sealing(): TemplateResult {
    return html`<div class="banner calm">${icon('loader', 'spin')}<p><b class="strong">${this.t.form.sealingTitle}</b><br>${this.t.form.sealingText}</p></div>`;
  }

  private sent(): TemplateResult {
    const { t, share } = this;
    const { state, sealed } = share;
    const code = state?.code ?? '';
    return html`<div class="banner">${icon('circleCheck')}<p><b class="strong">${t.form.sentTitle}</b></p></div>
      <dl class="receipt"><dt>${t.form.code}</dt><dd class="code" data-testid="form-code">${code}</dd>
        <dt>${t.form.packageLabel}</dt><dd>${sealed === null ? html`<span class="muted">${t.form.packageWaits}</span>`
          : html`<a class="btn" href=${this.link()} download="${code || 'luukku'}.asice" data-testid="package-download" data-sha256=${sealed.sha256}>${icon('download')}${t.form.download}</a>`}</dd>
        ${sealed === null ? nothing : html`<dt>${t.form.sum}</dt><dd class="sum" data-testid="package-sha256">${sealed.sha256}</dd>`}</dl>
      ${state?.posting || state?.posted ? html`<p class="note-line ${state?.posted ? 'ok' : 'muted'}" data-testid="form-posted" data-state=${state?.posted ? 'posted' : 'waits'}>${icon(state?.posted ? 'check' : 'clock')}<span>${state?.posted ? t.form.posted : t.form.notPosted}</span></p>` : nothing}`;
  }

  /** Made once for each package: the browser keeps it for as long as the address stands. */
  private link(): string {
    const { sealed } = this.share;
    if (sealed === null || sealed.bytes === this.made) return this.address;
    this.revoke();
    this.made = sealed.bytes;
    this.address = URL.createObjectURL(new Blob([sealed.bytes], { type: 'application/vnd.etsi.asic-e+zip' }));
    return this.address;
  }

  private revoke(): void {
    if (this.address !== '') URL.revokeObjectURL(this.address);
    this.address = '';
    this.made = null;
  }

  private snapshot(): TemplateResult | typeof nothing {
    const { snapshot } = this.share;
    if (snapshot === null) return nothing;
    return html`<div class="answers" data-testid="form-snapshot">${snapshot.parts.map((p) => html`<h3>${p.title}</h3><dl>${p.answers.map((a) => this.answer(a))}</dl>`)}</div>`;
  }

  private answer(a: Answer): TemplateResult {
    const { t } = this;
    if (a.rows !== null) {
      return html`<dt>${a.label}</dt><dd>${a.rows.length === 0 ? html`<span class="muted">${t.form.noRows}</span>`
        : a.rows.map((row) => html`<dl class="row-answers">${row.map((x) => this.answer(x))}</dl>`)}</dd>`;
    }
    const by = { expert: t.form.byExpert, both: t.form.byBoth, accepted: t.form.byAccepted }[a.by];
    return html`<dt>${a.label}</dt><dd>${a.applies ? (a.shown === '' ? html`<span class="muted">${t.form.empty}</span>` : html`<span class="said">${a.shown}</span>`) : html`<span class="muted">${t.form.notApplicable}</span>`}
      ${by === undefined ? nothing : html`<span class="chip">${icon('penLine')}${by}</span>`}</dd>`;
  }
}
define('lk-form-sealed', FormSealed);
