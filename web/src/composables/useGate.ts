/** Visitors look around without a name. Whoever wants to do something is asked for one first. */

import { readonly, ref } from 'vue';

import { useSession } from './useSession';

const asking = ref(false);
let decide: ((may: boolean) => void) | undefined;

function answer(may: boolean): void {
  asking.value = false;
  decide?.(may);
  decide = undefined;
}

export function useGate() {
  const { me } = useSession();
  return {
    asking: readonly(asking),
    answer,
    /** Say whether the user may act, after having asked them who they are. */
    allow: async (): Promise<boolean> => {
      if (me.value?.visitor !== true) return true;
      answer(false);
      asking.value = true;
      return new Promise((resolve) => (decide = resolve));
    },
  };
}
