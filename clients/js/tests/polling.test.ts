import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Polling } from '../src/connection/polling.js';
import { Code, NetworkError, refusal } from '../src/errors.js';
import { room, state } from './samples.js';

class Service {
  readonly calls: string[] = [];
  replies: Record<string, () => unknown> = {};
  readonly statuses: string[] = [];
  readonly connection = new Polling({
    token: () => Promise.resolve('t1'),
    call: (method, _, token) => {
      this.calls.push(`${method} ${token ?? ''}`);
      return Promise.resolve().then(() => this.replies[method]?.());
    },
  });

  constructor() {
    this.connection.onStatus((status, code) => this.statuses.push(`${status} ${code}`));
  }

  of(method: string): number {
    return this.calls.filter((call) => call.startsWith(`${method} `)).length;
  }

  follow(channel: string) {
    const states: unknown[] = [];
    const ends: number[] = [];
    const stop = this.connection.follow(channel, {
      state: (told) => states.push(told),
      news: () => undefined,
      ended: (code) => ends.push(code),
    });
    return { states, ends, stop };
  }
}

let service: Service;
beforeEach(() => {
  vi.useFakeTimers();
  service = new Service();
});
afterEach(() => {
  service.connection.close();
  vi.useRealTimers();
});

describe('a connection without a socket', () => {
  it('calls with the session’s token, and sends keepalives', async () => {
    await service.connection.call('rooms/options');
    await vi.advanceTimersByTimeAsync(30_000);
    expect(service.calls).toContain('rooms/options t1');
    expect(service.of('auth_users/user_keepalive')).toBe(3);
    expect(service.statuses).toEqual(['connected 0']);
  });

  it('tells a room’s state when something has happened, and only then', async () => {
    let seq = 1;
    service.replies = { 'rooms/state': () => ({ state: state({ seq }), offset: 1, epoch: 'e' }) };
    const { states, stop } = service.follow('room:40000001');
    await vi.advanceTimersByTimeAsync(7000);
    expect(states).toHaveLength(1);
    seq = 2;
    await vi.advanceTimersByTimeAsync(3000);
    expect(states).toHaveLength(2);
    stop();
    const asked = service.of('rooms/state');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(service.of('rooms/state')).toBe(asked);
  });

  it('goes on after an outage', async () => {
    service.replies = {
      'rooms/state': () => {
        throw new NetworkError('x');
      },
    };
    const { states, ends } = service.follow('room:40000001');
    await vi.advanceTimersByTimeAsync(4000);
    expect(ends).toEqual([]);
    service.replies = { 'rooms/state': () => ({ state: state() }) };
    await vi.advanceTimersByTimeAsync(3000);
    expect(states).toHaveLength(1);
    expect(service.statuses.slice(-2)).toEqual(['reconnecting 0', 'connected 0']);
  });

  it.each([
    [Code.ROOM_NOT_EXISTS, 102],
    [Code.NOT_IN_ROOM, 103],
  ])('ends a room that is refused with %i as a socket would, with %i', async (code, end) => {
    service.replies = {
      'rooms/state': () => {
        throw refusal(code, '', '');
      },
    };
    const { ends } = service.follow('room:40000001');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ends).toEqual([end]);
    expect(service.of('rooms/state')).toBe(1);
  });

  it('says of somebody who was there a moment ago that they were put out', async () => {
    service.replies = { 'rooms/state': () => ({ state: state() }) };
    const { ends } = service.follow('room:40000001');
    await vi.advanceTimersByTimeAsync(4000);
    service.replies = {
      'rooms/state': () => {
        throw refusal(Code.NOT_IN_ROOM, '', '');
      },
    };
    await vi.advanceTimersByTimeAsync(4000);
    expect(ends).toEqual([1]);
  });

  it('lets somebody whose device slept take their place again', async () => {
    let seq = 0;
    service.replies = { 'rooms/state': () => ({ state: state({ seq: (seq += 1) }) }) };
    const { ends } = service.follow('room:40000001');
    await vi.advanceTimersByTimeAsync(1000);
    service.replies = {
      'rooms/state': () => {
        throw new NetworkError('asleep');
      },
    };
    await vi.advanceTimersByTimeAsync(20_000);
    service.replies = {
      'rooms/state': () => {
        throw refusal(Code.NOT_IN_ROOM, '', '');
      },
    };
    await vi.advanceTimersByTimeAsync(4000);
    expect(ends).toEqual([103]);
  });

  it('lists rooms', async () => {
    service.replies = { 'rooms/query_room': () => [room()] };
    const { states } = service.follow('rooms:_all');
    await vi.advanceTimersByTimeAsync(0);
    expect(states).toEqual([{ rev: 0, rooms: [room()] }]);
  });

  it('goes on where a call alone needs a fresh sign-in', async () => {
    service.replies = {
      'auth_users/export': () => {
        throw refusal(Code.SIGN_IN_TOO_OLD, '', '');
      },
    };
    await expect(service.connection.call('auth_users/export')).rejects.toMatchObject({ code: 3018 });
    expect(service.statuses.at(-1)).toBe('connected 0');
  });

  it('is closed when the session is over', async () => {
    service.replies = {
      'rooms/options': () => {
        throw refusal(Code.TOKEN_INVALID, '', '');
      },
    };
    await expect(service.connection.call('rooms/options')).rejects.toMatchObject({ code: Code.TOKEN_INVALID });
    expect(service.statuses.at(-1)).toBe('closed 3500');
  });
});
