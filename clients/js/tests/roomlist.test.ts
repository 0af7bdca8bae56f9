import { afterEach, describe, expect, it, vi } from 'vitest';

import { RoomList, type RoomOrder } from '../src/room/list.js';
import { Rooms } from '../src/session/rooms.js';
import { FakeConnection } from './connections.js';
import { room } from './samples.js';

const rooms = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => room({ roomId: String(from - index), createUtc: '2026-01-01 00:00:00' }));

function open(which: { category?: string; tenant?: string; order?: RoomOrder } = {}, channel = 'rooms:_all') {
  const connection = new FakeConnection();
  const list = new RoomList(connection, which);
  const followed = connection.followed.get(channel);
  if (!followed) throw new Error(`${channel} is not followed`);
  return { connection, list, channel: followed };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a list of rooms', () => {
  it('is live, newest first', () => {
    const { list, channel } = open();
    expect(list.state.phase).toBe('loading');
    channel.state({ rev: 1, rooms: rooms(2, 2) });
    channel.news({ rev: 2, set: [room({ roomId: '3' })], nn: { 2: [7, 9] }, del: ['1'] });
    expect(list.state.rooms.map(({ roomId, nnUsers }) => [roomId, nnUsers])).toEqual([
      ['3', 1],
      ['2', 7],
    ]);
    expect(list.state).toMatchObject({ phase: 'live', hasMore: false });
  });

  it('is that of a category, and of the tenant', () => {
    open({ category: 'ktv' }, 'rooms:ktv');
    open({ category: 'ktv', tenant: 'shop' }, 'rooms:shop:ktv');
  });

  it('goes on page by page, and hears of changes there too', async () => {
    const { connection, list, channel } = open({ category: 'ktv' }, 'rooms:ktv');
    channel.state({ rev: 1, rooms: rooms(1000, 200) });
    expect(list.state.hasMore).toBe(true);
    connection.replies['rooms/query_room'] = ({ offset }) => (offset === 200 ? rooms(800, 100) : rooms(700, 5));
    await list.more();
    await list.more();
    expect(connection.callsOf('rooms/query_room')).toEqual([
      { category: 'ktv', offset: 200, limit: 100 },
      { category: 'ktv', offset: 300, limit: 100 },
    ]);
    expect(list.state.rooms).toHaveLength(305);
    expect(list.state.hasMore).toBe(false);
    channel.news({ rev: 2, set: [], nn: { 800: [50, 60] }, del: ['799'] });
    expect(list.state.rooms).toHaveLength(304);
    expect(list.state.rooms[200]).toMatchObject({ roomId: '800', nnUsers: 50 });
  });

  it('is in the order that was asked for, which is looked at again and again', async () => {
    vi.useFakeTimers();
    const { connection, list, channel } = open({ category: 'ktv', order: 'heat' }, 'rooms:ktv');
    const ids = () => list.state.rooms.map(({ roomId }) => roomId);
    let order = [room({ roomId: '1' }), room({ roomId: '900' }), room({ roomId: '2' })];
    connection.replies['rooms/query_room'] = () => order;
    channel.state({ rev: 1, rooms: rooms(3, 3) });
    await vi.advanceTimersByTimeAsync(0);
    expect(connection.callsOf('rooms/query_room')).toEqual([{ category: 'ktv', order: 'heat', offset: 0, limit: 100 }]);
    expect(ids()).toEqual(['1', '900', '2', '3']);
    order = [room({ roomId: '3' }), ...order];
    await vi.advanceTimersByTimeAsync(15_000);
    expect(ids()).toEqual(['3', '1', '900', '2']);
    connection.replies['rooms/query_room'] = () => Promise.reject(new Error('down'));
    await vi.advanceTimersByTimeAsync(15_000);
    expect(ids()).toEqual(['3', '1', '900', '2']);
    list.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connection.callsOf('rooms/query_room')).toHaveLength(3);
  });

  it('that has the newest first learns once what is pinned or put behind, and asks no more', async () => {
    vi.useFakeTimers();
    const { connection, list, channel } = open({ order: 'newest' });
    const ids = () => list.state.rooms.map(({ roomId }) => roomId);
    const at = (roomId: string, second: string) => room({ roomId, createUtc: `2026-01-01 00:00:${second}` });
    const [old, one, two, three, behind] = [at('1', '01'), at('2', '02'), at('3', '03'), at('4', '04'), at('5', '05')];
    connection.replies['rooms/query_room'] = () => [old, three, two, one, behind];
    channel.state({ rev: 1, rooms: [behind, three, two, one, old] });
    await vi.advanceTimersByTimeAsync(0);
    expect(ids()).toEqual(['1', '4', '3', '2', '5']);
    channel.news({ rev: 2, set: [at('6', '06')], nn: {}, del: ['3'] });
    expect(ids(), 'what is new comes behind what is pinned').toEqual(['1', '6', '4', '2', '5']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connection.callsOf('rooms/query_room')).toHaveLength(1);
  });

  it('that is told anew has no room of before', async () => {
    vi.useFakeTimers();
    const { connection, list, channel } = open({ order: 'heat' });
    const ids = () => list.state.rooms.map(({ roomId }) => roomId);
    connection.replies['rooms/query_room'] = () => rooms(3, 3);
    channel.state({ rev: 1, rooms: rooms(3, 3) });
    await vi.advanceTimersByTimeAsync(0);
    connection.replies['rooms/query_room'] = () => [room({ roomId: '3' })];
    channel.state({ rev: 9, rooms: [room({ roomId: '3' })] });
    await vi.advanceTimersByTimeAsync(0);
    expect(ids()).toEqual(['3']);
  });

  it('takes no order that was asked for before it was told anew', async () => {
    vi.useFakeTimers();
    const { connection, list, channel } = open({ order: 'heat' });
    let answerLate: (page: unknown) => void = () => undefined;
    connection.replies['rooms/query_room'] = () => new Promise((resolve) => (answerLate = resolve));
    channel.state({ rev: 1, rooms: rooms(3, 3) });
    await vi.advanceTimersByTimeAsync(0);
    connection.replies['rooms/query_room'] = () => [room({ roomId: '3' })];
    channel.state({ rev: 9, rooms: [room({ roomId: '3' })] });
    answerLate(rooms(3, 3));
    await vi.advanceTimersByTimeAsync(0);
    expect(list.state.rooms.map(({ roomId }) => roomId)).toEqual(['3']);
  });

  it('says that it is over, and follows nothing once it is closed', () => {
    const { connection, list, channel } = open();
    channel.ended?.(106);
    expect(list.state.phase).toBe('failed');
    list.close();
    expect(connection.followed.size).toBe(0);
  });
});

describe('a show that is opened', () => {
  function open(show: Parameters<Rooms['open']>[0], found = room({ title: '', cover: '' })) {
    const connection = new FakeConnection({ 'rooms/enter_room': () => found, 'rooms/update_room': () => found });
    const user = { userId: '40000001', name: '', avatar: '', visitor: false };
    return { connection, opening: new Rooms({ user }, connection, '').open(show) };
  }

  it('needs one call where the room is new', async () => {
    const { connection, opening } = open({});
    await opening;
    expect(connection.calls).toEqual([
      ['rooms/enter_room', { roomId: '40000001', role: 'anchor', category: 'live', title: '' }],
    ]);
  });

  it('gives one that is on already its texts and category, and leaves it a category that nobody has named', async () => {
    const on = room({ title: 'Former', category: 'music' });
    const { connection, opening } = open({ title: 'Songs', category: 'talk' }, on);
    await opening;
    const texts = { roomId: '40000001', title: 'Songs', cover: '' };
    expect(connection.callsOf('rooms/update_room')).toEqual([{ ...texts, category: 'talk' }]);
    const unnamed = open({ title: 'Songs' }, on);
    await unnamed.opening;
    expect(unnamed.connection.callsOf('rooms/update_room')).toEqual([texts]);
  });
});
