// The conversation in writing: what the citizen writes appears letter by letter, what the expert writes goes out likewise.

import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Turn } from '../call/text';
import { LOST } from '../call/text-turns';
import { CallElement, define } from './element';
import { icon } from './icons';
import { keyCap } from './keys';
import { piecesOf } from './pieces';

/** How far above its end the log may stand and still follow what is new, CSS pixels. */
const NEAR_PX = 40;

class TalkPanel extends CallElement {
  static override properties = { ...CallElement.properties, full: { state: true } };
  declare full: boolean;
  private follows = true;

  constructor() {
    super();
    this.full = false;
  }

  override render(): TemplateResult {
    const { t } = this;
    const { talk } = this.app.desk!.current!.call;
    const shown = talk.turns.filter((turn) => !(turn.mine && turn.open));
    return html`<section class="panel pad talk" aria-labelledby="talk-title">
      <div class="row"><h2 id="talk-title">${t.talk}</h2><span class="small muted push">${talk.up ? t.talkLive : t.talkWaits}</span></div>
      <div class="log" data-testid="text-log" role="log" aria-live="off" aria-labelledby="talk-title" tabindex="0" @scroll=${(e: Event) => this.scrolled(e.target as HTMLElement)}>
        ${shown.length === 0 ? html`<p class="muted small">${t.talkEmpty}</p>` : html`<ol>${repeat(shown, (turn) => turn.id, (turn) => this.turn(turn))}</ol>`}</div>
      <form @submit=${(e: SubmitEvent) => this.say(e)}><label class="row input write"><span class="hidden">${t.talkWrite}</span>
        <input data-testid="text-input" name="text" autocomplete="off" enterkeyhint="send" placeholder=${t.talkWrite} title=${t.talkNew} dir="auto"
          data-key=${t.keys.text} aria-keyshortcuts=${`Alt+${t.keys.text}`}
          @input=${(e: InputEvent) => this.typed(e)} @compositionend=${(e: Event) => this.send(e.target as HTMLInputElement)}>${keyCap(t.keys.text)}</label>
        <p class="small warn" role="status">${this.full ? t.talkFull : nothing}</p></form>
    </section>`;
  }

  override updated(): void {
    const log = this.querySelector('.log')!;
    if (this.follows) log.scrollTop = log.scrollHeight;
  }

  private turn(turn: Turn): TemplateResult {
    const { t } = this;
    return html`<li class=${turn.mine ? 'me' : 'them'} data-open=${turn.open} dir="auto"><span class="hidden">${turn.mine ? t.talkYou : t.citizen}: </span>${piecesOf(turn.text, LOST).map((p) =>
      (p === null ? html`<span class="loss">${icon('triangleAlert')}${t.talkLost}</span>` : p))}${turn.open ? html`<span class="caret" aria-hidden="true"></span><span class="hidden"> (${t.talkTyping})</span>` : nothing}</li>`;
  }

  private scrolled(log: HTMLElement): void {
    this.follows = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX;
  }

  /** What an input method has not settled on yet is nobody else's business. */
  private typed(e: InputEvent): void {
    if (!e.isComposing) this.send(e.target as HTMLInputElement);
  }

  private send(field: HTMLInputElement): void {
    const taken = this.app.desk!.current?.call.talk.write(field.value) ?? '';
    this.full = taken !== field.value;
    if (this.full) field.value = taken;
  }

  private say(e: SubmitEvent): void {
    e.preventDefault();
    this.app.desk!.current?.call.talk.say();
    this.querySelector('input')!.value = '';
    this.full = false;
    this.follows = true;
  }
}
define('lk-talk', TalkPanel);
