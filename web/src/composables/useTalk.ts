/** What is said in the room. */

import { freshId } from '@liveroom/client';
import { computed } from 'vue';

import type { InRoom } from './useRoom';

export function useTalk({ calls, scene }: Pick<InRoom, 'calls' | 'scene'>) {
  /** A message that got no answer keeps its key, so that sending it again says it once. */
  let unsent = { text: '', key: '' };

  return {
    lines: computed(() => scene.value.messages),
    send: async (text: string): Promise<void> => {
      if (unsent.text !== text) unsent = { text, key: freshId() };
      await calls.send(text, { key: unsent.key });
      unsent = { text: '', key: '' };
    },
  };
}
