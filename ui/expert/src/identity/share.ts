// Who the citizen is, for one call: asking, what the kiosk answers, and what the page itself found. No elements; time and the line are given.
// A proof belongs to the connection it was made for: over a fresh one it says no more than that it was seen earlier in this call.

import type { Clock } from '../call/clock';
import { sameBinding, type Binding } from './challenge';
import type { Fault, Judgement, Known, Around, Person } from './judge';
import { N_MAX, readMessage, writeAsk, writeOff, writeSeen, type Going, type How, type Proof, type Role, type Said, type Why } from './messages';
import type { Trust } from './trust';

/** `none`: there is no such file beside the page. `broken`: there is, and it cannot be used, or it could not be fetched. */
export type TrustState = { kind: 'loading' | 'none' | 'broken' } | { kind: 'ready'; trust: Trust };

export interface IdentityDeps {
  clock: Clock;
  /** Milliseconds since 1970: the browser's own clock judges validity. */
  today(): number;
  onChange(): void;
  send(text: string): void;
  /** Of the connection that stands; null: none does. */
  binding(): Binding | null;
  trust(): TrustState;
  /** Settles when it is no longer loading. */
  loaded(): Promise<unknown>;
  kioskKey(): CryptoKey | null | Promise<CryptoKey | null>;
  judge(proof: Exclude<Proof, { how: 'document' }>, k: Known, around: Around): Promise<Judgement>;
  /** Connections this tab had, in this call and others: what a proof was made for is told by them. Shared, added to here. */
  earlier: Binding[];
  /** The highest number used before this page was loaded again; null: it was not. */
  note: number | null;
}

export interface Verdict {
  how: How;
  ok: boolean;
  faults: Fault[];
  person: Person | null;
  /** What the citizen said to act for when it was signed. */
  role: Role | null;
  binding: Binding | null;
  /** Milliseconds since 1970. */
  at: number;
  /** Asked for before this page was loaded again. */
  adopted: boolean;
}

/** `now`: for this very connection. */
export type Standing = 'now' | 'earlier' | 'other-role';
export type Stage = 'none' | 'sent' | 'silent' | Going | 'judging' | 'declined' | 'off' | 'failed' | 'proof';

const ANSWER_MS = 10_000;
const AGAIN_MS = 5_000;
const AT_ONCE = 8;
/** A kiosk that sends one proof after the other is not judged for ever. */
const PROOFS_MAX = 40;
const EARLIER_MAX = 16;
const ROLES_MAX = 8;

const sameRole = (a: Role | null, b: Role | null): boolean => a === b || (a !== null && b !== null && a.role === b.role && a.name === b.name && a.id === b.id);

export class IdentityShare {
  /** The line for it stands, and the kiosk speaks of it. */
  up = false;
  role: Role | null = null;
  stage: Stage = 'none';
  how: How = 'card';
  why: Why | null = null;
  /** Of the PIN; -1: not known. */
  tries = -1;
  /** When the telephone's code ends, by the clock; null: none is shown, or nobody said. */
  private until: number | null = null;
  /** Of the last proof. */
  verdict: Verdict | null = null;
  /** The last one that was good, by this page's own eyes. */
  kept: Verdict | null = null;
  private n: number;
  /** Asked by this load of the page. */
  private mine = false;
  private taken = false;
  private seen = false;
  private credit = AT_ONCE;
  private creditAt: number;
  private proofs = 0;
  private turn = 0;
  private keptProof = '';
  private roles: Role[] = [];
  private calm: () => void = () => undefined;
  private closed = false;

  constructor(private readonly deps: IdentityDeps) {
    this.n = deps.note ?? 0;
    this.creditAt = deps.clock.now();
  }

  /** For the next load of this tab. */
  note(): number {
    return this.n;
  }

  /** A request is under way. */
  get going(): boolean {
    return !['none', 'silent', 'declined', 'off', 'failed', 'proof'].includes(this.stage);
  }

  /** Seconds that the telephone's code can still be used; null: none is shown, or nobody said. */
  get leftS(): number | null {
    return this.stage === 'phone' && this.until !== null ? Math.max(0, Math.ceil((this.until - this.deps.clock.now()) / 1000)) : null;
  }

  get mayAsk(): boolean {
    return this.up && this.creditNow() >= 1 && this.n < N_MAX;
  }

  /** Which ways there are: two need `identity.json`, looking needs none. */
  offers(how: How): boolean {
    const t = this.deps.trust();
    if (how === 'document') return true;
    return t.kind === 'ready' && (how === 'card' ? t.trust.cas : t.trust.issuers).length > 0;
  }

  get setUp(): TrustState['kind'] {
    return this.deps.trust().kind;
  }

  /** How far the good verdict holds now; null: there is none. */
  get standing(): Standing | null {
    if (this.kept === null) return null;
    if (!sameBinding(this.kept.binding, this.deps.binding())) return 'earlier';
    return sameRole(this.kept.role, this.role) ? 'now' : 'other-role';
  }

  ask(how: How): boolean {
    if (!this.mayAsk || !this.offers(how)) return false;
    [this.credit, this.creditAt] = [this.creditNow() - 1, this.deps.clock.now()];
    this.n += 1;
    [this.how, this.mine, this.taken, this.seen, this.why, this.tries, this.verdict] = [how, true, false, false, null, -1, null];
    this.turn += 1;
    this.stage = 'sent';
    this.say();
    return true;
  }

  /** Takes the request back. */
  off(): void {
    if (!this.going) return;
    this.deps.send(writeOff(this.n));
    this.turn += 1;
    this.taken = true;
    this.become('off');
  }

  /** The expert has looked at the document. */
  lookedAt(): void {
    if (this.how !== 'document' || this.stage !== 'document') return;
    this.seen = true;
    this.deps.send(writeSeen(this.n));
    this.become('working');
  }

  /** The channel stands, or is gone. What was asked and never answered is asked again; the kiosk repeats all else. */
  channel(open: boolean): void {
    this.up = false;
    if (open && !this.closed) {
      this.remember();
      if (this.stage === 'sent' || this.stage === 'silent') this.say();
    }
    this.deps.onChange();
  }

  /** One message of `ctl`, whatever it is. Never throws. */
  receive(m: Record<string, unknown>): void {
    const found = this.closed ? null : readMessage(m);
    if (found?.type === 'role') this.heardRole(found.role);
    if (found?.type === 'identity') this.heard(found.said);
  }

  /** The call is over: nothing of anybody is kept. */
  close(): void {
    this.closed = true;
    this.up = false;
    this.calm();
    this.turn += 1;
    [this.role, this.verdict, this.kept, this.roles, this.keptProof] = [null, null, null, [], ''];
    this.stage = 'none';
  }

  private creditNow(): number {
    return Math.min(AT_ONCE, this.credit + (this.deps.clock.now() - this.creditAt) / AGAIN_MS);
  }

  private say(): void {
    this.deps.send(writeAsk(this.n, this.how));
    this.become('sent');
    this.calm = this.deps.clock.after(ANSWER_MS, () => this.become('silent'));
  }

  private become(stage: Stage): void {
    this.calm();
    this.calm = () => undefined;
    this.stage = stage;
    this.deps.onChange();
  }

  private remember(): void {
    const { earlier } = this.deps;
    const now = this.deps.binding();
    if (now === null || earlier.some((b) => sameBinding(b, now))) return;
    earlier.push(now);
    if (earlier.length > EARLIER_MAX) earlier.shift();
  }

  private heardRole(role: Role): void {
    this.up = true;
    if (this.role !== null && !sameRole(this.role, role)) this.roles = [this.role, ...this.roles.filter((r) => !sameRole(r, this.role))].slice(0, ROLES_MAX);
    this.role = role;
    this.deps.onChange();
  }

  /** Answers to this load's own request; before it made one, what the kiosk repeats to a page that was loaded again. */
  private concerns(said: Said): boolean {
    if (this.mine) return said.n === this.n && said.how === this.how && !this.taken;
    if (this.deps.note === null || said.n < this.n) return false;
    [this.n, this.how] = [said.n, said.how];
    return true;
  }

  private heard(said: Said): void {
    if (!this.concerns(said)) return;
    if (said.state === 'proof') return void this.proved(said.proof);
    this.turn += 1;
    this.verdict = null;
    [this.why, this.tries] = said.state === 'failed' ? [said.why, said.tries] : [null, -1];
    this.until = said.state === 'phone' && said.left !== undefined ? this.deps.clock.now() + said.left * 1000 : null;
    // It lies there until the kiosk knows that it was seen.
    const known = this.seen && said.state === 'document';
    if (known) this.deps.send(writeSeen(this.n));
    this.become(known ? 'working' : said.state);
  }

  private proved(proof: Proof | null): Promise<void> | void {
    this.turn += 1;
    if (proof === null) return this.found({ faults: ['unreadable'], person: null }, this.deps.binding());
    if (proof.how === 'document') return this.seen ? this.found({ faults: [], person: null }, this.deps.binding()) : this.found({ faults: ['unfit'], person: null }, null);
    const key = JSON.stringify([proof.how, [...proof.sig]]);
    // The same again, after the channel opened anew: what was found stands as it did.
    if (this.kept !== null && key === this.keptProof) {
      this.verdict = this.kept;
      return this.become('proof');
    }
    this.proofs += 1;
    if (this.proofs > PROOFS_MAX) return this.found({ faults: ['too-many'], person: null }, this.deps.binding());
    return this.weigh(proof, key, this.turn);
  }

  private async weigh(proof: Exclude<Proof, { how: 'document' }>, key: string, turn: number): Promise<void> {
    const { deps, role } = this;
    const binding = deps.binding();
    if (deps.trust().kind === 'loading') this.become('judging');
    await deps.loaded();
    if (turn !== this.turn) return;
    const trust = deps.trust();
    if (trust.kind !== 'ready') return this.found({ faults: [trust.kind === 'none' ? 'not-set-up' : 'set-up-broken'], person: null }, binding);
    if (binding === null || role === null) return this.found({ faults: ['no-connection'], person: null }, binding);
    this.become('judging');
    const known = { binding, role, roles: [...this.roles], earlier: [...deps.earlier] };
    const result = await Promise.resolve(deps.kioskKey())
      .then((kioskKey) => deps.judge(proof, known, { trust: trust.trust, kioskKey, now: deps.today() }))
      .catch((): Judgement => ({ faults: ['unreadable'], person: null }));
    // Another message, or another request, came meanwhile; of a connection that went meanwhile it says so itself.
    if (turn === this.turn) this.found(result, binding, key, role);
  }

  private found({ faults, person }: Judgement, binding: Binding | null, key = '', role = this.role): void {
    const ok = faults.length === 0;
    this.verdict = { how: this.how, ok, faults, person, role, binding, at: this.deps.today(), adopted: !this.mine };
    if (ok) [this.kept, this.keptProof] = [this.verdict, key];
    this.become('proof');
  }
}
