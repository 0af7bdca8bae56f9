/** A look into a room whose browsers send to each other: begun and ended by a click, and with its tile. */
import type { LookIn, LookInState } from '@liveroom/client/operator';
import { computed, onScopeDispose, shallowRef } from 'vue';

import { useAction } from './useAction';
import { useConsole } from './useConsole';

export function useLookIn(roomId: string, userId: string) {
  const { api } = useConsole();
  const { run, busy } = useAction();
  const state = shallowRef<LookInState | null>(null);
  let look: LookIn | null = null;
  let isGone = false;

  function end(): void {
    look?.close();
    look = null;
    state.value = null;
  }

  async function begin(): Promise<void> {
    const begun = await api.lookIn(roomId, userId);
    look = begun;
    begun.subscribe((now) => {
      if (look === begun) state.value = now.isOver ? null : now;
    });
    if (isGone) end();
  }

  async function toggle(): Promise<void> {
    if (state.value === null) await run(begin, '');
    else end();
  }

  onScopeDispose(() => {
    isGone = true;
    end();
  });
  return {
    busy,
    isOpen: computed(() => state.value !== null),
    stream: computed(() => state.value?.stream ?? null),
    trouble: computed(() => state.value?.trouble ?? null),
    toggle,
  };
}
