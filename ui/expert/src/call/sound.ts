// Sounds the page makes itself, how loud the microphone is, and which loudspeaker it all comes from.

let context: AudioContext | null = null;
/** How many sounds and meters run; without any the context rests, and costs nothing. */
let users = 0;

/**
 * One context for the page: a browser gives only so many. Null where it wants a click first, or has no sound at all. Whoever gets
 * one hands it back by rest().
 */
async function running(): Promise<AudioContext | null> {
  context ??= new AudioContext();
  users += 1;
  if (context.state !== 'running') await Promise.race([context.resume(), new Promise((r) => setTimeout(r, 300))]);
  if (context.state === 'running') return context;
  rest();
  return null;
}

function rest(): void {
  users -= 1;
  if (users === 0) void context?.suspend();
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Soft notes, each with its beginning in seconds, into `out`. */
function play(out: AudioNode, notes: readonly (readonly [hz: number, at: number])[], seconds: number): void {
  for (const [hz, after] of notes) {
    const at = out.context.currentTime + after;
    const tone = new OscillatorNode(out.context, { frequency: hz });
    const gain = new GainNode(out.context, { gain: 0 });
    gain.gain.linearRampToValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.12, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.001, at + seconds);
    tone.connect(gain).connect(out);
    tone.start(at);
    tone.stop(at + seconds + 0.05);
  }
}

/** Two notes when somebody joins an empty queue. Silent where the browser wants a click first; the title says it too. */
export async function chime(): Promise<void> {
  const audio = await running();
  if (audio === null) return;
  play(audio.destination, [[660, 0], [880, 0.18]], 0.7);
  await pause(CHIME_MS);
  rest();
}

const CHIME_MS = 1000;
const TEST_NOTES = [[523, 0], [659, 0.3], [784, 0.6]] as const;
const TEST_MS = 1800;

/** Three notes from that loudspeaker; false where nothing could be played. */
export async function testTone(speaker: string): Promise<boolean> {
  const audio = await running();
  if (audio === null) return false;
  const out = audio.createMediaStreamDestination();
  const element = new Audio();
  element.srcObject = out.stream;
  try {
    await useSpeaker(element, speaker);
    await element.play();
    play(out, TEST_NOTES, 0.7);
    await pause(TEST_MS);
    return true;
  } catch {
    return false; // that loudspeaker is gone, or the browser plays nothing without a click
  } finally {
    element.srcObject = null;
    rest();
  }
}

export const canChooseSpeaker = (): boolean => 'setSinkId' in HTMLMediaElement.prototype;

/** Empty is the browser's own choice. */
export async function useSpeaker(element: HTMLMediaElement, speaker: string): Promise<void> {
  if (canChooseSpeaker() && element.sinkId !== speaker) await element.setSinkId(speaker);
}

/** -60 dB is nothing, -10 dB is full. */
export const levelOf = (rms: number): number => Math.min(1, Math.max(0, (20 * Math.log10(Math.max(rms, 1e-6)) + 60) / 50));

/** How loud a microphone is, for as long as somebody looks. */
export class Meter {
  private source: MediaStreamAudioSourceNode | null = null;
  private analyser: AnalyserNode | null = null;
  private samples = new Float32Array(0);
  private following: MediaStreamTrack | null = null;

  /** Another microphone, or none. Where there is no sound yet (no click so far) it may be asked again. */
  async follow(track: MediaStreamTrack | null): Promise<void> {
    if (track === this.following) return;
    this.stop();
    this.following = track;
    const audio = track === null ? null : await running();
    // While that was awaited another one may have been asked for.
    if (this.following !== track) return audio === null ? undefined : rest();
    if (audio === null || track === null) this.following = null;
    else this.listen(audio, track);
  }

  private listen(audio: AudioContext, track: MediaStreamTrack): void {
    this.analyser = new AnalyserNode(audio, { fftSize: 1024 });
    this.samples = new Float32Array(this.analyser.fftSize);
    this.source = audio.createMediaStreamSource(new MediaStream([track]));
    this.source.connect(this.analyser);
  }

  /** 0 to 1; null where it cannot be told. */
  level(): number | null {
    if (this.analyser === null) return null;
    this.analyser.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (const s of this.samples) sum += s * s;
    return levelOf(Math.sqrt(sum / this.samples.length));
  }

  stop(): void {
    if (this.source !== null) rest();
    this.source?.disconnect();
    this.source = null;
    this.analyser = null;
    this.following = null;
  }
}
