// Camera, microphone and loudspeaker: what works, what does not and what to do about it, which one to use, and a try of each.

import { html, nothing, type TemplateResult } from 'lit';
import type { DeviceChoice, DeviceKind, DeviceState } from '../call/media';
import { testTone } from '../call/sound';
import { PageElement, define } from './element';
import { icon } from './icons';
import './meter';
import './picture';

const troubled = (s: DeviceState): s is 'refused' | 'absent' | 'busy' | 'lost' => ['refused', 'absent', 'busy', 'lost'].includes(s);

class Devices extends PageElement {
  static override properties = { ...PageElement.properties, tone: { state: true } };
  declare tone: 'quiet' | 'sounding' | 'failed';

  constructor() {
    super();
    this.tone = 'quiet';
  }

  override render(): TemplateResult {
    const m = this.app.media.view;
    const inCall = this.app.desk?.current != null;
    return html`<section class="panel pad stack devices-panel" aria-labelledby="devices-title">
      <div class="row"><h2 id="devices-title" tabindex="-1">${this.t.devices}</h2>${this.verdict()}</div>
      ${inCall ? nothing : html`<div class="preview ${m.video === 'on' ? '' : 'entire'}"><lk-picture .stream=${m.self} silent ?mirrored=${m.video === 'on'} .label=${this.t.selfVideo} testid="preview"></lk-picture></div>`}
      <ul class="check">
        ${this.line('video', m.video, m.cameras, m.camera)}
        ${this.line('audio', m.audio, m.microphones, m.microphone)}
        ${this.loudspeaker(m.speakers, m.speaker)}
      </ul></section>`;
  }

  private verdict(): TemplateResult | typeof nothing {
    const { video, audio } = this.app.media.view;
    if (video === 'asking' || audio === 'asking') return nothing;
    return troubled(video) || troubled(audio)
      ? html`<span class="chip warn push">${icon('triangleAlert')}${this.t.devicesCheck}</span>`
      : html`<span class="chip ok push">${icon('check')}${this.t.devicesGood}</span>`;
  }

  private line(kind: DeviceKind, state: DeviceState, choices: DeviceChoice[], chosen: string): TemplateResult {
    const { t } = this;
    const name = kind === 'video' ? t.camera : t.microphone;
    const help = kind === 'video' ? t.cameraHelp : t.micHelp;
    const tell = html`<span class="small strong ${state === 'on' ? 'ok' : troubled(state) ? 'warn' : 'muted'}">${t.device[state]}</span>`;
    const level = kind === 'audio' && state === 'on'
      ? html`<lk-meter class="push" data-testid="mic-level" title=${t.micQuiet} .track=${this.app.media.heard} .label=${t.micLevel}></lk-meter>` : html`<span class="push"></span>`;
    return html`<li data-testid="device-${kind}" data-state=${state}>${icon(kind === 'video' ? 'video' : 'mic')}
      <div class="grow"><p class="row"><span class="strong">${name}</span>${level}${tell}</p>
      ${troubled(state) ? html`<p class="small">${help[state]}</p>
        <button class="btn mini mt-xs" @click=${() => void this.retry(kind)}>${t.retryDevices}</button>`
        : choices.length > 0 ? this.choice(kind, name, choices, chosen, (id) => void this.app.media.choose(kind, id)) : nothing}</div></li>`;
  }

  private loudspeaker(choices: DeviceChoice[], chosen: string): TemplateResult {
    const { t } = this;
    const words = this.tone === 'sounding' ? t.speakerTesting : t.speakerTest;
    return html`<li data-testid="device-speaker">${icon('headphones')}<div class="grow"><p class="row"><span class="strong">${t.speaker}</span>
      <button class="btn mini push" data-testid="speaker-test" aria-disabled=${this.tone === 'sounding'} aria-label=${`${t.speaker}: ${words}`} @click=${() => void this.sound()}>${words}</button></p>
      ${this.tone === 'failed' ? html`<p class="small warn" role="status">${t.speakerSilent}</p>` : nothing}
      ${choices.length > 0 ? this.choice('speaker', t.speaker, choices, chosen, (id) => this.app.media.chooseSpeaker(id)) : nothing}</div></li>`;
  }

  private choice(id: string, name: string, choices: DeviceChoice[], chosen: string, choose: (id: string) => void): TemplateResult {
    return html`<select class="pick small" aria-label=${name} data-testid="choose-${id}" @change=${(e: Event) => choose((e.target as HTMLSelectElement).value)}>
      ${choices.map((c) => html`<option value=${c.id} ?selected=${c.id === chosen}>${c.label || this.t.defaultDevice}</option>`)}</select>`;
  }

  private async sound(): Promise<void> {
    if (this.tone === 'sounding') return;
    this.tone = 'sounding';
    this.tone = (await testTone(this.app.media.view.speaker)) ? 'quiet' : 'failed';
  }

  private retry(kind: DeviceKind): Promise<void> {
    return kind === 'video' ? this.app.media.setCamera(true) : this.app.media.setMicrophone(true);
  }
}
define('lk-devices', Devices);
