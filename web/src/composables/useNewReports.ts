/** How many reports wait that nobody here has looked at yet; for those who may resolve them. */

import { may } from '@liveroom/client';
import { computed, onScopeDispose, ref, watch } from 'vue';

import type { InRoom } from './useRoom';

/** Reports are rare, and no event tells of them. */
const LOOK_MS = 30_000;
const KEPT_AS = 'liveroom.reports';

const count = ref(0);
/** The newest that was looked at. */
const seen = ref(sessionStorage.getItem(KEPT_AS) ?? '');
let newest = seen.value;

/** Follow them while the part of the screen lives that asks. */
export function useNewReports({ calls, rank }: Pick<InRoom, 'calls' | 'rank'>) {
  const allowed = computed(() => may(rank.value, 'moderate'));

  async function look(): Promise<void> {
    if (!allowed.value || document.hidden) return;
    const found = await calls.moderation.countReports(seen.value);
    count.value = found.count;
    newest = found.newestId;
  }
  const refresh = () => void look().catch(() => undefined);

  const timer = setInterval(refresh, LOOK_MS);
  addEventListener('focus', refresh);
  watch([allowed, seen], refresh, { immediate: true });
  onScopeDispose(() => {
    clearInterval(timer);
    removeEventListener('focus', refresh);
  });
  return computed(() => (allowed.value ? count.value : 0));
}

/** Somebody has the list of them before their eyes. */
export function sawReports(ids: readonly string[]): void {
  const [first] = [...ids, newest].sort((a, b) => Number(b) - Number(a));
  count.value = 0;
  if (!first || first === seen.value) return;
  seen.value = first;
  sessionStorage.setItem(KEPT_AS, first);
}
