import { describe, expect, it } from 'vitest';

import { answerText } from '../src/rooms/answers';

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
