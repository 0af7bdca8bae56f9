import { hostsFirst, publishersOf } from '@liveroom/client';
import { describe, expect, it } from 'vitest';

import { sceneAfter, sceneFrom } from '../src/rooms/scene';
import { member, news, options, request, room, seat, state } from './samples';

const start = sceneFrom(state());

describe('a scene', () => {
  it('begins with the state', () => {
    expect(start.total).toBe(1);
    expect([...start.members.keys()]).toEqual(['40000001']);
    expect(start.closed).toBeNull();
  });

  it('gains who enters and loses who leaves', () => {
    const two = sceneAfter(start, news([{ type: 'member.entered', ...member('2') }, counts(2)]));
    expect([...two.members.keys()]).toEqual(['40000001', '2']);
    expect(two.total).toBe(2);
    const one = sceneAfter(two, news([{ type: 'member.left', userId: '2', reason: 'left' }, counts(1)], 4));
    expect([...one.members.keys()]).toEqual(['40000001']);
    expect([...two.members.keys()], 'the former scene stays as it was').toEqual(['40000001', '2']);
  });

  it('renames and promotes who is there, and nobody else', () => {
    const after = sceneAfter(
      start,
      news([
        { type: 'member.profile_changed', userId: '40000001', name: 'Ada', avatar: 'a.png' },
        { type: 'member.role_changed', userId: '40000001', role: 'audience' },
        { type: 'member.role_changed', userId: '9', role: 'anchor' },
      ]),
    );
    expect([...after.members.values()]).toEqual([
      { userId: '40000001', name: 'Ada', avatar: 'a.png', role: 'audience' },
    ]);
  });

  it('shows the room as it is after a change', () => {
    const hidden = sceneAfter(start, news([{ type: 'room.hidden', room: room({ status: 1, title: 'Later' }) }]));
    expect(hidden.room.status).toBe(1);
    expect(hidden.room.title).toBe('Later');
  });

  it('takes counts of a crowd with its newcomers', () => {
    const crowd = sceneAfter(start, news([counts(900, [member('7')])]));
    expect(crowd.total).toBe(900);
    expect(crowd.room.nnUsers).toBe(900);
    expect(crowd.members.has('7')).toBe(true);
  });

  it('ends with its reason', () => {
    expect(sceneAfter(start, news([{ type: 'room.closed', reason: 'destroyed' }])).closed).toBe('destroyed');
  });

  it('passes over what it does not know', () => {
    const after = sceneAfter(start, news([{ type: 'room.sung' as 'room.closed' }]));
    expect(after).toEqual({ ...start, seq: 2 });
  });

  it('begins with options and seats', () => {
    const seats = { mode: 'free' as const, seats: [seat(1, '7')], requests: [request('r', '8')] };
    const scene = sceneFrom(state({ options: options({ slowMode: 30 }), seats }));
    expect(scene.options.slowMode).toBe(30);
    expect(scene.seats).toEqual(seats);
  });

  it('takes options and likes as they change', () => {
    const after = sceneAfter(
      start,
      news([
        { type: 'room.options_changed', data: options({ muted: true }) },
        { type: 'room.likes', data: { likes: 12, added: 3 } },
      ]),
    );
    expect(after.options.muted).toBe(true);
    expect(after.room.star).toBe(12);
  });

  it('knows who was muted, and who may write again', () => {
    const muted = (mutedUntil: string) => ({ type: 'member.standing_changed' as const, data: { userId: '7', mutedUntil } });
    const after = sceneAfter(start, news([muted('9999-12-31T23:59:59Z')]));
    expect(after.muted.get('7')).not.toBe('');
    expect(sceneAfter(after, news([muted('')], 3)).muted.get('7')).toBe('');
  });

  it('has hosts and whoever sits publish, and nobody else', () => {
    const two = sceneAfter(
      start,
      news([
        { type: 'member.entered', ...member('7') },
        { type: 'member.entered', ...member('8') },
        { type: 'seats.changed', data: { mode: 'apply', seats: [seat(1), seat(2, '7')] } },
      ]),
    );
    expect([...publishersOf(two)]).toEqual(['40000001', '7']);
  });

  it('names hosts first, else in the order of joining', () => {
    const people = [member('1'), member('2', 'anchor'), member('3'), member('4', 'owner')];
    expect(hostsFirst(people).map(({ userId }) => userId)).toEqual(['2', '4', '1', '3']);
  });
});

function counts(nnUsers: number, sample: object[] = []) {
  return { type: 'room.counts' as const, nnUsers, totalJoined: nnUsers, sample };
}
