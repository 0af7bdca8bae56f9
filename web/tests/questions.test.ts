import { describe, expect, it } from 'vitest';

import { QuestionBook, roundOf, type ShownRound } from '../src/rooms/questions';

const question = (questionId: string) => ({ questionId, userId: 'u1', name: 'Ann', text: `${questionId}?` });
const round = (more: Partial<ShownRound>): ShownRound =>
  ({ activityId: 'a1', topic: '', who: 'everyone', marked: null, last: null, waiting: [], newest: [], ...more });

describe('a round of questions', () => {
  it('is the activity of its type', () => {
    const poll = { activityId: 'a0', type: 'poll', state: {} };
    expect(roundOf([poll] as never)).toBeNull();
    expect(roundOf([poll, { activityId: 'a1', type: 'questions', state: round({ topic: 'Ask' }) }] as never)?.topic).toBe('Ask');
  });

  it('keeps texts that were seen, and asks for the list where one is missing', () => {
    const book = new QuestionBook();
    expect(book.show(round({ waiting: ['q1', 'q2'], newest: [question('q2')] }))).toBe(true);
    book.read({ activityId: 'a1', questions: [{ ...question('q1'), votes: 0, voted: true }] } as never);
    const after = round({ waiting: ['q1', 'q2', 'q3'], newest: [question('q3')] });
    expect(book.show(after)).toBe(false);
    expect(book.list(after, { q3: 2, q2: 2 }).map(({ questionId, voted }) => [questionId, voted])).toEqual([
      ['q2', false],
      ['q3', false],
      ['q1', true],
    ]);
    book.vote('q3', true);
    book.vote('q1', false);
    expect(book.list(round({ waiting: ['q1', 'q3'] }), {}).map(({ voted }) => voted)).toEqual([false, true]);
  });

  it('forgets the last one', () => {
    const book = new QuestionBook();
    book.show(round({ waiting: ['q1'], newest: [question('q1')] }));
    expect(book.show(round({ activityId: 'a2', waiting: ['q1'] }))).toBe(true);
    book.read({ activityId: 'a1', questions: [{ ...question('q1'), votes: 0, voted: true }] } as never);
    expect(book.list(round({ activityId: 'a2', waiting: ['q1'] }), {})).toEqual([]);
  });
});
