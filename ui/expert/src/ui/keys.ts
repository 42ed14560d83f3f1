// Alt and a letter: presses the button, or goes to the field, that carries the letter. The letters are the language's own
// (text/*.ts), and none of them is one that Chromium or Firefox keep for their menus where a page asks for it (D, E, F).

import { html, type TemplateResult } from 'lit';

type Stroke = Pick<KeyboardEvent, 'code' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'repeat'>;

/** The letter, wherever a layout puts it behind Alt; null for every other key. AltGr (Ctrl and Alt) types characters. */
export function letterOf(e: Stroke): string | null {
  if (!e.altKey || e.ctrlKey || e.metaKey || e.shiftKey || e.repeat) return null;
  return /^Key([A-Z])$/.exec(e.code)?.[1] ?? null;
}

/** Does what the letter stands for; false where nothing on the screen carries it. */
function follow(letter: string): boolean {
  const target = [...document.querySelectorAll<HTMLElement>(`[data-key="${letter}"]`)]
    .find((e) => e.getClientRects().length > 0 && !(e as HTMLButtonElement).disabled);
  if (target === undefined) return false;
  target.focus();
  if (target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement) target.click();
  return true;
}

export function listenForKeys(): void {
  window.addEventListener('keydown', (e) => {
    const letter = letterOf(e);
    if (letter !== null && follow(letter)) e.preventDefault();
  });
}

/** The letter as shown in a button; screen readers hear it by aria-keyshortcuts. */
export const keyCap = (letter: string): TemplateResult => html`<kbd aria-hidden="true">${letter}</kbd>`;
