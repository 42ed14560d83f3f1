// What one signed-in expert has: the link, the queue, presence, and at most one call at a time.

import { Call, type Ending } from '../call/call';
import { realClock } from '../call/clock';
import type { Media } from '../call/media';
import { BrowserPeer } from '../call/peer';
import { Link, type LinkState } from '../link/mqtt';
import type { Binding } from '../identity/challenge';
import type { TrustState } from '../identity/share';
import { parseEnvelope } from '../wire/envelope';
import { chime } from '../call/sound';
import { callFilter, downTopic, hereFilter, hereTopic, placeOf, upFilter, type Place } from '../wire/topics';
import { Arrivals } from './arrivals';
import { Crew, type Presence } from './crew';
import { loadFleet, loadKeyFile, loadTrust, type Config, type Fleet } from './files';
import type { Identity } from './identity';
import { Names } from './names';
import { Queue, type Entry } from './queue';
import { noteCall, takeCall, type Resume } from './resume';
import { Today } from './today';

export type { Presence } from './crew';
/** How the last call went, for the queue screen. */
export interface Notice { ending: Ending; entry: Entry; at: Date; resumed: boolean }
export interface Current { call: Call; entry: Entry; startedAt: number; resumed: boolean; mic: boolean; camera: boolean; counted: boolean }

const PRESENCE_TICKS = 5;
const FLEET_TICKS = 300;
/** A kiosk that is not in the list may be new: look again, but not on every announcement. */
const FLEET_AGAIN_MS = 30_000;
/** A call that is over still answers repeats and repeats its own last word. */
const LINGER_MS = 15_000;

export class Desk {
  readonly queue = new Queue();
  link: LinkState = 'connecting';
  presence: Presence = 'free';
  langs: string[];
  current: Current | null = null;
  notice: Notice | null = null;
  /** Who came last, for those who listen to the page; `n` rises with every arrival. */
  arrived: { entries: Entry[]; n: number } = { entries: [], n: 0 };
  readonly crew: Crew;
  readonly names: Names;
  readonly today = new Today(localStorage);
  /** Whom the page believes to say who somebody is. */
  trust: TrustState = { kind: 'loading' };
  private trusting = this.refreshTrust();
  private readonly lines: Binding[] = [];
  private readonly arrivals = new Arrivals();
  private readonly mqtt: Link;
  private readonly past = new Set<Call>();
  private readonly ticker = new Worker(new URL('./ticker.worker.ts', import.meta.url), { type: 'module' });
  private certificate: RTCCertificate | null = null;
  private ticks = 0;
  private said = 0;
  private known = 0;
  private fleetAskedAt = Date.now();
  private readonly resume = takeCall(Date.now());

  constructor(
    readonly who: Identity, private readonly config: Config, public fleet: Fleet, private readonly media: Media,
    private readonly onChange: () => void,
  ) {
    this.langs = JSON.parse(localStorage.getItem('luukku-langs') ?? '["fi","sv","en"]') as string[];
    this.crew = new Crew(who.user);
    this.names = new Names((user) => loadKeyFile(user).then((file) => (file?.agency === who.agency ? file.name : null)), onChange);
    this.mqtt = new Link({
      url: config.mqttUrl, user: who.user, password: who.brokerPassword,
      filters: [upFilter(who.user), callFilter(who.agency), hereFilter(who.agency)],
    }, { onState: (s) => this.linked(s), onMessage: (topic, payload) => this.received(topic, payload) });
    this.ticker.onmessage = () => void this.tick();
    if (this.resume !== null) this.goOn(this.resume);
    void this.prepareCertificate();
  }

  accept(entry: Entry): void {
    if (this.current !== null) return;
    this.queue.remove(entry.kiosk);
    this.start(entry, { startedAt: Date.now(), mic: true, camera: true }, null);
  }

  end(): void {
    this.current?.call.end();
  }

  setPresence(presence: Presence): void {
    this.presence = presence;
    this.sayPresence();
    this.onChange();
  }

  setLangs(langs: string[]): void {
    this.langs = langs;
    localStorage.setItem('luukku-langs', JSON.stringify(langs));
    this.sayPresence();
    this.onChange();
  }

  /** What the citizen really hears and sees of this side: wanted, and there. */
  sending(): { mic: boolean; camera: boolean } {
    const { audio, video } = this.media.view;
    return { mic: this.current?.mic !== false && audio === 'on', camera: this.current?.camera !== false && video === 'on' };
  }

  /** A device came, went or was switched: the connection and the kiosk are told. */
  mediaChanged(): void {
    this.current?.call.replace(this.media.tracks());
    this.current?.call.setState(this.sending());
  }

  setDevice(kind: 'mic' | 'camera', on: boolean): void {
    const c = this.current;
    if (c === null) return;
    c[kind] = on;
    void (kind === 'mic' ? this.media.setMicrophone(on) : this.media.setCamera(on));
    this.onChange();
  }

  dismiss(): void {
    this.notice = null;
    this.onChange();
  }

  /** The page goes away, to be closed or loaded again: nobody knows. See PROTOCOL.md, Leaving. */
  leave(): void {
    const c = this.current;
    const word = c?.call.leave() ?? null;
    if (c !== null && word !== null) {
      const { entry, startedAt, mic, camera } = c;
      noteCall({ entry, startedAt, mic, camera, en: c.call.en, at: Date.now(), talk: c.call.talk.note(), form: c.call.form.note(), identified: c.call.identity.note() });
      this.mqtt.publish(downTopic(entry.kiosk, this.who.user), word);
    }
    this.mqtt.publish(...this.presenceMessage('gone'));
  }

  /** Signed out: the last words are said, then the link goes. */
  async close(): Promise<void> {
    this.ticker.terminate();
    this.end();
    this.today.clear();
    this.sayPresence('gone');
    await Promise.all([...this.past].map((call) => call.settled()));
    for (const call of this.past) call.dispose();
    this.past.clear();
    this.mqtt.stop();
  }

  // --- link ---

  private linked(state: LinkState): void {
    this.link = state;
    if (state === 'up') {
      this.sayPresence();
      for (const call of this.calls()) call.linkUp();
    } else {
      for (const call of this.calls()) call.linkDown();
    }
    this.onChange();
  }

  private calls(): Call[] {
    return [...(this.current === null ? [] : [this.current.call]), ...this.past];
  }

  private received(topic: string, payload: Uint8Array): void {
    const place = placeOf(topic);
    if (place?.kind === 'call') void this.announced(place, payload);
    if (place?.kind === 'here' && place.agency === this.who.agency) this.crew.receive(place.expert, payload, Date.now());
    if (place?.kind === 'up' && place.expert === this.who.user) void this.callFor(place, payload)?.receive(place, payload);
  }

  /** By nonce; what fits none goes to the present call, which refuses it by name. */
  private callFor(place: Place & { kind: 'up' }, payload: Uint8Array): Call | undefined {
    const calls = this.calls().filter((c) => c.wanted.kiosk === place.kiosk);
    try {
      const { en } = parseEnvelope(payload);
      return calls.find((c) => c.en === en) ?? calls[0];
    } catch {
      return calls[0];
    }
  }

  private async announced(place: Place & { kind: 'call' }, payload: Uint8Array): Promise<void> {
    const key = this.fleet.kiosks.get(place.kiosk)?.key ?? null;
    if (key === null) void this.refreshFleet(FLEET_AGAIN_MS);
    await this.queue.receive(place, payload, () => key, Date.now());
    this.counted();
    this.noticeAnew(place.kiosk);
    this.onChange();
  }

  private noticeAnew(kiosk: string): void {
    const wanted = this.current?.call.wanted;
    if (wanted?.kiosk !== kiosk) return;
    const entry = this.queue.list(Date.now()).find((e) => e.kiosk === kiosk);
    if (entry !== undefined && entry.call !== wanted.call) this.current!.call.announcedAnother();
  }

  private counted(): void {
    const waiting = this.queue.list(Date.now());
    const n = waiting.length;
    const entries = this.arrivals.look(waiting);
    if (entries.length > 0) this.arrived = { entries, n: this.arrived.n + 1 };
    if (this.known === 0 && n > 0 && this.current === null && this.presence === 'free') void chime();
    this.known = n;
  }

  private async refreshFleet(minAgeMs: number): Promise<void> {
    if (Date.now() - this.fleetAskedAt < minAgeMs) return;
    this.fleetAskedAt = Date.now();
    // The list at hand goes on serving while the server cannot be asked.
    this.fleet = await loadFleet().catch(() => this.fleet);
  }

  /** Revocations come with it. What is at hand goes on serving, with the times that stand in it, while the server cannot be asked. */
  private async refreshTrust(): Promise<void> {
    this.trust = await loadTrust().catch((): TrustState => (this.trust.kind === 'loading' ? { kind: 'broken' } : this.trust));
    this.onChange();
  }

  private presenceMessage(state: Presence | 'gone'): [string, string] {
    this.said += 1;
    return [hereTopic(this.who.agency, this.who.user), JSON.stringify({ state, langs: this.langs, n: this.said })];
  }

  private sayPresence(state: Presence | 'gone' = this.current === null ? this.presence : 'busy'): void {
    this.mqtt.publish(...this.presenceMessage(state));
  }

  private async tick(): Promise<void> {
    this.ticks += 1;
    if (this.ticks % PRESENCE_TICKS === 0) this.sayPresence();
    if (this.ticks % FLEET_TICKS === 0) {
      void this.refreshFleet(FLEET_AGAIN_MS);
      void this.refreshTrust();
    }
    this.counted();
    await this.current?.call.tick();
    this.onChange();
  }

  // --- calls ---

  /** Made before it is needed: a key pair costs time between offer and answer. */
  private async prepareCertificate(): Promise<void> {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    this.certificate = await RTCPeerConnection.generateCertificate?.(algorithm).catch(() => null) ?? null;
  }

  private takeCertificate(): RTCCertificate | null {
    const made = this.certificate;
    this.certificate = null;
    void this.prepareCertificate();
    return made;
  }

  private goOn(r: Resume): void {
    this.start(r.entry, r, r.en);
    void this.media.prepare().then(async () => {
      if (!r.camera) await this.media.setCamera(false);
      if (!r.mic) await this.media.setMicrophone(false);
    });
  }

  private start(entry: Entry, how: Pick<Resume, 'startedAt' | 'mic' | 'camera' | 'talk' | 'form' | 'identified'>, resume: string | null): void {
    const { who } = this;
    const call = new Call({ kiosk: entry.kiosk, call: entry.call, kn: entry.kn, agency: entry.agency }, {
      expert: who.user, key: who.key, cert: who.cert, clock: realClock,
      kioskKey: () => this.fleet.kiosks.get(entry.kiosk)?.key ?? null,
      publish: (text) => this.mqtt.publish(downTopic(entry.kiosk, who.user), text),
      newPeer: (events) => new BrowserPeer({ ice: this.config.ice, certificate: this.takeCertificate(), tracks: this.media.tracks() }, events),
      onChange: () => this.callChanged(call),
      talk: how.talk ?? null,
      form: how.form ?? null,
      trust: () => this.trust,
      trustLoaded: () => this.trusting,
      earlier: this.lines,
      identified: resume === null ? null : (how.identified ?? 0),
    });
    const { startedAt, mic, camera } = how;
    // As new as can be for each call.
    if (this.trust.kind !== 'loading') this.trusting = this.refreshTrust();
    this.current = { call, entry, startedAt, mic, camera, resumed: resume !== null, counted: false };
    this.notice = null;
    call.setState(this.sending());
    if (this.link !== 'up') call.linkDown();
    call.claim(resume);
    this.sayPresence();
    this.onChange();
  }

  private callChanged(call: Call): void {
    const c = this.current;
    if (c?.call === call) this.count(c);
    if (c?.call === call && call.view.ending !== null) {
      this.current = null;
      this.notice = { ending: call.view.ending, entry: c.entry, at: new Date(), resumed: c.resumed };
      this.past.add(call);
      this.linger(call);
      this.sayPresence();
      void this.rested();
    }
    this.onChange();
  }

  /** Once when it came about (not again after a reload), once when it ends. */
  private count(c: Current): void {
    const now = new Date();
    const { phase } = c.call.view;
    if (phase === 'live' && !c.counted) {
      c.counted = true;
      if (!c.resumed) this.today.answered(now, (c.startedAt - c.entry.since) / 1000);
    }
    if (phase === 'over' && c.counted) this.today.talked(now, (now.getTime() - c.startedAt) / 1000);
  }

  /** Its last word waits for as long as the link is down. */
  private linger(call: Call): void {
    realClock.after(LINGER_MS, () => {
      if (this.link !== 'up' && this.past.has(call)) return this.linger(call);
      call.dispose();
      this.past.delete(call);
    });
  }

  /** The next call begins with what the devices can do, whatever was switched off in this one. */
  private async rested(): Promise<void> {
    if (this.media.view.audio === 'off') await this.media.setMicrophone(true);
    if (this.media.view.video === 'off') await this.media.setCamera(true);
  }
}
