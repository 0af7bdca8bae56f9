/** The picture of a room for a tile, where somebody can look in unseen: asked for once the tile has been seen for a moment, and gone when it is seen no more. */
import { inject, type InjectionKey, onBeforeUnmount, onMounted, type Ref, shallowRef } from 'vue';

import type { Pictures } from '../pictures';

export const PICTURES: InjectionKey<Pictures> = Symbol('pictures');
/** Who scrolls past a room does not look into it: each look is in the audit. */
const SEEN_MS = 700;

export function usePicture(roomId: string, tile: Readonly<Ref<HTMLElement | null>>, isAsked: boolean): Ref<MediaStream | null> {
  const given = inject(PICTURES, null);
  const pictures = isAsked ? given : null;
  const stream = shallowRef<MediaStream | null>(null);
  let timer = 0;
  let stop: (() => void) | null = null;
  let observer: IntersectionObserver | null = null;

  function leave(): void {
    window.clearTimeout(timer);
    timer = 0;
    stop?.();
    stop = null;
  }

  function see(isSeen: boolean): void {
    if (!isSeen) leave();
    else if (pictures !== null && timer === 0) {
      timer = window.setTimeout(() => {
        stop = pictures.look(roomId, (track) => {
          stream.value = track === null ? null : new MediaStream([track]);
        });
      }, SEEN_MS);
    }
  }

  onMounted(() => {
    if (pictures === null || tile.value === null) return;
    observer = new IntersectionObserver((entries) => {
      see(entries.at(-1)?.isIntersecting ?? false);
    });
    observer.observe(tile.value);
  });
  onBeforeUnmount(() => {
    observer?.disconnect();
    leave();
  });
  return stream;
}
