// Camera and microphone: what works, what does not and what to do about it, and which one to use.

import { html, nothing, type TemplateResult } from 'lit';
import type { DeviceChoice, DeviceKind, DeviceState } from '../call/media';
import { PageElement, define } from './element';
import { icon } from './icons';
import './picture';

const troubled = (s: DeviceState): s is 'refused' | 'absent' | 'busy' | 'lost' => ['refused', 'absent', 'busy', 'lost'].includes(s);

class Devices extends PageElement {
  override render(): TemplateResult {
    const m = this.app.media.view;
    const bad = troubled(m.video) || troubled(m.audio);
    const asking = m.video === 'asking' || m.audio === 'asking';
    return html`<section class="panel pad stack devices-panel"><div class="row"><h2>${this.t.devices}</h2>
        ${asking ? nothing : bad ? html`<span class="chip warn push">${icon('triangleAlert')}${this.t.devicesCheck}</span>`
          : html`<span class="chip ok push">${icon('check')}${this.t.devicesGood}</span>`}</div>
      <div class="preview">${this.app.desk?.current ? nothing
        : html`<lk-picture .stream=${m.self} silent ?mirrored=${m.video === 'on'} .label=${this.t.selfVideo} testid="preview"></lk-picture>`}</div>
      <ul class="check">
        ${this.line('video', m.video, m.cameras, m.camera)}
        ${this.line('audio', m.audio, m.microphones, m.microphone)}
      </ul></section>`;
  }

  private line(kind: DeviceKind, state: DeviceState, choices: DeviceChoice[], chosen: string): TemplateResult {
    const { t } = this;
    const name = kind === 'video' ? t.camera : t.microphone;
    const help = kind === 'video' ? t.cameraHelp : t.micHelp;
    return html`<li data-testid="device-${kind}" data-state=${state}>${icon(kind === 'video' ? 'video' : 'mic')}
      <div class="grow"><p class="row"><span class="strong">${name}</span>
        <span class="push small strong ${state === 'on' ? 'ok' : troubled(state) ? 'warn' : 'muted'}">${t.device[state]}</span></p>
      ${troubled(state) ? html`<p class="small">${help[state]}</p>
        <button class="btn mini mt-xs" @click=${() => void this.retry(kind)}>${t.retryDevices}</button>`
        : choices.length > 0 ? this.choice(kind, name, choices, chosen) : nothing}</div></li>`;
  }

  private choice(kind: DeviceKind, name: string, choices: DeviceChoice[], chosen: string): TemplateResult {
    return html`<select class="pick small" aria-label=${name} data-testid="choose-${kind}"
      @change=${(e: Event) => void this.app.media.choose(kind, (e.target as HTMLSelectElement).value)}>
      ${choices.map((c) => html`<option value=${c.id} ?selected=${c.id === chosen}>${c.label || this.t.defaultDevice}</option>`)}</select>`;
  }

  private retry(kind: DeviceKind): Promise<void> {
    return kind === 'video' ? this.app.media.setCamera(true) : this.app.media.setMicrophone(true);
  }
}
define('lk-devices', Devices);
