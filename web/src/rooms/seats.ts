/** The seats around a room's stage, as its channel tells them (docs/interactive.md, "Seats"). */

import type { SeatAnswer, SeatRequest, Seats } from '../api/show';
import type { ShowEvent } from '../api/types';
import type { TextKey } from '../i18n/en';

export function seatsAfter(seats: Seats, event: ShowEvent): Seats {
  switch (event.type) {
    case 'seats.changed':
      return { ...seats, mode: event.data.mode, seats: event.data.seats };
    case 'seats.requested':
      return { ...seats, requests: [...without(seats.requests, event.data.requestId), event.data] };
    case 'seats.answered':
      return { ...seats, requests: without(seats.requests, event.data.requestId) };
    default:
      return seats;
  }
}

/** What a user is to be told of an answer that they have waited for; nothing of what they have done themselves. */
export function answerText(
  { kind, userId, outcome, reason, by }: SeatAnswer,
  me: string,
  /** They have invited them. */
  invited: boolean,
): { key: TextKey; userId: string; reason: string } | null {
  if (by === me || (outcome !== 'refused' && outcome !== 'expired')) return null;
  const about = { userId, reason };
  if (kind === 'invite') return invited ? { key: `seats.answer.invite.${outcome}`, ...about } : null;
  if (userId !== me) return null;
  return { key: outcome === 'refused' && reason ? 'seats.answer.refused.why' : `seats.answer.${outcome}`, ...about };
}

function without(requests: readonly SeatRequest[], id: string): SeatRequest[] {
  return requests.filter(({ requestId }) => requestId !== id);
}
