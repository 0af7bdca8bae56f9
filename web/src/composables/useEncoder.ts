/** The host's own encoder, such as OBS: where it pushes, and whether the service has it. */

import { type OwnStream, seatOf, type StreamWithKey } from '@liveroom/client';
import { computed, onScopeDispose, type Ref, ref, shallowRef, watch } from 'vue';

import { useAct } from './useAct';
import type { InRoom } from './useRoom';

/** Whether somebody hosts, and whether they may publish: as a host, or from a seat. */
interface SeatingSides {
  readonly hosts: Readonly<Ref<boolean>>;
  readonly publishes: Readonly<Ref<boolean>>;
}

/** What the test lamp says. */
export type Lamp = 'none' | 'waiting' | 'live' | 'interrupted' | 'ended' | 'stopped';

const LOOK_MS = 2000;

export function useEncoder({ scene, calls, me }: Pick<InRoom, 'scene' | 'calls' | 'me'>, mine: SeatingSides) {
  const act = useAct();
  const offered = ref(false);
  const stream = shallowRef<OwnStream | null>(null);
  /** With the key: as long as this page is there. */
  const keyed = shallowRef<StreamWithKey | null>(null);
  const { streams } = calls;
  let looking: ReturnType<typeof setInterval> | undefined;

  async function load(): Promise<void> {
    const found = await streams.list().catch(() => null);
    if (!found) return;
    offered.value = found.offered;
    stream.value = found.streams.find(({ userId }) => userId === me.userId) ?? null;
  }

  function keep(made: StreamWithKey): void {
    keyed.value = made;
    stream.value = made;
  }

  watch(
    mine.publishes,
    (now) => {
      if (now) void load();
      else offered.value = false;
    },
    { immediate: true },
  );
  // What its events say of it, and what only its host is told beside that.
  watch(
    () => scene.value.streams,
    () => {
      if (offered.value) void load();
    },
  );
  const unwatch = () => {
    clearInterval(looking);
  };
  onScopeDispose(unwatch);
  const lamp = computed<Lamp>(() => {
    if (!stream.value) return 'none';
    return stream.value.stopped ? 'stopped' : stream.value.state;
  });
  return {
    offered,
    stream,
    lamp,
    /** Where to push, with the key; empty: it was shown before, and is not shown again. */
    addresses: computed(() => (keyed.value && keyed.value.streamId === stream.value?.streamId ? keyed.value.addresses : [])),
    /** A host's; of whoever only has a seat, the seat's. */
    create: () => act(() => streams.create(mine.hosts.value ? 0 : (seatOf(scene.value.seats, me.userId)?.seat ?? 0)).then(keep)),
    rotate: () => act(() => streams.rotateKey(stream.value?.streamId ?? '').then(keep)),
    start: () => act(async () => (stream.value = await streams.start(stream.value?.streamId ?? ''))),
    stop: () => act(async () => (stream.value = await streams.stop(stream.value?.streamId ?? ''))),
    remove: () =>
      act(async () => {
        await streams.remove(stream.value?.streamId ?? '');
        stream.value = keyed.value = null;
      }),
    /** Look often, while somebody looks at the lamp. */
    watch: () => {
      unwatch();
      void load();
      looking = setInterval(() => void load(), LOOK_MS);
    },
    unwatch,
  };
}

export type Encoder = ReturnType<typeof useEncoder>;
