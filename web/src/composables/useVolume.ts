/** How loud others are played here; remembered, but for a sound that is off: who comes anew wants to hear. */

import { ref, watch } from 'vue';

const KEPT_AS = 'liveroom.volume';
const kept = Number(localStorage.getItem(KEPT_AS) ?? 1);
const volume = ref(kept > 0 && kept <= 1 ? kept : 1);

export function useVolume() {
  const muted = ref(false);
  watch(volume, (now) => {
    if (now > 0) localStorage.setItem(KEPT_AS, String(now));
    muted.value = now === 0;
  });
  watch(muted, (silent) => {
    if (!silent && volume.value === 0) volume.value = 1;
  });
  return { muted, volume };
}
