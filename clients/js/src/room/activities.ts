/** Activities of a room, such as polls: `room.state.activities` has those that run. */

import type { Activity, ActivityBallot, ActivityPoints, ActivityVote, DataEvent, OwnActivity, ShownActivity } from '../types.js';
import type { AnyCall, RoomCall } from './calls.js';
import { repeated } from './repeating.js';

export interface PollOptions {
  /** How many options one member may choose; one by default. */
  readonly most?: number;
  /** Nobody is told who has voted what; so by default. */
  readonly anonymous?: boolean;
  /** Everybody sees the counts while it runs; so by default. */
  readonly live?: boolean;
  /** Seconds, 5 to 86,400; by default until somebody ends it. */
  readonly lasts?: number;
}

export interface PredictionOptions {
  /** Seconds until nobody may choose any more; by default until somebody locks it. */
  readonly lasts?: number;
  /** What everybody gets who was right; ten by default. */
  readonly points?: number;
}

/** What a goal counts: `viewers` are people at once, `gift` pieces of one gift. */
export type GoalMeasure = 'likes' | 'viewers' | 'followers' | 'newFollowers' | 'coins' | 'gift';

export interface GoalOptions {
  /** What happens when it is reached, or what it is for. */
  readonly title?: string;
  /** Of the measure `gift`. */
  readonly giftId?: string;
  /** What the broadcast had before counts too; by default likes, gifts and new followers count from now on. */
  readonly whole?: boolean;
  /** Seconds, 5 to 86,400; by default until it is reached or ended. */
  readonly lasts?: number;
}

export class RoomActivities {
  constructor(
    private readonly inRoom: RoomCall,
    private readonly call: AnyCall,
  ) {}

  /** Start a poll, as a host or moderator. Throws `RefusedError`: 3131 where one runs already. */
  readonly startPoll = (question: string, options: readonly string[], more: PollOptions = {}): Promise<Activity> =>
    this.inRoom('activities/start_poll', { question, options: [...options], ...more });

  /** Start a prediction, as a host or moderator. */
  readonly startPrediction = (question: string, options: readonly string[], more: PredictionOptions = {}): Promise<Activity> =>
    this.inRoom('activities/start_prediction', { question, options: [...options], ...more });

  /**
   * Set a goal, as a host or moderator: ascending targets, the last of which ends it. How far it is, is `tally.votes`.
   *
   * Celebrate on `goal.reached`, which comes once for each target. Throws `RefusedError`: 3133 for one that is reached.
   */
  readonly startGoal = (measure: GoalMeasure, targets: readonly number[], more: GoalOptions = {}): Promise<Activity> =>
    this.inRoom('activities/start_goal', { measure, targets: targets.map(String), ...more });

  /** Ask another live room whether the audience may come; the owner only. It goes after so many seconds, 30 by default. */
  readonly startRaid = (targetRoomId: string, countdown?: number): Promise<Activity> =>
    this.inRoom('activities/start_raid', countdown === undefined ? { targetRoomId } : { targetRoomId, countdown });

  /** Answer `raid.requested`, which another room's owner has sent. */
  readonly answerRaid = (activityId: string, accepted: boolean): Promise<Activity> =>
    this.call('activities/answer_raid', { activityId, accepted });

  /**
   * Vote; the first ballot counts, once. A call that breaks off is repeated.
   *
   * Throws `RefusedError`: 3132 where it is over or locked, 3133 where its rules refuse the choice.
   */
  readonly vote = (activityId: string, choices: readonly (number | string)[]): Promise<ActivityVote> =>
    repeated(() => this.call('activities/vote', { activityId, choices: choices.map(String) }));

  readonly end = (activityId: string): Promise<Activity> => this.call('activities/end', { activityId });
  readonly lock = (activityId: string): Promise<Activity> => this.call('activities/lock_prediction', { activityId });
  /** Say what came of a prediction: the number of the option, from 0. */
  readonly resolve = (activityId: string, outcome: number): Promise<Activity> =>
    this.call('activities/resolve_prediction', { activityId, outcome });

  /** What runs, with the user's own ballots. */
  readonly current = (): Promise<OwnActivity[]> => this.inRoom('activities/current');
  /** What there was, the newest first. */
  readonly past = (limit = 20): Promise<Activity[]> => this.inRoom('activities/past', { limit });
  /** Who has chosen what, for hosts and moderators. */
  readonly ballots = (activityId: string, cursor = ''): Promise<ActivityBallot[]> =>
    this.call('activities/ballots', cursor === '' ? { activityId } : { activityId, cursor });
  /** Who has most points in this broadcast. */
  readonly points = (): Promise<ActivityPoints[]> => this.inRoom('activities/points');
}

export type ActivityEvent = Extract<DataEvent, { type: `activity.${string}` }>;

export function isOfActivity(event: DataEvent): event is ActivityEvent {
  return event.type.startsWith('activity.');
}

/** Return what runs after an event; of two states the one with the higher version is the newer one. */
export function activitiesAfter(known: readonly ShownActivity[], event: ActivityEvent): readonly ShownActivity[] {
  const id = event.data.activityId;
  const before = known.find(({ activityId }) => activityId === id);
  if (event.type === 'activity.ended') return known.filter((one) => one !== before);
  if (event.type === 'activity.tally') {
    if (!before || (before.tally?.votes ?? 0) > event.data.votes) return known;
    return known.map((one) => (one === before ? { ...one, tally: event.data } : one));
  }
  if (!before) return [...known, event.data];
  if (before.version >= event.data.version) return known;
  return known.map((one) => (one === before ? { ...before, ...event.data } : one));
}
