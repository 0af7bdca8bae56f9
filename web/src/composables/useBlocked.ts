/** Whether the dialog with whom the user has blocked is open. */

import { ref, type Ref } from 'vue';

const open = ref(false);

export function useBlockedDialog(): Ref<boolean> {
  return open;
}
