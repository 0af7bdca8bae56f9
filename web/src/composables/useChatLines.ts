/** The lines of the room's chat: what is said and, where gifts are offered, what was sent. */

import { computed, shallowRef } from 'vue';

import { GiftLines, linesOf } from '../rooms/chatlines';
import type { InRoom } from './useRoom';
import { useEvents } from './useVisit';

export function useChatLines({ calls, scene }: Pick<InRoom, 'calls' | 'scene'>) {
  const heard = new GiftLines();
  const gifts = shallowRef(heard.lines);
  useEvents(calls, (event) => {
    if (heard.hear(event)) gifts.value = heard.lines;
  });
  return computed(() => linesOf(scene.value.messages, gifts.value));
}
