/** How many reports wait that nobody here has looked at yet; for those who may resolve them. */

import { computed, onScopeDispose, ref, watch } from 'vue';

import { may } from '../rooms/rights';
import type { InRoom } from './useRoom';

/** Reports are rare, and no event tells of them. */
const LOOK_MS = 30_000;

const open = ref<readonly string[]>([]);
const seen = ref<ReadonlySet<string>>(new Set());

/** Follow them while the part of the screen lives that asks. */
export function useNewReports({ calls, rank }: Pick<InRoom, 'calls' | 'rank'>) {
  const allowed = computed(() => may(rank.value, 'moderate'));

  async function look(): Promise<void> {
    if (!allowed.value || document.hidden) return;
    open.value = (await calls.moderation.reports()).map(({ reportId }) => reportId);
  }
  const refresh = () => void look().catch(() => undefined);

  const timer = setInterval(refresh, LOOK_MS);
  addEventListener('focus', refresh);
  watch(allowed, refresh, { immediate: true });
  onScopeDispose(() => {
    clearInterval(timer);
    removeEventListener('focus', refresh);
    open.value = [];
  });
  return computed(() => (allowed.value ? open.value.filter((id) => !seen.value.has(id)).length : 0));
}

export function sawReports(ids: readonly string[]): void {
  seen.value = new Set([...seen.value, ...ids]);
}
