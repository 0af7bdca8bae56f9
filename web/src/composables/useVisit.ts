/** A visit of a room, for as long as a screen shows it. */

import {
  type AwaitedBroadcast,
  Code,
  type EndReason,
  isRefused,
  NotFoundError,
  PasswordError,
  reasonOf,
  type Removal,
  type Room,
  type RoomEvent,
  type RoomState,
  type Session,
} from '@liveroom/client';
import { onScopeDispose, shallowRef } from 'vue';

/** Why there is nothing to be seen (any more). */
export type Ending = Exclude<EndReason, 'left' | 'signed_out'>;

export type Stage =
  | { readonly at: 'entering' }
  /** The room has a password; `wrong`: what was given is not it, in the service's words. */
  | { readonly at: 'door'; readonly wrong: string }
  /** Its broadcast is to come. */
  | { readonly at: 'waiting'; readonly awaited: AwaitedBroadcast }
  | { readonly at: 'inside'; readonly role: string }
  | { readonly at: 'over'; readonly why: Ending; readonly detail: string; readonly removal?: Removal };

export function useVisit(client: Session, roomId: string, linkKey = '') {
  const stage = shallowRef<Stage>({ at: 'entering' });
  const room = shallowRef<Room | null>(null);
  const scene = shallowRef<RoomState | null>(null);
  let visit = new AbortController();

  async function enter(how: { password?: string; role?: string } = {}): Promise<void> {
    const { signal } = visit;
    try {
      const entered = await client.enter(roomId, { ...how, linkKey, signal });
      if (signal.aborted) entered.close();
      else follow(entered);
    } catch (failure) {
      const found = await reached(failure);
      if (!signal.aborted) stage.value = found;
    }
  }

  /** What a refusal means: of a room that is not open, whether it will be. */
  async function reached(failure: unknown): Promise<Stage> {
    if (!(failure instanceof NotFoundError)) return stageOf(failure);
    const awaited = await client.reminders.show(roomId, { linkKey }).catch(() => null);
    return awaited ? { at: 'waiting', awaited } : stageOf(failure);
  }

  function follow(entered: Room): void {
    room.value = entered;
    entered.subscribe((now) => {
      if (room.value !== entered) return;
      scene.value = now;
      stage.value = stageIn(now) ?? stage.value;
    });
  }

  function close(): void {
    visit.abort();
    room.value?.close();
    room.value = null;
  }

  void enter();
  onScopeDispose(close);
  return {
    stage,
    room,
    scene,
    again: () => {
      close();
      visit = new AbortController();
      stage.value = { at: 'entering' };
      scene.value = null;
      void enter();
    },
    /** Knock with the room's password. */
    knock: (password: string) => enter({ password }),
    /** Begin the user's own scheduled broadcast. */
    begin: () => enter({ role: 'anchor' }),
    leave: async () => room.value?.leave(),
    end: async () => room.value?.end(),
    change: async (fields: { title: string; cover: string }) => room.value?.update(fields),
  };
}

/** What a room's state means for the screen; nothing where the screen itself has left, or the session is over. */
function stageIn({ me, end }: RoomState): Stage | null {
  if (!end) return { at: 'inside', role: me.role };
  const { reason, detail, removal } = end;
  if (reason === 'left' || reason === 'signed_out') return null;
  return { at: 'over', why: reason, detail, ...(removal ? { removal } : {}) };
}

function stageOf(failure: unknown): Stage {
  if (failure instanceof PasswordError) {
    return { at: 'door', wrong: failure.code === Code.ROOM_PASSWORD_REQUIRED ? '' : failure.message };
  }
  return { at: 'over', why: reasonOf(failure) as Ending, detail: isRefused(failure) ? failure.message : '' };
}

/** Hear of what happens in a room for as long as the part of the screen lives that asks. */
export function useEvents(room: Room, heard: (event: RoomEvent) => void): void {
  onScopeDispose(room.on('event', heard));
}
