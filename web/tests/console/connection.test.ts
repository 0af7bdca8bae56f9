import { RefusedError } from '@liveroom/client';
import { flushPromises, mount } from '@vue/test-utils';
import { expect, it } from 'vitest';

import RoomConnection from '@/console/components/RoomConnection.vue';
import { useConfirm } from '@/console/composables/useConfirm';
import { CONSOLE, type Console } from '@/console/composables/useConsole';

const host = (roomId: string, name: string) => ({ roomId, userId: roomId, name, avatar: '' });

function show(connection: object | null, mayEnd = true) {
  const calls: [string, unknown][] = [];
  const api = {
    call: (method: string, params: unknown) => {
      calls.push([method, params]);
      const gone = connection === null || (method === 'admin/room_connection' && calls.some(([one]) => one === 'admin/end_connection'));
      return gone ? Promise.reject(new RefusedError(3042, 'NotConnected', 'not connected')) : Promise.resolve(connection);
    },
  };
  const provide = { [CONSOLE as symbol]: { api, may: () => mayEnd } as unknown as Console };
  const stubs = { RouterLink: { template: '<a><slot /></a>' } };
  return { calls, shown: mount(RoomConnection, { props: { roomId: '7', heard: '' }, global: { provide, stubs } }) };
}

const connection = { connectionId: 'c', version: 1, startUtc: '', rooms: [host('7', 'Ann'), host('8', 'Bob'), host('9', 'Cat')] };

it('the page of a room shows with whom it is connected, and ends that', async () => {
  const { calls, shown } = show(connection);
  await flushPromises();
  expect(shown.text()).toContain('Bob');
  expect(shown.text()).toContain('Cat');
  expect(shown.text()).not.toContain('Ann');
  await shown.get('[data-testid=end-connection]').trigger('click');
  await flushPromises();
  useConfirm().asked.value?.answer({ why: 'adverts', values: {} });
  await flushPromises();
  expect(calls).toContainEqual(['admin/end_connection', { roomId: '7', why: 'adverts' }]);
  expect(shown.find('[data-testid=connection]').exists()).toBe(false);
  shown.unmount();
});

it('of a room that is not connected nothing is shown, and no button to whoever may not end it', async () => {
  const alone = show(null);
  await flushPromises();
  expect(alone.shown.find('[data-testid=connection]').exists()).toBe(false);
  const watched = show(connection, false);
  await flushPromises();
  expect(watched.shown.find('[data-testid=end-connection]').exists()).toBe(false);
  alone.shown.unmount();
  watched.shown.unmount();
});
