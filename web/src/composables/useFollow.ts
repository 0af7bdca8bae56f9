/** Whether the user follows somebody, and how many do. */

import type { Relation } from '@liveroom/client';
import { computed, onMounted, ref, type Ref, watch } from 'vue';

import { useAttempt } from './useAttempt';
import { useGate } from './useGate';
import { useSignedIn } from './useSession';

/** Counts changes, so that whatever shows somebody on the page looks again. */
const changes = ref(0);

export function useFollow(userId: Readonly<Ref<string>>) {
  const { client } = useSignedIn();
  const gate = useGate();
  const { busy, problem, attempt } = useAttempt();
  const relation = ref<Relation>('none');
  /** Null: not known yet. */
  const followers = ref<number | null>(null);
  const follows = computed(() => relation.value === 'following' || relation.value === 'mutual');

  /** What cannot be asked for now is not shown. */
  async function look(): Promise<void> {
    const asked = userId.value;
    const [relations, counts] = await Promise.all([client.follow.relations([asked]), client.follow.counts([asked])]);
    if (asked !== userId.value) return;
    relation.value = relations.get(asked) ?? 'none';
    followers.value = counts[0]?.followers ?? null;
  }

  async function change(): Promise<void> {
    const { follow } = client;
    relation.value = await (follows.value ? follow.remove(userId.value) : follow.add(userId.value));
    changes.value += 1;
  }

  async function toggle(): Promise<void> {
    if (await gate.allow()) await attempt(change);
  }

  const show = () => {
    look().catch(() => undefined);
  };
  onMounted(show);
  watch([userId, changes], show);
  return { follows, followers, busy, problem, change, toggle };
}
