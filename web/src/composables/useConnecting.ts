/** Connecting the room with others, for its owner: whom they have asked, who asks them, and until when. */

import type { ConnectionOutcome } from '@liveroom/client';
import { computed, onScopeDispose, readonly, ref, shallowRef, watch } from 'vue';

import { useTexts } from '../i18n/texts';
import { outcomeText } from '../rooms/connecting';
import { useAct } from './useAct';
import type { InRoom } from './useRoom';
import { useSession } from './useSession';
import { useToasts } from './useToasts';

/** An open request; `until`: by this page's own clock, which is only asked how much has passed. */
export interface OpenRequest {
  readonly requestId: string;
  readonly roomId: string;
  readonly askedRoomId: string;
  readonly userId: string;
  readonly name: string;
  readonly avatar: string;
  readonly until: number;
}

const TICK_MS = 500;
const SECOND_MS = 1000;
const NONE: ReadonlyMap<string, OpenRequest> = new Map();

export function useConnecting({ scene, rank, calls }: InRoom) {
  const { t } = useTexts();
  const { toast } = useToasts();
  const { client } = useSession();
  const act = useAct();
  const open = shallowRef(NONE);
  const now = ref(performance.now());
  const mayConnect = computed(() => rank.value === 'owner');
  const { roomId } = calls;

  function add(request: OpenRequest): void {
    open.value = new Map([...open.value, [request.requestId, request]]);
  }

  function drop(requestId: string): OpenRequest | undefined {
    const known = open.value.get(requestId);
    open.value = new Map([...open.value].filter(([id]) => id !== requestId));
    return known;
  }

  watch(
    client,
    (session, _, onCleanup) => {
      if (!session) return;
      const stops = [
        session.on('connection.requested', ({ data }) => {
          if (![data.roomId, data.askedRoomId].includes(roomId)) return;
          now.value = performance.now();
          add({ ...data, until: performance.now() + data.expireIn });
        }),
        session.on('connection.answered', ({ data }) => {
          const known = drop(data.requestId);
          if (known?.roomId !== roomId || data.result === 'accepted' || data.result === 'cancelled') return;
          toast(t(data.result === 'refused' ? 'connect.refused' : 'connect.unanswered'));
        }),
      ];
      onCleanup(() => {
        for (const stop of stops) stop();
      });
    },
    { immediate: true },
  );
  const timer = setInterval(() => {
    if (open.value.size === 0) return;
    now.value = performance.now();
    for (const { requestId, until } of open.value.values()) if (until <= now.value) drop(requestId);
  }, TICK_MS);
  onScopeDispose(() => {
    clearInterval(timer);
  });

  const all = computed(() => [...open.value.values()]);
  return {
    mayConnect,
    connection: computed(() => scene.value.connection),
    /** Who asks this room. */
    incoming: computed(() => (mayConnect.value ? all.value.filter(({ askedRoomId }) => askedRoomId === roomId) : [])),
    /** Whom this room has asked, by the room. */
    outgoing: computed(() => new Map(all.value.filter((one) => one.roomId === roomId).map((one) => [one.askedRoomId, one]))),
    secondsOf: ({ until }: Pick<OpenRequest, 'until'>) => Math.max(0, Math.ceil((until - now.value) / SECOND_MS)),
    now: readonly(now),
    accept: (requestId: string) => act(() => calls.connections.accept(requestId)),
    refuse: (requestId: string) => act(() => calls.connections.refuse(requestId)),
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
