import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Code, NetworkError, refusal } from '../src/errors.js';
import { Evening, ROOM } from './evening.js';
import { member, message, news, seat } from './samples.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a room', () => {
  it('tells what happens, in order, and once', async () => {
    const evening = new Evening();
    const room = await evening.enter();
    const messages: string[] = [];
    room.on('message', ({ text }) => messages.push(text));
    evening.channel.news(news([{ type: 'message.sent', data: message('3') }]));
    evening.channel.news(news([{ type: 'message.sent', data: message('3') }]));
    evening.channel.news(news([{ type: 'message.sent', data: message('4') }], 3));
    expect(messages).toEqual(['text of 3', 'text of 4']);
    expect(evening.heard).toEqual(['message.sent', 'message.sent']);
    expect(room.state.messages).toHaveLength(4);
  });

  it('tells once that its state has changed, whatever a publication holds', async () => {
    const evening = new Evening();
    const room = await evening.enter();
    const totals: number[] = [];
    room.subscribe(({ total }) => totals.push(total));
    const counts = { type: 'room.counts' as const, nnUsers: 2, totalJoined: 2, sample: [] };
    evening.channel.news(news([{ type: 'member.entered', ...member('7') }, counts]));
    expect(totals).toEqual([1, 2]);
  });

  it('goes on telling the others where one listener throws', async () => {
    const evening = new Evening();
    const room = await evening.enter();
    const thrown = new Promise((resolve) => process.once('uncaughtException', resolve));
    room.on('message', () => {
      throw new Error('of the app');
    });
    const heard: string[] = [];
    room.on('message', ({ text }) => heard.push(text));
    evening.channel.news(news([{ type: 'message.sent', data: message('3') }]));
    expect(heard).toEqual(['text of 3']);
    expect(await thrown).toMatchObject({ message: 'of the app' });
  });

  it('knows this user: role, seat, mute and rights', async () => {
    const evening = new Evening();
    const room = await evening.enter();
    const standing = { userId: '40000002', role: 'anchor', mutedUntil: '9999-12-31T23:59:59Z', bannedUntil: '', invited: false };
    evening.channel.news(
      news([
        { type: 'member.role_changed', userId: '40000002', role: 'anchor' },
        { type: 'member.standing_changed', data: standing },
        { type: 'seats.changed', data: { mode: 'apply', seats: [seat(1, '40000002')] } },
      ]),
    );
    expect(room.state.me).toMatchObject({ role: 'anchor', rank: 'anchor', mutedUntil: standing.mutedUntil });
    expect(room.state.me.seat?.seat).toBe(1);
    expect(room.rankOf('40000001')).toBe('owner');
  });

  it('asks who is appointed as soon as it concerns this user', async () => {
    const evening = new Evening();
    evening.connection.replies['rooms/list_roles'] = () => [{ userId: '9', role: 'anchor' }];
    const room = await evening.enter();
    expect(room.state.appointed.size).toBe(0);
    evening.channel.news(news([{ type: 'member.role_changed', userId: '40000002', role: 'moderator' }]));
    await vi.advanceTimersByTimeAsync(0);
    expect([...room.state.appointed]).toEqual(['9']);
  });

  it('shows a change of one’s own before the channel tells it', async () => {
    const room = await new Evening(ROOM).enter();
    await room.update({ title: 'Other', cover: 'c.png' });
    expect(room.state.room).toMatchObject({ title: 'Other', cover: 'c.png' });
  });

  it('counts likes of one’s own at once, and tells those of others', async () => {
    const evening = new Evening();
    evening.connection.replies['rooms/like'] = ({ count }) => ({ likes: 10 + Number(count) });
    const room = await evening.enter();
    const others: number[] = [];
    room.on('likes', (count) => others.push(count));
    room.like();
    room.like();
    expect(room.state.likes).toBe(2);
    await vi.advanceTimersByTimeAsync(1000);
    expect(evening.connection.callsOf('rooms/like')).toHaveLength(1);
    evening.channel.news(news([{ type: 'room.likes', data: { likes: 15, added: 5 } }]));
    expect(others).toEqual([3]);
    expect(room.state.likes).toBe(15);
  });

  it('sends what had no answer again, by the same key', async () => {
    const evening = new Evening();
    const room = await evening.enter();
    let attempts = 0;
    evening.connection.replies['messages/send'] = ({ text }) => {
      attempts += 1;
      if (attempts < 3) throw new NetworkError('x');
      return message('5', String(text));
    };
    const sending = room.send('hello');
    await vi.advanceTimersByTimeAsync(5000);
    expect(await sending).toMatchObject({ text: 'hello' });
    const keys = evening.connection.callsOf('messages/send').map(({ key }) => key);
    expect(keys).toEqual([keys[0], keys[0], keys[0]]);
    expect(room.state.messages.at(-1)?.text).toBe('hello');
  });

  it('does not send again what is refused', async () => {
    const evening = new Evening();
    const room = await evening.enter();
    evening.connection.replies['messages/send'] = () => {
      throw refusal(Code.RATE_LIMITED, 'RateLimited', 'too fast', undefined, 3);
    };
    await expect(room.send('hello')).rejects.toMatchObject({ retryAfter: 3 });
    expect(evening.connection.callsOf('messages/send')).toHaveLength(1);
  });
});
