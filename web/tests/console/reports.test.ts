import { flushPromises, mount } from '@vue/test-utils';
import { expect, it } from 'vitest';
import type { Component } from 'vue';
import { createMemoryHistory, createRouter } from 'vue-router';

import DataTable from '@/console/components/DataTable.vue';
import { CONSOLE, type Console } from '@/console/composables/useConsole';
import ReportsPage from '@/console/pages/ReportsPage.vue';

it('reports that are marked are so until others are shown', async () => {
  const rows = [{ reportId: 'r1', reason: 'spam', targetId: '', roomId: '', words: '', text: '', timeUtc: '', outcome: '' }];
  const api = { page: () => Promise.resolve({ rows, nextCursor: '' }) };
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: ReportsPage }] });
  const provide = { [CONSOLE as symbol]: { api, may: () => true } as unknown as Console };
  await router.push('/');
  const page = mount(ReportsPage, { global: { plugins: [router], provide } });
  await flushPromises();
  const table = page.getComponent(DataTable as Component);
  const marked = () => (table.props() as { marked: ReadonlySet<string> }).marked.size;
  table.vm.$emit('update:marked', new Set(['r1']));
  await flushPromises();
  expect([marked(), page.findAll('.n-button--primary-type').length]).toEqual([1, 1]);
  await router.replace('/?state=resolved');
  await flushPromises();
  expect([marked(), page.findAll('.n-button--primary-type').length]).toEqual([0, 0]);
  page.unmount();
});
