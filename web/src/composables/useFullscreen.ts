/** The whole screen for the picture; on a phone for the whole room, which is turned on its side where that is possible. */

import type { Ref } from 'vue';

/** Of iPhones: nothing but a video takes the whole screen there. */
interface AppleVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void;
}
interface Turning extends ScreenOrientation {
  lock?: (orientation: 'landscape') => Promise<void>;
}

export function useFullscreen(frame: Readonly<Ref<HTMLElement | null>>, compact: Readonly<Ref<boolean>>) {
  const offered = document.fullscreenEnabled || 'webkitEnterFullscreen' in HTMLVideoElement.prototype;

  async function toggle(): Promise<void> {
    if (document.fullscreenElement) {
      await document.exitFullscreen();
    } else if (!document.fullscreenEnabled) {
      frame.value?.querySelector<AppleVideo>('.big video')?.webkitEnterFullscreen?.();
    } else if (compact.value) {
      await document.documentElement.requestFullscreen();
      // Computers, and browsers that do not know it, leave the screen as it is.
      await (screen.orientation as Turning).lock?.('landscape').catch(() => undefined);
    } else {
      await frame.value?.requestFullscreen();
    }
  }

  return { offered, toggle: () => void toggle().catch(() => undefined) };
}
