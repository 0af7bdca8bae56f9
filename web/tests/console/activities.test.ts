import { flushPromises, mount } from '@vue/test-utils';
import { expect, it } from 'vitest';

import RoomActivities from '@/console/components/RoomActivities.vue';
import { useConfirm } from '@/console/composables/useConfirm';
import { CONSOLE, type Console } from '@/console/composables/useConsole';

const one = (activityId: string, more: object) => ({ activityId, type: 'poll', userId: 'u', startAt: '2026-12-01T20:00:00.000Z', votes: 3, ...more });
const RUNS = one('a', { state: { question: 'Which song?' } });
const OVER = one('b', { type: 'prediction', reason: 'timeOver', result: { question: 'Who wins?' } });
const GOAL = one('d', { type: 'goal', votes: 70, reason: 'finished', result: { title: 'One more song', count: 70 } });
const OTHER = one('c', { type: 'guess.number', reason: 'withdrawn', result: {} });

function show(rows: readonly object[], mayEnd = true) {
  const calls: [string, unknown][] = [];
  const api = {
    page: () => Promise.resolve({ rows, nextCursor: '' }),
    call: (method: string, params: unknown) => {
      calls.push([method, params]);
      return Promise.resolve({});
    },
  };
  const provide = { [CONSOLE as symbol]: { api, may: () => mayEnd } as unknown as Console };
  const stubs = { RouterLink: { template: '<a><slot /></a>' } };
  return { calls, shown: mount(RoomActivities, { props: { roomId: '7', heard: '' }, global: { provide, stubs } }) };
}

it('shows what a room does together, and ends it', async () => {
  const { calls, shown } = show([RUNS, OVER, GOAL, OTHER]);
  await flushPromises();
  for (const text of ['Goal', 'One more song', '70', 'Which song?', 'Who wins?', 'its time was over', 'running', 'guess.number']) expect(shown.text()).toContain(text);
  expect(shown.findAll('[data-testid=end-activity]')).toHaveLength(1);
  await shown.get('[data-testid=end-activity]').trigger('click');
  await flushPromises();
  useConfirm().asked.value?.answer({ why: 'adverts', values: {} });
  await flushPromises();
  expect(calls).toContainEqual(['admin/end_activity', { activityId: 'a', why: 'adverts' }]);
  shown.unmount();
});

it('has no button for whoever may not end anything', async () => {
  const { shown } = show([RUNS], false);
  await flushPromises();
  expect(shown.find('[data-testid=end-activity]').exists()).toBe(false);
  shown.unmount();
});
