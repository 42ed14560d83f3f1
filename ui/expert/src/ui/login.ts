// Sign-in. The password never leaves the page: it opens the key file here.

import { html, nothing, type TemplateResult } from 'lit';
import type { LoginFault } from '../state/app';
import { PageElement, define } from './element';
import { icon } from './icons';

class Login extends PageElement {
  override render(): TemplateResult {
    const { busy, fault } = this.app.login;
    return html`<main id="main" tabindex="-1" class="login"><form class="panel pad" @submit=${(e: SubmitEvent) => this.submit(e)}>
      <span class="tile big">${icon('landmark')}</span>
      <div><h1>${this.t.loginTitle}</h1><p class="muted">${this.t.loginLead}</p></div>
      <label class="field"><span>${this.t.user}</span>
        <input class="input" data-testid="login-user" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required data-focus
          aria-invalid=${fault === 'password'} aria-describedby=${fault === null ? nothing : 'login-error'}></label>
      <label class="field"><span>${this.t.password}</span>
        <input class="input" data-testid="login-password" name="password" type="password" autocomplete="current-password" required
          aria-invalid=${fault === 'password'} aria-describedby=${fault === null ? nothing : 'login-error'}></label>
      ${fault === null ? nothing : html`<p class="banner bad" id="login-error" role="alert" data-testid="login-error">${icon('triangleAlert')}${this.words(fault)}</p>`}
      <button class="btn fill big" data-testid="login-submit" ?disabled=${busy}>
        ${busy ? html`${icon('loader', 'spin')}${this.t.loginBusy}` : this.t.login}</button>
    </form></main>`;
  }

  private words(fault: LoginFault): string {
    const { t } = this;
    return { password: t.loginPassword, offline: t.loginOffline, broken: t.loginBroken, refused: t.loginRefused, unsafe: t.loginUnsafe }[fault];
  }

  private submit(e: SubmitEvent): void {
    e.preventDefault();
    const data = new FormData(e.target as HTMLFormElement);
    void this.app.signIn(String(data.get('username')), String(data.get('password')));
  }
}
define('lk-login', Login);
