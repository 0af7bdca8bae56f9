/** A visit of a room, for as long as a screen shows it. */

import { onScopeDispose, shallowRef } from 'vue';

import type { Wire } from '../api/wire';
import type { Scene } from '../rooms/scene';
import { type Stage, Visit } from '../rooms/visit';

export function useVisit(wire: Wire, roomId: string, me: string) {
  const stage = shallowRef<Stage>({ at: 'entering' });
  const scene = shallowRef<Scene | null>(null);
  let visit = begin();

  function begin(): Visit {
    const begun = new Visit(wire, roomId, me, {
      stage(now) {
        stage.value = now;
      },
      scene(now) {
        scene.value = now;
      },
    });
    void begun.enter();
    return begun;
  }

  onScopeDispose(() => {
    visit.stop();
  });
  return {
    stage,
    scene,
    again: () => {
      visit.stop();
      stage.value = { at: 'entering' };
      scene.value = null;
      visit = begin();
    },
    leave: () => visit.leave(),
    end: () => visit.end(),
    change: (fields: Parameters<Visit['change']>[0]) => visit.change(fields),
  };
}
