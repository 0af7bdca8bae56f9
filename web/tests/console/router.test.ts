import { describe, expect, it } from 'vitest';
import { computed, ref } from 'vue';

import type { Me } from '@/console/composables/useConsole';
import { makeRouter } from '@/console/router';

describe('the first address', () => {
  it('leads to the first page that whoever is signed in may see, also when the page was only just opened', async () => {
    const me = ref<Me | null>(null);
    const begun = ref(false);
    const begin = (): Promise<void> => {
      begun.value = true;
      me.value = { permissions: ['rooms.view'] } as unknown as Me;
      return Promise.resolve();
    };
    const may = (permission: string) => me.value?.permissions.includes(permission) ?? false;
    const router = makeRouter('/', { me: computed(() => me.value), may, begun: computed(() => begun.value), begin });
    await router.push('/');
    expect(router.currentRoute.value.name).toBe('wall');
  });
});
