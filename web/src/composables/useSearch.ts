/** Rooms that are looked for by words of their title, their host's name or their category. */

import type { RoomInfo, Session } from '@liveroom/client';
import { onScopeDispose, ref, shallowRef, watch } from 'vue';

/** People type faster than it is worth asking. */
const PAUSE_MS = 300;
const FOUND_MAX = 50;

export function useSearch(client: Session) {
  const text = ref('');
  /** Null: nothing is looked for. */
  const found = shallowRef<readonly RoomInfo[] | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function ask(words: string): Promise<void> {
    const rooms = await client.rooms.search(words, { limit: FOUND_MAX });
    if (text.value.trim() === words) found.value = rooms;
  }

  watch(text, (now) => {
    clearTimeout(timer);
    const words = now.trim();
    if (words === '') found.value = null;
    // What was found before stays until there is something newer.
    else timer = setTimeout(() => void ask(words).catch(() => undefined), PAUSE_MS);
  });
  onScopeDispose(() => {
    clearTimeout(timer);
  });
  return { text, found };
}
