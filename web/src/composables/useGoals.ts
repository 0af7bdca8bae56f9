/** The goals of a room, and the celebration of each target that is reached: once, and only for who is there. */

import type { RoomEventOf } from '@liveroom/client';
import { computed, onScopeDispose, shallowRef } from 'vue';

import { goalsOf } from '../rooms/goals';
import { useAct } from './useAct';
import type { InRoom } from './useRoom';
import { useEvents } from './useVisit';

type Reached = RoomEventOf<'goal.reached'>['data'];

const LASTS_MS = 6000;

export function useGoals({ scene, calls }: Pick<InRoom, 'scene' | 'calls'>) {
  const act = useAct();
  const known = new Set<string>();
  const waiting: Reached[] = [];
  const celebrated = shallowRef<Reached | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;

  function next(): void {
    celebrated.value = waiting.shift() ?? null;
    timer = celebrated.value ? setTimeout(next, LASTS_MS) : undefined;
  }

  useEvents(calls, (event) => {
    if (event.type !== 'goal.reached') return;
    const { data } = event;
    const key = `${data.activityId} ${data.step}`;
    if (known.has(key)) return;
    known.add(key);
    waiting.push(data);
    if (timer === undefined) next();
  });
  onScopeDispose(() => {
    clearTimeout(timer);
  });

  return {
    goals: computed(() => goalsOf(scene.value.activities)),
    /** The target that is celebrated now. */
    celebrated,
    end: (id: string) => act(() => calls.activities.end(id)),
  };
}
