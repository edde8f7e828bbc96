// A short soft tone of two notes. Made by the browser, so that there is no file to load.

const NOTES = [
  { hz: 659.25, at: 0 },
  { hz: 880, at: 0.09 },
];
const LOUD = 0.08;
const LENGTH_S = 0.32;

let context: AudioContext | null = null;

/** A browser plays it only after the person has done something on the page; until then it is silent, and that is right. */
export async function playTone(): Promise<void> {
  context ??= new AudioContext();
  await context.resume();
  const now = context.currentTime;
  for (const { hz, at } of NOTES) {
    const wave = new OscillatorNode(context, { type: 'sine', frequency: hz });
    const volume = new GainNode(context, { gain: 0 });
    // Never from one moment to the next, which would click.
    volume.gain.setValueAtTime(0, now + at);
    volume.gain.linearRampToValueAtTime(LOUD, now + at + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.001, now + at + LENGTH_S);
    wave.connect(volume).connect(context.destination);
    wave.start(now + at);
    wave.stop(now + at + LENGTH_S);
  }
}
