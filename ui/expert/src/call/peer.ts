// One RTCPeerConnection. Made only for a verified offer; the answer leaves before anything is gathered.

import type { PaperLine } from '../paper/share';
import { sampleOf, type Sample } from './quality';
import { printOf } from '../wire/sdp';
import { levelIn } from './voice';

export interface LocalTracks { video: MediaStreamTrack | null; audio: MediaStreamTrack | null }

export interface PeerEvents {
  onCandidate(mid: string, candidate: string): void;
  onStream(stream: MediaStream): void;
  onCtlOpen(): void;
  onCtl(text: string): void;
  onCtlClosed(): void;
  /** The channel for text stands, with the way to send on it; or it is gone. */
  onTextChannel(send: ((text: string) => void) | null): void;
  onText(data: string | ArrayBuffer): void;
  /** Likewise of the channel for the form. */
  onFormChannel(send: ((bytes: Uint8Array<ArrayBuffer>) => void) | null): void;
  onForm(data: string | ArrayBuffer): void;
  /** Likewise of the channel for papers. */
  onPaperChannel(line: PaperLine | null): void;
  onPaper(data: string | ArrayBuffer): void;
}

/** What the call needs of a connection; tests put another in its place. */
export interface Peer {
  /** Takes an offer, first or ICE restart. `send` gets the answer as soon as it is known. */
  accept(offer: string, send: (answer: string) => void): Promise<void>;
  addCandidate(mid: string, candidate: string): Promise<void>;
  sample(): Promise<Sample>;
  /** How loud the other end is, 0 to 1; null where the browser does not tell. */
  level(): Promise<number | null>;
  sendCtl(text: string): void;
  /** DTLS fingerprints of the descriptions in force, SHA-256 in lower-case hex; null before there are two. */
  prints(): Prints | null;
  replace(tracks: LocalTracks): void;
  close(): void;
}

export interface Prints { kiosk: string; page: string }

export interface PeerSetup { ice: RTCIceServer[]; certificate: RTCCertificate | null; tracks: LocalTracks }

const VIDEO_MAX_BPS = 2_000_000;
/** As PROTOCOL.md has it: a proof is long. */
const CTL_MAX = 16_384;

export class BrowserPeer implements Peer {
  private readonly pc: RTCPeerConnection;
  private readonly remote = new MediaStream();
  private ctl: RTCDataChannel | null = null;
  private readonly latest = new Map<string, RTCDataChannel>();
  private busy: Promise<void> = Promise.resolve();

  constructor(private readonly setup: PeerSetup, private readonly events: PeerEvents) {
    this.pc = new RTCPeerConnection({
      iceServers: setup.ice, bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require',
      ...(setup.certificate ? { certificates: [setup.certificate] } : {}),
    });
    this.pc.onicecandidate = ({ candidate }) => {
      if (candidate !== null) events.onCandidate(candidate.sdpMid ?? '0', candidate.candidate);
    };
    this.pc.ontrack = ({ track }) => {
      this.remote.addTrack(track);
      events.onStream(this.remote);
    };
    this.pc.ondatachannel = ({ channel }) => this.adopt(channel);
    // Before the offer is applied: addTrack's transceivers pair with the offer's media, and the answer is ready in one go.
    for (const track of [setup.tracks.audio, setup.tracks.video]) if (track !== null) this.pc.addTrack(track, new MediaStream([track]));
  }

  /** One offer after the other: a restart may come while the first is being answered. */
  accept(offer: string, send: (answer: string) => void): Promise<void> {
    const done = this.busy.then(() => this.answer(offer, send));
    this.busy = done.catch(() => undefined);
    return done;
  }

  private async answer(offer: string, send: (answer: string) => void): Promise<void> {
    await this.pc.setRemoteDescription({ type: 'offer', sdp: offer });
    // A missing microphone may come later: keep its place, so that it needs no new offer.
    for (const t of this.pc.getTransceivers()) if (t.direction === 'recvonly') t.direction = 'sendrecv';
    const answer = await this.pc.createAnswer();
    const applied = this.pc.setLocalDescription(answer);
    send(answer.sdp ?? '');
    await applied;
    await this.tune();
  }

  /** A candidate the browser cannot use (another family, mDNS off) is no error of the call. */
  async addCandidate(mid: string, candidate: string): Promise<void> {
    await this.pc.addIceCandidate({ sdpMid: mid, candidate });
  }

  async sample(): Promise<Sample> {
    const rows: unknown[] = [];
    (await this.pc.getStats()).forEach((row: unknown) => rows.push(row));
    return sampleOf(rows);
  }

  async level(): Promise<number | null> {
    const receiver = this.pc.getReceivers().find((r) => r.track.kind === 'audio');
    if (receiver === undefined) return null;
    const rows: unknown[] = [];
    (await receiver.getStats()).forEach((row: unknown) => rows.push(row));
    return levelIn(rows);
  }

  sendCtl(text: string): void {
    if (this.ctl?.readyState === 'open') this.ctl.send(text);
  }

  prints(): Prints | null {
    const [kiosk, page] = [this.pc.currentRemoteDescription, this.pc.currentLocalDescription].map((d) => (d === null ? null : printOf(d.sdp)));
    return kiosk == null || page == null ? null : { kiosk, page };
  }

  replace(tracks: LocalTracks): void {
    this.setup.tracks = tracks;
    for (const t of this.pc.getTransceivers()) {
      const kind = t.receiver.track.kind;
      const track = kind === 'video' ? tracks.video : tracks.audio;
      // Rejects only when the connection is closed already; then nothing is to be replaced.
      if (t.sender.track !== track) t.sender.replaceTrack(track).catch(() => undefined);
    }
  }

  close(): void {
    this.pc.onicecandidate = this.pc.ontrack = this.pc.ondatachannel = null;
    this.pc.close();
  }

  private adopt(channel: RTCDataChannel): void {
    const { events } = this;
    if (channel.label === 'text') this.attach<string>(channel, (send) => events.onTextChannel(send), (data) => events.onText(data));
    if (channel.label === 'form') this.attach<Uint8Array<ArrayBuffer>>(channel, (send) => events.onFormChannel(send), (data) => events.onForm(data));
    if (channel.label === 'paper') {
      const line = (send: (bytes: Uint8Array<ArrayBuffer>) => void): PaperLine => ({ send, waiting: () => channel.bufferedAmount });
      this.attach<Uint8Array<ArrayBuffer>>(channel, (send) => events.onPaperChannel(send === null ? null : line(send)), (data) => events.onPaper(data));
    }
    if (channel.label !== 'ctl') return;
    this.ctl = channel;
    channel.onmessage = ({ data }) => {
      if (typeof data === 'string' && data.length <= CTL_MAX) this.events.onCtl(data);
    };
    channel.onclose = () => { if (this.ctl === channel) this.events.onCtlClosed(); };
    if (channel.readyState === 'open') this.events.onCtlOpen();
    else channel.onopen = () => this.events.onCtlOpen();
  }

  /** Of several channels with one label the last counts. */
  private attach<T extends string | Uint8Array<ArrayBuffer>>(channel: RTCDataChannel, stands: (send: ((what: T) => void) | null) => void, heard: (data: string | ArrayBuffer) => void): void {
    const open = (): void => {
      this.latest.set(channel.label, channel);
      stands((what) => { if (channel.readyState === 'open') channel.send(what as string); });
    };
    const mine = (): boolean => this.latest.get(channel.label) === channel;
    channel.binaryType = 'arraybuffer';
    channel.onmessage = ({ data }) => { if (mine()) heard(data as string | ArrayBuffer); };
    channel.onclose = () => { if (mine()) stands(null); };
    if (channel.readyState === 'open') open();
    else channel.onopen = open;
  }

  /** A face that moves is worth more than a sharp one that stands. */
  private async tune(): Promise<void> {
    const sender = this.pc.getSenders().find((s) => s.track?.kind === 'video');
    const parameters = sender?.getParameters();
    const first = parameters?.encodings?.[0];
    if (sender === undefined || parameters === undefined || first === undefined) return;
    first.maxBitrate = VIDEO_MAX_BPS;
    (parameters as { degradationPreference?: string }).degradationPreference = 'maintain-framerate';
    // A browser that refuses this keeps its own limits, which are good enough.
    await sender.setParameters(parameters).catch(() => undefined);
  }
}
