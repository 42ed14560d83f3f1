// The call: the citizen's picture, one's own, what the kiosk says of itself, what is worked on beside it (the form, the papers), and
// what to do when the line is lost.

import { html, nothing, type TemplateResult } from 'lit';
import type { CallView } from '../call/call';
import { OVER_MS } from '../call/silence';
import type { FormShare } from '../form/share';
import { DOCUMENT_MAX, type Told } from '../paper/messages';
import type { PaperShare } from '../paper/share';
import type { IdentityShare } from '../identity/share';
import type { Current } from '../state/desk';
import { CallElement, define } from './element';
import { icon, type IconName } from './icons';
import './identity';
import { provenName, roleText } from './identity-look';
import './devices';
import { keyCap } from './keys';
import './picture';
import { stageOf, type Stage } from './stage';
import type { FormPanel } from './form';
import './form';
import { progressOf, stepsOf, hiddenNow } from './form-look';
import './paper';
import './paper-ask';
import { paperShows } from './paper-look';
import './talk';

/** Services without a form never show one; a first join is over before it would be seen. */
const formShows = (form: FormShare): boolean => form.stage !== 'none' && (form.stage !== 'joining' || form.why !== '');

/** What is worked on beside the picture. */
type Front = 'form' | 'paper' | 'none';

class CallScreen extends CallElement {
  static override properties = { ...CallElement.properties, panel: { state: true }, chosen: { state: true }, asked: { state: true } };
  /** What is open beside the conversation. */
  declare panel: 'none' | 'devices' | 'ask' | 'identify';
  /** What was taken to the front last; null: what there is. */
  declare chosen: Front | null;
  /** What the citizen was asked to do with the form, last. */
  declare asked: 'look' | 'review' | null;
  private had = { papers: false, pages: 0 };

  constructor() {
    super();
    this.panel = 'none';
    this.chosen = this.asked = null;
  }

  override willUpdate(): void {
    const { paper } = this.app.desk?.current?.call ?? {};
    if (paper === undefined) return;
    const { length } = paper.pages;
    const came = paperShows(paper) && (!this.had.papers || length > this.had.pages);
    this.had = { papers: paperShows(paper), pages: length };
    // What comes goes to the front, but not from under the hands of one who writes in the form.
    if (came && !(this.querySelector('lk-form')?.contains(document.activeElement) ?? false)) this.chosen = 'paper';
    else if (came) this.chosen ??= 'form';
  }

  private front({ form, paper }: { form: FormShare; paper: PaperShare }): Front {
    const may = { form: formShows(form), paper: paperShows(paper), none: true };
    if (this.chosen !== null && may[this.chosen]) return this.chosen;
    return may.form && this.chosen === null ? 'form' : may.paper && this.chosen !== 'form' ? 'paper' : may.form ? 'form' : 'none';
  }

  override render(): TemplateResult {
    const { t } = this;
    const current = this.app.desk!.current!;
    const { view } = current.call;
    const { view: media } = this.app.media;
    const stage = stageOf(view);
    const { form, paper } = current.call;
    const front = this.front(current.call);
    return html`<main id="main" tabindex="-1" class="call ${front === 'none' ? '' : `with-${front}`} ${stage === 'reconnecting' || stage === 'interrupted' ? 'lost' : ''}">
      <h1 class="hidden" tabindex="-1" data-focus>${t.call}: ${current.entry.title[this.app.lang]}, ${current.entry.site}</h1>
      <section class="panel clip stage" aria-label=${t.remoteVideo}><div class="video">
        <lk-picture class="whole ${view.kiosk.camera ? '' : 'entire'}" .stream=${view.stream} .label=${t.remoteVideo} testid="remote-video" .unmute=${t.unmuteSound} .speaker=${media.speaker}></lk-picture>
        ${stage === 'live' ? nothing : this.notice(view, stage, current)}
        <div class="notes"><div data-testid="call-notes" role="status">${this.notes(view, stage)}</div>${view.stream === null ? nothing : this.person(view, current.call.identity)}</div>
        <div class="self"><lk-picture .stream=${media.self} silent ?mirrored=${media.video === 'on'} .label=${t.selfVideo} testid="self-video"></lk-picture></div>
      </div>${this.kiosk(view, stage, paper.told)}</section>
      ${formShows(form) ? html`<lk-form ?hidden=${front !== 'form'} .app=${this.app} .beat=${this.beat} .share=${form} @lk-hide=${() => this.bring('none', '[data-testid="form-show"]')}></lk-form>` : nothing}
      ${front === 'paper' ? html`<lk-paper .app=${this.app} .beat=${this.beat} .share=${paper} .def=${form.paper?.def ?? null} @lk-hide=${() => this.bring('none', '[data-testid="paper-open"]')}></lk-paper>` : nothing}
      <div class="side col">
        ${front === 'paper' && formShows(form) ? this.fold(form) : nothing}
        ${this.panel === 'devices' ? html`<lk-devices .app=${this.app} .beat=${this.beat} @keydown=${(e: KeyboardEvent) => this.escape(e)}></lk-devices>` : nothing}
        ${this.panel === 'ask' ? html`<lk-paper-ask .app=${this.app} .beat=${this.beat} .share=${paper} .def=${form.paper?.def ?? null} @keydown=${(e: KeyboardEvent) => this.escape(e)} @lk-done=${() => this.open('none')}></lk-paper-ask>` : nothing}
        ${this.identity(current.call.identity)}
        <lk-talk .app=${this.app} .beat=${this.beat}></lk-talk>
      </div>
    </main>${this.actions(current, front)}`;
  }

  /**
   * Who is in the picture; a name takes this place once the citizen has proved one. Beside it whether they speak: to be read, in a
   * place that is always kept, and outside the live region, which would say it at every pause for breath.
   */
  private person(view: CallView, identity: IdentityShare): TemplateResult {
    const { t } = this;
    const name = provenName(identity);
    const acts = roleText(t, identity.role);
    return html`<p class="person">${acts === null ? nothing : html`<span class="acts"><span class="plate" data-testid="role" data-role=${identity.role!.role}>${icon(identity.role!.role === 'company' ? 'building' : 'users')}<span>${acts}</span></span></span>`}
      <span class="plate ${name === null ? '' : 'proven'}" data-testid="person">${icon(name === null ? 'user' : 'shieldCheck')}<span>${name ?? t.citizen}</span></span>
      <span class="plate speaks" data-testid="peer-speaks" data-state=${view.speaks ? 'on' : 'off'}>${icon('speech')}${t.speaks}</span></p>`;
  }

  /** Not where the kiosk does not speak of it, nor where the room is taken by what was opened. */
  private identity(share: IdentityShare): TemplateResult | typeof nothing {
    const known = share.role !== null;
    if (!known || this.panel === 'devices' || this.panel === 'ask') return nothing;
    return html`<lk-identity .app=${this.app} .beat=${this.beat} .share=${share} ?choosing=${this.panel === 'identify'} @keydown=${(e: KeyboardEvent) => { if (this.panel === 'identify') this.escape(e); }}
      @lk-done=${() => { this.panel = 'none'; }}></lk-identity>`;
  }

  private notice(view: CallView, stage: Stage, current: Current): TemplateResult {
    const { t } = this;
    const s = Math.round(view.silentMs / 1000);
    if (stage === 'interrupted') return this.overlay(stage, t.interrupted, html`<p>${t.interruptedText}</p>`);
    if (stage === 'connecting') return this.overlay(stage, t.connecting, html`<p>${t.connectingText}</p>`);
    if (stage === 'claiming') return this.overlay(stage, current.resumed ? t.resuming : t.claiming, html`<p>${t.verifying}</p>`);
    return this.overlay(stage, t.reconnecting, html`<p>${t.reconnectingText(s)}</p>
      <progress value=${s} max=${OVER_MS / 1000} aria-label=${t.elapsed}></progress>
      <p class="small">${t.reconnectingLeft(Math.max(0, OVER_MS / 1000 - s))}</p>`);
  }

  private overlay(stage: Stage, title: string, text: TemplateResult): TemplateResult {
    return html`<div class="notice" data-testid="connection" data-state=${stage}>${icon('loader', 'big spin')}<h2>${title}</h2>${text}</div>`;
  }

  private notes(view: CallView, stage: Stage): TemplateResult {
    const { t } = this;
    const { link } = this.app.desk!;
    const m = this.app.media.view;
    const mic = m.audio === 'refused' || m.audio === 'absent' || m.audio === 'busy' || m.audio === 'lost' ? t.micHelp[m.audio] : null;
    const lost = m.video === 'lost' ? t.cameraHelp.lost : null;
    const words = [link === 'up' ? null : stage === 'live' ? t.linkDownCall : t.linkDown, mic, lost, view.dropped === null ? null : t.dropped(t.reason[view.dropped])];
    const names: IconName[] = ['wifiOff', 'micOff', 'videoOff', 'shieldX'];
    return html`${words.map((w, i) => (w === null ? nothing : html`<p class="plate">${icon(names[i]!)}${w}</p>`))}`;
  }

  /** What the kiosk tells of its devices, one fact each, and how the line is. A device it tells nothing of is not shown. */
  private kiosk(view: CallView, stage: Stage, { scanner }: Told): TemplateResult {
    const { t } = this;
    const known = stage === 'live' || stage === 'interrupted';
    const facts: [IconName, string, boolean][] = [
      [view.kiosk.camera ? 'video' : 'videoOff', t.kioskCamera, view.kiosk.camera],
      [view.kiosk.mic ? 'mic' : 'micOff', t.kioskMic, view.kiosk.mic],
    ];
    return html`<ul class="devices" data-testid="kiosk-devices" aria-label=${t.kioskDevices}>
      ${facts.map(([name, label, on]) => html`<li>${icon(name)}<span><small>${label}</small>
        <b class=${known ? '' : 'muted'}>${known ? (on ? t.kioskOn : t.kioskOff) : t.unknown}</b></span></li>`)}
      ${scanner === 'none' ? nothing : html`<li data-testid="kiosk-scanner" data-state=${scanner}>${icon('scanLine')}<span><small>${t.paper.scanner}</small><b class=${scanner === 'trouble' ? 'warn' : ''}>${t.paper.scanners[scanner]}</b></span></li>`}
      ${this.line(view, stage)}
    </ul>`;
  }

  private line(view: CallView, stage: Stage): TemplateResult {
    const { t } = this;
    const q = view.quality;
    const look = { good: 'ok', fair: 'warn', poor: 'alert' }[q?.grade ?? 'good'];
    if (stage === 'live') {
      return html`<li data-testid="connection" data-state="live" data-grade=${q?.grade ?? ''}>${icon('signal')}<span><small>${t.connection}</small>
        <b class=${look}>${t.grade[q?.grade ?? 'good']}${q?.rttMs == null ? '' : ` · ${q.rttMs} ms`}</b></span></li>`;
    }
    const broken = stage === 'reconnecting';
    return html`<li>${icon('wifiOff')}<span><small>${t.connection}</small><b class=${broken ? 'alert' : 'muted'}>${broken ? t.broken : t.unknown}</b></span></li>`;
  }

  private actions(current: Current, front: Front): TemplateResult {
    const desk = this.app.desk!;
    const { t } = this;
    const { mic, camera } = desk.sending();
    return html`<section class="actions" aria-label=${t.controls}>
      <button class="btn ${mic ? '' : 'on'}" data-testid="mute" aria-pressed=${!mic} data-key=${t.keys.mute} aria-keyshortcuts=${`Alt+${t.keys.mute}`} @click=${() => desk.setDevice('mic', !mic)}>
        ${icon(mic ? 'mic' : 'micOff')}${mic ? t.mute : t.muteOff}${keyCap(t.keys.mute)}</button>
      <button class="btn ${camera ? '' : 'on'}" data-testid="camera" aria-pressed=${!camera} data-key=${t.keys.camera} aria-keyshortcuts=${`Alt+${t.keys.camera}`} @click=${() => desk.setDevice('camera', !camera)}>
        ${icon(camera ? 'video' : 'videoOff')}${camera ? t.camera : t.cameraOff}${keyCap(t.keys.camera)}</button>
      <hr>
      <button class="btn ${this.panel === 'devices' ? 'on' : ''}" data-testid="devices" aria-expanded=${this.panel === 'devices'} data-key=${t.keys.devices} aria-keyshortcuts=${`Alt+${t.keys.devices}`}
        @click=${() => this.open(this.panel === 'devices' ? 'none' : 'devices')}>${icon('settings')}<span class="spare">${t.settings}</span>${keyCap(t.keys.devices)}</button>
      ${current.call.identity.role === null ? nothing : this.identityAction()}
      ${current.call.paper.stage === 'none' ? nothing : this.paperActions(current.call.paper, front)}
      ${formShows(current.call.form) && front !== 'paper' ? this.formActions(current.call.form, front) : nothing}
      <button class="btn end push" data-testid="call-end" data-key=${t.keys.end} aria-keyshortcuts=${`Alt+${t.keys.end}`} @click=${() => desk.end()}>
        ${icon('phoneOff')}${current.call.view.phase === 'claiming' ? t.cancel : t.end}${keyCap(t.keys.end)}</button>
    </section>`;
  }

  private identityAction(): TemplateResult {
    const { key, button } = this.t.identity;
    const open = this.panel === 'identify';
    return html`<button class="btn ${open ? 'on' : ''}" data-testid="ask-identity" aria-expanded=${open} data-key=${key} aria-keyshortcuts=${`Alt+${key}`}
      @click=${() => this.open(open ? 'none' : 'identify')}>${icon('idCard')}${button}${keyCap(key)}</button>`;
  }

  /** The form, while the papers are in front. */
  private fold(form: FormShare): TemplateResult {
    const { t } = this;
    const { form: key } = t.paper.viewKeys;
    const { paper } = form;
    const steps = paper === null ? [] : stepsOf(paper.def, hiddenNow(form)).map((s) => progressOf(form, s, hiddenNow(form), false));
    const [done, of] = [steps.reduce((n, p) => n + p.done, 0), steps.reduce((n, p) => n + p.of, 0)];
    return html`<button class="panel fold" data-testid="form-show" data-key=${key} aria-keyshortcuts=${`Alt+${key}`} @click=${() => this.bring('form', '#form-title')}>${icon('fileText')}
      <span class="grow"><b class="strong">${t.form.show}</b><br><span class="small muted">${of === 0 ? nothing : t.form.ready(done, of)}</span></span>${keyCap(key)}${icon('chevronRight')}</button>`;
  }

  /** Asking for a paper, showing one, and the way back to those there are. */
  private paperActions(paper: PaperShare, front: Front): TemplateResult {
    const { t } = this;
    const { ask, show, open } = t.paper.keys;
    const mayShow = paper.isShared && paper.showing.current === null;
    return html`<hr><button class="btn ${this.panel === 'ask' ? 'on' : ''}" data-testid="ask-scan" aria-expanded=${this.panel === 'ask'} aria-disabled=${!paper.isShared} data-key=${ask} aria-keyshortcuts=${`Alt+${ask}`}
        @click=${() => { if (paper.isShared || this.panel === 'ask') this.open(this.panel === 'ask' ? 'none' : 'ask'); }}>${icon('scanLine')}${t.paper.ask}${keyCap(ask)}</button>
      <button class="btn square-wide" data-testid="paper-show" title=${`${t.paper.show} (${t.paper.showKinds})`} aria-label=${`${t.paper.showShort} (${t.paper.showKinds})`} aria-disabled=${!mayShow} data-key=${show} aria-keyshortcuts=${`Alt+${show}`}
        @click=${() => { if (mayShow) this.querySelector<HTMLInputElement>('[data-testid="paper-file"]')!.click(); }}>${icon('fileUp')}<span class="roomy">${t.paper.showShort}</span>${keyCap(show)}</button>
      <input hidden type="file" data-testid="paper-file" accept=".pdf,.jpg,.jpeg,application/pdf,image/jpeg" @change=${(e: Event) => void this.showFile(e.target as HTMLInputElement, paper)}>
      ${front !== 'paper' && paperShows(paper) ? html`<button class="btn" data-testid="paper-open" data-key=${open} aria-keyshortcuts=${`Alt+${open}`} @click=${() => this.bring('paper', '#paper-title')}>${icon('papers')}${t.paper.count(paper.pages.length)}${keyCap(open)}</button>` : nothing}`;
  }

  /** One that is too large is not even read. */
  private async showFile(input: HTMLInputElement, paper: PaperShare): Promise<void> {
    const file = input.files?.[0];
    if (file === undefined) return;
    const bytes = await file.slice(0, DOCUMENT_MAX + 1).arrayBuffer().catch(() => new ArrayBuffer(0));
    input.value = '';
    paper.show(file.name, new Uint8Array(bytes));
    if (paperShows(paper)) this.bring('paper', null);
  }

  /** What the expert asks the citizen to do with the form; it happens at the kiosk. */
  private formActions(form: FormShare, front: Front): TemplateResult {
    const { t } = this;
    const may = form.up && form.isOpen;
    const ask = (what: 'look' | 'review'): void => {
      if (!may) return;
      if (what === 'review') this.querySelector<FormPanel>('lk-form')?.nagAll();
      if (what === 'look') form.open();
      else form.review();
      this.asked = what;
    };
    const button = (what: 'look' | 'review', test: string, name: IconName, words: string): TemplateResult => html`<button class="btn" data-testid=${test} aria-disabled=${!may}
      data-key=${t.form.keys[what]} aria-keyshortcuts=${`Alt+${t.form.keys[what]}`} @click=${() => ask(what)}>${icon(name)}${words}${keyCap(t.form.keys[what])}</button>`;
    if (front !== 'form') return html`<hr><button class="btn" data-testid="form-show" @click=${() => this.bring('form', '#form-title')}>${icon('fileText')}${t.form.show}</button>`;
    return html`<hr>${button('look', 'form-open', 'eye', t.form.lookAtForm)}${button('review', 'form-review', 'circleCheck', t.form.review)}
      <span class="hidden" role="status">${this.asked === null || !may ? '' : this.asked === 'look' ? t.form.lookAsked : t.form.reviewAsked}</span>`;
  }

  /** The focus goes with it: to what comes to the front, or to the button that brings it back. */
  private bring(front: Front, focus: string | null): void {
    this.chosen = front;
    if (focus !== null) setTimeout(() => this.querySelector<HTMLElement>(focus)?.focus(), 0);
  }

  /** The focus goes into the panel and, when it closes, back to its button. */
  private open(panel: CallScreen['panel']): void {
    const from = { devices: 'devices', ask: 'ask-scan', identify: 'ask-identity', none: 'devices' }[this.panel];
    const target = { devices: '#devices-title', ask: '#ask-title', identify: '.way', none: `[data-testid="${from}"]` }[panel];
    this.panel = panel;
    setTimeout(() => this.querySelector<HTMLElement>(target)?.focus(), 0);
  }

  private escape(e: KeyboardEvent): void {
    if (e.key === 'Escape') this.open('none');
  }
}
define('lk-call', CallScreen);
