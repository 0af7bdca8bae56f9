/** The room that is shown, for every part of its screen. */

import {
  type Member,
  type Message,
  type Rank,
  rankOf,
  type Room,
  type RoomState,
  seatOf,
  type SignedInUser,
} from '@liveroom/client';
import { computed, type ComputedRef, inject, type InjectionKey, provide, type Ref, watch } from 'vue';

import { useTexts } from '../i18n/texts';
import type { Person } from './useNames';

export interface InRoom {
  readonly me: SignedInUser;
  readonly scene: Readonly<Ref<RoomState>>;
  /** What the user is in it. */
  readonly rank: ComputedRef<Rank>;
  /** What may be done in it, and what happens. */
  readonly calls: Room;
  readonly nameOf: (userId: string) => string;
  /** What is or was known of somebody who is or was there. */
  readonly known: (userId: string) => Member | undefined;
  readonly rankOf: (userId: string) => Rank;
  /** Show what may be done about somebody, or about what they have said. */
  readonly meet: (person: Person, message?: Message) => void;
}

interface Given {
  readonly me: SignedInUser;
  readonly room: Room;
  readonly scene: Readonly<Ref<RoomState>>;
  readonly meet: InRoom['meet'];
}

const ROOM: InjectionKey<InRoom> = Symbol('room');

/** Make the room known to the parts of a screen. */
export function provideRoom({ me, room: calls, scene, meet }: Given): InRoom {
  const { unnamed } = useTexts();
  const seen = new Map<string, Member>();
  watch(
    () => scene.value.members,
    (members) => {
      for (const member of members.values()) seen.set(member.userId, member);
    },
    { immediate: true, flush: 'sync' },
  );
  const known = (userId: string) => scene.value.members.get(userId) ?? seen.get(userId);
  const room: InRoom = {
    me,
    scene,
    rank: computed(() => scene.value.me.rank),
    calls,
    nameOf(userId) {
      const connected = scene.value.connection?.rooms.find((one) => one.userId === userId);
      const names = [known(userId)?.name, seatOf(scene.value.seats, userId)?.name, connected?.name];
      return names.find(Boolean) ?? unnamed(userId);
    },
    known,
    rankOf(userId) {
      const { members, room: shown, appointed } = scene.value;
      const what = { owns: shown.ownBy === userId, appointed: appointed.has(userId) };
      return rankOf(members.get(userId)?.role ?? '', what);
    },
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
