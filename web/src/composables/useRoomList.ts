/** The rooms that are live, as the list's channel tells them. */

import { computed, onScopeDispose, ref, shallowRef } from 'vue';

import type { ListNews, ListState } from '../api/types';
import type { Wire } from '../api/wire';
import { listAfter, listFrom, newestFirst, type RoomMap } from '../rooms/list';

export function useRoomList(wire: Wire) {
  const rooms = shallowRef<RoomMap>(new Map());
  const phase = ref<'loading' | 'shown' | 'failed'>('loading');
  const unfollow = wire.follow<ListState, ListNews>('rooms:_all', {
    state(state) {
      rooms.value = listFrom(state);
      phase.value = 'shown';
    },
    news(news) {
      rooms.value = listAfter(rooms.value, news);
    },
    ended() {
      phase.value = 'failed';
    },
  });
  onScopeDispose(unfollow);
  return { rooms: computed(() => newestFirst(rooms.value)), phase };
}
