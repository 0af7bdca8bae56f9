import { flushPromises } from '@vue/test-utils';
import { expect, it } from 'vitest';
import { h } from 'vue';

import { room as info } from '../../clients/js/tests/samples';
import BattleDialog from '../src/components/BattleDialog.vue';
import { useBattle } from '../src/composables/useBattle';
import { useToasts } from '../src/composables/useToasts';
import { inRoom, ROOM } from './inroom';

const CANDIDATES = [info({ roomId: '2', title: 'Lena’s show' }), info({ roomId: '3', title: 'Noor’s show' })];
const guest = (roomId: string, name: string, side: number) => ({ roomId, userId: roomId, name, avatar: '', side, accepted: false });
const INVITED = {
  battleId: 'b1',
  roomId: ROOM,
  userId: '1',
  rooms: [guest(ROOM, 'Mara', 1), guest('2', 'Lena', 1), guest('3', 'Noor', 2)],
  duration: 60,
  expireUtc: '2026-01-01 20:00:30',
  expireIn: 30_000,
};

/** The host's dialog, with the switch to teams turned on. */
async function open(outcomes: Readonly<Record<string, string>> = {}) {
  const { mounted, connection } = await inRoom(
    {
      'connections/candidates': () => CANDIDATES,
      'battles/current': () => ({ invitations: [], matching: null }),
      'battles/invite': ({ roomIds }) => ({ rooms: (roomIds as string[]).map((roomId) => ({ roomId, result: outcomes[roomId] ?? 'invited' })) }),
    },
    (room) => {
      const battling = useBattle(room);
      return () => h(BattleDialog, { battling });
    },
  );
  await mounted.get('[data-testid=battle-teams]').trigger('click');
  await flushPromises();
  const put = (roomId: string, side: string) => mounted.get(`[data-room="${roomId}"] [data-testid=battle-team]`).setValue(side);
  const invite = mounted.get<HTMLButtonElement>('[data-testid=battle-invite-teams]');
  const tell = async (type: string, data: object) => {
    connection.tell({ type, data });
    await flushPromises();
  };
  return { mounted, connection, put, invite, tell };
}

it('teams are put together host by host, and invited once somebody is against this room', async () => {
  const { mounted, connection, put, invite } = await open();
  await put('2', '1');
  expect(invite.element.disabled).toBe(true);
  await put('3', '2');
  expect(mounted.get('[data-testid=battle-sides]').text()).toMatch(/Your team.*You.*Lena’s show.*Team 2.*Noor’s show/);
  await invite.trigger('click');
  await flushPromises();
  expect(connection.callsOf('battles/invite')).toEqual([{ roomId: ROOM, roomIds: ['2', '3'], sides: '1,2', duration: 300 }]);
});

it('who cannot be invited is named, and left out', async () => {
  const { mounted, put, invite } = await open({ '3': 'battling' });
  await put('2', '2');
  await put('3', '2');
  await invite.trigger('click');
  await flushPromises();
  expect(useToasts().toasts.value.at(-1)?.text).toBe('Noor’s show: This host is in a battle already.');
  expect(mounted.get('[data-testid=battle-sides]').text()).not.toContain('Noor');
});

it('an open invitation says who has answered what, and is gone when nobody is against this room any more', async () => {
  const { mounted, tell } = await open();
  await tell('battle.invited', INVITED);
  await tell('battle.answered', { battleId: 'b1', roomId: '2', result: 'accepted' });
  expect(mounted.get('[data-testid=battle-sides]').text()).toMatch(/Lena\s*accepted.*Noor\s*has not answered yet/);
  await tell('battle.answered', { battleId: 'b1', roomId: '3', result: 'refused' });
  expect(mounted.find('[data-testid=battle-cancel]').exists()).toBe(false);
  expect(useToasts().toasts.value.at(-1)?.text).toBe('Noor has declined the battle.');
});
