// What the sharing of the form and that of the papers have in common: a channel that comes and goes, and how it all ends. No UI.

import type { Clock } from './clock';
import { hex, random } from '../wire/bytes';
import { KioskFault } from '../wire/judge';

export type Stage =
  /** There is nothing to share, or nothing yet. */
  | 'none'
  | 'joining'
  | 'open'
  /** The kiosk ended the sharing; `why` says why. */
  | 'over'
  /** The page would not go on with what the kiosk sent. */
  | 'refused';

export abstract class Sharing<Line> {
  stage: Stage = 'none';
  /** With `over` and `refused`. */
  why = '';
  /** A channel stands. */
  up = false;
  protected readonly load = hex(random(16));
  protected line: Line | null = null;

  constructor(protected readonly clock: Clock, protected readonly onChange: () => void) {}

  /** The channel stands; null: it has gone. */
  channel(line: Line | null): void {
    if (line === null && this.line === null) return;
    this.rest();
    this.line = line;
    this.up = line !== null;
    if (line === null) this.cut();
    else this.opened();
    this.stir();
  }

  /** After `over` or `refused`: from the beginning, as a page that holds nothing. */
  again(): void {
    if (this.stage !== 'over' && this.stage !== 'refused') return;
    this.rest();
    if (this.line !== null) this.join();
    this.stir();
  }

  /** Does what judges a message; what cannot be taken ends the sharing by name. */
  protected guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.refuse(error);
    }
  }

  protected refuse(error: unknown, otherwise = 'malformed'): void {
    this.rest();
    this.drop();
    this.stage = 'refused';
    this.why = error instanceof KioskFault ? error.reason : otherwise;
  }

  /** Tells the page that something is new. */
  protected abstract stir(): void;
  /** There is a channel. */
  protected abstract opened(): void;
  /** There is none any more. */
  protected abstract cut(): void;
  protected abstract join(): void;
  /** Nothing under way any more on the channel there was. */
  protected abstract rest(): void;
  /** What was shared goes. */
  protected abstract drop(): void;
}
