/** A visit of a room, for as long as a screen shows it. */

import { isHost } from '@liveroom/client';
import { onScopeDispose, shallowRef } from 'vue';

import type { RoomEvent } from '../api/types';
import type { Wire } from '../api/wire';
import type { Scene } from '../rooms/scene';
import { type Stage, Visit, type Watcher } from '../rooms/visit';
import { useRoomTabs } from './useRoomTabs';

/** What parts of the screen hear of, beside the scene. */
export interface Listener {
  events?(events: readonly RoomEvent[]): void;
  afresh?(): void;
}

export function useVisit(wire: Wire, roomId: string, me: string, linkKey = '') {
  const stage = shallowRef<Stage>({ at: 'entering' });
  const scene = shallowRef<Scene | null>(null);
  const listeners = new Set<Listener>();
  const tabs = useRoomTabs();
  const mine = () => ({ userId: me, roomId, hosts: stage.value.at === 'inside' && isHost(stage.value) });
  let visit = begin();

  function begin(): Visit {
    const watcher: Watcher = {
      stage(now) {
        stage.value = now;
        if (now.at === 'inside') tabs.take(mine());
      },
      scene(now) {
        scene.value = now;
      },
      events(events) {
        for (const listener of listeners) listener.events?.(events);
      },
      afresh() {
        for (const listener of listeners) listener.afresh?.();
      },
    };
    const begun = new Visit(wire, roomId, me, watcher, { linkKey });
    void begun.enter();
    return begun;
  }

  const stopHearing = tabs.onTaken(mine, () => {
    if (stage.value.at === 'inside') visit.move();
  });
  onScopeDispose(() => {
    stopHearing();
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
    /** Knock with the room's password. */
    knock: (password: string) => visit.enter(password),
    leave: () => visit.leave(),
    end: () => visit.end(),
    change: (fields: Parameters<Visit['change']>[0]) => visit.change(fields),
    /** Hear of what happens for as long as the part of the screen lives that asks. */
    listen: (listener: Listener) => {
      listeners.add(listener);
      onScopeDispose(() => listeners.delete(listener));
    },
  };
}
