/** A pushed stream in a video: played while it is there, begun again when its encoder is back. */

import type { WatchedStream } from '@liveroom/client';
import { onBeforeUnmount, onMounted, type Ref, shallowRef, watch } from 'vue';

import { StreamPlayer, type Watching } from '../media/streams/playing';

export function usePushed(video: Readonly<Ref<HTMLVideoElement | null>>, pushed: () => WatchedStream | null, begin: () => void) {
  const watching = shallowRef<Watching | null>(null);
  let player: StreamPlayer | null = null;

  function follow(): void {
    player?.close();
    player = null;
    if (!video.value || !pushed()) return;
    begin();
    player = new StreamPlayer(
      video.value,
      () => pushed()?.addresses ?? [],
      (now) => {
        watching.value = now;
      },
    );
  }

  onMounted(follow);
  onBeforeUnmount(() => {
    player?.close();
    player = null;
  });
  watch(() => pushed()?.streamId, follow);
  watch(
    () => pushed()?.state,
    (now, before) => {
      if (now === 'live' && before === 'interrupted') player?.restart();
    },
  );
  return watching;
}
