/** The room's pictures and sound: joined while a room is shown, and fed with what this tab shows. */

import type { RoomState, Session } from '@liveroom/client';
import { type Adapters, RoomMedia } from '@liveroom/client/media';
import { computed, onScopeDispose, type Ref, shallowRef, type ShallowRef, watch } from 'vue';

import type { Source } from '../media/sources';
import { enteredRoom } from './useRoom';

interface Needs {
  readonly wire: Session;
  readonly me: string;
  readonly roomId: string;
  readonly scene: Readonly<Ref<RoomState>>;
  readonly source: Readonly<ShallowRef<Source | null>>;
  readonly publishes: Readonly<Ref<boolean>>;
}

/** Most rooms of a fresh installation use the mesh; vendors' SDKs are large, and are loaded where a tenant uses them. */
const ADAPTERS: Adapters = {
  mesh: () => import('@liveroom/client/mesh'),
  livekit: () => import('@liveroom/client/livekit'),
  trtc: () => import('@liveroom/client/trtc'),
};

export function useMedia({ wire, roomId, source }: Needs) {
  const media = new RoomMedia(enteredRoom(wire, roomId), ADAPTERS);
  const state = shallowRef(media.state);

  media.subscribe((now) => (state.value = now));
  watch(
    source,
    (shown) => {
      media.publish(shown?.stream ?? null);
    },
    { immediate: true },
  );
  void media.join();
  onScopeDispose(() => {
    media.close();
  });
  return {
    remotes: computed(() => state.value.remotes),
    trouble: computed(() => state.value.trouble),
    reach: computed(() => state.value.reach),
    provider: computed(() => state.value.provider),
    failure: computed(() => state.value.failure),
    rejoin: () => void media.join(),
  };
}
