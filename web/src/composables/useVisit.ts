/** A visit of a room, for as long as a screen shows it. */

import {
  Code,
  type EndReason,
  isRefused,
  PasswordError,
  reasonOf,
  type Removal,
  type Room,
  type RoomEvent,
  type RoomState,
  type Session,
} from '@liveroom/client';
import { onScopeDispose, shallowRef } from 'vue';

/** Why there is nothing to be seen (any more); of some ends nothing is shown. */
export type Ending = Exclude<EndReason, 'left' | 'moved' | 'signed_out'>;

export type Stage =
  | { readonly at: 'entering' }
  /** The room has a password; `wrong`: what was given is not it, in the service's words. */
  | { readonly at: 'door'; readonly wrong: string }
  | { readonly at: 'inside'; readonly role: string }
  | { readonly at: 'over'; readonly why: Ending; readonly detail: string; readonly removal?: Removal };

/** What parts of the screen hear of, beside the scene. */
export interface Listener {
  event?(event: RoomEvent): void;
}

export function useVisit(session: Session, roomId: string, _me: string, linkKey = '') {
  const stage = shallowRef<Stage>({ at: 'entering' });
  const scene = shallowRef<RoomState | null>(null);
  const listeners = new Set<Listener>();
  let room: Room | null = null;
  let visit = 0;

  async function enter(password = ''): Promise<void> {
    const mine = visit;
    try {
      const entered = await session.enter(roomId, { password, linkKey });
      if (mine === visit) follow(entered);
      else entered.close();
    } catch (failure) {
      if (mine === visit) stage.value = stageOf(failure);
    }
  }

  function follow(entered: Room): void {
    room = entered;
    entered.on('event', (event) => {
      for (const listener of listeners) listener.event?.(event);
    });
    entered.subscribe((now) => {
      if (room !== entered) return;
      scene.value = now;
      stage.value = stageIn(now);
    });
  }

  function close(): void {
    visit += 1;
    const former = room;
    room = null;
    former?.close();
  }

  void enter();
  onScopeDispose(close);
  return {
    stage,
    scene,
    again: () => {
      close();
      stage.value = { at: 'entering' };
      scene.value = null;
      void enter();
    },
    /** Knock with the room's password. */
    knock: (password: string) => enter(password),
    leave: async () => {
      const former = room;
      room = null;
      await former?.leave();
    },
    end: async () => {
      await room?.end();
    },
    change: async (fields: { title?: string; cover?: string }) => {
      await room?.update(fields);
    },
    /** Hear of what happens for as long as the part of the screen lives that asks. */
    listen: (listener: Listener) => {
      listeners.add(listener);
      onScopeDispose(() => listeners.delete(listener));
    },
  };
}

function stageIn({ me, end }: RoomState): Stage {
  if (!end || end.reason === 'left' || end.reason === 'signed_out') return { at: 'inside', role: me.role };
  const { reason, detail, removal } = end;
  return { at: 'over', why: reason === 'moved' ? 'removed' : reason, detail, ...(removal ? { removal } : {}) };
}

function stageOf(failure: unknown): Stage {
  if (failure instanceof PasswordError) {
    return { at: 'door', wrong: failure.code === Code.ROOM_PASSWORD_REQUIRED ? '' : failure.message };
  }
  return { at: 'over', why: reasonOf(failure) as Ending, detail: isRefused(failure) ? failure.message : '' };
}
