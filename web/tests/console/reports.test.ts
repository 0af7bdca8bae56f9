import { flushPromises, mount } from '@vue/test-utils';
import { expect, it } from 'vitest';
import type { Component } from 'vue';
import { createMemoryHistory, createRouter } from 'vue-router';

import DataTable from '@/console/components/DataTable.vue';
import { CONSOLE, type Console } from '@/console/composables/useConsole';
import { measureOf } from '@/console/composables/useReportActions';
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

it('a time is said only of what lasts, and a reason of what is done', () => {
  // The dialog has one also where the action is a warning, which was refused for it.
  const secondsOf = (action: string) => measureOf({ action, seconds: '86400' }).seconds;
  expect(measureOf({ action: 'dismiss', reasonId: 'spam', text: 'no' })).toMatchObject({ reasonId: '', text: '' });
  expect(['warn', 'kick', 'close', 'dismiss'].map(secondsOf)).toEqual([0, 0, 0, 0]);
  expect(['mute', 'ban', 'banAll'].map(secondsOf)).toEqual([86_400, 86_400, 86_400]);
});
