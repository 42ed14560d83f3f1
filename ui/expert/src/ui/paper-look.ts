// What of the papers is to be shown, and in which words. Pure.

import { say, type Definition } from '../form/def';
import type { Look } from '../paper/messages';
import { NO_LOOK } from '../paper/messages';
import type { PaperShare, Wish } from '../paper/share';
import type { Sheet } from '../paper/sheet';
import type { Shown } from '../paper/showing';
import type { Texts } from '../text';

/** Whether there is anything of papers to look at. */
export function paperShows(share: PaperShare): boolean {
  if (share.stage === 'over' || share.stage === 'refused') return true;
  return share.pages.length > 0 || share.askState !== 'none' || share.showing.list.length > 0;
}

/** The page in front: what both look at, else the one that was chosen last, else the first. */
export const pageInFront = (share: PaperShare, chosen: number): Sheet | null => share.page(share.look.page) ?? share.page(chosen) ?? share.pages[0] ?? null;

/** How it is seen: as both see it, or whole. */
export const lookAt = (share: PaperShare, page: Sheet): Look => (share.look.page === page.id ? share.look : { ...NO_LOOK, page: page.id });

export const percent = (have: number, of: number): number => (of === 0 ? 0 : Math.min(100, Math.floor((have * 100) / of)));

export interface Kind { id: string; words: string; bothSides: boolean }

/** What may be asked for: what the service's own definition names, else what every kiosk has words for; and something else. */
export function kindsOf(t: Texts, def: Definition | null, lang: string): Kind[] {
  const { other, ...common } = t.paper.kinds;
  const own = (def?.papers ?? []).map((p) => ({ id: p.id, words: say(p.label, lang), bothSides: p.bothSides }));
  const all = own.length > 0 ? own : Object.entries(common).map(([id, words]) => ({ id, words, bothSides: false }));
  return [...all, { id: 'other', words: other!, bothSides: false }];
}

export function wishText(t: Texts, wish: Wish | null, kinds: Kind[]): string {
  if (wish === null) return t.paper.askedSome;
  const kind = kinds.find((k) => k.id === wish.kind)?.words;
  return [kind ?? wish.text, ...(wish.sides === 2 ? [t.paper.sides[2].toLowerCase()] : []), ...(kind !== undefined && wish.text !== '' ? [wish.text] : [])].join(', ');
}

export function shownText(t: Texts, d: Shown): string {
  const { shown, why } = t.paper;
  if (d.state === 'coming') return shown.coming(percent(d.sent, d.total));
  if (d.state === 'shown') return shown.shown(d.pages);
  return d.state === 'refused' ? why[d.why] ?? why['failed']! : shown[d.state];
}
