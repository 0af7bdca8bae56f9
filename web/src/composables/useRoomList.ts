/** The rooms that are live, as the client lists them. */

import type { RoomInfo, Session } from '@liveroom/client';
import { onScopeDispose, ref, shallowRef } from 'vue';

export function useRoomList(session: Session) {
  const rooms = shallowRef<readonly RoomInfo[]>([]);
  const phase = ref<'loading' | 'shown' | 'failed'>('loading');
  const list = session.rooms.list();
  list.subscribe((state) => {
    rooms.value = state.rooms;
    phase.value = state.phase === 'live' ? 'shown' : state.phase;
  });
  onScopeDispose(() => {
    list.close();
  });
  return { rooms, phase };
}
