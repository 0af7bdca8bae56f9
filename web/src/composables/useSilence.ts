/** Whether somebody's voice has stopped arriving: a muted microphone sends silence, one that was cut off nothing. */

import type { Arrived } from '@liveroom/client/media';
import { onScopeDispose, type Ref, ref, watch } from 'vue';

import { Progress } from '../media/progress';

const LOOK_MS = 250;

export function useSilence(
  userId: Readonly<Ref<string>>,
  /** Only their voice is shown. */
  listens: Readonly<Ref<boolean>>,
  measure: () => Promise<readonly Arrived[]>,
): Readonly<Ref<boolean>> {
  const silent = ref(false);
  let progress = new Progress();

  async function look(): Promise<void> {
    if (!listens.value) return;
    const found = (await measure()).find((one) => one.userId === userId.value);
    // A connection that is interrupted is not measured: what was seen last still holds.
    if (found) silent.value = progress.stands(found.bytes, performance.now());
  }

  watch([userId, listens], () => {
    progress = new Progress();
    silent.value = false;
  });
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_MS);
  onScopeDispose(() => {
    clearInterval(timer);
  });
  return silent;
}
