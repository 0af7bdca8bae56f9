/** The room's likes: how many, tapping, and the hearts that rise. */

import { onScopeDispose, ref, shallowRef } from 'vue';

import { Likes } from '../rooms/likes';
import { useGate } from './useGate';
import type { InRoom } from './useRoom';
import { useToasts } from './useToasts';
import { useTexts } from '../i18n/texts';

/** Hearts that begin to rise together; `id` tells one burst from the next. */
export interface Burst {
  readonly id: number;
  readonly count: number;
}

export function useLikes({ calls, scene, listen }: Pick<InRoom, 'calls' | 'scene' | 'listen'>) {
  const { toast } = useToasts();
  const gate = useGate();
  const { failure } = useTexts();
  const count = ref(0);
  const burst = shallowRef<Burst>({ id: 0, count: 0 });
  const likes = new Likes({
    send: async (number, batchId) => (await calls.like(number, batchId)).likes,
    shown: (now) => (count.value = now),
    refused: (refused) => {
      toast(failure(refused), 'problem');
    },
  });

  function rise(number: number): void {
    if (number > 0) burst.value = { id: burst.value.id + 1, count: number };
  }

  listen({
    events(events) {
      for (const event of events) {
        if (event.type === 'room.likes') rise(likes.hear(event.data.likes, event.data.added));
      }
    },
    afresh: () => {
      likes.begin(scene.value.room.star);
    },
  });
  likes.begin(scene.value.room.star);
  onScopeDispose(() => {
    likes.close();
  });
  return {
    count,
    burst,
    tap: async () => {
      if (!(await gate.allow())) return;
      likes.tap();
      rise(1);
    },
  };
}
