/** Everything that is known of a room and of this user in it. */

import type { Message, Seat, User } from '../types.js';
import type { RoomEnd } from './membership.js';
import { type Rank, rankOf } from './ranks.js';
import { seatOf } from './seats.js';
import type { RoomView } from './view.js';

/** This user in the room. */
export interface Me extends User {
  /** As others see it: `owner`, `anchor`, `moderator`, `speaker`, `audience`. */
  readonly role: string;
  /** What they may do: a host whom the owner has not appointed ranks as audience. */
  readonly rank: Rank;
  readonly seat: Seat | null;
  /** Until when they are muted, as far as that was heard; empty: not muted. */
  readonly mutedUntil: string;
}

export interface RoomState extends RoomView {
  /** The newest 300, oldest first. */
  readonly messages: readonly Message[];
  /** Likes of the broadcast, with one's own as soon as they are given. */
  readonly likes: number;
  /** The anchors whom the owner has appointed; known to hosts and moderators. */
  readonly appointed: ReadonlySet<string>;
  readonly me: Me;
  /** `reentering`: the place was lost in a cut, and is being taken again. */
  readonly status: 'inside' | 'reentering' | 'ended';
  /** Why the room is over for this user; null while it is not. */
  readonly end: RoomEnd | null;
}

/** Return this user as a state has them. */
export function meOf(
  user: User,
  role: string,
  { room, seats, muted, appointed }: Pick<RoomState, 'room' | 'seats' | 'muted' | 'appointed'>,
): Me {
  const { userId, name, avatar } = user;
  const rank = rankOf(role, { owns: room.ownBy === userId, appointed: appointed.has(userId) });
  const seat = seatOf(seats, userId) ?? null;
  return { userId, name, avatar, role, rank, seat, mutedUntil: muted.get(userId) ?? '' };
}
