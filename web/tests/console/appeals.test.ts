import { flushPromises, mount } from '@vue/test-utils';
import { expect, it } from 'vitest';
import { createMemoryHistory, createRouter } from 'vue-router';

import { Colleagues } from '@/console/colleagues';
import { useConfirm } from '@/console/composables/useConfirm';
import { CONSOLE, type Console } from '@/console/composables/useConsole';
import AppealsPage from '@/console/pages/AppealsPage.vue';

const statement = { statementId: 's1', measure: 'mute', state: 'appealed', userId: 'u1', roomId: 'r1', reasonId: 'spam', text: 'advertising', appeal: 'It was a quotation.', answer: '', reportId: 'p1', by: 'operator:1', decidedBy: '', decidedUtc: '', timeUtc: '', untilUtc: '', appealedUtc: '' };
const report = { reason: 'spam', reporterId: 'u2', reporterName: 'Bob', evidence: { room: null, user: null, messages: [{ messageId: 'm1', userId: 'u1', name: 'Ann', type: 'text', text: 'cheap followers', data: '', timeUtc: '', recalled: false, reported: true }] } };

async function opened(may: (permission: string) => boolean) {
  const calls: [string, unknown][] = [];
  const answers: Record<string, unknown> = { 'admin/list_reasons': [{ reasonId: 'spam', titleEn: 'advertising', titleZh: '广告' }], 'admin/get_report': report, 'operators/colleagues': [{ actor: 'operator:1', displayName: 'Mei' }] };
  const api = {
    page: () => Promise.resolve({ rows: [statement], nextCursor: '' }),
    call: (method: string, params: unknown) => {
      calls.push([method, params]);
      return Promise.resolve(answers[method] ?? {});
    },
  };
  const router = createRouter({ history: createMemoryHistory(), routes: ['appeals', 'user', 'room'].map((name) => ({ path: name === 'appeals' ? '/' : `/${name}/:${name}Id`, name, component: AppealsPage })) });
  await router.push('/?statement=s1');
  const page = mount(AppealsPage, { global: { plugins: [router], provide: { [CONSOLE as symbol]: { api, may, colleagues: new Colleagues(api as unknown as Console['api']) } as unknown as Console } } });
  await flushPromises();
  return { page, calls };
}

it('an appeal is read beside what it was about, and leaves the queue with its answer', async () => {
  const { page, calls } = await opened(() => true);
  expect(page.get('[data-testid=appeal]').text()).toContain('It was a quotation.');
  expect(page.get('[data-testid=appeal]').text()).toContain('Mei');
  expect(page.get('[data-testid=appeal] .reported').text()).toContain('cheap followers');
  await page.get('[data-testid=grant]').trigger('click');
  useConfirm().asked.value?.answer({ why: 'a quotation', values: { text: 'Sorry.' } });
  await flushPromises();
  expect(calls.at(-1)).toEqual(['admin/decide_appeal', { statementId: 's1', grant: true, text: 'Sorry.', why: 'a quotation' }]);
  expect(page.find('[data-row]').exists()).toBe(false);
  page.unmount();
});

it('an appeal is answered by those alone who handle reports', async () => {
  const { page } = await opened((permission) => permission === 'reports.view');
  expect(page.find('[data-testid=appeal]').exists()).toBe(true);
  expect(page.find('[data-testid=grant]').exists()).toBe(false);
  page.unmount();
});
