import { inject, type InjectionKey } from 'vue';

import type { RoomTabs } from '../identity/roomtabs';

export const ROOM_TABS: InjectionKey<RoomTabs> = Symbol('room tabs');

export function useRoomTabs(): RoomTabs {
  const tabs = inject(ROOM_TABS);
  if (!tabs) throw new Error('no tabs are provided');
  return tabs;
}
