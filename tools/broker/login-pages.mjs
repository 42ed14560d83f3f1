// What the citizen's telephone shows of the demo's identification service.

const escape = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const STYLE = `
  :root { color-scheme: light; font: 18px/1.5 system-ui, sans-serif; }
  body { margin: 0; background: #eef1f5; color: #16202c; }
  header { background: #14345c; color: #fff; padding: 1rem 1.25rem; font-weight: 600; }
  header small { display: block; font-weight: 400; opacity: .85; }
  main { max-width: 26rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; }
  h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem; }
  p { margin: 0 0 1rem; }
  .code { font: 700 2rem/1.2 ui-monospace, monospace; letter-spacing: .06em; background: #fff; border-radius: .5rem; padding: .75rem; text-align: center; }
  label { display: flex; gap: .75rem; align-items: center; background: #fff; border: 2px solid #c6cfda; border-radius: .5rem; padding: .75rem; margin: 0 0 .75rem; min-height: 2rem; }
  label:has(:checked) { border-color: #14345c; }
  label small { display: block; color: #4a5766; }
  input[type=radio] { width: 1.4rem; height: 1.4rem; accent-color: #14345c; }
  input[type=text] { font: 700 1.4rem ui-monospace, monospace; width: 100%; box-sizing: border-box; padding: .6rem; border: 2px solid #5c6b7c; border-radius: .5rem; text-transform: uppercase; margin: 0 0 1rem; }
  button { font: inherit; font-weight: 600; width: 100%; min-height: 3rem; border-radius: .5rem; border: 2px solid #14345c; background: #14345c; color: #fff; margin: 0 0 .75rem; }
  button.plain { background: transparent; color: #14345c; }
  .bad { background: #fbe3e1; border-left: .4rem solid #a3261b; padding: .75rem; border-radius: .3rem; }`;

const page = (title, body) => `<!doctype html><html lang="fi"><head><meta charset="utf-8"><title>${escape(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${STYLE}</style></head>
<body><header>Mallipankki<small>Kokeilua varten: henkilöt ovat keksittyjä.</small></header><main><h1>${escape(title)}</h1>${body}</main></body></html>`;

/** The code was not in the address: it is typed. `form`: oidc-provider's own. */
export function enterPage(form, error) {
  const wrong = { AbortedError: 'Tunnistautuminen keskeytettiin. Voit sulkea tämän sivun.', ExpiredError: 'Koodi on vanhentunut. Pyydä palvelupisteen näytöltä uusi.',
    AlreadyUsedError: 'Koodi on jo käytetty.', NotFoundError: 'Koodi on väärin. Tarkista se näytöltä.' }[error?.name];
  const text = wrong ?? (error && error.name !== 'NoCodeError' ? 'Jokin meni vikaan. Aloita palvelupisteessä uudelleen.' : null);
  const note = text === null ? '<p>Kirjoita koodi, jonka näet palvelupisteen näytöllä.</p>' : `<p class="bad" data-testid="login-note">${escape(text)}</p>`;
  const over = error?.name === 'AbortedError';
  return page(over ? 'Keskeytetty' : 'Kirjoita koodi', over ? note : `${note}${form}<button form="op.deviceInputForm" data-testid="login-code">Jatka</button>`);
}

export function confirmPage(form, code) {
  return page('Tunnistaudutko palvelupisteessä?', `<p>Asiointipiste <b>Luukku</b> pyytää tunnistautumista. Näytöllä pitää olla sama koodi:</p>
    <p class="code" data-testid="login-shown">${escape(code)}</p>${form}
    <button form="op.deviceConfirmForm" data-testid="login-confirm">Koodi on sama</button>
    <button form="op.deviceConfirmForm" class="plain" name="abort" value="yes" data-testid="login-abort">Keskeytä</button>`);
}

/** In place of bank codes: made-up people to choose from. */
export function peoplePage(people) {
  const choice = ({ sub, given_name: given, family_name: family, ...rest }, i) => `<label><input type="radio" name="person" value="${escape(sub)}"${i === 0 ? ' checked' : ''}>
    <span>${escape(given)} ${escape(family)}<small>${escape(Object.values(rest)[0])}</small></span></label>`;
  return page('Kuka olet?', `<form method="post">${people.map(choice).join('')}
    <button data-testid="login-person">Tunnistaudu</button>
    <button class="plain" name="person" value="" data-testid="login-nobody">Keskeytä</button></form>`);
}

export const successPage = () => page('Valmis', '<p data-testid="login-done">Palaa palvelupisteen näytön ääreen. Voit sulkea tämän sivun.</p>');

export const sadPage = () => page('Tämä ei onnistunut', '<p class="bad" data-testid="login-note">Aloita palvelupisteessä uudelleen.</p>');
