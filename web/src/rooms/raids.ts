/** Raids as the page shows them. */

import type { RoomEventOf, ShownActivity } from '@liveroom/client';

export interface Raid {
  readonly id: string;
  /** `asked`: the other room has not answered. */
  readonly phase: 'asked' | 'going';
  /** The other room. */
  readonly roomId: string;
  readonly userId: string;
  readonly name: string;
  readonly title: string;
  /** Until when it may be answered, or when people go: milliseconds since 1970 of the service's clock. */
  readonly endsAt: number;
}

export type RaidEnd = 'gone' | 'refused' | 'unanswered' | 'off';

/** The raid that runs in a room, if one does. */
export function raidOf(activities: readonly ShownActivity[]): Raid | null {
  const one = activities.find(({ type }) => type === 'raid');
  if (!one) return null;
  const { phase, roomId, userId, name, title } = one.state as Record<string, string>;
  return {
    id: one.activityId,
    phase: phase === 'going' ? 'going' : 'asked',
    roomId: roomId ?? '',
    userId: userId ?? '',
    name: name ?? '',
    title: title ?? '',
    endsAt: Date.parse(one.endAt ?? ''),
  };
}

/** What came of a raid; null: it was something else that ended. */
export function raidEnd({ type, reason, result }: RoomEventOf<'activity.ended'>['data']): RaidEnd | null {
  if (type !== 'raid') return null;
  if (reason === 'ended' || reason === 'closed') return 'off';
  const { phase } = result as Record<string, unknown>;
  return phase === 'gone' || phase === 'refused' ? phase : 'unanswered';
}
