/** The figures of a show of one's own that has just ended: asked for until everything has been counted. */

import type { Data } from '@liveroom/client';
import { onScopeDispose, shallowRef } from 'vue';

import { useSignedIn } from './useSession';

const AGAIN_MS = 1500;
const TRIES = 20;

/** Ask for the last show of a room; `undefined` until it has been counted, or where it is nobody's to see. */
export function useFigures(roomId: string) {
  const { client } = useSignedIn();
  const figures = shallowRef<Data<'stats/my_broadcast'>>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;

  async function ask(): Promise<void> {
    tries += 1;
    const found = await client.call('stats/my_broadcast', { roomId });
    if (found.final || tries === TRIES) figures.value = found;
    else again();
  }
  function again(): void {
    timer = setTimeout(() => void ask().catch(() => undefined), AGAIN_MS);
  }

  void ask().catch(() => undefined);
  onScopeDispose(() => {
    clearTimeout(timer);
    tries = TRIES;
  });
  return figures;
}
