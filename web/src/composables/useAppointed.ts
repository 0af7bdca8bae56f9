/** Whom the room's owner has made an anchor: other hosts have no authority over anybody. */

import { type Ref, shallowRef, watch } from 'vue';

import type { RoomCalls } from '../api/calls';
import type { Listener } from './useVisit';

/** Those whose rank depends on it, or who deal with such people; nobody else asks. */
const CONCERNED: ReadonlySet<string> = new Set(['owner', 'anchor', 'moderator']);

export function useAppointed(
  role: Readonly<Ref<string>>,
  calls: Pick<RoomCalls, 'roles'>,
  listen: (listener: Listener) => void,
): Readonly<Ref<ReadonlySet<string>>> {
  const appointed = shallowRef<ReadonlySet<string>>(new Set());

  async function ask(): Promise<void> {
    if (!CONCERNED.has(role.value)) return;
    const holders = await calls.roles();
    appointed.value = new Set(holders.filter((one) => one.role === 'anchor').map(({ userId }) => userId));
  }
  const refresh = () => {
    ask().catch(() => undefined);
  };

  watch(role, refresh, { immediate: true });
  listen({
    afresh: refresh,
    events(events) {
      for (const event of events) {
        if (event.type !== 'member.standing_changed') continue;
        const next = new Set(appointed.value);
        if (event.data.role === 'anchor') next.add(event.data.userId);
        else next.delete(event.data.userId);
        appointed.value = next;
      }
    },
  });
  return appointed;
}
