import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Code, NetworkError } from '../src/errors.js';
import { Evening, MINUTE, ROOM } from './evening.js';
import { news, room as info, state } from './samples.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('after a cut', () => {
  it('a state takes the place of all that was known, and messages are asked for anew', async () => {
    const evening = new Evening();
    const room = await evening.enter();
    let refreshed = 0;
    room.on('refreshed', () => (refreshed += 1));
    evening.channel.state(state({ epoch: 'f', seq: 1, room: info({ title: 'Later' }) }));
    await vi.advanceTimersByTimeAsync(0);
    expect(room.state.room.title).toBe('Later');
    expect(refreshed).toBe(1);
    expect(evening.connection.callsOf('messages/history')).toHaveLength(2);
  });

  it('that cost the place, the user is entered again', async () => {
    const evening = new Evening();
    const room = await evening.enter({ password: 'sesame' });
    await vi.advanceTimersByTimeAsync(MINUTE);
    evening.channel.ended?.(103);
    await vi.advanceTimersByTimeAsync(1);
    expect(room.state.status).toBe('reentering');
    evening.channel.state(state());
    expect(room.state.status).toBe('inside');
    expect(evening.connection.callsOf('rooms/enter_room').map(({ password }) => password)).toEqual(['sesame', 'sesame']);
  });

  it('entering again is tried until there is an answer', async () => {
    const evening = new Evening();
    const room = await evening.enter();
    await vi.advanceTimersByTimeAsync(MINUTE);
    let attempts = 0;
    evening.connection.replies['rooms/enter_room'] = () => {
      attempts += 1;
      if (attempts < 4) throw new NetworkError('x');
      return { ...info(), role: 'audience' };
    };
    evening.channel.ended?.(103);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(attempts).toBe(4);
    evening.channel.state(state());
    expect(room.state.status).toBe('inside');
  });

  it('in which the show has ended, the room is closed', async () => {
    const evening = new Evening();
    const room = await evening.enter();
    await vi.advanceTimersByTimeAsync(2 * MINUTE);
    evening.refuse(Code.ROOM_NOT_EXISTS);
    evening.channel.ended?.(103);
    await vi.advanceTimersByTimeAsync(1);
    expect(room.state.end).toMatchObject({ reason: 'closed' });
  });

  it('a place that is taken away at once is not fought for', async () => {
    const evening = new Evening();
    const room = await evening.enter();
    evening.channel.ended?.(2000);
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(room.state.end).toMatchObject({ reason: 'removed' });
    expect(evening.entries).toBe(1);
  });

  it('a place that is taken away and nobody says why is taken again', async () => {
    const evening = new Evening();
    const room = await evening.enter();
    await vi.advanceTimersByTimeAsync(MINUTE);
    evening.channel.ended?.(2000);
    await vi.advanceTimersByTimeAsync(500);
    evening.channel.state(state());
    expect(room.state.status).toBe('inside');
    expect(evening.entries).toBe(2);
  });
});

describe('the end', () => {
  it('comes with the show, and says why', async () => {
    const evening = new Evening();
    const room = await evening.enter();
    const ends: string[] = [];
    room.on('end', ({ reason, detail }) => ends.push(`${reason} ${detail}`));
    const channel = evening.channel;
    channel.news(news([{ type: 'room.closed', reason: 'owner_gone' }]));
    channel.ended?.(2001);
    expect(ends).toEqual(['closed owner_gone']);
    expect(evening.connection.followed.size).toBe(0);
  });

  it('by a kick says what the user was told', async () => {
    const evening = new Evening();
    const room = await evening.enter();
    await vi.advanceTimersByTimeAsync(MINUTE);
    const channel = evening.channel;
    channel.news(news([{ type: 'member.left', userId: '40000002', reason: 'kicked' }]));
    channel.ended?.(2000);
    const removal = { roomId: ROOM, reason: 'banned', text: 'noise', untilUtc: '' };
    evening.connection.tell({ type: 'user.removed', data: removal });
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(room.state.end).toEqual({ reason: 'banned', detail: '', removal });
    expect(evening.entries).toBe(1);
  });

  it('by a kick that nobody explains is a kick', async () => {
    const evening = new Evening();
    const room = await evening.enter();
    await vi.advanceTimersByTimeAsync(MINUTE);
    evening.channel.news(news([{ type: 'member.left', userId: '40000002', reason: 'kicked' }]));
    evening.channel.ended?.(2000);
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(room.state.end).toMatchObject({ reason: 'kicked' });
    expect(evening.entries).toBe(1);
  });

  it('soon after entering is the end of the show, where the room is gone', async () => {
    const evening = new Evening();
    const room = await evening.enter();
    evening.channel.ended?.(102);
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(room.state.end).toMatchObject({ reason: 'closed' });
    expect(evening.entries).toBe(1);
  });

  it('where there is no socket to explain it is not taken back by entering again', async () => {
    const evening = new Evening();
    const room = await evening.enter();
    await vi.advanceTimersByTimeAsync(MINUTE);
    evening.channel.ended?.(1);
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(room.state.end).toMatchObject({ reason: 'removed' });
    expect(evening.entries).toBe(1);
  });

  it('comes when the user enters another room', async () => {
    const evening = new Evening();
    const room = await evening.enter();
    evening.channel.news(news([{ type: 'member.left', userId: '40000002', reason: 'elsewhere' }]));
    expect(room.state.end).toMatchObject({ reason: 'moved' });
  });

  it('does not come of what happens in other rooms', async () => {
    const evening = new Evening();
    const room = await evening.enter();
    evening.connection.tell({ type: 'user.removed', data: { roomId: '1', reason: 'kicked', text: '', untilUtc: '' } });
    expect(room.state.end).toBeNull();
  });

  it('by leaving is told to the service, with the last likes before it', async () => {
    const evening = new Evening();
    const room = await evening.enter();
    room.like();
    await room.leave();
    await room.leave();
    expect(evening.connection.calls.slice(-2).map(([method]) => method)).toEqual(['rooms/like', 'rooms/leave_room']);
    expect(evening.connection.callsOf('rooms/leave_room')).toHaveLength(1);
    expect(room.state.end).toMatchObject({ reason: 'left' });
  });
});
