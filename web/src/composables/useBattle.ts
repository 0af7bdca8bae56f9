/** The room's battle: how long it goes on, and for the owner who invites whom. */

import type { Battle, BattleInvitation, BattleOutcome } from '@liveroom/client';
import { computed, onMounted, onScopeDispose, ref, watch } from 'vue';

import { useTexts } from '../i18n/texts';
import type { Ask } from '../rooms/asks';
import { battleOutcomeText } from '../rooms/battles';
import { useAct } from './useAct';
import { useOpenRequests, type Waiting } from './useOpenRequests';
import type { InRoom } from './useRoom';
import { useToasts } from './useToasts';
import { useUserEvents } from './useUserEvents';

type Invitation = BattleInvitation & Waiting;

const TICK_MS = 200;

/** Invitations between this room and others that wait for an answer, and this room's wait for an opponent. */
function useInvitations({ scene, rank, calls }: InRoom) {
  const { t } = useTexts();
  const { toast } = useToasts();
  const { all, add, drop, dropAll, secondsOf } = useOpenRequests<Invitation>();
  const matching = useOpenRequests();
  const owns = computed(() => rank.value === 'owner');
  const battle = computed<Battle | null>(() => scene.value.battle);
  const { roomId, battles } = calls;

  function note(invitation: BattleInvitation): void {
    const isOurs = invitation.rooms.some((one) => one.roomId === roomId);
    if (isOurs) add(invitation.battleId, { ...invitation, until: performance.now() + invitation.expireIn });
  }

  useUserEvents({
    'battle.invited': ({ data }) => {
      note(data);
    },
    'battle.answered': ({ data: { battleId, result } }) => {
      // Of several who are invited others may still answer.
      const known = all.value.find((one) => one.battleId === battleId);
      if (!known || (result === 'accepted' && known.rooms.length > 2)) return;
      drop(battleId);
      if (known.roomId === roomId && (result === 'refused' || result === 'expired')) toast(t(`battle.${result}`));
    },
  });
  watch(
    () => battle.value?.battleId,
    (now) => {
      if (now === undefined) return;
      dropAll(() => true);
      matching.dropAll(() => true);
    },
  );
  onMounted(async () => {
    if (!owns.value) return;
    const now = await battles.current().catch(() => null);
    for (const one of now?.invitations ?? []) note(one);
    if (now?.matching) wait(now.matching.expireUtc);
  });

  function wait(expireUtc: string): void {
    matching.add(roomId, { until: performance.now() + calls.leftUntil(Date.parse(`${expireUtc.replace(' ', 'T')}Z`)) });
  }
  return { all, drop, secondsOf, matching, owns, battle, wait };
}

export function useBattle(room: InRoom) {
  const { calls, scene } = room;
  const { t, unnamed } = useTexts();
  const { toast } = useToasts();
  const act = useAct();
  const { all, drop, secondsOf, matching, owns, battle, wait } = useInvitations(room);
  const { roomId, battles } = calls;

  function asked(one: Invitation): Ask {
    const host = one.rooms.find((room) => room.roomId === one.roomId);
    const name = host?.name ?? '';
    return {
      kind: 'battle',
      key: one.battleId,
      userId: one.userId,
      name,
      avatar: host?.avatar ?? '',
      text: t('battle.asks', { name: name || unnamed(one.userId), length: lengthText(one.duration) }),
      seconds: secondsOf(one),
      yes: t('ask.accept'),
      agree: () => answer(one, () => battles.accept(one.battleId)),
      refuse: () => answer(one, () => battles.refuse(one.battleId)),
    };
  }

  /** Whoever has answered is asked no longer. */
  async function answer({ battleId }: Invitation, how: () => Promise<unknown>): Promise<boolean> {
    const done = await act(how);
    if (done) drop(battleId);
    return done;
  }

  const lengthText = (seconds: number) => (seconds < 60 ? t('battle.seconds', { count: seconds }) : t('battle.minutes', { count: Math.round(seconds / 60) }));
  return {
    battle,
    owns,
    left: useLeft(battle, () => calls.battleLeft()),
    lengthText,
    secondsOf,
    asks: computed(() => (owns.value ? all.value.filter((one) => one.roomId !== roomId).map(asked) : [])),
    /** This room's own invitation, by the rooms that are invited. */
    outgoing: computed(() => {
      const own = all.value.filter((one) => one.roomId === roomId);
      return new Map(own.flatMap((one) => one.rooms.filter((room) => room.roomId !== roomId).map((room) => [room.roomId, one] as const)));
    }),
    /** Seconds for which the room still waits for another; null: it does not. */
    waits: computed(() => (matching.all.value[0] ? matching.secondsOf(matching.all.value[0]) : null)),
    async invite(other: string, duration: number): Promise<void> {
      let invited: BattleOutcome | undefined;
      await act(async () => (invited = await battles.invite([other], { duration })));
      const key = battleOutcomeText(invited?.rooms[0]?.result);
      if (key) toast(t(key), 'problem');
    },
    /** Rooms that this one is connected with. */
    near: computed(() => (scene.value.connection?.rooms ?? []).map((one) => one.roomId).filter((id) => id !== roomId)),
    /** A battle may begin without asking, as far as this room decides it. */
    open: computed(() => scene.value.options.openBattles),
    start: (others: readonly string[], duration: number) => act(() => battles.start(others, { duration })),
    match: () =>
      act(async () => {
        const { battle: begun, expireUtc } = await battles.match();
        if (begun === null) wait(expireUtc);
      }),
    async cancel(): Promise<void> {
      if (await act(() => battles.cancel())) matching.dropAll(() => true);
    },
    giveUp: () => act(() => battles.end()),
  };
}

export type Battling = ReturnType<typeof useBattle>;

/** Count down while there is a battle. */
function useLeft(battle: Readonly<{ value: Battle | null }>, look: () => number) {
  const left = ref(0);
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = () => (left.value = look());
  watch(
    () => battle.value !== null,
    (runs) => {
      clearInterval(timer);
      tick();
      if (runs) timer = setInterval(tick, TICK_MS);
    },
    { immediate: true },
  );
  watch(() => battle.value?.state, tick);
  onScopeDispose(() => {
    clearInterval(timer);
  });
  return left;
}
