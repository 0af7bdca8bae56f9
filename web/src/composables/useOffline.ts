/** Whether this page itself has lost the service: then nothing is to be said of others. */

import { computed, onScopeDispose, ref } from 'vue';

import { useSession } from './useSession';

export function useOffline() {
  const { link } = useSession();
  const online = ref(navigator.onLine);
  const look = () => {
    online.value = navigator.onLine;
  };
  addEventListener('online', look);
  addEventListener('offline', look);
  onScopeDispose(() => {
    removeEventListener('online', look);
    removeEventListener('offline', look);
  });
  return computed(() => !online.value || link.value === 'reconnecting');
}
