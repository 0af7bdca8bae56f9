import { flushPromises, mount } from '@vue/test-utils';
import { expect, it } from 'vitest';
import { createMemoryHistory, createRouter } from 'vue-router';

import RoomMessages from '@/console/components/RoomMessages.vue';
import { useConfirm } from '@/console/composables/useConfirm';
import { CONSOLE, type Console } from '@/console/composables/useConsole';

const said = (messageId: string, more: object) => ({ messageId, userId: 'u1', name: 'Ann', role: 'audience', type: 'text', text: 'hello', data: null, time: '2026-01-01T10:00:00.000Z', recalled: false, recalledBy: '', ...more });
const rows = [said('3', { userId: '', name: '' }), said('2', { text: '', data: { rose: 1 } }), said('1', { recalled: true, text: '', recalledBy: 'u9' })];

async function shown(may: (permission: string) => boolean) {
  const calls: [string, unknown][] = [];
  const api = {
    page: () => Promise.resolve({ rows, nextCursor: '' }),
    call: (method: string, params: unknown) => {
      calls.push([method, params]);
      return Promise.resolve({});
    },
  };
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: RoomMessages }, { path: '/users/:userId', name: 'user', component: RoomMessages }] });
  const props = { roomId: 'r1', live: true, heard: '' };
  const page = mount(RoomMessages, { props, global: { plugins: [router], provide: { [CONSOLE as symbol]: { api, may } as unknown as Console } } });
  await flushPromises();
  return { page, calls };
}

it('a message is recalled from the list, unless that has been done', async () => {
  const { page, calls } = await shown(() => true);
  const [house, custom, gone] = page.findAll('[data-row]');
  expect(house?.text()).toContain('the house');
  expect(custom?.text()).toContain('{"rose":1}');
  expect(gone?.text()).toContain('recalled by u9');
  expect(gone?.find('button').exists()).toBe(false);
  await custom?.get('button').trigger('click');
  useConfirm().asked.value?.answer({ why: 'rude', values: {} });
  await flushPromises();
  expect(calls).toEqual([['admin/recall_message', { roomId: 'r1', messageId: '2', why: 'rude' }]]);
  page.unmount();
});

it('the house says something where the operator may, and nobody else recalls', async () => {
  const { page, calls } = await shown((permission) => permission === 'messages.send');
  expect(page.findAll('[data-row] button')).toEqual([]);
  await page.get('[name=say-message]').setValue(' Good evening ');
  await page.get('form').trigger('submit');
  await flushPromises();
  expect(calls).toEqual([['admin/send_message', { roomId: 'r1', text: 'Good evening' }]]);
  page.unmount();
});
