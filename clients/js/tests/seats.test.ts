import { describe, expect, it } from 'vitest';

import { requestOf, seatOf, seatsAfter } from '../src/room/seats.js';
import { request, seat } from './samples.js';

const empty = { mode: 'apply' as const, seats: [seat(1), seat(2)], requests: [] };
const asked = seatsAfter(empty, { type: 'seats.requested', data: request('r1', '7') });

describe('seats', () => {
  it('are as they were told last, and whoever waits goes on waiting', () => {
    const after = seatsAfter(asked, { type: 'seats.changed', data: { mode: 'free', seats: [seat(1, '8'), seat(2)] } });
    expect(after.mode).toBe('free');
    expect(seatOf(after, '8')?.seat).toBe(1);
    expect(seatOf(after, '9')).toBeUndefined();
    expect(after.requests).toHaveLength(1);
  });

  it('have a request until it is answered, whatever the answer', () => {
    expect(requestOf(asked, 'apply', '7')?.requestId).toBe('r1');
    expect(requestOf(asked, 'invite', '7')).toBeUndefined();
    for (const outcome of ['approved', 'accepted', 'refused', 'cancelled', 'expired'] as const) {
      const data = { requestId: 'r1', kind: 'apply' as const, userId: '7', seat: 0, outcome, reason: '', by: '' };
      expect(seatsAfter(asked, { type: 'seats.answered', data }).requests).toEqual([]);
    }
  });

  it('have a request once, however often it is told', () => {
    const again = seatsAfter(asked, { type: 'seats.requested', data: request('r1', '7', { seat: 2 }) });
    expect(again.requests).toEqual([request('r1', '7', { seat: 2 })]);
  });
});
