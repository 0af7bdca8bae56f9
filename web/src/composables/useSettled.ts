/** Whether a screen has been there for a while: until then something may well be on its way. */

import { onScopeDispose, ref } from 'vue';

const WHILE_MS = 3000;

export function useSettled() {
  const settled = ref(false);
  const timer = setTimeout(() => {
    settled.value = true;
  }, WHILE_MS);
  onScopeDispose(() => {
    clearTimeout(timer);
  });
  return settled;
}
