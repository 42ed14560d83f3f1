// The microphone's level as a row of bars, as long as it is on the screen.

import { LitElement, html, type TemplateResult } from 'lit';
import { Meter } from '../call/sound';

const BARS = 8;
const LOOK_MS = 100;

class LevelMeter extends LitElement {
  static override properties = { track: { attribute: false }, label: {}, lit: { state: true } };
  declare track: MediaStreamTrack | null;
  declare label: string;
  declare lit: number;
  private readonly meter = new Meter();
  private timer = 0;

  constructor() {
    super();
    this.track = null;
    this.label = '';
    this.lit = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = window.setInterval(() => this.look(), LOOK_MS);
    if (this.hasUpdated) void this.meter.follow(this.track);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
    this.meter.stop();
  }

  private look(): void {
    const level = this.meter.level();
    this.lit = Math.round((level ?? 0) * BARS);
    // A page that was loaded again has no sound before the first click.
    if (level === null && this.track !== null && navigator.userActivation?.hasBeenActive) void this.meter.follow(this.track);
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override render(): TemplateResult {
    return html`<span class="meter" role="meter" aria-label=${this.label} aria-valuemin="0" aria-valuemax=${BARS} aria-valuenow=${this.lit}>
      ${Array.from({ length: BARS }, (_, i) => html`<i class=${i < this.lit ? 'lit' : ''}></i>`)}</span>`;
  }

  override updated(changed: Map<string, unknown>): void {
    if (changed.has('track')) void this.meter.follow(this.track);
  }
}
customElements.define('lk-meter', LevelMeter);
