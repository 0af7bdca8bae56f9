import { describe, expect, it } from 'vitest';

import { freshEvents, hostsFirst, publishersOf, type RoomView, viewAfter, viewFrom } from '../src/room/view.js';
import { member, news, options, request, room, seat, state } from './samples.js';

const start = viewFrom(state());
const after = (view: RoomView, told: Parameters<typeof freshEvents>[1]) => viewAfter(view, freshEvents(view, told));

describe('a view', () => {
  it('begins with the state', () => {
    expect(start.total).toBe(1);
    expect([...start.members.keys()]).toEqual(['40000001']);
    expect(start.closed).toBeNull();
  });

  it('gains who enters and loses who leaves', () => {
    const two = after(start, news([{ type: 'member.entered', ...member('2') }, counts(2)]));
    expect([...two.members.keys()]).toEqual(['40000001', '2']);
    expect(two.total).toBe(2);
    const one = after(two, news([{ type: 'member.left', userId: '2', reason: 'left' }, counts(1)], 4));
    expect([...one.members.keys()]).toEqual(['40000001']);
    expect([...two.members.keys()], 'the former view stays as it was').toEqual(['40000001', '2']);
  });

  it('renames and promotes who is there, and nobody else', () => {
    const next = after(
      start,
      news([
        { type: 'member.profile_changed', userId: '40000001', name: 'Ada', avatar: 'a.png' },
        { type: 'member.role_changed', userId: '40000001', role: 'audience' },
        { type: 'member.role_changed', userId: '9', role: 'anchor' },
      ]),
    );
    expect([...next.members.values()]).toEqual([
      { userId: '40000001', name: 'Ada', avatar: 'a.png', role: 'audience' },
    ]);
  });

  it('shows the room as it is after a change', () => {
    const hidden = after(start, news([{ type: 'room.hidden', room: room({ status: 1, title: 'Later' }) }]));
    expect(hidden.room.status).toBe(1);
    expect(hidden.room.title).toBe('Later');
  });

  it('takes counts of a crowd with its newcomers', () => {
    const crowd = after(start, news([counts(900, [member('7')])]));
    expect(crowd.total).toBe(900);
    expect(crowd.room.nnUsers).toBe(900);
    expect(crowd.members.has('7')).toBe(true);
  });

  it('skips what the state it began with contains already', () => {
    const late = news([{ type: 'room.likes', data: { likes: 1, added: 1 } }], 1);
    expect(freshEvents(start, late)).toEqual([]);
    expect(freshEvents({ ...start, epoch: 'another' }, late)).toHaveLength(1);
  });

  it('ends with its reason', () => {
    expect(after(start, news([{ type: 'room.closed', reason: 'destroyed' }])).closed).toBe('destroyed');
  });

  it('passes over what it does not know', () => {
    const next = after(start, news([{ type: 'room.sung' as 'room.closed' }]));
    expect(next).toEqual({ ...start, seq: 2 });
  });

  it('begins with options and seats', () => {
    const seats = { mode: 'free' as const, seats: [seat(1, '7')], requests: [request('r', '8')] };
    const view = viewFrom(state({ options: options({ slowMode: 30 }), seats }));
    expect(view.options.slowMode).toBe(30);
    expect(view.seats).toEqual(seats);
  });

  it('takes options and likes as they change', () => {
    const next = after(
      start,
      news([
        { type: 'room.options_changed', data: options({ muted: true }) },
        { type: 'room.likes', data: { likes: 12, added: 3 } },
      ]),
    );
    expect(next.options.muted).toBe(true);
    expect(next.room.star).toBe(12);
  });

  it('knows the streams that the room has now', () => {
    const stream = { streamId: 's', userId: '7', seat: 0, state: 'live', startUtc: '', width: 0, height: 0 };
    expect(start.streams).toEqual([]);
    expect(viewFrom(state({ streams: [stream] as never })).streams).toEqual([stream]);
    const next = after(start, news([{ type: 'stream.changed', data: { streams: [stream] } }]));
    expect([next.streams, next.seats]).toEqual([[stream], start.seats]);
  });

  it('knows what was sent in the broadcast', () => {
    const before = { coins: 3, gifts: 1, senders: 1 };
    expect(start.gifts).toEqual({ coins: 0, gifts: 0, senders: 0 });
    expect(viewFrom(state({ gifts: before })).gifts).toEqual(before);
    const totals = { coins: 9, gifts: 4, senders: 2 };
    const next = after(
      start,
      news([
        { type: 'gift.sent', data: { sentId: 'g', coins: 1 } },
        { type: 'gift.more', data: { count: 3, coins: 8 } },
        { type: 'gift.totals', data: totals },
      ]),
    );
    expect([next.gifts, next.seats]).toEqual([totals, start.seats]);
  });

  it('knows who was muted, and who may write again', () => {
    const muted = (mutedUntil: string) => ({ type: 'member.standing_changed' as const, data: { userId: '7', mutedUntil } });
    const next = after(start, news([muted('9999-12-31T23:59:59Z')]));
    expect(next.muted.get('7')).not.toBe('');
    expect(after(next, news([muted('')], 3)).muted.get('7')).toBe('');
  });

  it('has hosts and whoever sits publish, and nobody else', () => {
    const two = after(
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
