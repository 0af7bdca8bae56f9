/** What comes of a stream: a picture and its shape, one that stands still, or a voice alone. */

import { onBeforeUnmount, onMounted, type Ref, ref } from 'vue';

import { Progress } from '../media/progress';

export type Shows = 'unknown' | 'picture' | 'voice';

const LOOK_MS = 250;
/** A picture that has not come by then is not on its way. */
const VOICE_AFTER_MS = 2500;

export function useFrames(video: Readonly<Ref<HTMLVideoElement | null>>, stream: () => MediaStream) {
  const shows = ref<Shows>('unknown');
  /** Width by height; 0 as long as there is no picture. */
  const shape = ref(0);
  const stands = ref(false);
  let frames = new Progress();
  let begun = performance.now();
  let timer: ReturnType<typeof setInterval> | undefined;

  function look(): void {
    const shown = video.value;
    if (!shown) return;
    const now = performance.now();
    const pictured = shown.videoWidth > 0 && stream().getVideoTracks().length > 0;
    if (pictured) shows.value = 'picture';
    else shows.value = now - begun < VOICE_AFTER_MS ? 'unknown' : 'voice';
    shape.value = pictured ? shown.videoWidth / shown.videoHeight : 0;
    if (document.hidden || !pictured || shown.paused) {
      frames.skip(now);
      return;
    }
    stands.value = frames.stands(shown.getVideoPlaybackQuality().totalVideoFrames, now);
  }

  onMounted(() => {
    timer = setInterval(look, LOOK_MS);
  });
  onBeforeUnmount(() => {
    clearInterval(timer);
  });
  return {
    shows,
    shape,
    stands,
    begin: () => {
      frames = new Progress();
      begun = performance.now();
      stands.value = false;
      shows.value = 'unknown';
    },
  };
}
