/** What a user is told when an application for a seat, or an invitation to one, is answered. */

import type { SeatAnswer } from '@liveroom/client';

import type { TextKey } from '../i18n/en';

/** Return what a user is to be told of an answer that they have waited for; nothing of what they have done themselves. */
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
