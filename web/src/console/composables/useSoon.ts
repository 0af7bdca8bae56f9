/** Something that is done a moment after it was asked for: at most once a second, however often it is asked for. */
import { onScopeDispose } from 'vue';

const AFTER_MS = 1000;

export function useSoon(act: () => unknown): () => void {
  let timer = 0;
  onScopeDispose(() => {
    window.clearTimeout(timer);
  });
  return () => {
    if (timer !== 0) return;
    timer = window.setTimeout(() => {
      timer = 0;
      act();
    }, AFTER_MS);
  };
}
