/** Whether the picture or the voice of whoever's show it is was cut off, and what was to be seen last. */

import type { RoomState } from '@liveroom/client';
import type { Arrived, Trouble } from '@liveroom/client/media';
import { computed, type Ref, ref, shallowRef, watch } from 'vue';

import { useSilence } from './useSilence';

interface Shown {
  readonly trouble: Readonly<Ref<Trouble | null>>;
  /** There are only voices. */
  readonly voice: Readonly<Ref<boolean>>;
  readonly measure: () => Promise<readonly Arrived[]>;
}

export function useHostPicture(scene: Readonly<Ref<RoomState>>, { trouble, voice, measure }: Shown) {
  /** The picture is there and stands still, or has vanished while it did. */
  const stands = ref(false);
  /** The last picture, as a `data:` address. */
  const still = shallowRef('');
  const owner = computed(() => scene.value.room.ownBy);
  const silent = useSilence(owner, voice, measure);
  const hidden = computed(() => scene.value.room.status === 1);
  const cut = computed(() => trouble.value?.kind === 'interrupted' && trouble.value.userId === owner.value);

  watch([owner, hidden], () => {
    stands.value = false;
  });
  return {
    lost: computed(() => stands.value || silent.value || cut.value || hidden.value),
    still,
    move: (userId: string, stops: boolean) => {
      if (userId === owner.value) stands.value = stops;
    },
    keep: (userId: string, picture: string) => {
      if (userId === owner.value) still.value = picture;
    },
  };
}
