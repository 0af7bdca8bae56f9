/** The tenants that the operator may choose from. */
import { computed, type ComputedRef } from 'vue';

import { useConsole } from './useConsole';

/** Their names; "" is the default one. */
export function useTenants(): ComputedRef<readonly string[]> {
  const { me } = useConsole();
  return computed(() => me.value?.tenants ?? []);
}
