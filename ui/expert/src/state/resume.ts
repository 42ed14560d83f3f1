// A call noted at pagehide for this tab's own next load. Read once: a copied tab finds nothing.

import type { TalkNote } from '../call/text';
import type { FormNote } from '../form/share';
import type { Entry } from './queue';

const SLOT = 'luukku-call';
/** The kiosk keeps a call that was left for 15 s (PROTOCOL.md, Leaving). */
export const RESUME_MS = 15_000;

export interface Resume { entry: Entry; en: string; startedAt: number; at: number; mic: boolean; camera: boolean; talk?: TalkNote; form?: FormNote; identified?: number }

export const noteCall = (r: Resume): void => sessionStorage.setItem(SLOT, JSON.stringify(r));

export function takeCall(now: number): Resume | null {
  const text = sessionStorage.getItem(SLOT);
  sessionStorage.removeItem(SLOT);
  if (text === null) return null;
  const r = JSON.parse(text) as Resume;
  return now - r.at <= RESUME_MS ? r : null;
}
