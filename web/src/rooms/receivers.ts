/** Who of those on stage can be given something. */

import { publishersOf, type RoomState } from '@liveroom/client';

/** One gift goes to at most so many. */
export const RECEIVERS_MAX = 9;

/** Return whom a user can give something: the owner first, then whoever else is on stage. */
export function receiversOf(scene: Pick<RoomState, 'members' | 'seats' | 'room'>, userId: string): string[] {
  const { ownBy } = scene.room;
  return [...new Set([ownBy, ...publishersOf(scene)])].filter((one) => one !== userId && one !== '');
}

/** Return the chosen with one more, or one less; null: they would be too many. */
export function chosenAfter(chosen: readonly string[], userId: string): readonly string[] | null {
  const others = chosen.filter((one) => one !== userId);
  if (others.length < chosen.length) return others;
  return others.length < RECEIVERS_MAX ? [...others, userId] : null;
}

/** Return those of the chosen who are still there; the first, if none is. */
export function stillThere(chosen: readonly string[], receivers: readonly string[]): string[] {
  const there = chosen.filter((one) => receivers.includes(one));
  return there.length > 0 ? there : receivers.slice(0, 1);
}
