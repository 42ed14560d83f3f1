// The call: the citizen's picture, one's own, what the kiosk says of itself, and what to do when the line is lost.

import { html, nothing, type TemplateResult } from 'lit';
import type { CallView } from '../call/call';
import { OVER_MS } from '../call/silence';
import type { Current } from '../state/desk';
import { PageElement, define } from './element';
import { icon, type IconName } from './icons';
import './devices';
import './picture';

/** One word for scripts and styles; the screen says it in sentences. */
type Stage = 'claiming' | 'connecting' | 'live' | 'interrupted' | 'reconnecting';

function stageOf(v: CallView): Stage {
  if (v.silence === 'reconnecting' || v.silence === 'over') return 'reconnecting';
  if (v.phase === 'claiming') return 'claiming';
  if (v.phase !== 'live') return 'connecting';
  return v.silence === 'interrupted' ? 'interrupted' : 'live';
}

class CallScreen extends PageElement {
  static override properties = { ...PageElement.properties, choosing: { state: true } };
  declare choosing: boolean;

  override render(): TemplateResult {
    const current = this.app.desk!.current!;
    const { view } = current.call;
    const stage = stageOf(view);
    return html`<main class="call ${stage === 'reconnecting' || stage === 'interrupted' ? 'lost' : ''} ${this.choosing ? 'with-side' : ''}">
      <section class="panel clip stage"><div class="video">
        <lk-picture class="whole" .stream=${view.stream} .label=${this.t.remoteVideo} testid="remote-video" .unmute=${this.t.unmuteSound}></lk-picture>
        ${stage === 'live' ? nothing : this.notice(view, stage, current)}
        <div class="notes" data-testid="call-notes">${this.notes(view)}</div>
        <div class="self"><lk-picture .stream=${this.app.media.view.self} silent ?mirrored=${this.app.media.view.video === 'on'}
          .label=${this.t.selfVideo} testid="self-video"></lk-picture></div>
      </div>${this.kiosk(view, stage)}</section>
      ${this.choosing ? html`<aside class="col"><lk-devices class="col" .app=${this.app} .beat=${this.beat}></lk-devices></aside>` : nothing}
    </main>${this.actions(current)}`;
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
    return html`<div class="notice" role="alert" data-testid="connection" data-state=${stage}>${icon('loader', 'big spin')}<h2>${title}</h2>${text}</div>`;
  }

  private notes(view: CallView): TemplateResult {
    const { t } = this;
    const { link } = this.app.desk!;
    const m = this.app.media.view;
    const mic = m.audio === 'refused' || m.audio === 'absent' || m.audio === 'busy' || m.audio === 'lost' ? t.micHelp[m.audio] : null;
    const lost = m.video === 'lost' ? t.cameraHelp.lost : null;
    const words = [link === 'up' ? null : t.linkDownCall, mic, lost, view.dropped === null ? null : t.dropped(t.reason[view.dropped])];
    const names: IconName[] = ['wifiOff', 'micOff', 'videoOff', 'shieldX'];
    return html`${words.map((w, i) => (w === null ? nothing : html`<p class="plate" role="status">${icon(names[i]!)}${w}</p>`))}`;
  }

  private kiosk(view: CallView, stage: Stage): TemplateResult {
    const { t } = this;
    const q = view.quality;
    const known = stage === 'live' || stage === 'interrupted';
    const fact = (name: IconName, label: string, on: boolean): TemplateResult =>
      html`<li>${icon(name)}<span><small>${label}</small><b class=${known ? '' : 'muted'}>${known ? (on ? t.kioskOn : t.kioskOff) : t.unknown}</b></span></li>`;
    return html`<ul class="devices" data-testid="kiosk-devices" aria-label=${t.kioskDevices}>
      ${fact(view.kiosk.camera ? 'video' : 'videoOff', t.kioskCamera, view.kiosk.camera)}
      ${fact(view.kiosk.mic ? 'mic' : 'micOff', t.kioskMic, view.kiosk.mic)}
      ${stage === 'live'
        ? html`<li data-testid="connection" data-state="live" data-grade=${q?.grade ?? ''}>${icon('signal')}<span><small>${t.connection}</small>
            <b class=${q?.grade === 'poor' ? 'alert' : q?.grade === 'fair' ? 'warn' : 'ok'}>${q === null ? t.grade.good : t.grade[q.grade]}${q?.rttMs == null ? '' : ` · ${q.rttMs} ms`}</b></span></li>`
        : html`<li>${icon('wifiOff')}<span><small>${t.connection}</small><b class=${stage === 'reconnecting' ? 'alert' : 'muted'}>${t.unknown}</b></span></li>`}
    </ul>`;
  }

  private actions(current: Current): TemplateResult {
    const desk = this.app.desk!;
    const { t } = this;
    const { mic, camera } = desk.sending();
    return html`<footer class="actions">
      <button class="btn ${mic ? '' : 'on'}" data-testid="mute" aria-pressed=${!mic} @click=${() => desk.setDevice('mic', !mic)}>
        ${icon(mic ? 'mic' : 'micOff')}${mic ? t.mute : t.muteOff}</button>
      <button class="btn ${camera ? '' : 'on'}" data-testid="camera" aria-pressed=${!camera} @click=${() => desk.setDevice('camera', !camera)}>
        ${icon(camera ? 'video' : 'videoOff')}${camera ? t.camera : t.cameraOff}</button>
      <hr>
      <button class="btn ${this.choosing ? 'on' : ''}" data-testid="devices" aria-expanded=${!!this.choosing}
        @click=${() => { this.choosing = !this.choosing; }}>${icon('settings')}${t.settings}</button>
      <button class="btn end push" data-testid="call-end" @click=${() => desk.end()}>${icon('phoneOff')}${current.call.view.phase === 'claiming' ? t.cancel : t.end}</button>
    </footer>`;
  }
}
define('lk-call', CallScreen);
