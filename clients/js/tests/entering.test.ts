import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Code, LiveroomError, refusal } from '../src/errors.js';
import { reasonOf } from '../src/room/membership.js';
import { Service, Tab } from './browser.js';
import { Evening, ROOM } from './evening.js';
import { room as info, state } from './samples.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('entering', () => {
  it('is done as audience, and holds the state', async () => {
    const { state: entered } = await new Evening().enter();
    expect(entered.me).toMatchObject({ userId: '40000002', role: 'audience', rank: 'audience', seat: null });
    expect(entered.room.title).toBe('Songs');
    expect(entered.messages.map(({ messageId }) => messageId)).toEqual(['1', '2']);
    expect(entered.status).toBe('inside');
  });

  it('is a host’s in one’s own room', async () => {
    const room = await new Evening(ROOM).enter();
    expect(room.state.me).toMatchObject({ role: 'anchor', rank: 'owner' });
    expect(room.may('moderate')).toBe(true);
  });

  it('asks nobody whose room it is where the role is given', async () => {
    const evening = new Evening();
    await evening.enter({ role: 'guest of honour', title: 'New', category: 'show' });
    expect(evening.connection.calls[0]).toEqual([
      'rooms/enter_room',
      { roomId: ROOM, role: 'guest of honour', title: 'New', category: 'show' },
    ]);
  });

  it('shows the key of a private room’s link, and its password', async () => {
    const evening = new Evening();
    await evening.enter({ linkKey: 'the-key', password: 'sesame' });
    expect(evening.connection.calls.slice(0, 2)).toEqual([
      ['rooms/room_detail', { roomId: ROOM, linkKey: 'the-key' }],
      ['rooms/enter_room', { roomId: ROOM, linkKey: 'the-key', role: 'audience', password: 'sesame' }],
    ]);
  });

  it.each([Code.ROOM_FULL, Code.USER_BANNED, Code.ROOM_PASSWORD_REQUIRED, Code.ROOM_NOT_EXISTS])(
    'that is refused with %i says so',
    async (code) => {
      const evening = new Evening();
      evening.refuse(code);
      await expect(evening.begin()).rejects.toMatchObject({ code });
    },
  );

  it('says that somebody is banned, though the room does not exist for them', async () => {
    const evening = new Evening();
    evening.connection.replies['rooms/room_detail'] = () => {
      throw refusal(Code.ROOM_NOT_EXISTS, '', '');
    };
    evening.refuse(Code.USER_BANNED);
    await expect(evening.begin()).rejects.toMatchObject({ code: Code.USER_BANNED });
  });

  it('that is given up has no room, and the next one begins anew', async () => {
    const evening = new Evening();
    const leaving = new AbortController();
    const entering = evening.begin({ signal: leaving.signal });
    const failed = expect(entering).rejects.toMatchObject({ name: 'RoomOverError', end: { reason: 'left' } });
    leaving.abort();
    await failed;
    await vi.advanceTimersByTimeAsync(1000);
    expect(evening.entries).toBe(0);
    expect((await evening.enter()).state.status).toBe('inside');
  });

  it('begins anew right after one that was given up, and tells whoever listens', async () => {
    const { liveroom, connection } = new Tab(new Service());
    connection.replies['rooms/enter_room'] = ({ role }) => ({ ...info(), role });
    const session = await liveroom.guest();
    const entered: string[] = [];
    session.on('entered', ({ roomId }) => entered.push(roomId));
    const first = new AbortController();
    const failed = expect(session.enter(ROOM, { role: 'x', signal: first.signal })).rejects.toThrow();
    first.abort();
    const entering = session.enter(ROOM, { role: 'x' });
    await failed;
    connection.followed.get(`room:${ROOM}`)?.state(state());
    expect(await entering).toBe(session.room(ROOM));
    expect(entered).toEqual([ROOM]);
    await expect(session.enter(ROOM, { signal: first.signal })).rejects.toThrow();
  });

  it('into a room that closes at that moment says so', async () => {
    const evening = new Evening();
    const failed = expect(evening.begin().catch(reasonOf)).resolves.toBe('closed');
    await vi.advanceTimersByTimeAsync(0);
    evening.channel.ended?.(2001);
    await failed;
  });

  it('ends with the session', async () => {
    const evening = new Evening();
    const entering = evening.begin();
    const failed = expect(entering).rejects.toBeInstanceOf(LiveroomError);
    evening.session.close();
    await failed;
  });
});
