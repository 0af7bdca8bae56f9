/** Connecting the room with others, for its owner: whom they have asked, who asks them, and until when. */

import type { ConnectionOutcome } from '@liveroom/client';
import { computed } from 'vue';

import { useTexts } from '../i18n/texts';
import type { Ask } from '../rooms/asks';
import { outcomeText } from '../rooms/connecting';
import { useAct } from './useAct';
import { useOpenRequests, type Waiting } from './useOpenRequests';
import type { InRoom } from './useRoom';
import { useToasts } from './useToasts';
import { useUserEvents } from './useUserEvents';

interface OpenRequest extends Waiting {
  readonly requestId: string;
  readonly roomId: string;
  readonly askedRoomId: string;
  readonly userId: string;
  readonly name: string;
  readonly avatar: string;
}

export function useConnecting({ scene, rank, calls }: InRoom) {
  const { t, unnamed } = useTexts();
  const { toast } = useToasts();
  const act = useAct();
  const { all, add, drop, secondsOf } = useOpenRequests<OpenRequest>();
  const mayConnect = computed(() => rank.value === 'owner');
  const { roomId } = calls;

  useUserEvents({
    'connection.requested': ({ data }) => {
      if ([data.roomId, data.askedRoomId].includes(roomId)) add(data.requestId, { ...data, until: performance.now() + data.expireIn });
    },
    'connection.answered': ({ data }) => {
      const known = drop(data.requestId);
      if (known?.roomId !== roomId || data.result === 'accepted' || data.result === 'cancelled') return;
      toast(t(data.result === 'refused' ? 'connect.refused' : 'connect.unanswered'));
    },
  });

  function asked(one: OpenRequest): Ask {
    return {
      kind: 'connect',
      key: one.requestId,
      userId: one.userId,
      name: one.name,
      avatar: one.avatar,
      text: t('connect.asks', { name: one.name || unnamed(one.userId) }),
      seconds: secondsOf(one),
      yes: t('ask.accept'),
      agree: () => act(() => calls.connections.accept(one.requestId)),
      refuse: () => act(() => calls.connections.refuse(one.requestId)),
    };
  }

  return {
    mayConnect,
    connection: computed(() => scene.value.connection),
    /** Who asks this room. */
    asks: computed(() => (mayConnect.value ? all.value.filter(({ askedRoomId }) => askedRoomId === roomId).map(asked) : [])),
    /** Whom this room has asked, by the room. */
    outgoing: computed(() => new Map(all.value.filter((one) => one.roomId === roomId).map((one) => [one.askedRoomId, one]))),
    secondsOf,
    cancel: (requestId: string) => act(() => calls.connections.cancel(requestId)),
    leave: () => act(() => calls.connections.leave()),
    async ask(other: string): Promise<void> {
      let outcome: ConnectionOutcome | undefined;
      await act(async () => ([outcome] = await calls.connections.request([other])));
      const key = outcomeText(outcome?.result);
      if (key) toast(t(key), 'problem');
    },
  };
}

export type Connecting = ReturnType<typeof useConnecting>;
