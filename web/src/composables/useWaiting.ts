/** Waiting for a scheduled broadcast: being told that it has begun, and asking now and then. */

import { type AwaitedBroadcast, NotFoundError } from '@liveroom/client';
import { onScopeDispose, ref, shallowRef } from 'vue';

import { useAttempt } from './useAttempt';
import { pauseOf, useCountdown } from './useCountdown';
import { useGate } from './useGate';
import { useSignedIn } from './useSession';
import { useUserEvents } from './useUserEvents';

/** Where many wait, they come in spread over this time. */
const SPREAD_MS = 2000;
const MANY = 100;

/** `open` is called once, when there is something to enter, or nothing to wait for any more. */
export function useWaiting(first: AwaitedBroadcast, linkKey: string, open: () => void) {
  const { client } = useSignedIn();
  const gate = useGate();
  const { busy, problem, attempt } = useAttempt();
  const awaited = shallowRef(first);
  const seconds = useCountdown(awaited);
  const done = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;

  function finish(): void {
    if (done.value) return;
    done.value = true;
    clearTimeout(timer);
    const spread = awaited.value.people > MANY ? Math.random() * SPREAD_MS : 0;
    timer = setTimeout(open, spread);
  }

  async function look(): Promise<void> {
    try {
      const now = await client.reminders.show(first.roomId, { linkKey });
      if (!done.value) awaited.value = now;
    } catch (failure) {
      if (failure instanceof NotFoundError) finish();
    }
    if (!done.value) plan();
  }

  function plan(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), pauseOf(seconds.value));
  }

  async function toggle(): Promise<void> {
    if (!(await gate.allow())) return;
    await attempt(async () => {
      if (!awaited.value.reminded) {
        awaited.value = await client.reminders.add(first.roomId, { linkKey });
        return;
      }
      await client.reminders.remove(first.roomId);
      awaited.value = { ...awaited.value, reminded: false, people: Math.max(0, awaited.value.people - 1) };
    });
  }

  useUserEvents({
    'reminder.due': ({ data }) => {
      if (data.roomId === first.roomId && data.reason !== 'soon') finish();
    },
  });
  plan();
  onScopeDispose(() => {
    done.value = true;
    clearTimeout(timer);
  });
  return { awaited, seconds, busy, problem, toggle };
}
