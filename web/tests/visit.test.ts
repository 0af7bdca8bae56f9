import { Code } from '@liveroom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope } from 'vue';

import { refusal } from '../../clients/js/src/errors';
import { Service, Tab } from '../../clients/js/tests/browser';
import { news, room as info, state } from '../../clients/js/tests/samples';
import { useVisit } from '../src/composables/useVisit';

const ROOM = '40000001';

function refuse(code: number): never {
  throw refusal(code, 'Name', 'sentence');
}

/** Somebody opens the screen of a room. */
async function begin(enter: (given: Record<string, unknown>) => unknown = ({ role }) => ({ ...info(), role })) {
  const { liveroom, connection } = new Tab(new Service());
  Object.assign(connection.replies, { 'rooms/room_detail': () => info(), 'rooms/enter_room': enter });
  const session = await liveroom.guest();
  const screen = effectScope();
  const visit = screen.run(() => useVisit(session, ROOM, 'the-key'))!;
  const arrive = async () => {
    await vi.advanceTimersByTimeAsync(0);
    connection.followed.get(`room:${ROOM}`)?.state(state());
    await vi.advanceTimersByTimeAsync(0);
  };
  await arrive();
  const tell = (events: Parameters<typeof news>[0]) => {
    connection.followed.get(`room:${ROOM}`)!.news(news(events));
  };
  return { ...visit, connection, session, screen, arrive, tell };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a visit', () => {
  it('is inside once the room is there, by the key of its link, in the role of the user', async () => {
    const { stage, scene, room, connection, tell } = await begin();
    expect(stage.value).toEqual({ at: 'inside', role: 'audience' });
    expect([scene.value?.room.title, room.value?.roomId]).toEqual(['Songs', ROOM]);
    expect(connection.callsOf('rooms/enter_room')).toEqual([{ roomId: ROOM, linkKey: 'the-key', role: 'audience' }]);
    tell([{ type: 'member.role_changed', userId: '1', role: 'anchor' }]);
    expect(stage.value).toEqual({ at: 'inside', role: 'anchor' });
  });

  it('of a room whose broadcast is to come waits for it, and only then', async () => {
    const { stage, connection, again, arrive } = await begin(() => refuse(Code.ROOM_NOT_EXISTS));
    expect(stage.value).toMatchObject({ at: 'over', why: 'missing' });
    const awaited = { roomId: ROOM, title: 'Choir' };
    Object.assign(connection.replies, { 'reminders/show': () => awaited });
    again();
    await arrive();
    expect(stage.value).toEqual({ at: 'waiting', awaited });
    expect(connection.callsOf('reminders/show').at(-1)).toEqual({ roomId: ROOM, linkKey: 'the-key' });
  });

  it('of the own room whose broadcast is to come does not begin it until its host says so', async () => {
    const { stage, connection, again, arrive, begin: start, session } = await begin(({ role }) =>
      role === 'anchor' ? { ...info(), role } : refuse(Code.ROOM_NOT_EXISTS),
    );
    const scheduled = { ...info(), ownBy: session.user.userId, startUtc: '2026-12-01 12:00:00' };
    Object.assign(connection.replies, {
      'rooms/room_detail': () => scheduled,
      'reminders/show': () => ({ roomId: ROOM }),
    });
    again();
    await arrive();
    expect(stage.value).toMatchObject({ at: 'waiting' });
    void start();
    await arrive();
    expect(connection.callsOf('rooms/enter_room').at(-1)).toMatchObject({ role: 'anchor' });
  });

  it('of a room with a password stands at the door until it has the right one', async () => {
    const { stage, knock, arrive } = await begin(({ password }) => {
      if (password === 'open') return { ...info(), role: 'audience' };
      return refuse(password === undefined ? Code.ROOM_PASSWORD_REQUIRED : Code.ROOM_PASSWORD_INVALID);
    });
    expect(stage.value).toEqual({ at: 'door', wrong: '' });
    await knock('shut');
    expect(stage.value).toEqual({ at: 'door', wrong: 'sentence' });
    void knock('open');
    await arrive();
    expect(stage.value).toEqual({ at: 'inside', role: 'audience' });
  });

  it.each([
    [Code.ROOM_NOT_EXISTS, 'missing'],
    [Code.ROOM_FULL, 'full'],
    [Code.USER_BANNED, 'banned'],
    [Code.PERMISSION_DENIED, 'refused'],
    [Code.SYSTEM_ERROR, 'failed'],
  ])('refused with %i is over as %s', async (code, why) => {
    const { stage } = await begin(() => refuse(code));
    expect(stage.value).toEqual({ at: 'over', why, detail: 'sentence' });
  });

  it('is over with the show, and says why', async () => {
    const { stage, tell } = await begin();
    tell([{ type: 'room.closed', reason: 'owner_gone' }]);
    expect(stage.value).toEqual({ at: 'over', why: 'closed', detail: 'owner_gone' });
  });

  it('of somebody who is put out says what they were told', async () => {
    const { stage, connection } = await begin();
    const removal = { roomId: ROOM, reason: 'banned', text: 'noise', untilUtc: '' };
    connection.tell({ type: 'user.removed', data: removal });
    expect(stage.value).toEqual({ at: 'over', why: 'banned', detail: '', removal });
  });

  it('begins again, also where another tab has taken its place', async () => {
    const { stage, room, again, arrive, connection } = await begin();
    room.value?.close('moved');
    expect(stage.value).toMatchObject({ at: 'over', why: 'moved' });
    again();
    expect(stage.value).toEqual({ at: 'entering' });
    await arrive();
    expect(stage.value.at).toBe('inside');
    expect(connection.callsOf('rooms/enter_room')).toHaveLength(2);
  });

  it('leaves nothing behind when its screen is closed, arrived or not', async () => {
    const { screen, session, connection } = await begin();
    screen.stop();
    expect([session.room(ROOM), connection.followed.size]).toEqual([undefined, 0]);
    const later = effectScope();
    later.run(() => useVisit(session, ROOM));
    later.stop();
    await vi.advanceTimersByTimeAsync(0);
    expect([session.room(ROOM), connection.followed.size]).toEqual([undefined, 0]);
  });

  it('keeps its last picture while the user leaves', async () => {
    const { stage, leave, connection } = await begin();
    await leave();
    expect(stage.value.at).toBe('inside');
    expect(connection.callsOf('rooms/leave_room')).toEqual([{ roomId: ROOM }]);
  });
});
