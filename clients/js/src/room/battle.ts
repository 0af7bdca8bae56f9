/** The battle that a room is in: the sides, their scores, and when it ends by the service's clock. */

import type { BattleScore, BattleState } from '../types.js';

export interface Battle extends Omit<BattleState, 'endIn' | 'closeIn'> {
  /** When it ends, in milliseconds since 1970 of the service's clock: `room.battleLeft()` counts down to it. */
  readonly endsAt: number;
  /** When its result is shown no longer; 0 while it runs. */
  readonly closesAt: number;
}

/** Return the battle of a state that was said at a time. */
export function battleFrom(state: BattleState | null | undefined, time: number): Battle | null {
  if (!state) return null;
  const { endIn, closeIn, ...battle } = state;
  return { ...battle, endsAt: time + endIn, closesAt: battle.state === 'result' ? time + closeIn : 0 };
}

/** Return the battle after it has changed. What is older than what is known changes nothing. */
export function battleAfter(known: Battle | null, state: BattleState | null, time: number): Battle | null {
  const next = battleFrom(state, time);
  if (next?.battleId !== known?.battleId || !next || !known) return next;
  if (next.version < known.version) return known;
  return next.state === 'running' ? battleScored(next, known) : next;
}

/** Return the battle with scores, unless it has newer ones; those of a result are final. */
export function battleScored<Some extends Battle | null>(battle: Some, scores: Omit<BattleScore, 'version'> & { scoreVersion: number }): Some {
  if (battle?.battleId !== scores.battleId || battle.state !== 'running' || scores.scoreVersion <= battle.scoreVersion) return battle;
  const told = new Map(scores.rooms.map((one) => [one.roomId, one]));
  const rooms = battle.rooms.map((one) => {
    const { score, likes } = told.get(one.roomId) ?? one;
    return { ...one, score, likes };
  });
  return { ...battle, rooms, scoreVersion: scores.scoreVersion };
}

interface Scored {
  readonly roomId: string;
  readonly side: number;
  readonly score: number;
  readonly likes: number;
}

/** A side of a battle: its rooms, and what they have together. */
export interface BattleSide<Room extends Scored = Battle['rooms'][number]> {
  readonly side: number;
  readonly rooms: readonly Room[];
  readonly score: number;
  readonly likes: number;
}

/** Return the sides: that of this room first, the others by number. Who has left stands with their side. */
export function sidesOf<Room extends Scored>({ rooms }: { readonly rooms: readonly Room[] }, roomId: string): readonly BattleSide<Room>[] {
  const own = rooms.find((one) => one.roomId === roomId)?.side;
  const numbers = [...new Set(rooms.map(({ side }) => side))].sort((a, b) => Number(b === own) - Number(a === own) || a - b);
  return numbers.map((side) => {
    const mates = rooms.filter((one) => one.side === side);
    const sum = (what: 'score' | 'likes') => mates.reduce((total, one) => total + one[what], 0);
    return { side, rooms: mates, score: sum('score'), likes: sum('likes') };
  });
}
