// A video element that takes a stream, and says so when the browser will not play its sound without a click.

import { html, nothing, type TemplateResult } from 'lit';
import { LitElement } from 'lit';
import { useSpeaker } from '../call/sound';
import { icon } from './icons';

export class Picture extends LitElement {
  static override properties = {
    stream: { attribute: false }, label: {}, testid: {}, silent: { type: Boolean }, mirrored: { type: Boolean }, tall: { state: true }, unmute: {}, speaker: {}, blocked: { state: true },
  };
  declare stream: MediaStream | null;
  declare label: string;
  declare testid: string;
  declare silent: boolean;
  declare mirrored: boolean;
  /** Words of the button that turns the sound on. */
  declare unmute: string;
  /** The loudspeaker's id; empty is the browser's own choice. */
  declare speaker: string;
  declare blocked: boolean;
  /** Higher than wide. */
  declare tall: boolean;

  constructor() {
    super();
    this.stream = null;
    this.silent = this.mirrored = this.blocked = this.tall = false;
    this.label = this.testid = this.unmute = this.speaker = '';
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override render(): TemplateResult {
    return html`<video autoplay playsinline class="${this.mirrored ? 'mirrored' : ''} ${this.tall ? 'tall' : ''}"
      @resize=${(e: Event) => this.sized(e.target as HTMLVideoElement)} data-testid=${this.testid} aria-label=${this.label}></video>
      ${this.blocked ? html`<button class="btn sound" @click=${() => void this.play(false)}>${icon('volume')}${this.unmute}</button>` : nothing}`;
  }

  override updated(changed: Map<string, unknown>): void {
    const video = this.querySelector('video')!;
    // One that is gone by now: the browser's own choice goes on sounding.
    if (changed.has('speaker') && !this.silent) void useSpeaker(video, this.speaker).catch(() => undefined);
    if (!changed.has('stream')) return;
    video.srcObject = this.stream;
    if (this.stream !== null) void this.play(this.silent);
  }

  private sized(video: HTMLVideoElement): void {
    this.tall = video.videoHeight > video.videoWidth;
  }

  private async play(muted: boolean): Promise<void> {
    const video = this.querySelector('video')!;
    video.muted = muted;
    try {
      await video.play();
      this.blocked = muted && !this.silent;
    } catch (error) {
      // Sound without a gesture (after a reload): the picture at once, the sound by a click. Anything else is a newer stream's.
      if ((error as Error).name === 'NotAllowedError' && !muted) await this.play(true);
    }
  }
}
customElements.define('lk-picture', Picture);
