/** What comes of a stream (null: one that is pushed): a picture and its shape, one that stands still, or a voice alone. */

import { onBeforeUnmount, onMounted, type Ref, ref } from 'vue';

import { Progress } from '../media/progress';

export type Shows = 'unknown' | 'picture' | 'voice';

const LOOK_MS = 250;
/** A picture that has not come by then is not on its way. */
const VOICE_AFTER_MS = 2500;

/** What is pushed takes its time to arrive. */
const isWaiting = ({ readyState }: HTMLVideoElement) => readyState < HTMLMediaElement.HAVE_CURRENT_DATA;

const hasPicture = ({ videoWidth }: HTMLVideoElement, stream: MediaStream | null) => videoWidth > 0 && stream?.getVideoTracks().length !== 0;

export function useFrames(video: Readonly<Ref<HTMLVideoElement | null>>, stream: () => MediaStream | null) {
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
    const sent = stream();
    const pictured = hasPicture(shown, sent);
    if (!sent && isWaiting(shown)) begun = now;
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
