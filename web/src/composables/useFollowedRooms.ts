/** The rooms of followed hosts, while they are looked at: what is on changes, so it is asked for again. */

import type { RoomInfo, Session } from '@liveroom/client';
import { type Ref, shallowRef, watch } from 'vue';

const AGAIN_MS = 10_000;

/** Null while they are not looked at, or not here yet. */
export function useFollowedRooms(client: Session, looking: Ref<boolean>): Readonly<Ref<readonly RoomInfo[] | null>> {
  const rooms = shallowRef<readonly RoomInfo[] | null>(null);

  watch(looking, (looks, _, onCleanup) => {
    rooms.value = null;
    if (!looks) return;
    let over = false;
    const ask = async () => {
      const found = await client.rooms.followed().catch(() => rooms.value ?? []);
      if (!over) rooms.value = found;
    };
    void ask();
    const timer = setInterval(() => void ask(), AGAIN_MS);
    onCleanup(() => {
      over = true;
      clearInterval(timer);
    });
  });
  return rooms;
}
