/**
 * How much of the window's lower end a keyboard on the screen covers, in pixels, as `--lr-keyboard`.
 *
 * Browsers that heed `interactive-widget` make the window itself smaller; those of iOS only say what is still to be seen.
 */

import { onBeforeUnmount, onMounted } from 'vue';

type Seen = Pick<VisualViewport, 'height' | 'offsetTop' | 'scale'>;

/** Whoever has zoomed in sees less of the page too, and that is no keyboard. */
export function covered(windowHeight: number, seen: Seen | null): number {
  if (seen === null || seen.scale > 1.01) return 0;
  return Math.max(0, Math.round(windowHeight - seen.height - seen.offsetTop));
}

export function useKeyboard(): void {
  const seen = globalThis.visualViewport ?? null;
  const { style } = document.documentElement;
  const measure = () => {
    style.setProperty('--lr-keyboard', `${covered(window.innerHeight, seen)}px`);
  };
  onMounted(() => {
    measure();
    seen?.addEventListener('resize', measure);
    seen?.addEventListener('scroll', measure);
  });
  onBeforeUnmount(() => {
    seen?.removeEventListener('resize', measure);
    seen?.removeEventListener('scroll', measure);
    style.removeProperty('--lr-keyboard');
  });
}
