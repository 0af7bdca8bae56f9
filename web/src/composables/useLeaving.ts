/** Leaving a room by any way: a viewer just goes, an owner is asked what becomes of the show. */

import { type Ref, ref } from 'vue';
import { onBeforeRouteLeave, useRouter } from 'vue-router';

export type Answer = 'end' | 'away' | 'stay';

interface Visit {
  leave(): Promise<void>;
  end(): Promise<void>;
}

export function useLeaving(owns: Readonly<Ref<boolean>>, visit: Visit) {
  const asking = ref(false);
  const router = useRouter();
  let decide: ((answer: Answer) => void) | undefined;

  onBeforeRouteLeave(async (to) => {
    // Whoever is signed out has left already.
    if (to.path === '/welcome') return true;
    const answer = owns.value ? await ask() : 'away';
    if (answer === 'stay') return false;
    // The way out is open whatever comes of the call: a place that is not given back ends by itself.
    await (answer === 'end' ? visit.end() : visit.leave()).catch(() => undefined);
    return true;
  });

  async function ask(): Promise<Answer> {
    asking.value = true;
    return new Promise((resolve) => {
      decide = resolve;
    });
  }

  return {
    asking,
    go: () => void router.push('/'),
    answer: (answer: Answer) => {
      asking.value = false;
      decide?.(answer);
      decide = undefined;
    },
  };
}
