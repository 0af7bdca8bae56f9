/** Teams of a battle: who is wanted in which, and what those who are invited have answered. */

import { type BattleInvitation, type InvitedRoom, sidesOf } from '@liveroom/client';

type Answer = 'accepted' | 'refused' | 'cancelled' | 'expired';

/** The team of the room itself. */
export const OWN_SIDE = 1;
/** So many rooms can be invited, and so many teams there can be. */
const INVITED_MAX = 8;
const SIDES_MAX = 9;

/** Which team each room is wanted in. */
export type Wanted = ReadonlyMap<string, number>;

/** An open invitation, with the answers that have come. */
export type Invited = BattleInvitation & { readonly answers: ReadonlyMap<string, Answer> };

/** Return the teams that a room can be put into: one's own, the others that there are, and one more. */
export function offeredSides(wanted: Wanted): readonly number[] {
  const last = Math.min(SIDES_MAX, Math.max(OWN_SIDE, ...wanted.values()) + 1);
  return Array.from({ length: last }, (_, index) => index + 1);
}

/** Return who is wanted where after a room is put into a team (0: into none); null: there are too many. */
export function wantedAfter(wanted: Wanted, roomId: string, side: number): Wanted | null {
  const others = [...wanted].filter(([id]) => id !== roomId);
  if (side === 0) return new Map(others);
  return others.length < INVITED_MAX ? new Map([...others, [roomId, side]]) : null;
}

/** Say whether there would be a battle: somebody stands against this room. */
export function hasOpponent(wanted: Wanted): boolean {
  return [...wanted.values()].some((side) => side !== OWN_SIDE);
}

/** Return who else has said yes to an invitation already. */
export function answersIn({ roomId, rooms }: BattleInvitation): ReadonlyMap<string, Answer> {
  return new Map(rooms.filter((one) => one.accepted && one.roomId !== roomId).map((one) => [one.roomId, 'accepted']));
}

/** Return an invitation after somebody has answered; null: it is closed. */
export function invitedAfter<Some extends Invited>(known: Some, roomId: string, answer: Answer): Some | null {
  if (answer === 'cancelled' || answer === 'expired') return null;
  const answers = new Map([...known.answers, [roomId, answer] as const]);
  const left = known.rooms.filter((one) => answers.get(one.roomId) !== 'refused');
  const waits = left.some((one) => one.roomId !== known.roomId && !answers.has(one.roomId));
  return waits && new Set(left.map(({ side }) => side)).size > 1 ? { ...known, answers } : null;
}

/** Return the rooms of an invitation by their teams, that of a room first. */
export function teamsOf({ rooms }: Pick<BattleInvitation, 'rooms'>, roomId: string): readonly { readonly side: number; readonly rooms: readonly InvitedRoom[] }[] {
  return sidesOf({ rooms: rooms.map((one) => ({ ...one, score: 0, likes: 0 })) }, roomId);
}
