// Who the citizen is: the ways to ask, how it goes, and what this page itself found; why not, where it is not so.

import { html, nothing, type TemplateResult } from 'lit';
import { HOWS, type How } from '../identity/messages';
import type { IdentityShare, Verdict } from '../identity/share';
import { clockText } from '../text';
import { PageElement, define } from './element';
import { icon, type IconName } from './icons';
import { chipOf, identityState, keptState, reasonsOf, roleIdText, roleText, type IdentityState } from './identity-look';

const WAYS: Record<How, IconName> = { card: 'idCard', phone: 'smartphone', document: 'bookUser' };
const SIGN: Record<IdentityState, [IconName, string]> = {
  none: ['shieldQuestion', ''], going: ['loader', 'spin'], failed: ['shieldX', ''], unverified: ['shieldX', ''], stale: ['shieldQuestion', ''], seen: ['eye', ''],
  verified: ['shieldCheck', ''], earlier: ['shield', ''], 'other-role': ['shieldQuestion', ''],
};
const LOOK: Record<IdentityState, string> = {
  none: 'line', going: '', failed: 'warn', unverified: 'alert', stale: 'warn', seen: 'warn', verified: 'ok', earlier: 'line', 'other-role': 'warn',
};

class IdentityPanel extends PageElement {
  static override properties = { ...PageElement.properties, share: { attribute: false }, choosing: { type: Boolean } };
  declare share: IdentityShare;
  /** The ways to ask are shown. */
  declare choosing: boolean;

  constructor() {
    super();
    this.choosing = false;
  }

  override render(): TemplateResult {
    const state = identityState(this.share);
    return html`<section class="panel pad identity" data-testid="identity" data-state=${state} data-how=${this.share.how} aria-labelledby="identity-title">
      ${this.choosing ? this.ways() : this.found(state)}</section>`;
  }

  private ways(): TemplateResult {
    const { share } = this;
    const { identity: t } = this.t;
    const note = { loading: t.loading, none: t.notSetUp, broken: t.broken, ready: null }[share.setUp];
    return html`<h2 id="identity-title" tabindex="-1">${t.chooseTitle}</h2>
      <ul class="ways">${HOWS.filter((how) => share.offers(how)).map((how) => html`<li><button class="way" data-testid="ask-identity-${how}" aria-disabled=${!share.mayAsk} @click=${() => this.ask(how)}>
        ${icon(WAYS[how])}<span><b class="strong">${t.hows[how]}</b><br><span class="small muted">${t.helps[how]}</span></span></button></li>`)}</ul>
      ${note === null ? nothing : html`<p class="small note-line" data-testid="identity-setup" data-state=${share.setUp}>${icon('info')}<span>${note}</span></p>`}`;
  }

  private found(state: IdentityState): TemplateResult {
    const good = state === 'verified' || state === 'earlier' || state === 'other-role' || state === 'seen';
    return html`${good ? this.good(this.share.kept!, state) : this.other(state)}${this.acting()}${good ? nothing : this.kept()}`;
  }

  private chip(state: IdentityState): TemplateResult {
    const [name, extra] = SIGN[state];
    return html`<p><span class="chip ${LOOK[state]}" data-testid="identity-chip">${icon(name, extra)}${chipOf(this.t, state)}</span></p>`;
  }

  private good(v: Verdict, state: IdentityState): TemplateResult {
    const { identity: t } = this.t;
    const help = state === 'earlier' ? t.earlierHelp : state === 'other-role' ? t.otherRoleHelp : state === 'seen' ? t.seenHelp : null;
    return html`${this.chip(state)}<h2 id="identity-title" tabindex="-1" data-testid="identity-name">${v.person?.name ?? t.seenTitle}</h2>
      ${help === null ? nothing : html`<p class="small">${help}</p>`}${this.facts(v)}`;
  }

  private facts(v: Verdict): TemplateResult {
    const { t } = this;
    const { identity: i } = t;
    const p = v.person;
    return html`<dl class="facts">${p === null ? nothing : html`<dt>${i.kinds[p.kind]}</dt><dd data-testid="identity-id">${p.id}</dd>
        <dt>${i.issuer}</dt><dd data-testid="identity-issuer">${p.issuer[this.app.lang]}</dd>`}
      <dt>${v.how === 'document' ? i.seenTime : i.time}</dt><dd data-testid="identity-time">${i.at[v.how](clockText(new Date(v.at), this.app.lang))}</dd></dl>`;
  }

  /** No proof: not asked yet, under way, or why there is none. */
  private other(state: IdentityState): TemplateResult {
    const { t, share } = this;
    const { identity: i } = t;
    const [name, extra] = SIGN[state];
    const reasons = state === 'none' ? [share.setUp === 'ready' ? i.title : share.setUp === 'none' ? i.notSetUp : share.setUp === 'broken' ? i.broken : i.loading]
      : state === 'going' ? [i.going[share.stage as keyof typeof i.going]] : reasonsOf(t, share);
    return html`<div class="standing ${LOOK[state]}">${icon(name, extra)}<div class="grow"><h2 id="identity-title" tabindex="-1">${chipOf(t, state)}</h2>
      ${reasons.map((r) => html`<p class="small" data-testid="identity-why">${r}</p>`)}${this.left()}${this.written()}</div></div>${this.buttons(state)}`;
  }

  /** How long the telephone's code is still good. */
  private left(): TemplateResult | typeof nothing {
    const s = this.share.leftS;
    return s === null ? nothing : html`<p class="small muted timer" role="timer" data-testid="identity-left">${this.t.identity.left(`${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`)}</p>`;
  }

  private buttons(state: IdentityState): TemplateResult | typeof nothing {
    const { identity: i } = this.t;
    if (state !== 'going') return nothing;
    return html`<p class="row">${this.share.stage === 'document' ? html`<button class="btn mini fill" data-testid="identity-seen" @click=${() => this.act(() => this.share.lookedAt())}>${icon('eye')}${i.seenIt}</button>` : nothing}
      <button class="btn mini" data-testid="identity-off" @click=${() => this.act(() => this.share.off())}>${i.cancel}</button></p>`;
  }

  /** What stands on a card that is outdated or revoked: told apart from who the citizen is. */
  private written(): TemplateResult | typeof nothing {
    const person = this.share.stage === 'proof' ? this.share.verdict?.person : null;
    return person == null ? nothing : html`<p class="small muted" data-testid="identity-written">${this.t.identity.written}: ${person.name}, ${person.id}</p>`;
  }

  private acting(): TemplateResult | typeof nothing {
    const { t, share } = this;
    const words = roleText(t, share.role);
    if (words === null) return nothing;
    const id = roleIdText(t, share.role);
    return html`<p class="acting">${icon(share.role!.role === 'company' ? 'building' : 'users')}<span><b class="strong">${words}</b><br>
      <span class="small muted">${id === '' ? nothing : html`${id} · `}${t.identity.roleOwn}</span></span></p>`;
  }

  /** A request that came to nothing takes nothing away from what was found before. */
  private kept(): TemplateResult | typeof nothing {
    const state = keptState(this.share);
    const v = this.share.kept;
    if (state === null || v === null) return nothing;
    return html`<div class="before" data-testid="identity-before">${this.chip(state)}<p><b class="strong">${v.person?.name ?? this.t.identity.seenTitle}</b> <span class="small muted">${this.t.at(clockText(new Date(v.at), this.app.lang))}</span></p></div>`;
  }

  private ask(how: How): void {
    if (!this.share.ask(how)) return;
    this.dispatchEvent(new CustomEvent('lk-done'));
    this.rest();
  }

  private act(what: () => void): void {
    what();
    this.rest();
  }

  /** The button that was pressed goes away: its focus goes to the heading. */
  private rest(): void {
    setTimeout(() => this.querySelector<HTMLElement>('#identity-title')?.focus(), 0);
  }
}
define('lk-identity', IdentityPanel);
