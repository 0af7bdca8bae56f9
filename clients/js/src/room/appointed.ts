/** Whom the room's owner has appointed anchors: other hosts have no authority over anybody. */

import type { Appointed, RoomEvent } from '../types.js';

/** Those whose rank depends on it, or who deal with such people; nobody else asks. */
const CONCERNED: ReadonlySet<string> = new Set(['owner', 'anchor', 'moderator']);

export function isConcerned(role: string): boolean {
  return CONCERNED.has(role);
}

export function appointedAmong(holders: readonly Appointed[]): ReadonlySet<string> {
  return new Set(holders.filter((one) => one.role === 'anchor').map(({ userId }) => userId));
}

export function appointedAfter(appointed: ReadonlySet<string>, events: readonly RoomEvent[]): ReadonlySet<string> {
  const changes = events.flatMap((event) => (event.type === 'member.standing_changed' ? [event.data] : []));
  if (changes.length === 0) return appointed;
  const next = new Set(appointed);
  for (const { userId, role } of changes) {
    if (role === 'anchor') next.add(userId);
    else next.delete(userId);
  }
  return next;
}
