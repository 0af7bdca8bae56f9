/** Raids: the audience is sent to another room, unless somebody stays; and audiences that come. */

import type { RoomEventOf } from '@liveroom/client';
import { computed, onScopeDispose, ref } from 'vue';
import { useRouter } from 'vue-router';

import { useTexts } from '../i18n/texts';
import type { Ask } from '../rooms/asks';
import { raidEnd, raidOf } from '../rooms/raids';
import { useAct } from './useAct';
import { useOpenRequests, type Waiting } from './useOpenRequests';
import type { InRoom } from './useRoom';
import { useToasts } from './useToasts';
import { useUserEvents } from './useUserEvents';
import { useEvents } from './useVisit';

const TICK_MS = 250;
const SECOND_MS = 1000;

interface Asked extends Waiting {
  readonly activityId: string;
  readonly userId: string;
  readonly name: string;
  readonly avatar: string;
  readonly people: number;
}

export function useRaid({ scene, calls, me }: InRoom) {
  const { t, unnamed } = useTexts();
  const { toast } = useToasts();
  const router = useRouter();
  const act = useAct();
  const { all, add, drop, secondsOf } = useOpenRequests<Asked>();
  const { roomId } = calls;
  const raid = computed(() => raidOf(scene.value.activities));
  const owns = computed(() => scene.value.room.ownBy === me.userId);
  /** The user does not go along. */
  const stays = ref(false);
  const seconds = ref(0);

  const timer = setInterval(() => {
    seconds.value = raid.value ? Math.max(0, Math.ceil(calls.leftUntil(raid.value.endsAt) / SECOND_MS)) : 0;
  }, TICK_MS);
  onScopeDispose(() => {
    clearInterval(timer);
  });

  /** Say what came of it, or go along. */
  function over(data: RoomEventOf<'activity.ended'>['data']): void {
    const end = raidEnd(data);
    if (end === null || end === 'off') return;
    if (end === 'gone') {
      const { roomId: target } = data.result as unknown as { roomId: string };
      if (!owns.value && !stays.value) void router.push(`/room/${encodeURIComponent(target)}`);
    } else if (owns.value) {
      toast(t(`raid.${end}`), 'problem');
    }
  }

  useEvents(calls, (event) => {
    if (event.type === 'raid.arrived') toast(t('raid.arrived', { name: event.data.name || unnamed(event.data.userId) }));
    if (event.type === 'activity.started' && event.data.type === 'raid') stays.value = false;
    if (event.type === 'activity.ended') over(event.data);
  });

  useUserEvents({
    'raid.requested': ({ data }) => {
      if (data.askedRoomId === roomId) add(data.activityId, { ...data, until: performance.now() + data.expireIn });
    },
  });

  function answer(id: string, accepted: boolean): Promise<unknown> {
    drop(id);
    return act(() => calls.activities.answerRaid(id, accepted));
  }

  function asked(one: Asked): Ask {
    return {
      kind: 'raid',
      key: one.activityId,
      userId: one.userId,
      name: one.name,
      avatar: one.avatar,
      text: t('raid.asks', { name: one.name || unnamed(one.userId), count: one.people }),
      seconds: secondsOf(one),
      yes: t('ask.accept'),
      agree: () => answer(one.activityId, true),
      refuse: () => answer(one.activityId, false),
    };
  }

  return {
    raid,
    owns,
    stays,
    seconds,
    /** Who wants to send an audience here. */
    asks: computed(() => all.value.map(asked)),
    end: (id: string) => act(() => calls.activities.end(id)),
  };
}

export type Raiding = ReturnType<typeof useRaid>;
