/** Goals of a room as the page shows them. */

import type { GoalMeasure, ShownActivity } from '@liveroom/client';

export interface GoalView {
  readonly id: string;
  readonly title: string;
  readonly measure: GoalMeasure;
  /** Of the measure `gift`. */
  readonly giftId: string;
  readonly count: number;
  /** The target that comes next. */
  readonly next: number;
  /** How far it is to the last target, in percent. */
  readonly share: number;
  /** Where on the bar the steps before the last target are, in percent. */
  readonly steps: readonly number[];
}

export const TARGETS_MAX = 10;
const WHOLE = 100;

interface State {
  readonly title: string;
  readonly measure: GoalMeasure;
  readonly giftId: string;
  readonly targets: readonly number[];
  readonly reached: number;
}

export function goalsOf(activities: readonly ShownActivity[]): GoalView[] {
  return activities.filter(({ type }) => type === 'goal').map(goalOf);
}

function goalOf({ activityId, state, tally }: ShownActivity): GoalView {
  const { title, measure, giftId, targets, reached } = state as unknown as State;
  const count = tally?.votes ?? 0;
  const last = targets.at(-1) ?? 1;
  const shareOf = (number: number) => Math.min(WHOLE, Math.floor((number * WHOLE) / last));
  return {
    id: activityId,
    title,
    measure,
    giftId,
    count,
    next: targets[reached] ?? last,
    share: shareOf(count),
    steps: targets.slice(0, -1).map(shareOf),
  };
}

/** The targets that somebody has typed, ascending; empty: they are none. */
export function targetsOf(typed: string): number[] {
  const words = typed.split(/[\s,，、;]+/u).filter(Boolean);
  if (words.length > TARGETS_MAX || !words.every((word) => /^[1-9]\d{0,11}$/u.test(word))) return [];
  return [...new Set(words.map(Number))].sort((one, other) => one - other);
}
