// The call: the citizen's picture, one's own, what the kiosk says of itself, and what to do when the line is lost.

import { html, nothing, type TemplateResult } from 'lit';
import type { CallView } from '../call/call';
import { OVER_MS } from '../call/silence';
import type { FormShare } from '../form/share';
import type { Current } from '../state/desk';
import { CallElement, define } from './element';
import { icon, type IconName } from './icons';
import './devices';
import { keyCap } from './keys';
import './picture';
import { stageOf, type Stage } from './stage';
import type { FormPanel } from './form';
import './form';
import './talk';

/** Services without a form never show one; a first join is over before it would be seen. */
const formShows = (form: FormShare): boolean => form.stage !== 'none' && (form.stage !== 'joining' || form.why !== '');

class CallScreen extends CallElement {
  static override properties = { ...CallElement.properties, choosing: { state: true }, small: { state: true }, asked: { state: true } };
  declare choosing: boolean;
  /** The form was put away. */
  declare small: boolean;
  /** What the citizen was asked to do with the form, last. */
  declare asked: 'look' | 'review' | null;

  constructor() {
    super();
    this.choosing = this.small = false;
    this.asked = null;
  }

  override render(): TemplateResult {
    const { t } = this;
    const current = this.app.desk!.current!;
    const { view } = current.call;
    const { view: media } = this.app.media;
    const stage = stageOf(view);
    const { form } = current.call;
    const shows = formShows(form) && !this.small;
    return html`<main id="main" tabindex="-1" class="call ${shows ? 'with-form' : ''} ${stage === 'reconnecting' || stage === 'interrupted' ? 'lost' : ''}">
      <h1 class="hidden" tabindex="-1" data-focus>${t.call}: ${current.entry.title[this.app.lang]}, ${current.entry.site}</h1>
      <section class="panel clip stage" aria-label=${t.remoteVideo}><div class="video">
        <lk-picture class="whole ${view.kiosk.camera ? '' : 'entire'}" .stream=${view.stream} .label=${t.remoteVideo} testid="remote-video" .unmute=${t.unmuteSound} .speaker=${media.speaker}></lk-picture>
        ${stage === 'live' ? nothing : this.notice(view, stage, current)}
        <div class="notes"><div data-testid="call-notes" role="status">${this.notes(view, stage)}</div>${view.stream === null ? nothing : this.person(view)}</div>
        <div class="self"><lk-picture .stream=${media.self} silent ?mirrored=${media.video === 'on'} .label=${t.selfVideo} testid="self-video"></lk-picture></div>
      </div>${this.kiosk(view, stage)}</section>
      ${formShows(form) ? html`<lk-form ?hidden=${!shows} .app=${this.app} .beat=${this.beat} .share=${form} @lk-hide=${() => this.shrink(true)}></lk-form>` : nothing}
      <div class="side col">
        ${this.choosing ? html`<lk-devices .app=${this.app} .beat=${this.beat} @keydown=${(e: KeyboardEvent) => this.escape(e)}></lk-devices>` : nothing}
        <lk-talk .app=${this.app} .beat=${this.beat}></lk-talk>
      </div>
    </main>${this.actions(current)}`;
  }

  /**
   * Who is in the picture; a name takes this place once the citizen has proved one. Beside it whether they speak: to be read, in a
   * place that is always kept, and outside the live region, which would say it at every pause for breath.
   */
  private person(view: CallView): TemplateResult {
    const { t } = this;
    return html`<p class="person"><span class="plate">${icon('user')}${t.citizen}</span>
      <span class="plate speaks" data-testid="peer-speaks" data-state=${view.speaks ? 'on' : 'off'}>${icon('speech')}${t.speaks}</span></p>`;
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
  private kiosk(view: CallView, stage: Stage): TemplateResult {
    const { t } = this;
    const known = stage === 'live' || stage === 'interrupted';
    const facts: [IconName, string, boolean][] = [
      [view.kiosk.camera ? 'video' : 'videoOff', t.kioskCamera, view.kiosk.camera],
      [view.kiosk.mic ? 'mic' : 'micOff', t.kioskMic, view.kiosk.mic],
    ];
    return html`<ul class="devices" data-testid="kiosk-devices" aria-label=${t.kioskDevices}>
      ${facts.map(([name, label, on]) => html`<li>${icon(name)}<span><small>${label}</small>
        <b class=${known ? '' : 'muted'}>${known ? (on ? t.kioskOn : t.kioskOff) : t.unknown}</b></span></li>`)}
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

  private actions(current: Current): TemplateResult {
    const desk = this.app.desk!;
    const { t } = this;
    const { mic, camera } = desk.sending();
    return html`<section class="actions" aria-label=${t.controls}>
      <button class="btn ${mic ? '' : 'on'}" data-testid="mute" aria-pressed=${!mic} data-key=${t.keys.mute} aria-keyshortcuts=${`Alt+${t.keys.mute}`} @click=${() => desk.setDevice('mic', !mic)}>
        ${icon(mic ? 'mic' : 'micOff')}${mic ? t.mute : t.muteOff}${keyCap(t.keys.mute)}</button>
      <button class="btn ${camera ? '' : 'on'}" data-testid="camera" aria-pressed=${!camera} data-key=${t.keys.camera} aria-keyshortcuts=${`Alt+${t.keys.camera}`} @click=${() => desk.setDevice('camera', !camera)}>
        ${icon(camera ? 'video' : 'videoOff')}${camera ? t.camera : t.cameraOff}${keyCap(t.keys.camera)}</button>
      <hr>
      <button class="btn ${this.choosing ? 'on' : ''}" data-testid="devices" aria-expanded=${!!this.choosing} data-key=${t.keys.devices} aria-keyshortcuts=${`Alt+${t.keys.devices}`}
        @click=${() => this.choose(!this.choosing)}>${icon('settings')}${t.settings}${keyCap(t.keys.devices)}</button>
      ${formShows(current.call.form) ? this.formActions(current.call.form) : nothing}
      <button class="btn end push" data-testid="call-end" data-key=${t.keys.end} aria-keyshortcuts=${`Alt+${t.keys.end}`} @click=${() => desk.end()}>
        ${icon('phoneOff')}${current.call.view.phase === 'claiming' ? t.cancel : t.end}${keyCap(t.keys.end)}</button>
    </section>`;
  }

  /** What the expert asks the citizen to do with the form; it happens at the kiosk. */
  private formActions(form: FormShare): TemplateResult {
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
    if (this.small) return html`<hr><button class="btn" data-testid="form-show" @click=${() => this.shrink(false)}>${icon('fileText')}${t.form.show}</button>`;
    return html`<hr>${button('look', 'form-open', 'eye', t.form.lookAtForm)}${button('review', 'form-review', 'circleCheck', t.form.review)}
      <span class="hidden" role="status">${this.asked === null || !may ? '' : this.asked === 'look' ? t.form.lookAsked : t.form.reviewAsked}</span>`;
  }

  /** The focus goes with it: into the form, or to the button that brings it back. */
  private shrink(small: boolean): void {
    this.small = small;
    setTimeout(() => this.querySelector<HTMLElement>(small ? '[data-testid="form-show"]' : '#form-title')?.focus(), 0);
  }

  /** The focus goes into the panel and, when it closes, back to its button. */
  private choose(open: boolean): void {
    this.choosing = open;
    const target = open ? '#devices-title' : '[data-testid="devices"]';
    setTimeout(() => this.querySelector<HTMLElement>(target)?.focus(), 0);
  }

  private escape(e: KeyboardEvent): void {
    if (e.key === 'Escape') this.choose(false);
  }
}
define('lk-call', CallScreen);
