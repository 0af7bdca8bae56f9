/** The room's likes: how many, tapping, and the hearts that rise. */

import { computed, onScopeDispose, shallowRef } from 'vue';

import { useTexts } from '../i18n/texts';
import { useGate } from './useGate';
import type { InRoom } from './useRoom';
import { useToasts } from './useToasts';

/** Hearts that begin to rise together; `id` tells one burst from the next. */
export interface Burst {
  readonly id: number;
  readonly count: number;
}

export function useLikes({ calls, scene }: Pick<InRoom, 'calls' | 'scene'>) {
  const { toast } = useToasts();
  const gate = useGate();
  const { failure } = useTexts();
  const burst = shallowRef<Burst>({ id: 0, count: 0 });

  function rise(count: number): void {
    burst.value = { id: burst.value.id + 1, count };
  }

  onScopeDispose(calls.on('likes', rise));
  onScopeDispose(
    calls.on('likes_refused', (refused) => {
      toast(failure(refused), 'problem');
    }),
  );
  return {
    count: computed(() => scene.value.likes),
    burst,
    tap: async () => {
      if (!(await gate.allow())) return;
      calls.like();
      rise(1);
    },
  };
}
