// Two soft notes when somebody joins an empty queue.

let context: AudioContext | null = null;

/** Silent where the browser wants a click first; the title says it too. */
export async function chime(): Promise<void> {
  context ??= new AudioContext();
  if (context.state !== 'running') await Promise.race([context.resume(), new Promise((r) => setTimeout(r, 300))]);
  if (context.state !== 'running') return;
  [660, 880].forEach((hz, i) => {
    const at = context!.currentTime + i * 0.18;
    const tone = new OscillatorNode(context!, { frequency: hz });
    const gain = new GainNode(context!, { gain: 0 });
    gain.gain.linearRampToValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.12, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.001, at + 0.7);
    tone.connect(gain).connect(context!.destination);
    tone.start(at);
    tone.stop(at + 0.75);
  });
}
