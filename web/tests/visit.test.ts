import { describe, expect, it, vi } from 'vitest';

import { Code, Refusal, Unreachable } from '../src/api/answer';
import type { RoomEvent } from '../src/api/types';
import type { Scene } from '../src/rooms/scene';
import { type Stage, Visit } from '../src/rooms/visit';
import { news, room, state } from './samples';
import { FakeWire, settle } from './wires';

const CHANNEL = 'room:40000001';

class Evening {
  readonly stages: Stage[] = [];
  readonly scenes: Scene[] = [];
  readonly heard: string[] = [];
  time = 0;
  answer: (role: string) => unknown = (role) => ({ ...room(), role });
  detail: () => unknown = () => room();
  readonly wire = new FakeWire({
    'rooms/room_detail': () => this.detail(),
    'rooms/enter_room': ({ role }) => this.answer(String(role)),
    'rooms/update_room': (fields) => room(fields),
  });

  visit(me = '40000002', wire = this.wire, linkKey = ''): Visit {
    const watcher = {
      stage: (now: Stage) => this.stages.push(now),
      scene: (now: Scene) => this.scenes.push(now),
      events: (events: readonly RoomEvent[]) => this.heard.push(...events.map(({ type }) => type)),
      afresh: () => this.heard.push('afresh'),
    };
    return new Visit(wire, '40000001', me, watcher, { now: () => this.time, linkKey });
  }

  get channel() {
    const channel = this.wire.followed.get(CHANNEL);
    if (!channel) throw new Error('nobody follows the room');
    return channel;
  }

  get stage() {
    return this.stages.at(-1);
  }
}

describe('a visit', () => {
  it('enters as audience and follows the room', async () => {
    const evening = new Evening();
    await evening.visit().enter();
    evening.channel.state(state());
    expect(evening.stage).toEqual({ at: 'inside', role: 'audience' });
    expect(evening.scenes.at(-1)?.room.title).toBe('Songs');
  });

  it('of somebody whom the room has banned says so, though the room does not exist for them', async () => {
    const evening = new Evening();
    evening.detail = () => refuse(Code.ROOM_NOT_EXISTS);
    evening.answer = () => refuse(Code.USER_BANNED);
    await evening.visit().enter();
    expect(evening.stage).toMatchObject({ at: 'over', why: 'banned' });
  });

  it('of a private room shows the key of its link', async () => {
    const evening = new Evening();
    await evening.visit('40000002', evening.wire, 'the-key').enter();
    const shown = { roomId: '40000001', linkKey: 'the-key' };
    expect(evening.wire.calls.slice(0, 2)).toEqual([
      ['rooms/room_detail', shown],
      ['rooms/enter_room', { ...shown, role: 'audience' }],
    ]);
  });

  it('of its owner is an anchor’s', async () => {
    const evening = new Evening();
    await evening.visit('40000001').enter();
    expect(evening.stage).toEqual({ at: 'inside', role: 'anchor' });
  });

  it('of a room that is not there is over at once', async () => {
    const evening = new Evening();
    evening.answer = () => refuse(Code.ROOM_NOT_EXISTS);
    await evening.visit().enter();
    expect(evening.stage).toMatchObject({ at: 'over', why: 'missing' });
  });

  it.each([
    [Code.ROOM_FULL, 'full'],
    [Code.USER_BANNED, 'banned'],
    [Code.PERMISSION_DENIED, 'refused'],
    [Code.SYSTEM_ERROR, 'failed'],
  ])('refused with %i ends as %s', async (code, why) => {
    const evening = new Evening();
    evening.answer = () => refuse(code);
    await evening.visit().enter();
    expect(evening.stage).toMatchObject({ at: 'over', why });
  });

  it('without an answer has failed', async () => {
    const evening = new Evening();
    evening.answer = () => {
      throw new Unreachable('x');
    };
    await evening.visit().enter();
    expect(evening.stage).toEqual({ at: 'over', why: 'failed', detail: '' });
  });

  it('ends with the show, and says why', async () => {
    const evening = new Evening();
    await evening.visit().enter();
    evening.channel.state(state());
    const channel = evening.channel;
    channel.news(news([{ type: 'room.closed', reason: 'owner_gone' }]));
    channel.ended?.(2001);
    expect(evening.stages.filter(({ at }) => at === 'over')).toEqual([
      { at: 'over', why: 'closed', detail: 'owner_gone' },
    ]);
  });

  it('enters again after a cut that cost its place', async () => {
    const evening = new Evening();
    await evening.visit().enter();
    evening.time = 60_000;
    evening.channel.ended?.(103);
    await settle();
    expect(evening.wire.calls.filter(([method]) => method === 'rooms/enter_room')).toHaveLength(2);
    expect(evening.stage).toEqual({ at: 'inside', role: 'audience' });
  });

  it('learns after such a cut that the show is over', async () => {
    const evening = new Evening();
    await evening.visit().enter();
    evening.time = 120_000;
    evening.answer = () => refuse(Code.ROOM_NOT_EXISTS);
    evening.channel.ended?.(103);
    await settle();
    expect(evening.stage).toMatchObject({ at: 'over', why: 'closed' });
  });

  it('does not fight for a place that is taken away at once', async () => {
    const evening = new Evening();
    await evening.visit().enter();
    evening.channel.ended?.(2000);
    await settle();
    expect(evening.stage).toMatchObject({ at: 'over', why: 'removed' });
    expect(evening.wire.calls.filter(([method]) => method === 'rooms/enter_room')).toHaveLength(1);
  });

  it('that leaves hears of nothing any more', async () => {
    const evening = new Evening();
    const visit = evening.visit();
    await visit.enter();
    const channel = evening.channel;
    await visit.leave();
    channel.ended?.(2000);
    expect(evening.wire.calls.at(-1)).toEqual(['rooms/leave_room', { roomId: '40000001' }]);
    expect(evening.wire.followed.size).toBe(0);
    expect(evening.stage).toEqual({ at: 'inside', role: 'audience' });
  });

  it('takes a role that it is given', async () => {
    const evening = new Evening();
    await evening.visit().enter();
    evening.channel.state(state());
    evening.channel.news(news([{ type: 'member.role_changed', userId: '40000002', role: 'anchor' }]));
    expect(evening.stage).toEqual({ at: 'inside', role: 'anchor' });
  });

  it('shows a change of its own before the channel tells it', async () => {
    const evening = new Evening();
    const visit = evening.visit('40000001');
    await visit.enter();
    evening.channel.state(state());
    await visit.change({ title: 'Other', cover: 'c.png' });
    expect(evening.scenes.at(-1)?.room).toMatchObject({ title: 'Other', cover: 'c.png' });
  });

  it('of a room with a password stands at the door until it has the right one', async () => {
    const evening = new Evening();
    const given: unknown[] = [];
    const wire = new FakeWire({
      'rooms/room_detail': () => room(),
      'rooms/enter_room': ({ password }) => {
        given.push(password);
        if (password === 'open') return { ...room(), role: 'audience' };
        return refuse(password === undefined ? Code.ROOM_PASSWORD_REQUIRED : Code.ROOM_PASSWORD_INVALID);
      },
    });
    const visit = evening.visit('40000002', wire);
    await visit.enter();
    expect(evening.stage).toEqual({ at: 'door', wrong: '' });
    await visit.enter('shut');
    expect(evening.stage).toEqual({ at: 'door', wrong: 'sentence' });
    await visit.enter('open');
    expect(evening.stage).toEqual({ at: 'inside', role: 'audience' });
    await visit.enter();
    expect(given, 'a later entering needs no knocking').toEqual([undefined, 'shut', 'open', 'open']);
  });

  it('of somebody who is put out ends, and says why', async () => {
    const evening = new Evening();
    await evening.visit().enter();
    evening.channel.state(state());
    evening.channel.news(news([{ type: 'member.left', userId: '40000002', reason: 'kicked' }]));
    expect(evening.stage).toMatchObject({ at: 'over', why: 'kicked' });
    const removal = { roomId: '40000001', reason: 'banned', text: 'noise', untilUtc: '' };
    evening.wire.whisper({ type: 'user.removed', data: removal });
    expect(evening.stage).toEqual({ at: 'over', why: 'banned', detail: '', removal });
  });

  it('does not come back by itself to a room that it was put out of', async () => {
    vi.useFakeTimers();
    const evening = new Evening();
    await evening.visit().enter();
    evening.time = 60_000;
    evening.channel.ended?.(2000);
    evening.wire.whisper({ type: 'user.removed', data: { roomId: '40000001', reason: 'kicked', text: '', untilUtc: '' } });
    await vi.advanceTimersByTimeAsync(5000);
    vi.useRealTimers();
    expect(evening.wire.calls.filter(([method]) => method === 'rooms/enter_room')).toHaveLength(1);
    expect(evening.stage).toMatchObject({ at: 'over', why: 'kicked' });
  });

  it('enters again where its place was taken away and nobody says why', async () => {
    vi.useFakeTimers();
    const evening = new Evening();
    await evening.visit().enter();
    evening.time = 60_000;
    evening.channel.ended?.(2000);
    await vi.advanceTimersByTimeAsync(5000);
    vi.useRealTimers();
    expect(evening.stage).toEqual({ at: 'inside', role: 'audience' });
    expect(evening.wire.calls.filter(([method]) => method === 'rooms/enter_room')).toHaveLength(2);
  });

  it('is not touched by what happens in other rooms', async () => {
    const evening = new Evening();
    await evening.visit().enter();
    evening.wire.whisper({ type: 'user.removed', data: { roomId: '1', reason: 'kicked', text: '', untilUtc: '' } });
    expect(evening.stage).toEqual({ at: 'inside', role: 'audience' });
  });

  it('tells the parts of the screen of events, and of a fresh state', async () => {
    const evening = new Evening();
    await evening.visit().enter();
    evening.channel.state(state());
    evening.channel.news(news([{ type: 'room.likes', data: { likes: 2, added: 2 } }]));
    expect(evening.heard).toEqual(['afresh', 'room.likes']);
  });
});

function refuse(code: number): never {
  throw new Refusal(code, 'Name', 'sentence');
}
