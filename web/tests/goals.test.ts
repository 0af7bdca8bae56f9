import type { ShownActivity } from '@liveroom/client';
import { describe, expect, it } from 'vitest';

import { goalsOf, targetsOf } from '../src/rooms/goals';

const state = { title: 'Encore', measure: 'likes', giftId: '', targets: [50, 200], reached: 0 };
const goal = (votes?: number, fields: object = {}) =>
  ({ activityId: 'a', type: 'goal', version: 1, state: { ...state, ...fields }, ...(votes === undefined ? {} : { tally: { activityId: 'a', votes } }) }) as unknown as ShownActivity;

describe('goals on the page', () => {
  it('are the activities of that type', () => {
    expect(goalsOf([{ ...goal(), type: 'poll' }])).toEqual([]);
  });

  it('show how far it is to the last target, with the steps before it', () => {
    expect(goalsOf([goal()])).toMatchObject([{ count: 0, next: 50, share: 0, steps: [25] }]);
    expect(goalsOf([goal(99, { reached: 1 })])).toMatchObject([{ count: 99, next: 200, share: 49 }]);
    expect(goalsOf([goal(999, { reached: 2 })])).toMatchObject([{ next: 200, share: 100 }]);
  });
});

describe('targets that are typed', () => {
  it('are numbers, however they are divided and in whatever order', () => {
    expect(targetsOf('500, 100，1000')).toEqual([100, 500, 1000]);
    expect(targetsOf(' 5 ')).toEqual([5]);
  });

  it('are none where one is no number, or they are too many', () => {
    for (const typed of ['', '0', '1.5', '10 x', '-3', '1234567890123', '1 2 3 4 5 6 7 8 9 10 11']) expect(targetsOf(typed)).toEqual([]);
  });
});
