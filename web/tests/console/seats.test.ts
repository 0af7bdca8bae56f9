import { flushPromises, mount } from '@vue/test-utils';
import { expect, it } from 'vitest';

import RoomSeats from '@/console/components/RoomSeats.vue';
import { useConfirm } from '@/console/composables/useConfirm';
import { CONSOLE, type Console } from '@/console/composables/useConsole';

const options = { access: 'public', seatMode: 'apply', seats: 8, slowMode: 0, muted: false, followersChat: false, followersSeats: true };
const seat = { seat: 1, userId: '', name: '', avatar: '', locked: true, audioMuted: false, videoMuted: false, audioOff: false, videoOff: false };

it('of the options only those are sent that are other than before', async () => {
  const calls: [string, unknown][] = [];
  const api = {
    call: (method: string, params: unknown) => {
      calls.push([method, params]);
      return Promise.resolve(method === 'admin/room_seats' ? { mode: 'apply', seats: [seat] } : options);
    },
  };
  const provide = { [CONSOLE as symbol]: { api, may: () => true } as unknown as Console };
  const shown = mount(RoomSeats, { props: { roomId: '7' }, global: { provide, stubs: { RouterLink: true } } });
  await flushPromises();
  expect(shown.text()).toContain('locked');
  await shown.get('[data-testid=options]').trigger('click');
  await flushPromises();
  const question = useConfirm().asked.value;
  const values = Object.fromEntries((question?.fields ?? []).map(({ name, value = '' }) => [name, value]));
  question?.answer({ why: 'calm', values: { ...values, seats: '4', muted: 'true', followersChat: 'true' } });
  await flushPromises();
  expect(calls.filter(([method]) => method === 'admin/update_options').at(-1)).toEqual(['admin/update_options', { roomId: '7', why: 'calm', seats: 4, muted: true, followersChat: true }]);
  shown.unmount();
});
