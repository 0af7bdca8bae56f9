import { describe, expect, it } from 'vitest';

import { positionOf, singersOf, songQueueIn } from '../src/room/songs.js';
import type { PlayingSong, ShownActivity } from '../src/types.js';

const song = { songId: 's', title: 'Moon', artist: 'Ann', length: 60_000, cover: '' };
const PLAYING: PlayingSong = {
  entryId: 1, song, userId: 'u', name: 'Ann', chorus: [], scores: {}, position: 5000, time: 100_000, paused: false,
};

describe('where a song is', () => {
  it('follows from the time of the service', () => {
    expect(positionOf(PLAYING, 100_000)).toBe(5000);
    expect(positionOf(PLAYING, 102_500)).toBe(7500);
    expect(positionOf(PLAYING, 99_000)).toBe(5000);
  });

  it('is its end at most, where that is known', () => {
    expect(positionOf(PLAYING, 900_000)).toBe(60_000);
    expect(positionOf({ ...PLAYING, song: { ...song, length: 0 } }, 900_000)).toBe(805_000);
  });

  it('stays while it is held', () => {
    expect(positionOf({ ...PLAYING, paused: true }, 900_000)).toBe(5000);
  });
});

it('the queue is the activity of its type', () => {
  const state = { who: 'everyone', most: 3, playing: PLAYING, waiting: [], queued: 0, last: null, sung: 0 };
  const shown = { activityId: 'a', type: 'songs', version: 4, userId: 'u', startAt: '', state } as unknown as ShownActivity;
  expect(songQueueIn([])).toBeNull();
  expect(songQueueIn([{ ...shown, type: 'poll' }, shown])).toMatchObject({ activityId: 'a', version: 4, playing: { entryId: 1 } });
});

it('who sings is who leads, then the chorus', () => {
  expect(singersOf({ ...PLAYING, chorus: ['v', 'w'] })).toEqual(['u', 'v', 'w']);
  expect(singersOf(null)).toEqual([]);
});
