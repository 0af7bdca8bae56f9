import { describe, expectTypeOf, it } from 'vitest';

import type { Room, RoomEventOf, Session } from '../src/index.js';

declare const session: Session;
declare const room: Room;

/** Nothing of this runs: the type check is the test. */
const never = (): boolean => false;

describe('types', () => {
  it('of calls are those of the service', () => {
    if (!never()) return;
    expectTypeOf(session.call('rooms/room_detail', { roomId: '1' })).resolves.toHaveProperty('title');
    expectTypeOf(room.call('rooms/like', { count: 1 })).resolves.toEqualTypeOf<{ likes: number }>();
    // @ts-expect-error: there is no such method.
    void session.call('rooms/paint');
    // @ts-expect-error: the room is missing.
    void session.call('seats/lock', { seat: 1, locked: true });
    // @ts-expect-error: users have no server key.
    void session.call('admin/create_user', { name: 'Ann' });
  });

  it('of events are those of the reference', () => {
    if (!never()) return;
    room.on('seats.answered', ({ data }) => {
      expectTypeOf(data.outcome).toEqualTypeOf<RoomEventOf<'seats.answered'>['data']['outcome']>();
    });
    room.on('message', ({ text }) => {
      expectTypeOf(text).toEqualTypeOf<string>();
    });
    session.on('user.invited', ({ data }) => {
      expectTypeOf(data.roomId).toEqualTypeOf<string>();
    });
    session.on('report.resolved', ({ data }) => {
      expectTypeOf(data.reportId).toEqualTypeOf<string>();
    });
    // @ts-expect-error: there is no such event.
    room.on('room.painted', () => undefined);
  });
});
