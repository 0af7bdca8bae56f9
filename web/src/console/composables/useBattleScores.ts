/** The scores of the battle that a watched room is in, as they change. */
import type { BattleState, RoomEvent } from '@liveroom/client';
import { type Ref, shallowRef } from 'vue';

import { useChannel } from './useChannel';

export interface Scored {
  readonly score: number;
  readonly likes: number;
}

/** By battle and room, as `battleId roomId`. */
export type Scores = ReadonlyMap<string, Scored>;
type Counted = Pick<BattleState, 'battleId'> & { readonly rooms: readonly (Scored & { readonly roomId: string })[] };

export function useBattleScores(channel: Ref<string>): Ref<Scores> {
  const scores = shallowRef<Scores>(new Map());
  const take = (battle: Counted | null | undefined) => {
    if (battle) scores.value = new Map(battle.rooms.map((one) => [`${battle.battleId} ${one.roomId}`, one]));
  };
  useChannel(channel, {
    state: (state) => { take((state as { battle?: BattleState | null }).battle); },
    news: (news) => {
      for (const event of (news as { events: RoomEvent[] }).events) {
        if (event.type === 'battle.score') take(event.data);
        else if (event.type === 'battle.started' || event.type === 'battle.changed') take(event.data.battle);
      }
    },
  });
  return scores;
}
