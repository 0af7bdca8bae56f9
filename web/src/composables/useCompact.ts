/** Whether the window is a phone's, upright or on its side: rooms are shown over the whole of it then. */

import { onScopeDispose, readonly, ref } from 'vue';

export const COMPACT = '(width < 48rem), (height < 30rem)';

export function useCompact() {
  const asked = matchMedia(COMPACT);
  const compact = ref(asked.matches);
  const look = ({ matches }: MediaQueryListEvent) => {
    compact.value = matches;
  };
  asked.addEventListener('change', look);
  onScopeDispose(() => {
    asked.removeEventListener('change', look);
  });
  return readonly(compact);
}
