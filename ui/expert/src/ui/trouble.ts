// What went wrong, in clear words, above the queue: a kiosk that proved nothing, a call that did not come about or ended.

import { html, nothing, type TemplateResult } from 'lit';
import type { Ending } from '../call/call';
import type { Notice } from '../state/desk';
import type { RefusedKiosk } from '../state/queue';
import { clockText } from '../text';
import type { Reason } from '../wire/reason';
import { PageElement, define } from './element';
import { icon } from './icons';

/** Refusals that speak of the expert's own papers, not of the kiosk. */
const OURS: readonly Reason[] = ['certificate', 'revoked', 'agency', 'signature'];

class Trouble extends PageElement {
  override render(): TemplateResult {
    const desk = this.app.desk!;
    const strangers = desk.queue.refused(Date.now());
    return html`${desk.notice === null ? nothing : this.outcome(desk.notice)}
      ${strangers.map((s) => this.stranger(s))}
      ${desk.link === 'down' ? html`<p class="panel note" data-testid="link-down">${icon('wifiOff')}${this.t.linkDown}</p>` : nothing}`;
  }

  private outcome(n: Notice): TemplateResult {
    const { ending } = n;
    const ours = ending.kind === 'declined' && OURS.includes(ending.why);
    if (ending.kind === 'refused' || ours) return this.refused(n, ending.why as Reason, ours);
    if (ending.kind === 'no-answer' && ending.why !== null && !n.resumed) return this.refused(n, ending.why, false);
    const [title, text] = this.mild(ending, n.resumed);
    return html`<section class="panel note" aria-label=${title} @keydown=${(e: KeyboardEvent) => this.escape(e)} tabindex="-1" data-focus="outcome" data-testid="notice" data-kind=${ending.kind} data-why=${ending.why ?? ''}>
      ${icon('info')}<p class="grow"><b class="strong">${title}</b> <span class="muted">${n.entry.title[this.app.lang]}, ${n.entry.site}</span><br>${text}</p>
      <button class="btn mini" @click=${() => this.app.desk!.dismiss()}>${this.t.dismiss}</button></section>`;
  }

  private mild(ending: Ending, resumed: boolean): [string, string] {
    const { t } = this;
    if (ending.kind === 'ended') {
      const text = { ended: ending.byUs ? t.endedByUs : t.endedByThem, left: t.endedByThem, silent: t.endedSilent, failed: t.endedFailed }[ending.why];
      return [t.endedTitle, text];
    }
    if (ending.kind === 'vanished') return [t.vanishedTitle, t.vanishedText];
    if (resumed) return [t.goneTitle, t.goneText];
    if (ending.kind === 'declined' && ending.why === 'taken') return [t.takenTitle, t.takenText];
    return [t.noAnswerTitle, t.noAnswerText];
  }

  private refused(n: Notice, why: Reason, ours: boolean): TemplateResult {
    const { t } = this;
    return html`<section class="panel refused" aria-labelledby="trouble-title" @keydown=${(e: KeyboardEvent) => this.escape(e)} data-testid="trouble" data-reason=${why}>
      <span class="tile big alert">${icon('shieldX')}</span>
      <div><h1 id="trouble-title" tabindex="-1" data-focus="outcome">${t.refusedTitle}</h1>
        <p class="lead mt-xs">${ours ? t.refusedUsText : t.refusedText}</p>
        <p class="muted mt-xs">${ours ? t.refusedUsHelp : t.refusedHelp}</p>
        <div class="acts"><button class="btn" @click=${() => this.dismiss()}>${t.dismiss}</button></div></div>
      <dl><dt>${t.kiosk}</dt><dd class="strong">${n.entry.kiosk}</dd><dt>${t.place}</dt><dd>${n.entry.site}</dd>
        <dt>${t.time}</dt><dd>${t.at(clockText(n.at, this.app.lang, true))}</dd><dt>${t.why}</dt><dd>${t.reason[why]}</dd></dl>
    </section>`;
  }

  private escape(e: KeyboardEvent): void {
    if (e.key === 'Escape') this.dismiss();
  }

  /** What had the focus goes: it moves on to the queue. */
  private dismiss(): void {
    this.app.desk!.dismiss();
    setTimeout(() => document.querySelector<HTMLElement>('[data-focus]')?.focus(), 0);
  }

  private stranger(s: RefusedKiosk): TemplateResult {
    const { t } = this;
    return html`<section class="panel note bad" aria-label=${t.unknownTitle} data-testid="trouble-kiosk" data-kiosk=${s.kiosk} data-reason=${s.reason}>
      ${icon('shieldX')}<p><b class="strong">${t.unknownTitle}</b><br>${t.unknownText} <span class="muted">${t.kiosk}: ${s.kiosk}. ${t.why}: ${t.reason[s.reason]}.</span></p></section>`;
  }
}
define('lk-trouble', Trouble);
