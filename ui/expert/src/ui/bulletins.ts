// What a screen reader is told though nobody asked: arrivals, the line, trouble. Each subject has one sentence at a time; a
// sentence that changed is said, once.

import type { App } from '../state/app';
import type { Desk } from '../state/desk';
import { LOST } from '../call/text-turns';
import { findCell } from '../form/cells';
import { shown } from './form-look';
import { identitySaid, roleText } from './identity-look';
import { shownText } from './paper-look';
import { piecesOf } from './pieces';
import { stageOf } from './stage';

export interface Bulletin { subject: string; text: string; urgent: boolean }
type Source = Pick<App, 'texts' | 'lang' | 'desk'>;

/** Marks of loss in words. */
const spoken = (text: string, lost: string): string => piecesOf(text, LOST).map((p) => p ?? ` ${lost} `).join('').trim();

function ofQueue(app: Source, desk: Desk): Bulletin[] {
  const { entries, n } = desk.arrived;
  const first = entries[0];
  const waiting = desk.queue.list(Date.now());
  const still = first !== undefined && desk.current === null && waiting.some((e) => e.call === first.call);
  const stranger = desk.queue.refused(Date.now())[0];
  return [
    // The subject changes with every arrival, the sentence may not.
    ...(still ? [{ subject: `arrived ${n}`, text: app.texts.arrived(first.title[app.lang], first.site, waiting.length), urgent: false }] : []),
    ...(stranger === undefined ? [] : [{ subject: `stranger ${stranger.kiosk}`, text: app.texts.unknownTitle, urgent: false }]),
  ];
}

function ofCall({ texts: t }: Source, desk: Desk): Bulletin[] {
  if (desk.current === null) return [];
  const { view } = desk.current.call;
  const stage = stageOf(view);
  const words = {
    claiming: t.claiming, connecting: t.connecting, live: t.liveNow, interrupted: `${t.interrupted}. ${t.interruptedText}`, reconnecting: t.reconnecting,
  };
  const heard = desk.current.call.talk.turns.filter((turn) => !turn.mine && !turn.open).at(-1);
  return [
    { subject: `stage ${stage}`, text: words[stage], urgent: stage === 'interrupted' || stage === 'reconnecting' },
    ...(heard === undefined ? [] : [{ subject: `turn ${heard.id}`, text: `${t.citizen}: ${spoken(heard.text, t.talkLost)}`, urgent: false }]),
  ];
}

/** How the form stands, and how a suggestion went. */
function ofForm({ texts: t, lang }: Source, desk: Desk): Bulletin[] {
  const form = desk.current?.call.form;
  if (form === undefined) return [];
  const ended = form.stage === 'over' ? t.form.overTitle : form.stage === 'refused' ? t.form.refusedTitle : null;
  const words = { filling: null, review: t.form.reviewTitle, sealing: t.form.sealingTitle, sent: t.form.sentTitle, failed: t.form.failed }[form.state?.phase ?? 'filling'];
  const read = (path: string, value: string): string => {
    const cell = form.paper === null ? null : findCell(form.paper.def, form.paper.f, path);
    return cell === null ? value : shown(lang, cell.field, value);
  };
  return [
    ...(ended === null ? [] : [{ subject: `form ${form.stage}`, text: ended, urgent: true }]),
    ...(words === null ? [] : [{ subject: `form ${form.state!.phase}`, text: words, urgent: false }]),
    ...(form.reopened ? [{ subject: 'form reopened', text: t.form.reopened, urgent: false }] : []),
    ...[...form.answered].map(([path, a]) => ({ subject: `answer ${path} ${a.accepted} ${a.value}`, text: a.accepted ? t.form.accepted : t.form.declined(read(path, a.value)), urgent: false })),
  ];
}

/** Pages that came, what became of what was asked for and of what is shown. */
function ofPaper({ texts: t }: Source, desk: Desk): Bulletin[] {
  const paper = desk.current?.call.paper;
  if (paper === undefined) return [];
  const ended = paper.stage === 'over' ? t.paper.overTitle : paper.stage === 'refused' ? t.paper.refusedTitle : null;
  const { askState: ask } = paper;
  return [
    ...(ended === null ? [] : [{ subject: `paper ${paper.stage}`, text: ended, urgent: true }]),
    ...paper.pages.flatMap((p, i) => (p.facts.from === 'expert' ? [] : [{ subject: `page ${p.id}`, text: t.paper.cameFrom(i + 1), urgent: false }])),
    ...(ask === 'none' ? [] : [{ subject: `ask ${ask}`, text: t.paper.askStates[ask], urgent: false }]),
    ...paper.showing.list.filter((d) => d.state !== 'coming').map((d) => ({ subject: `document ${d.n} ${d.state} ${d.why}`, text: `${d.name || t.paper.shownNameless}: ${shownText(t, d)}`, urgent: false })),
  ];
}

/** Who the citizen is, how that goes, and for whom they act. */
function ofIdentity({ texts: t }: Source, desk: Desk): Bulletin[] {
  const share = desk.current?.call.identity;
  if (share === undefined) return [];
  const said = identitySaid(t, share);
  const role = roleText(t, share.role);
  return [
    ...(said === null ? [] : [{ subject: `identity ${said}`, text: said, urgent: share.verdict?.ok === false }]),
    ...(role === null ? [] : [{ subject: `role ${role}`, text: role, urgent: false }]),
  ];
}

/** All that can be said of the present state. */
export function bulletinsOf(app: Source): Bulletin[] {
  const { desk, texts: t } = app;
  if (desk === null) return [];
  const down = desk.current === null ? t.linkDown : t.linkDownCall;
  const link = desk.link === 'connecting' ? [] : [{ subject: `link ${desk.link}`, text: desk.link === 'up' ? t.linkUp : down, urgent: desk.link !== 'up' }];
  return [...link, ...ofQueue(app, desk), ...ofCall(app, desk), ...ofForm(app, desk), ...ofPaper(app, desk), ...ofIdentity(app, desk)];
}

/** Remembers what was said and gives what is new. */
export class Herald {
  private before = new Set<string>();
  private begun = false;

  /** The newest of each kind; the very first look tells nothing but arrivals. */
  look(now: readonly Bulletin[]): Bulletin[] {
    const fresh = now.filter((b) => !this.before.has(b.subject) && (this.begun || b.subject.startsWith('arrived')));
    this.before = new Set(now.map((b) => b.subject));
    this.begun ||= now.length > 0;
    return fresh;
  }
}
