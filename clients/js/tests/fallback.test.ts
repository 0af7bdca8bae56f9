/** A connection to a service that perhaps has no socket. */

import { describe, expect, it, vi } from 'vitest';

import { Fallback } from '../src/connection/fallback.js';
import { NetworkError } from '../src/errors.js';
import { FakeConnection } from './connections.js';

function begun(hasNoSocket: () => Promise<boolean>) {
  const socket = new FakeConnection({
    'rooms/options': () => {
      throw new NetworkError('x');
    },
  });
  const polling = new FakeConnection({ 'rooms/options': () => ({ seats: 2 }) });
  polling.isPolling = true;
  let failed = (): void => undefined;
  const asked = vi.fn(hasNoSocket);
  const connection = new Fallback({
    socket: (told) => {
      failed = told;
      return socket;
    },
    polling: () => polling,
    hasNoSocket: asked,
  });
  const fail = async () => {
    failed();
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  return { connection, socket, polling, asked, fail };
}

const nobody = { state: () => undefined, news: () => undefined };

describe('a service without a socket', () => {
  it('is polled, with all that was followed before', async () => {
    const { connection, socket, polling, fail } = begun(() => Promise.resolve(true));
    const statuses: string[] = [];
    connection.onStatus((status) => statuses.push(status));
    connection.follow('room:1', nobody);
    const stop = connection.follow('room:2', nobody);
    connection.follow('room:3', nobody)();
    expect(connection.isPolling).toBe(false);
    await fail();
    polling.turn('connected');
    expect([connection.isPolling, socket.closed, statuses]).toEqual([true, true, ['connected']]);
    expect([[...socket.followed.keys()], [...polling.followed.keys()]]).toEqual([[], ['room:1', 'room:2']]);
    stop();
    expect([...polling.followed.keys()]).toEqual(['room:1']);
    connection.close();
    expect(polling.closed).toBe(true);
  });

  it('answers a call that was waiting for the socket', async () => {
    const { connection, socket, fail } = begun(() => Promise.resolve(true));
    let refuse = (_: Error): void => undefined;
    socket.replies['rooms/options'] = () => new Promise((_, reject) => (refuse = reject));
    const called = connection.call('rooms/options');
    await fail();
    refuse(new NetworkError('closed'));
    await expect(called).resolves.toEqual({ seats: 2 });
  });
});

describe('a service with a socket', () => {
  it('that is away is waited for', async () => {
    const { connection, socket, asked, fail } = begun(() => Promise.reject(new NetworkError('away')));
    await fail();
    await fail();
    expect([connection.isPolling, socket.closed, asked.mock.calls.length]).toEqual([false, false, 2]);
    await expect(connection.call('rooms/options')).rejects.toBeInstanceOf(NetworkError);
  });

  it('that could not be reached for a moment is not polled', async () => {
    const { connection, socket, fail } = begun(() => Promise.resolve(false));
    await fail();
    expect([connection.isPolling, socket.closed]).toEqual([false, false]);
  });

  it('is not asked for again when the session is over', async () => {
    let answer = (_: boolean): void => undefined;
    const { connection, polling, fail } = begun(() => new Promise((resolve) => (answer = resolve)));
    connection.follow('room:1', nobody);
    await fail();
    connection.close();
    answer(true);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect([connection.isPolling, polling.followed.size]).toEqual([false, 0]);
  });
});
