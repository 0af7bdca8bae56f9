import { flushPromises, mount } from '@vue/test-utils';
import { expect, it } from 'vitest';
import type { Component } from 'vue';
import { createMemoryHistory, createRouter } from 'vue-router';

import DataTable from '@/console/components/DataTable.vue';
import { useConfirm } from '@/console/composables/useConfirm';
import { CONSOLE, type Console } from '@/console/composables/useConsole';
import TenantsPage from '@/console/pages/TenantsPage.vue';

const tenant = { name: 'shop', sdkAppId: 1400000001, hasSdkSecret: true, rtc: 'trtc', rtcChosen: true, plain: false, language: 'zh', hosts: [], quotaUsers: 0, quotaRooms: 0, quotaMembers: 0 };

/** What is sent when a tenant is changed, and this is written beside what the dialog has of it. */
async function sent(written: Record<string, string>): Promise<unknown> {
  const calls: unknown[] = [];
  const api = {
    page: () => Promise.resolve({ rows: [tenant], nextCursor: '' }),
    call: (_: string, params: unknown) => {
      calls.push(params);
      return Promise.resolve({});
    },
  };
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: TenantsPage }] });
  const page = mount(TenantsPage, { global: { plugins: [router], provide: { [CONSOLE as symbol]: { api, may: () => true } as unknown as Console } } });
  await flushPromises();
  page.getComponent(DataTable as Component).vm.$emit('open', tenant);
  await flushPromises();
  const question = useConfirm().asked.value;
  const values = Object.fromEntries((question?.fields ?? []).map(({ name, value = '' }) => [name, value]));
  question?.answer({ why: '', values: { ...values, ...written } });
  await flushPromises();
  page.unmount();
  return calls[0];
}

it('a secret that is not written anew stays as it is, and the application of ten digits too', async () => {
  const kept = await sent({});
  expect(kept).toMatchObject({ name: 'shop', sdkAppId: 1400000001 });
  expect(kept).not.toHaveProperty('sdkSecret');
  expect(await sent({ sdkSecret: 'new' })).toMatchObject({ sdkSecret: 'new' });
});
