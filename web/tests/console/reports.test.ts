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

it('a report that is not in the list is opened by its address, acted on, and closed with its outcome', async () => {
  const report = { reportId: 'r9', reason: 'rude', state: 'open', targetId: 'u1', roomId: '', reporterId: 'u2', words: '', text: 'he shouts', timeUtc: '', outcome: '', handledBy: '', measure: '', claimedBy: '', claimedByMe: false, othersOpen: 2, evidence: null };
  const asked: unknown[] = [];
  const api = {
    page: () => Promise.resolve({ rows: [], nextCursor: '' }),
    call: (method: string, params: unknown) => {
      asked.push([method, params]);
      return Promise.resolve(method === 'admin/resolve_reports' ? [{ reportId: 'r9', outcome: 'done' }] : report);
    },
  };
  const routes = [{ path: '/', component: ReportsPage }, { path: '/users/:userId', name: 'user', component: ReportsPage }];
  const router = createRouter({ history: createMemoryHistory(), routes });
  await router.push('/?report=r9');
  const page = mount(ReportsPage, { global: { plugins: [router], provide: { [CONSOLE as symbol]: { api, may: () => true } as unknown as Console } } });
  await flushPromises();
  const card = page.get('[data-testid=report]');
  expect([card.text().includes('rude'), card.text().includes('he shouts')]).toEqual([true, true]);
  expect(card.find('a[href="/users/u1?tab=reports"]').exists()).toBe(true);
  await card.findAll('button').find((one) => one.text() === 'Dismiss')?.trigger('click');
  await flushPromises();
  expect(asked.map((one) => (one as [string])[0])).toEqual(['admin/get_report', 'admin/resolve_reports']);
  expect([page.find('[data-testid=report]').exists(), router.currentRoute.value.fullPath]).toEqual([false, '/']);
  page.unmount();
});

it('a time is said only of what lasts, and a reason of what is done', () => {
  // The dialog has one also where the action is a warning, which was refused for it.
  const secondsOf = (action: string) => measureOf({ action, seconds: '86400' }).seconds;
  expect(measureOf({ action: 'dismiss', reasonId: 'spam', text: 'no' })).toMatchObject({ reasonId: '', text: '' });
  expect(['warn', 'kick', 'close', 'dismiss'].map(secondsOf)).toEqual([0, 0, 0, 0]);
  expect(['mute', 'ban', 'banAll'].map(secondsOf)).toEqual([86_400, 86_400, 86_400]);
});
