// Camera and microphone: choice, permission, loss, and the picture in place of a camera. A call never waits for them.

import type { LocalTracks } from './peer';
import { makePlacard, type Placard } from './placard';
import { canChooseSpeaker } from './sound';

export type DeviceKind = 'video' | 'audio';
/** `off` by choice; `refused` by permission; `absent` none there; `busy` cannot be opened; `lost` unplugged. */
export type DeviceState = 'asking' | 'on' | 'off' | 'refused' | 'absent' | 'busy' | 'lost';
export interface DeviceChoice { id: string; label: string }

export interface MediaView {
  video: DeviceState;
  audio: DeviceState;
  cameras: DeviceChoice[];
  microphones: DeviceChoice[];
  /** Empty where the browser lets nobody choose. */
  speakers: DeviceChoice[];
  camera: string;
  microphone: string;
  /** Empty is the browser's own choice. */
  speaker: string;
  /** What is sent: the camera, or the picture in its place. */
  self: MediaStream | null;
}

const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
const SPEAKER = 'luukku-speaker';
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

function stateOf(error: unknown): DeviceState {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'absent' : 'busy';
}

export class Media {
  readonly view: MediaView = {
    video: 'asking', audio: 'asking', cameras: [], microphones: [], speakers: [], camera: '', microphone: '', speaker: localStorage.getItem(SPEAKER) ?? '', self: null,
  };
  private camera: MediaStreamTrack | null = null;
  private microphone: MediaStreamTrack | null = null;
  private placard: Placard | null = null;
  private chain: Promise<void> = Promise.resolve();

  constructor(
    private readonly placardText: () => string,
    private readonly onChange: () => void,
  ) {
    navigator.mediaDevices?.addEventListener('devicechange', () => void this.devicesChanged());
  }

  /** What to send now: there is always a picture. */
  tracks(): LocalTracks {
    return { video: this.camera ?? this.ensurePlacard().track, audio: this.microphone };
  }

  /** Asks for both at once (one question to the user), for each alone where that fails. */
  prepare(): Promise<void> {
    return this.queue(async () => {
      if (this.camera !== null || this.microphone !== null) return;
      if (navigator.mediaDevices === undefined) return this.set('absent', 'absent');
      try {
        const both = await navigator.mediaDevices.getUserMedia({ video: this.want('video'), audio: this.want('audio') });
        this.adopt('video', both.getVideoTracks()[0] ?? null);
        this.adopt('audio', both.getAudioTracks()[0] ?? null);
      } catch {
        await this.open('video');
        await this.open('audio');
      }
      await this.list();
    });
  }

  setCamera(on: boolean): Promise<void> {
    return this.queue(async () => {
      if (on) return this.open('video');
      this.drop('video', 'off');
    });
  }

  setMicrophone(on: boolean): Promise<void> {
    return this.queue(async () => {
      if (this.microphone === null && on) return this.open('audio');
      if (this.microphone === null) return;
      this.microphone.enabled = on;
      this.view.audio = on ? 'on' : 'off';
      this.changed();
    });
  }

  choose(kind: DeviceKind, id: string): Promise<void> {
    return this.queue(async () => {
      localStorage.setItem(`luukku-${kind}`, id);
      await this.open(kind);
    });
  }

  chooseSpeaker(id: string): void {
    localStorage.setItem(SPEAKER, id);
    this.view.speaker = id;
    this.changed();
  }

  /** For the level meter. */
  get heard(): MediaStreamTrack | null {
    return this.view.audio === 'on' ? this.microphone : null;
  }

  /** Signed out: the lamp goes dark. */
  release(): void {
    for (const track of [this.camera, this.microphone]) track?.stop();
    this.camera = this.microphone = null;
    this.dropPlacard();
    this.view.self = null;
    this.view.video = this.view.audio = 'asking';
  }

  private queue(job: () => Promise<void>): Promise<void> {
    const done = this.chain.then(job);
    this.chain = done.catch(() => undefined);
    return done;
  }

  private want(kind: DeviceKind): MediaTrackConstraints {
    const id = localStorage.getItem(`luukku-${kind}`);
    return { ...(kind === 'video' ? PICTURE : SOUND), ...(id ? { deviceId: { ideal: id } } : {}) };
  }

  private async open(kind: DeviceKind): Promise<void> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ [kind]: this.want(kind) });
      this.adopt(kind, stream.getTracks()[0] ?? null);
      await this.list();
    } catch (error) {
      this.drop(kind, stateOf(error));
    }
  }

  private adopt(kind: DeviceKind, track: MediaStreamTrack | null): void {
    if (track === null) return this.drop(kind, 'absent');
    (kind === 'video' ? this.camera : this.microphone)?.stop();
    track.onended = () => this.drop(kind, 'lost');
    if (kind === 'video') this.camera = track;
    else this.microphone = track;
    this.view[kind] = 'on';
    this.view[kind === 'video' ? 'camera' : 'microphone'] = track.getSettings().deviceId ?? '';
    this.swapped(kind);
  }

  private drop(kind: DeviceKind, state: DeviceState): void {
    const old = kind === 'video' ? this.camera : this.microphone;
    if (kind === 'video') this.camera = null;
    else this.microphone = null;
    this.view[kind] = state;
    this.swapped(kind);
    old?.stop();
  }

  private swapped(kind: DeviceKind): void {
    if (kind === 'video') this.view.self = new MediaStream([this.tracks().video!]);
    this.changed();
    // Last, when nothing sends it any more.
    if (this.camera !== null) this.dropPlacard();
  }

  private set(video: DeviceState, audio: DeviceState): void {
    this.view.video = video;
    this.view.audio = audio;
    this.changed();
  }

  private changed(): void {
    this.onChange();
  }

  private dropPlacard(): void {
    this.placard?.stop();
    this.placard = null;
  }

  private ensurePlacard(): Placard {
    this.placard ??= makePlacard(this.placardText);
    return this.placard;
  }

  private async list(): Promise<void> {
    const all = await navigator.mediaDevices.enumerateDevices();
    const of = (kind: MediaDeviceKind): DeviceChoice[] =>
      all.filter((d) => d.kind === kind && d.deviceId !== '').map((d) => ({ id: d.deviceId, label: d.label }));
    this.view.cameras = of('videoinput');
    this.view.microphones = of('audioinput');
    this.view.speakers = canChooseSpeaker() ? of('audiooutput') : [];
    // One that was unplugged is chosen again by the user alone.
    if (!this.view.speakers.some((s) => s.id === this.view.speaker)) this.view.speaker = '';
    this.changed();
  }

  /** Plugged in again: what was lost or missing comes back by itself. */
  private devicesChanged(): Promise<void> {
    return this.queue(async () => {
      await this.list();
      const back = (s: DeviceState): boolean => s === 'lost' || s === 'absent';
      if (back(this.view.video) && this.view.cameras.length > 0) await this.open('video');
      if (back(this.view.audio) && this.view.microphones.length > 0) await this.open('audio');
    });
  }
}
