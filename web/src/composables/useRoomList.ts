/** The rooms that are live, as the client lists them. */

import type { Session } from '@liveroom/client';
import { computed, onScopeDispose, shallowRef } from 'vue';

export function useRoomList(client: Session) {
  const list = client.rooms.list();
  const state = shallowRef(list.state);

  list.subscribe((now) => (state.value = now));
  onScopeDispose(() => {
    list.close();
  });
  return { rooms: computed(() => state.value.rooms), phase: computed(() => state.value.phase) };
}
