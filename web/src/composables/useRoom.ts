/** The room that is shown, for every part of its screen. */

import { type Rank, rankOf, seatOf } from '@liveroom/client';
import { computed, type ComputedRef, inject, type InjectionKey, provide, type Ref, watch } from 'vue';

import { callsOf, type RoomCalls } from '../api/calls';
import type { Message } from '../api/show';
import type { Member } from '../api/types';
import type { Wire } from '../api/wire';
import { useTexts } from '../i18n/texts';
import type { Me } from '../identity/keep';
import type { Scene } from '../rooms/scene';
import { useAppointed } from './useAppointed';
import type { Person } from './useNames';
import type { Listener } from './useVisit';

export interface InRoom {
  readonly me: Me;
  readonly scene: Readonly<Ref<Scene>>;
  /** What the user is in it. */
  readonly rank: ComputedRef<Rank>;
  readonly calls: RoomCalls;
  readonly nameOf: (userId: string) => string;
  /** What is or was known of somebody who is or was there. */
  readonly known: (userId: string) => Member | undefined;
  readonly rankOf: (userId: string) => Rank;
  readonly listen: (listener: Listener) => void;
  /** Show what may be done about somebody, or about what they have said. */
  readonly meet: (person: Person, message?: Message) => void;
}

interface Given {
  readonly me: Me;
  readonly wire: Wire;
  readonly scene: Readonly<Ref<Scene>>;
  readonly role: Readonly<Ref<string>>;
  readonly listen: InRoom['listen'];
  readonly meet: InRoom['meet'];
}

const ROOM: InjectionKey<InRoom> = Symbol('room');

/** Make the room known to the parts of a screen. */
export function provideRoom({ me, wire, scene, role, listen, meet }: Given): InRoom {
  const { unnamed } = useTexts();
  const { roomId } = scene.value.room;
  const calls = callsOf(wire, roomId);
  const seen = new Map<string, Member>();
  watch(
    () => scene.value.members,
    (members) => {
      for (const member of members.values()) seen.set(member.userId, member);
    },
    { immediate: true, flush: 'sync' },
  );
  const known = (userId: string) => scene.value.members.get(userId) ?? seen.get(userId);
  const appointed = useAppointed(role, calls, listen);
  const rank = (userId: string, is: string) =>
    rankOf(is, { owns: scene.value.room.ownBy === userId, appointed: appointed.value.has(userId) });
  const room: InRoom = {
    me,
    scene,
    rank: computed(() => rank(me.userId, role.value)),
    calls,
    nameOf(userId) {
      const names = [known(userId)?.name, seatOf(scene.value.seats, userId)?.name];
      return names.find(Boolean) ?? unnamed(userId);
    },
    known,
    rankOf: (userId) => rank(userId, scene.value.members.get(userId)?.role ?? ''),
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
