// A tone that repeats until the agent has heard that somebody waits.
const EVERY_MS = 6000;

function play(): void {
  if (typeof AudioContext === "undefined") return;
  const audio = new AudioContext();
  const [tone, volume] = [audio.createOscillator(), audio.createGain()];
  tone.frequency.value = 660;
  volume.gain.setValueAtTime(0.08, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.4);
  tone.connect(volume).connect(audio.destination);
  tone.onended = () => void audio.close();
  tone.start();
  tone.stop(audio.currentTime + 0.4);
}

/** Plays until what it returns is called. */
export function repeatTone(): () => void {
  play();
  const timer = setInterval(play, EVERY_MS);
  return () => clearInterval(timer);
}
