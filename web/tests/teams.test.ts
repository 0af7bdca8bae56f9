import { describe, expect, it } from 'vitest';

import { answersIn, hasOpponent, invitedAfter, offeredSides, teamsOf, wantedAfter } from '../src/rooms/teams';

const guest = (roomId: string, side: number) => ({ roomId, userId: roomId, name: `host ${roomId}`, avatar: '', side, accepted: false });
const invited = {
  battleId: 'b1',
  roomId: '1',
  userId: '1',
  rooms: [guest('1', 1), guest('2', 1), guest('3', 2), guest('4', 2)],
  duration: 60,
  expireUtc: '2026-01-01 20:00:30',
  expireIn: 30_000,
  answers: new Map(),
};
const numbers = (count: number) => Array.from({ length: count }, (_, index) => [String(index), 2] as const);

describe('teams that are put together', () => {
  it('are one’s own, those that there are, and one more, up to nine', () => {
    expect(offeredSides(new Map())).toEqual([1, 2]);
    expect(offeredSides(new Map([['2', 1]]))).toEqual([1, 2]);
    expect(offeredSides(new Map([['2', 1], ['3', 2]]))).toEqual([1, 2, 3]);
    expect(offeredSides(new Map([['2', 9]]))).toHaveLength(9);
  });

  it('take a room, move it, and let it go', () => {
    const one = wantedAfter(new Map(), '2', 1)!;
    const moved = wantedAfter(one, '2', 2)!;
    expect([...moved]).toEqual([['2', 2]]);
    expect(wantedAfter(moved, '2', 0)!.size).toBe(0);
  });

  it('know after a reload who has said yes', () => {
    const [own, ...others] = invited.rooms;
    const rooms = [{ ...own!, accepted: true }, ...others.map((one) => ({ ...one, accepted: one.roomId === '3' }))];
    expect([...answersIn({ ...invited, rooms })]).toEqual([['3', 'accepted']]);
  });

  it('have eight others at the most', () => {
    const full = new Map(numbers(8));
    expect(wantedAfter(full, 'more', 1)).toBeNull();
    expect(wantedAfter(full, '3', 1)!.get('3')).toBe(1);
  });

  it('can begin once somebody stands against this room', () => {
    expect(hasOpponent(new Map())).toBe(false);
    expect(hasOpponent(new Map([['2', 1]]))).toBe(false);
    expect(hasOpponent(new Map([['2', 1], ['3', 2]]))).toBe(true);
  });
});

describe('an invitation of several', () => {
  it('stays open while somebody of them has not answered', () => {
    const accepted = invitedAfter(invited, '2', 'accepted')!;
    const refused = invitedAfter(accepted, '3', 'refused')!;
    expect([...refused.answers]).toEqual([['2', 'accepted'], ['3', 'refused']]);
    expect(invitedAfter(refused, '4', 'accepted')).toBeNull();
  });

  it('is closed when nobody is left to stand against', () => {
    const refused = invitedAfter(invited, '3', 'refused')!;
    expect(invitedAfter(refused, '4', 'refused')).toBeNull();
  });

  it('is closed when it is taken back, or its time is over', () => {
    for (const answer of ['cancelled', 'expired'] as const) expect(invitedAfter(invited, '1', answer)).toBeNull();
  });

  it('names one’s own team first', () => {
    const named = (roomId: string) => teamsOf(invited, roomId).map(({ rooms }) => rooms.map((one) => one.roomId).join());
    expect(named('2')).toEqual(['1,2', '3,4']);
    expect(named('4')).toEqual(['3,4', '1,2']);
  });
});
