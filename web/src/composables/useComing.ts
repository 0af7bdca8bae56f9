/** Broadcasts that are to come, for the list of rooms. */

import type { ScheduledRoom, Session } from '@liveroom/client';
import { onScopeDispose, shallowRef } from 'vue';

const SHOWN = 6;
const AGAIN_MS = 60_000;

export function useComing(client: Session) {
  const coming = shallowRef<readonly ScheduledRoom[]>([]);

  /** What cannot be asked for now is not shown anew. */
  async function look(): Promise<void> {
    const found = await client.reminders.coming({ limit: SHOWN }).catch(() => null);
    if (found) coming.value = found;
  }

  void look();
  const timer = setInterval(() => void look(), AGAIN_MS);
  onScopeDispose(() => {
    clearInterval(timer);
  });
  return coming;
}
