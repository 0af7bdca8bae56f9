import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { NetworkError, refusal } from '../src/errors.js';
import { Likes } from '../src/room/likes.js';

class Room {
  /** What the service has counted: each batch once. */
  readonly batches = new Map<string, number>();
  readonly calls: [number, string][] = [];
  readonly refusals: unknown[] = [];
  shown = 0;
  others = 0;
  fails: (() => Error) | null = null;
  lost = false;

  readonly likes = new Likes(
    {
      send: (count, batch) => {
        this.calls.push([count, batch]);
        if (this.fails) return Promise.reject(this.fails());
        this.batches.set(batch, count);
        return this.lost ? Promise.reject(new NetworkError('x')) : Promise.resolve(this.total);
      },
      shown: (now) => (this.shown = now),
      refused: (failure) => this.refusals.push(failure),
    },
    Date.now,
  );

  get total(): number {
    return this.others + [...this.batches.values()].reduce((sum, count) => sum + count, 0);
  }

  tap(times: number): void {
    for (let time = 0; time < times; time += 1) this.likes.tap();
  }
}

let room: Room;
beforeEach(() => {
  vi.useFakeTimers();
  room = new Room();
  room.likes.begin(0);
});
afterEach(() => {
  vi.useRealTimers();
});

describe('likes', () => {
  it('are shown at once and sent together', async () => {
    room.tap(7);
    expect([room.shown, room.calls]).toEqual([7, []]);
    await vi.advanceTimersByTimeAsync(200);
    expect(room.calls.map(([count]) => count)).toEqual([7]);
    expect(room.shown).toBe(7);
  });

  it('leave at most once a second, and at most a hundred at a time', async () => {
    for (let tenth = 0; tenth < 50; tenth += 1) {
      room.tap(30);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(room.calls.length).toBeLessThanOrEqual(6);
    expect(Math.max(...room.calls.map(([count]) => count))).toBe(100);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(room.total).toBe(1500);
    expect(room.shown).toBe(1500);
  });

  it('count once, whether the news or the answer comes first', async () => {
    room.tap(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(room.likes.hear(1, 1), 'one’s own are no news').toBe(0);
    expect(room.shown).toBe(1);
    room.others = 4;
    expect(room.likes.hear(5, 4)).toBe(4);
    expect(room.shown).toBe(5);
  });

  it('whose answer was lost are sent by the same name, and count once', async () => {
    room.lost = true;
    room.tap(3);
    await vi.advanceTimersByTimeAsync(500);
    room.lost = false;
    await vi.advanceTimersByTimeAsync(5000);
    expect(new Set(room.calls.map(([, batch]) => batch)).size).toBe(1);
    expect([room.total, room.shown]).toEqual([3, 3]);
    expect(room.refusals).toEqual([]);
  });

  it('that are refused are taken back, and said so', async () => {
    room.fails = () => refusal(3004, 'RateLimited', 'too many');
    room.tap(2);
    await vi.advanceTimersByTimeAsync(200);
    expect(room.refusals).toHaveLength(1);
    expect(room.shown).toBe(0);
  });

  it('that were tapped last are sent when the room is left', () => {
    room.tap(2);
    room.likes.close();
    expect(room.calls.map(([count]) => count)).toEqual([2]);
  });
});
