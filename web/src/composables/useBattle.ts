/** The room's battle: how long it goes on, and for the owner who invites whom. */

import type { Battle, BattleInvitation, BattleOptions, InvitedRoom } from '@liveroom/client';
import { computed, onMounted, onScopeDispose, ref, watch } from 'vue';

import { useTexts } from '../i18n/texts';
import type { Ask } from '../rooms/asks';
import { battleOutcomeText } from '../rooms/battles';
import { answersIn, type Invited, invitedAfter, teamsOf } from '../rooms/teams';
import { useAct } from './useAct';
import { readMoment } from './useMoments';
import { useOpenRequests, type Waiting } from './useOpenRequests';
import type { InRoom } from './useRoom';
import { useToasts } from './useToasts';
import { useUserEvents } from './useUserEvents';

type Invitation = Invited & Waiting;

const TICK_MS = 200;

/** Invitations between this room and others that wait for an answer, and this room's wait for an opponent. */
function useInvitations({ scene, rank, calls }: InRoom) {
  const { t, unnamed } = useTexts();
  const { toast } = useToasts();
  const { all, add, drop, dropAll, secondsOf } = useOpenRequests<Invitation>();
  const matching = useOpenRequests();
  const owns = computed(() => rank.value === 'owner');
  const battle = computed<Battle | null>(() => scene.value.battle);
  const { roomId, battles } = calls;

  function note(invitation: BattleInvitation): void {
    const isOurs = invitation.rooms.some((one) => one.roomId === roomId);
    if (isOurs) add(invitation.battleId, { ...invitation, answers: answersIn(invitation), until: performance.now() + invitation.expireIn });
  }

  useUserEvents({
    'battle.invited': ({ data }) => {
      note(data);
    },
    'battle.answered': ({ data: { battleId, roomId: by, result } }) => {
      const known = all.value.find((one) => one.battleId === battleId);
      if (!known) return;
      const next = invitedAfter(known, by, result);
      if (next) add(battleId, next);
      else drop(battleId);
      if (known.roomId !== roomId) return;
      if (result === 'expired') toast(t('battle.expired'));
      else if (result === 'refused') toast(refusedText(known, by));
    },
  });

  function refusedText({ rooms }: Invitation, by: string): string {
    const host = rooms.find((one) => one.roomId === by);
    return rooms.length > 2 && host ? t('battle.refused.by', { name: host.name || unnamed(host.userId) }) : t('battle.refused');
  }

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
    matching.add(roomId, { until: performance.now() + calls.leftUntil(readMoment(expireUtc)) });
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

  const namesOf = (rooms: readonly InvitedRoom[]) => rooms.map(({ userId, name }) => name || unnamed(userId)).join(' · ');

  /** Whoever is invited into a team reads who stands with them, and who against them. */
  function asked(one: Invitation): Ask {
    const host = one.rooms.find((room) => room.roomId === one.roomId);
    const name = host?.name ?? '';
    const asks = t('battle.asks', { name: name || unnamed(one.userId), length: lengthText(one.duration) });
    const [own = '', ...others] = teamsOf(one, roomId).map(({ rooms }) => namesOf(rooms));
    const sides = t('battle.versus', { one: own, other: others.join(', ') });
    return {
      kind: 'battle',
      key: one.battleId,
      userId: one.userId,
      name,
      avatar: host?.avatar ?? '',
      text: one.rooms.length > 2 ? t('battle.asks.team', { asks, sides }) : asks,
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

  /** Invite all of these rooms or none. Of each that cannot be invited it is said why, by its title where one is given; return these rooms. */
  async function invite(others: readonly string[], options: BattleOptions, titles: ReadonlyMap<string, string> = new Map()): Promise<readonly string[]> {
    const refused: string[] = [];
    await act(async () => {
      for (const one of (await battles.invite(others, options)).rooms) {
        const key = battleOutcomeText(one.result);
        if (!key) continue;
        refused.push(one.roomId);
        const title = titles.get(one.roomId);
        toast(title === undefined ? t(key) : t('battle.team.trouble', { name: title, text: t(key) }), 'problem');
      }
    });
    return refused;
  }

  const lengthText = (seconds: number) => (seconds < 60 ? t('battle.seconds', { count: seconds }) : t('battle.minutes', { count: Math.round(seconds / 60) }));
  return {
    battle,
    owns,
    left: useLeft(battle, () => calls.battleLeft()),
    lengthText,
    secondsOf,
    asks: computed(() => (owns.value ? all.value.filter((one) => one.roomId !== roomId && !one.answers.has(roomId)).map(asked) : [])),
    /** This room's own invitation, by the rooms that are invited. */
    outgoing: computed(() => {
      const own = all.value.filter((one) => one.roomId === roomId);
      return new Map(own.flatMap((one) => one.rooms.filter((room) => room.roomId !== roomId).map((room) => [room.roomId, one] as const)));
    }),
    /** Seconds for which the room still waits for another; null: it does not. */
    waits: computed(() => (matching.all.value[0] ? matching.secondsOf(matching.all.value[0]) : null)),
    /** This room's own invitation, if that is of teams. */
    team: computed(() => all.value.find((one) => one.roomId === roomId && one.rooms.length > 2) ?? null),
    invite,
    /** Rooms that this one is connected with. */
    near: computed(() => (scene.value.connection?.rooms ?? []).map((one) => one.roomId).filter((id) => id !== roomId)),
    /** A battle may begin without asking, as far as this room decides it. */
    open: computed(() => scene.value.options.openBattles),
    start: (others: readonly string[], options: BattleOptions) => act(() => battles.start(others, options)),
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
