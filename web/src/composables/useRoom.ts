/** The room that is shown, for every part of its screen. */

import { type Message, type Rank, rankOf, type Room, type RoomState, seatOf, type Session, type User } from '@liveroom/client';
import { computed, type ComputedRef, inject, type InjectionKey, provide, type Ref } from 'vue';

import { useTexts } from '../i18n/texts';
import type { Person } from './useNames';
import type { Listener } from './useVisit';

export interface InRoom {
  readonly me: User;
  readonly scene: Readonly<Ref<RoomState>>;
  /** What the user is in it. */
  readonly rank: ComputedRef<Rank>;
  /** What may be done in it. */
  readonly calls: Room;
  readonly nameOf: (userId: string) => string;
  readonly rankOf: (userId: string) => Rank;
  readonly listen: (listener: Listener) => void;
  /** Show what may be done about somebody, or about what they have said. */
  readonly meet: (person: Person, message?: Message) => void;
}

interface Given {
  readonly me: User;
  readonly wire: Session;
  readonly scene: Readonly<Ref<RoomState>>;
  readonly role: Readonly<Ref<string>>;
  readonly listen: InRoom['listen'];
  readonly meet: InRoom['meet'];
}

const ROOM: InjectionKey<InRoom> = Symbol('room');

/** Make the room known to the parts of a screen. */
export function provideRoom({ me, wire, scene, listen, meet }: Given): InRoom {
  const { unnamed } = useTexts();
  const calls = enteredRoom(wire, scene.value.room.roomId);
  const room: InRoom = {
    me,
    scene,
    rank: computed(() => scene.value.me.rank),
    calls,
    nameOf(userId) {
      const { members, seats } = scene.value;
      const names = [members.get(userId)?.name, seatOf(seats, userId)?.name];
      return names.find(Boolean) ?? unnamed(userId);
    },
    rankOf(userId) {
      const { members, room: shown, appointed } = scene.value;
      const what = { owns: shown.ownBy === userId, appointed: appointed.has(userId) };
      return rankOf(members.get(userId)?.role ?? '', what);
    },
    listen,
    meet,
  };
  provide(ROOM, room);
  return room;
}

export function useRoom(): InRoom {
  const room = inject(ROOM);
  if (!room) throw new Error('no room is provided');
  return room;
}

/** Return the room that a screen shows, which the session is in. */
export function enteredRoom(wire: Session, roomId: string): Room {
  const room = wire.room(roomId);
  if (!room) throw new Error('this room is not entered');
  return room;
}
