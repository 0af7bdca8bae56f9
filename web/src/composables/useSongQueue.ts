/** The song queue of the room: what plays, who sings it, and what the user may do about it. */

import { isHost, may, seatOf, singersOf, songQueueIn } from '@liveroom/client';
import { computed, ref, watch } from 'vue';

import { useAttempt } from './useAttempt';
import { useGate } from './useGate';
import type { InRoom } from './useRoom';

export function useSongQueue({ scene, rank, me }: Pick<InRoom, 'scene' | 'rank' | 'me'>) {
  const queue = computed(() => songQueueIn(scene.value.activities));
  const playing = computed(() => queue.value?.playing ?? null);
  /** Who sings the song that plays: first who leads it. */
  const singers = computed(() => new Set(singersOf(playing.value)));
  /** Hosts and moderators, of every song. */
  const steers = computed(() => may(rank.value, 'activities'));
  const leads = computed(() => steers.value || playing.value?.userId === me.userId);
  const maySing = computed(() => {
    if (steers.value || queue.value?.who === 'everyone' || isHost({ role: rank.value })) return true;
    return queue.value?.who === 'seated' && seatOf(scene.value.seats, me.userId) !== undefined;
  });
  return { queue, playing, singers, steers, leads, maySing };
}

/** Something that is done in the queue by somebody who has a name. */
export function useSongDeeds() {
  const { busy, problem, attempt } = useAttempt();
  const gate = useGate();

  async function act(work: () => Promise<unknown>): Promise<void> {
    if (!(await gate.allow())) return;
    await attempt(async () => {
      await work();
    });
  }

  return { busy, problem, act };
}

/** Whether there is a queue, or the user can open one: somebody has songs here. */
export function useSongsShown({ scene, rank, calls }: Pick<InRoom, 'scene' | 'rank' | 'calls'>) {
  const offered = ref(false);
  const mayOpen = computed(() => may(rank.value, 'activities'));
  watch(
    mayOpen,
    (asks) => {
      if (asks) void calls.songs.search('', '', 1).then(() => (offered.value = true), () => undefined);
    },
    { immediate: true },
  );
  return computed(() => songQueueIn(scene.value.activities) !== null || (mayOpen.value && offered.value));
}
