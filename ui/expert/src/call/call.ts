// One call with one kiosk, from the claim to the end. No connection is made before a verified grant and offer.

import { base64url, random } from '../wire/bytes';
import { readAck, readBye, readCandidate, readGrant, readOffer, readRefuse, type ByeWhy } from '../wire/body';
import { openEnvelope, sealEnvelope, type Envelope, type Held } from '../wire/envelope';
import { Refused, type Reason } from '../wire/reason';
import { markAnswer, type SdpFacts } from '../wire/sdp';
import type { Place } from '../wire/topics';
import { FormShare, type FormNote } from '../form/share';
import { PaperShare } from '../paper/share';
import type { Binding } from '../identity/challenge';
import { IdentityShare, type TrustState } from '../identity/share';
import type { Clock } from './clock';
import { Outbox } from './outbox';
import type { LocalTracks, Peer, PeerEvents } from './peer';
import { qualityOf, type Quality, type Sample } from './quality';
import { SilenceWatch, type Silence } from './silence';
import { Talk, type TalkNote } from './text';
import { Ear } from './voice';

/** The call that is taken: what its announcement said, signed. */
export interface Wanted { kiosk: string; call: string; kn: string; agency: string }

export type Ending =
  | { kind: 'ended'; why: ByeWhy; byUs: boolean }
  | { kind: 'refused'; why: Reason }
  | { kind: 'declined'; why: Reason }
  | { kind: 'no-answer'; why: Reason | null }
  /** The kiosk began anew and knows nothing of this call. */
  | { kind: 'vanished'; why: null };

export interface CallView {
  phase: 'claiming' | 'connecting' | 'live' | 'over';
  verified: boolean;
  silence: Silence;
  silentMs: number;
  ending: Ending | null;
  /** The last message that was refused while the call went on. */
  dropped: Reason | null;
  quality: Quality | null;
  stream: MediaStream | null;
  /** The citizen speaks just now; also false where the browser cannot tell. */
  speaks: boolean;
  /** What the kiosk says of its own devices. */
  kiosk: { mic: boolean; camera: boolean };
}

export interface CallDeps {
  expert: string;
  key: CryptoKey;
  /** DER in base64. */
  cert: string;
  clock: Clock;
  kioskKey(): CryptoKey | null | Promise<CryptoKey | null>;
  publish(text: string): void;
  newPeer(events: PeerEvents): Peer;
  onChange(): void;
  /** Of the conversation in writing, from this tab's load before. */
  talk?: TalkNote | null;
  /** Of the form, likewise. */
  form?: FormNote | null;
  /** Whom the page believes to say who somebody is. */
  trust?(): TrustState;
  trustLoaded?(): Promise<unknown>;
  /** Connections of this tab's calls; see identity/share.ts. */
  earlier?: Binding[];
  /** Of the requests to identify, from this tab's load before. */
  identified?: number | null;
}

const SEEN_MAX = 512;
const INBOX_MAX = 64;

export class Call {
  readonly en = base64url(random(16));
  readonly view: CallView = {
    phase: 'claiming', verified: false, silence: 'none', silentMs: 0, ending: null, dropped: null, quality: null, stream: null,
    speaks: false, kiosk: { mic: true, camera: true },
  };
  /** The conversation in writing; see text.ts for how a page uses it. */
  readonly talk: Talk;
  /** The form that is filled in together; see form/share.ts. */
  readonly form: FormShare;
  /** The papers that are looked at together; see paper/share.ts. */
  readonly paper: PaperShare;
  /** Who the citizen is; see identity/share.ts. */
  readonly identity: IdentityShare;
  private readonly outbox: Outbox;
  private readonly seen = new Set<string>();
  private inbox: Promise<void> = Promise.resolve();
  private waiting = 0;
  private out: Promise<void> = Promise.resolve();
  private sent = 0;
  private peer: Peer | null = null;
  private offer: SdpFacts | null = null;
  private silence: SilenceWatch | null = null;
  private readonly ear: Ear;
  private sample: Sample | null = null;
  private leaving: Envelope | null = null;
  private state = { mic: true, camera: true };

  constructor(readonly wanted: Wanted, private readonly deps: CallDeps) {
    this.outbox = new Outbox(deps.clock, deps.publish, (type) => this.givenUp(type));
    this.talk = new Talk(deps.clock, deps.onChange, deps.talk ?? null);
    this.form = new FormShare(deps.clock, deps.onChange, deps.form ?? null);
    this.paper = new PaperShare(deps.clock, deps.onChange);
    this.identity = new IdentityShare({
      clock: deps.clock, today: () => Date.now(), onChange: deps.onChange, send: (text) => this.peer?.sendCtl(text), binding: () => this.binding(),
      trust: () => deps.trust?.() ?? { kind: 'none' }, loaded: async () => deps.trustLoaded?.(), kioskKey: () => deps.kioskKey(), note: deps.identified ?? null, earlier: deps.earlier ?? [],
      // What reads certificates is fetched when the first is there to be read.
      judge: async (...what) => (await import('../identity/judge')).judge(...what),
    });
    this.ear = new Ear(deps.clock, () => this.peer?.level() ?? Promise.resolve(null), (speaks) => {
      this.view.speaks = speaks;
      deps.onChange();
    });
  }

  /** Claims the call; `resume` is the nonce this page held before a reload. */
  claim(resume: string | null): void {
    this.send('claim', JSON.stringify({ cert: this.deps.cert, ...(resume === null ? {} : { resume }) }));
  }

  /** A message from the kiosk's topic. Verified at once, taken in the order it came. */
  receive(place: Place, payload: Uint8Array): Promise<void> {
    if (this.waiting >= INBOX_MAX) return this.inbox;
    this.waiting += 1;
    const held: Held = { call: this.wanted.call, kn: this.wanted.kn, en: this.en };
    const opened = openEnvelope(place, payload, held, () => this.deps.kioskKey()).catch((error: unknown) => error);
    this.inbox = this.inbox.then(async () => {
      const e = await opened;
      this.waiting -= 1;
      if (e instanceof Error) this.refuse(e);
      else await this.take(e as Envelope);
    });
    return this.inbox;
  }

  /** Ends the call from this side. */
  end(why: ByeWhy = 'ended'): void {
    if (this.view.phase === 'over') return;
    this.peer?.sendCtl(JSON.stringify({ type: 'bye', why }));
    this.finish({ kind: 'ended', why, byUs: true }, why);
  }

  /** The page goes away, closed or reloaded: the word signed beforehand, as nothing can be signed now. */
  leave(): string | null {
    return this.isOver() || this.leaving === null ? null : JSON.stringify(this.leaving);
  }

  /** The kiosk announces another call. That alone may be an old message come late; with silence it is the end. */
  announcedAnother(): void {
    if (this.view.silence !== 'none') this.finish({ kind: 'vanished', why: null }, null);
  }

  linkDown(): void {
    this.outbox.hold();
  }

  linkUp(): void {
    this.outbox.flush();
  }

  /** Told when it changes, and when the channel opens. */
  setState(state: { mic: boolean; camera: boolean }): void {
    const same = state.mic === this.state.mic && state.camera === this.state.camera;
    this.state = state;
    if (!same) this.sayState();
  }

  replace(tracks: LocalTracks): void {
    this.peer?.replace(tracks);
  }

  /** Once a second: statistics, silence, and the end by silence. */
  async tick(): Promise<void> {
    const { view } = this;
    if (this.silence === null || view.phase === 'over') return;
    // A connection that is being closed has no figures; silence goes on being counted.
    const now = await this.peer?.sample().catch(() => undefined);
    if (this.isOver()) return;
    if (now !== undefined && this.silence.sample(now.traffic, this.deps.clock.now())) {
      view.phase = 'live';
      view.quality = qualityOf(this.sample, now, view.kiosk.camera);
    }
    this.sample = now ?? null;
    view.silence = this.silence.state(this.deps.clock.now());
    view.silentMs = this.silence.silentMs(this.deps.clock.now());
    if (view.phase === 'live' && view.silence === 'none') this.ear.listen();
    else this.ear.rest();
    if (view.silence === 'over') this.finish({ kind: 'ended', why: 'silent', byUs: true }, 'silent');
    this.deps.onChange();
  }

  /** Everything said so far has been signed and handed to the link. */
  settled(): Promise<void> {
    return this.out;
  }

  /** No more timers; for a call whose last words were said or given up. */
  dispose(): void {
    this.outbox.clear();
    this.hangUp();
    this.form.close();
    this.paper.close();
    this.identity.close();
  }

  private hangUp(): void {
    this.ear.rest();
    this.talk.channel(null);
    this.form.channel(null);
    this.paper.channel(null);
    this.identity.channel(false);
    this.peer?.close();
    this.peer = null;
  }

  private isOver(): boolean {
    return this.view.phase === 'over';
  }

  // --- out ---

  private send(type: string, body: string): void {
    this.out = this.out.then(async () => {
      const e = await this.seal(type, body);
      if (type === 'ack') this.deps.publish(JSON.stringify(e));
      else if (!this.outbox.send(e)) this.finish({ kind: 'ended', why: 'failed', byUs: true }, null);
    });
  }

  private seal(type: string, body: string): Promise<Envelope> {
    const { kiosk, call, kn } = this.wanted;
    return sealEnvelope({ type, kiosk, expert: this.deps.expert, call, kn, en: this.en, body }, this.deps.key);
  }

  private sendCounted(type: string, members: Record<string, unknown>): void {
    this.sent += 1;
    this.send(type, JSON.stringify({ n: this.sent, ...members }));
  }

  private acknowledge(e: Envelope): void {
    this.send('ack', JSON.stringify({ of: e.sig }));
  }

  private givenUp(type: string): void {
    if (type === 'claim') this.finish({ kind: 'no-answer', why: this.view.dropped }, 'failed');
  }

  // --- in ---

  private async take(e: Envelope): Promise<void> {
    if (e.type !== 'ack' && this.seen.has(e.sig)) return this.acknowledge(e);
    try {
      if (await this.handle(e)) this.remember(e);
    } catch (error) {
      this.refuse(error);
    }
  }

  private remember(e: Envelope): void {
    if (this.seen.size >= SEEN_MAX) this.seen.delete(this.seen.values().next().value!);
    this.seen.add(e.sig);
    this.acknowledge(e);
  }

  /** True where the message was taken and is to be acknowledged. */
  private async handle(e: Envelope): Promise<boolean> {
    if (e.type === 'ack') this.outbox.acknowledge(readAck(e.body));
    else if (this.isOver()) return e.type === 'bye';
    else if (e.type === 'refuse') return this.refused(readRefuse(e.body));
    else if (e.type === 'grant') return this.granted(e);
    else if (e.type === 'bye') return this.goodbye(readBye(e.body));
    else if (!this.view.verified) return false; // the grant was lost and comes again; so will this
    else if (e.type === 'offer') return this.offered(e.body);
    else return this.candidate(e.body);
    return false;
  }

  private async granted(e: Envelope): Promise<boolean> {
    if (readGrant(e.body).agency !== this.wanted.agency) throw new Refused('agency');
    if (this.view.verified) return true;
    this.outbox.drop('claim');
    this.view.phase = 'connecting';
    this.view.verified = true;
    this.silence = new SilenceWatch(this.deps.clock.now());
    this.sent += 1;
    const n = this.sent;
    // Not awaited: the offer is at the door already.
    void this.seal('bye', JSON.stringify({ n, why: 'left' })).then((bye) => { this.leaving = bye; });
    this.deps.onChange();
    return true;
  }

  private refused(why: Reason): boolean {
    this.outbox.drop('claim');
    this.finish({ kind: 'declined', why }, null);
    return true;
  }

  private goodbye(why: ByeWhy): boolean {
    this.finish({ kind: 'ended', why, byUs: false }, null);
    return true;
  }

  private async offered(body: string): Promise<boolean> {
    const facts = readOffer(body, this.offer?.version ?? 0);
    const fresh = this.peer === null || this.offer?.session !== facts.session;
    this.offer = facts;
    if (fresh) this.renew();
    const peer = this.peer!;
    peer.accept(body, (answer) => this.send('answer', markAnswer(answer, facts.version))).catch(() => {
      if (this.peer === peer) this.finish({ kind: 'ended', why: 'failed', byUs: true }, 'failed');
    });
    return true;
  }

  private renew(): void {
    this.hangUp();
    const mine = (): boolean => this.peer === peer;
    const peer: Peer = this.deps.newPeer({
      onCandidate: (mid, candidate) => {
        if (mine()) this.sendCounted('candidate', { offer: this.offer!.version, mid, candidate });
      },
      onStream: (stream) => {
        if (!mine()) return;
        this.view.stream = stream;
        this.deps.onChange();
      },
      onCtlOpen: () => { if (mine()) this.ctlOpened(); },
      onCtlClosed: () => { if (mine()) this.identity.channel(false); },
      onCtl: (text) => { if (mine()) this.heard(text); },
      onTextChannel: (send) => { if (mine()) this.talk.channel(send); },
      onText: (data) => { if (mine()) this.talk.receive(data); },
      onFormChannel: (send) => { if (mine()) this.form.channel(send); },
      onForm: (data) => { if (mine()) this.form.receive(data); },
      onPaperChannel: (line) => { if (mine()) this.paper.channel(line); },
      onPaper: (data) => { if (mine()) this.paper.receive(data); },
    });
    this.peer = peer;
  }

  private async candidate(body: string): Promise<boolean> {
    const { mid, candidate } = readCandidate(body, this.offer?.version ?? 0);
    // Not awaited and not fatal: it waits for the description inside the browser, and one of many may be unusable.
    this.peer?.addCandidate(mid, candidate).catch(() => undefined);
    return true;
  }

  private ctlOpened(): void {
    this.sayState();
    this.identity.channel(true);
  }

  /** Nothing of it is the other side's word: the envelopes were signed, the descriptions are in force. */
  private binding(): Binding | null {
    const prints = this.peer?.prints() ?? null;
    const { kiosk, call, kn } = this.wanted;
    return prints === null ? null : { kiosk, expert: this.deps.expert, call, kn, en: this.en, kioskPrint: prints.kiosk, pagePrint: prints.page };
  }

  private sayState(): void {
    this.peer?.sendCtl(JSON.stringify({ type: 'state', ...this.state }));
  }

  /** The `ctl` channel: inside DTLS, whose fingerprint was signed. */
  private heard(text: string): void {
    let m: Record<string, unknown> | null;
    try {
      m = JSON.parse(text) as Record<string, unknown> | null;
    } catch {
      return;
    }
    if (m !== null) this.identity.receive(m);
    if (m?.['type'] === 'state') this.view.kiosk = { mic: m['mic'] === true, camera: m['camera'] === true };
    if (m?.['type'] === 'bye') this.finish({ kind: 'ended', why: 'ended', byUs: false }, 'ended');
    this.deps.onChange();
  }

  // --- ends ---

  private refuse(error: unknown): void {
    if (this.isOver()) return;
    if (!(error instanceof Refused)) return this.finish({ kind: 'ended', why: 'failed', byUs: true }, 'failed');
    // Another tab's call, or an older one of ours: not for this call, and so no verdict on it. In a call it is not even
    // mentioned: it is ordinary, and would hide what is not.
    const elsewhere = error.reason === 'call' || error.detail === 'expert-nonce';
    if (elsewhere && this.offer !== null) return;
    this.view.dropped = error.reason;
    if (elsewhere || this.offer !== null) return this.deps.onChange();
    this.finish({ kind: 'refused', why: error.reason }, 'failed');
  }

  private finish(ending: Ending, bye: ByeWhy | null): void {
    if (this.isOver()) return;
    this.outbox.clear();
    this.view.phase = 'over';
    this.view.ending = ending;
    this.view.stream = null;
    if (bye !== null) this.sendCounted('bye', { why: bye });
    this.hangUp();
    this.form.close();
    this.paper.close();
    this.identity.close();
    this.deps.onChange();
  }
}
