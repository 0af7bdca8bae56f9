/** The room's pushed streams with the viewer's own addresses: asked for when they change, and before they end. */

import type { WatchedStream } from '@liveroom/client';
import { onScopeDispose, shallowRef, watch } from 'vue';

import { readMoment } from './useMoments';
import type { InRoom } from './useRoom';

/** So long before they end other addresses are asked for. */
const EARLY_MS = 60_000;
const SOONEST_MS = 5000;
const AGAIN_MS = 5000;

export function useStreams({ scene, calls }: Pick<InRoom, 'scene' | 'calls'>) {
  const watched = shallowRef<readonly WatchedStream[]>([]);
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function load(): Promise<void> {
    clearTimeout(timer);
    const mine = (turn += 1);
    if (scene.value.streams.length === 0) {
      watched.value = [];
      return;
    }
    const found = await calls.streams.current().catch(() => null);
    if (mine !== turn) return;
    if (found) watched.value = found;
    const wait = found ? untilRenewal(found, (at) => calls.leftUntil(at)) : AGAIN_MS;
    if (wait !== null) timer = setTimeout(() => void load(), wait);
  }

  // What is shown of them is in the list too: a new state, or another stream.
  watch(() => scene.value.streams, load, { immediate: true });
  onScopeDispose(() => {
    turn += 1;
    clearTimeout(timer);
  });
  return watched;
}

/** In how many milliseconds the first of the addresses is about to end; null: none does. */
export function untilRenewal(streams: readonly WatchedStream[], leftUntil: (at: number) => number): number | null {
  const ends = streams.flatMap(({ addresses }) => addresses).flatMap(({ expireUtc }) => (expireUtc ? [readMoment(expireUtc)] : []));
  return ends.length === 0 ? null : Math.max(SOONEST_MS, leftUntil(Math.min(...ends)) - EARLY_MS);
}
