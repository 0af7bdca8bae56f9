/** The rooms that are live, as the client lists them, in an order that may change. */

import type { RoomListState, RoomOrder, Session } from '@liveroom/client';
import { computed, type Ref, shallowRef, watch } from 'vue';

export function useRoomList(client: Session, order: Ref<RoomOrder>) {
  const state = shallowRef<RoomListState>({ rooms: [], phase: 'loading', hasMore: false });

  watch(
    order,
    (wanted, _, onCleanup) => {
      const list = client.rooms.list({ order: wanted });
      // The rooms of the former order stay until those of the new one are there.
      list.subscribe((now) => {
        if (now.phase !== 'loading') state.value = now;
      });
      onCleanup(() => {
        list.close();
      });
    },
    { immediate: true },
  );
  return { rooms: computed(() => state.value.rooms), phase: computed(() => state.value.phase) };
}
