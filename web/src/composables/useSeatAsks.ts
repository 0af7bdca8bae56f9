/** Applications for seats and invitations to them, as questions that the user answers. */

import type { SeatRequest } from '@liveroom/client';
import { computed, type ComputedRef } from 'vue';

import { useTexts } from '../i18n/texts';
import type { Ask } from '../rooms/asks';
import { useAct } from './useAct';
import { useGate } from './useGate';
import { useRoom } from './useRoom';

export function useSeatAsks(requests: () => readonly SeatRequest[]): ComputedRef<Ask[]> {
  const { t } = useTexts();
  const { calls, nameOf } = useRoom();
  const act = useAct();
  const gate = useGate();
  const { approve, accept, refuse } = calls.seats;

  /** Whoever is still a stranger says who they are first. */
  async function agree({ kind, requestId }: SeatRequest): Promise<void> {
    if (await gate.allow()) await act(() => (kind === 'apply' ? approve : accept)(requestId));
  }

  function asked(one: SeatRequest): Ask {
    const { kind, requestId: key } = one;
    const answers = { agree: () => agree(one), refuse: () => act(() => refuse(key)) };
    if (kind === 'apply') {
      const { userId, name, avatar } = one;
      return { kind, key, userId, name, avatar, text: t('ask.apply', { name: name || nameOf(userId) }), yes: t('ask.approve'), ...answers };
    }
    const name = nameOf(one.by);
    return { kind, key, userId: one.by, name, avatar: '', text: t('ask.invite', { name }), yes: t('ask.join'), ...answers };
  }

  return computed(() => requests().map(asked));
}
