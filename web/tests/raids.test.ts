import type { RoomEventOf, ShownActivity } from '@liveroom/client';
import { describe, expect, it } from 'vitest';

import { raidEnd, raidOf } from '../src/rooms/raids';

const state = { phase: 'going', roomId: '7', userId: '8', name: 'Mara', avatar: '', title: 'Choir', cover: '' };
const raid = { activityId: 'a', type: 'raid', version: 2, state, endAt: '2026-12-01T12:00:00.000Z' } as unknown as ShownActivity;
const ended = (fields: object) => ({ activityId: 'a', type: 'raid', version: 3, votes: 0, ...fields }) as unknown as RoomEventOf<'activity.ended'>['data'];

describe('raids', () => {
  it('are the activity of that type, if one runs', () => {
    expect(raidOf([])).toBeNull();
    expect(raidOf([{ ...raid, type: 'poll' }])).toBeNull();
    expect(raidOf([raid])).toMatchObject({ id: 'a', phase: 'going', roomId: '7', name: 'Mara', endsAt: Date.UTC(2026, 11, 1, 12) });
  });

  it('end as the other room, the host or the clock want it', () => {
    expect(raidEnd(ended({ type: 'poll', reason: 'finished', result: {} }))).toBeNull();
    expect(raidEnd(ended({ reason: 'timeOver', result: { phase: 'gone' } }))).toBe('gone');
    expect(raidEnd(ended({ reason: 'finished', result: { phase: 'refused' } }))).toBe('refused');
    expect(raidEnd(ended({ reason: 'timeOver', result: { phase: 'unanswered' } }))).toBe('unanswered');
    expect(raidEnd(ended({ reason: 'ended', result: { phase: 'going' } }))).toBe('off');
  });
});
