/** What happens to the user, wherever they are, for as long as a part of the page listens. */

import type { SessionEvents } from '@liveroom/client';
import { watch } from 'vue';

import { useSession } from './useSession';

type Heard = { [Type in keyof SessionEvents]?: (event: SessionEvents[Type]) => void };

export function useUserEvents(heard: Heard): void {
  const { client } = useSession();
  watch(
    client,
    (session, _, onCleanup) => {
      if (!session) return;
      // Each handler is of its own event's type, which TypeScript cannot follow through a list.
      const stops = (Object.keys(heard) as (keyof SessionEvents)[]).map((type) => session.on(type, heard[type] as never));
      onCleanup(() => {
        for (const stop of stops) stop();
      });
    },
    { immediate: true },
  );
}
