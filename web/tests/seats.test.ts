import { requestOf, seatOf } from '@liveroom/client';
import { describe, expect, it } from 'vitest';

import { answerText, seatsAfter } from '../src/rooms/seats';
import { request, seat } from './samples';

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

describe('an answer', () => {
  const answer = { requestId: 'r1', kind: 'apply' as const, userId: '7', seat: 0, outcome: 'refused' as const, reason: '', by: '1' };
  const key = (fields: Partial<Parameters<typeof answerText>[0]>, me: string, invited = false) =>
    answerText({ ...answer, ...fields }, me, invited)?.key;

  it('is told to whoever has waited for it, with the reason where there is one', () => {
    expect(key({}, '7')).toBe('seats.answer.refused');
    expect(key({ reason: 'full' }, '7')).toBe('seats.answer.refused.why');
    expect(key({ outcome: 'expired', by: '' }, '7')).toBe('seats.answer.expired');
    expect(key({ kind: 'invite', by: '7' }, '1', true)).toBe('seats.answer.invite.refused');
    expect(key({ kind: 'invite', outcome: 'expired', by: '' }, '1', true)).toBe('seats.answer.invite.expired');
  });

  it('is told to nobody else, nor to whoever has given it, nor where the seat itself says it', () => {
    expect(key({}, '8')).toBeUndefined();
    expect(key({ kind: 'invite', by: '7' }, '7')).toBeUndefined();
    expect(key({ kind: 'invite' }, '8')).toBeUndefined();
    expect(key({ outcome: 'approved' }, '7')).toBeUndefined();
    expect(key({ outcome: 'cancelled', by: '7' }, '7')).toBeUndefined();
  });
});
