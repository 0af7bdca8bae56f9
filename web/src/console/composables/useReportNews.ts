/** New reports: a badge in the navigation, and a short sound where the operator wants one. */
import type { ReportNews } from '@liveroom/client/operator';
import { computed, ref } from 'vue';

import { useBadges } from './useBadges';
import { useChannel } from './useChannel';
import { useConsole } from './useConsole';

const KEPT_AS = 'liveroom.console.sound';
const MOST = 100;
const sounds = ref(localStorage.getItem(KEPT_AS) === 'on');

/** Two soft tones; a browser that has not been touched yet stays silent. */
function ring(): void {
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
    toggleSound: () => {
      sounds.value = !sounds.value;
      localStorage.setItem(KEPT_AS, sounds.value ? 'on' : 'off');
      if (sounds.value) ring();
    },
  };
}

/** Keep the badge of the page of reports; asked for once, by the shell. */
export function useReportNews(): void {
  const { may } = useConsole();
  const badges = useBadges();
  if (!may('reports.view') || !may('overview.view')) return;
  const take = (data: unknown): void => {
    const { open, report } = data as ReportNews;
    badges.value = { ...badges.value, reports: open === 0 ? '' : open >= MOST ? `${MOST}+` : String(open) };
    if (report?.state === 'open' && sounds.value) ring();
  };
  useChannel('console:reports', { state: take, news: take });
}
