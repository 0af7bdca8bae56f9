/** A pushed stream in a video, for as long as the video is there: begun again when its encoder is back. */

import type { WatchedStream } from '@liveroom/client';
import { onBeforeUnmount, onMounted, type Ref, shallowRef, watch } from 'vue';

import { StreamPlayer, type Watching } from '../media/streams/playing';

export function usePushed(video: Readonly<Ref<HTMLVideoElement | null>>, pushed: () => WatchedStream | null, begin: () => void) {
  const watching = shallowRef<Watching | null>(null);
  let player: StreamPlayer | null = null;

  onMounted(() => {
    if (!video.value || !pushed()) return;
    begin();
    player = new StreamPlayer(
      video.value,
      () => pushed()?.addresses ?? [],
      (now) => {
        watching.value = now;
      },
    );
  });
  onBeforeUnmount(() => player?.close());
  watch(
    () => pushed()?.state,
    (now, before) => {
      if (now === 'live' && before === 'interrupted') player?.restart();
    },
  );
  return watching;
}
