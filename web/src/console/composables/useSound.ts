/** A short sound for what comes, where the operator wants one; it stays so in this browser. */
import { computed, ref } from 'vue';

const KEPT_AS = 'liveroom.console.sound';
const sounds = ref(localStorage.getItem(KEPT_AS) === 'on');

/** Two soft tones; a browser that has not been touched yet stays silent. */
function play(): void {
  const audio = new AudioContext();
  const gain = audio.createGain();
  gain.gain.setValueAtTime(0.08, audio.currentTime);
  gain.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.5);
  gain.connect(audio.destination);
  for (const [frequency, after] of [[660, 0], [880, 0.15]] as const) {
    const tone = audio.createOscillator();
    tone.frequency.value = frequency;
    tone.connect(gain);
    tone.start(audio.currentTime + after);
    tone.stop(audio.currentTime + 0.5);
  }
  setTimeout(() => void audio.close(), 1000);
}

export function useSound() {
  return {
    sounds: computed(() => sounds.value),
    ring: () => {
      if (sounds.value) play();
    },
    toggleSound: () => {
      sounds.value = !sounds.value;
      localStorage.setItem(KEPT_AS, sounds.value ? 'on' : 'off');
      if (sounds.value) play();
    },
  };
}
