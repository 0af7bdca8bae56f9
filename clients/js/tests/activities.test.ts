import { describe, expect, it } from 'vitest';

import { NetworkError } from '../src/errors.js';
import { RoomActivities } from '../src/room/activities.js';
import { viewAfter, viewFrom } from '../src/room/view.js';
import type { RoomEvent } from '../src/types.js';
import { state } from './samples.js';

const poll = { activityId: 'a1', type: 'poll', version: 1, userId: 'u1', startAt: '', state: { options: ['x', 'y'] } };
const event = (seq: number, type: string, data: object) => ({ epoch: 'e', seq, type: `activity.${type}`, data }) as unknown as RoomEvent;

describe('the state of a room', () => {
  it('has what runs, with the highest tally that was heard', () => {
    const first = viewFrom(state({ activities: [poll] as never }));
    const voted = viewAfter(first, [
      event(2, 'tally', { activityId: 'a1', votes: 2, counts: { 0: 2 } }),
      event(3, 'tally', { activityId: 'a1', votes: 1, counts: { 0: 1 } }),
      event(4, 'tally', { activityId: 'unknown', votes: 9 }),
      event(5, 'started', { ...poll, activityId: 'a2' }),
    ]);
    expect(voted.activities.map(({ activityId, tally }) => [activityId, tally?.votes])).toEqual([['a1', 2], ['a2', undefined]]);
    expect(viewAfter(voted, [event(6, 'ended', { activityId: 'a1', result: {} })]).activities).toHaveLength(1);
  });

  it('keeps the newer state, and what was counted', () => {
    const first = viewFrom(state({ activities: [{ ...poll, version: 2, tally: { activityId: 'a1', votes: 3 } }] as never }));
    const after = viewAfter(first, [
      event(2, 'started', poll),
      event(3, 'changed', { ...poll, version: 3, action: 'lock', state: { locked: true } }),
      event(4, 'changed', { ...poll, version: 2, action: '' }),
    ]);
    expect(after.activities).toMatchObject([{ version: 3, state: { locked: true }, tally: { votes: 3 } }]);
  });
});

describe('calls', () => {
  it('vote again where a call broke off, and ask for the room', async () => {
    const calls: [string, object][] = [];
    const call = (method: string, params: object = {}) => {
      calls.push([method, params]);
      return calls.length === 1 ? Promise.reject(new NetworkError('x')) : Promise.resolve({ choices: ['1'] });
    };
    const activities = new RoomActivities(call as never, call as never);
    expect((await activities.vote('a1', [1])).choices).toEqual(['1']);
    await activities.startPoll('?', ['x', 'y'], { most: 2 });
    await activities.resolve('a2', 0);
    await activities.startGoal('likes', [100, 500], { title: 'Encore', whole: true });
    expect(calls).toEqual([
      ['activities/vote', { activityId: 'a1', choices: ['1'] }],
      ['activities/vote', { activityId: 'a1', choices: ['1'] }],
      ['activities/start_poll', { question: '?', options: ['x', 'y'], most: 2 }],
      ['activities/resolve_prediction', { activityId: 'a2', outcome: 0 }],
      ['activities/start_goal', { measure: 'likes', targets: ['100', '500'], title: 'Encore', whole: true }],
    ]);
  });
});
