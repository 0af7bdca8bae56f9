/** The room's pictures and sound: joined while a room is shown, and fed with what this tab shows. */

import type { Room } from '@liveroom/client';
import { type Adapters, RoomMedia } from '@liveroom/client/media';
import { adapter as mesh } from '@liveroom/client/mesh';
import { computed, onScopeDispose, shallowRef, type ShallowRef, watch } from 'vue';

import type { Source } from '../media/sources';

/** Most rooms of a fresh installation use the mesh; vendors' SDKs are large, and are loaded where a tenant uses them. */
const ADAPTERS: Adapters = {
  mesh: () => Promise.resolve({ adapter: mesh }),
  livekit: () => import('@liveroom/client/livekit'),
  trtc: () => import('@liveroom/client/trtc'),
};

export function useMedia(room: Room, source: Readonly<ShallowRef<Source | null>>) {
  const media = new RoomMedia(room, ADAPTERS);
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
    /** What is on the stage: of this room, and of the owners of connected ones. */
    shown: computed(() => {
      const { remotes, connected } = state.value;
      const here = new Set(remotes.map(({ userId }) => userId));
      return connected.length === 0 ? remotes : [...remotes, ...connected.filter(({ userId }) => !here.has(userId))];
    }),
    trouble: computed(() => state.value.trouble),
    reach: computed(() => state.value.reach),
    provider: computed(() => state.value.provider),
    failure: computed(() => state.value.failure),
    rejoin: () => void media.join(),
    measure: () => media.measure(),
  };
}
