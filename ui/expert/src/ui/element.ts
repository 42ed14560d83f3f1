// What all elements share: no shadow root (one style sheet, plain selectors) and the page's state.

import { LitElement } from 'lit';
import type { App } from '../state/app';
import type { Texts } from '../text';

export class PageElement extends LitElement {
  static override properties = { app: { attribute: false }, beat: { attribute: false } };
  declare app: App;
  /** Rises with every change of the state, which is one object for the page's life. */
  declare beat: number;

  protected get t(): Texts {
    return this.app.texts;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}

/** Shown during a call. What one asked for in it may come due after its end, just before the element is taken away. */
export class CallElement extends PageElement {
  protected override shouldUpdate(): boolean {
    return (this.app.desk?.current ?? null) !== null;
  }
}

export const define = (name: string, element: CustomElementConstructor): void => {
  if (customElements.get(name) === undefined) customElements.define(name, element);
};
