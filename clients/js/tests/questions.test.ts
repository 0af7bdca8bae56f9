import { describe, expect, it } from 'vitest';

import { NetworkError } from '../src/errors.js';
import { RoomQuestions } from '../src/room/questions.js';

describe('questions', () => {
  it('are asked and answered by the names that the service knows', async () => {
    const calls: [string, object][] = [];
    const call = (method: string, params: object = {}) => {
      calls.push([method, params]);
      return Promise.resolve({});
    };
    const questions = new RoomQuestions(call as never, call as never);
    await questions.open({ topic: 'Ask', who: 'followers' });
    await questions.list();
    await questions.ask('a1', 'Why?');
    await questions.mark('a1', 'q1');
    await questions.mark('a1');
    await questions.answer('a1', 'q1');
    await questions.answer('a1', 'q2', 'So');
    await questions.remove('a1', 'q3');
    await questions.answered('a1');
    expect(calls).toEqual([
      ['questions/open', { topic: 'Ask', who: 'followers' }],
      ['questions/list', {}],
      ['questions/ask', { activityId: 'a1', text: 'Why?' }],
      ['questions/mark', { activityId: 'a1', questionId: 'q1' }],
      ['questions/mark', { activityId: 'a1' }],
      ['questions/answer', { activityId: 'a1', questionId: 'q1' }],
      ['questions/answer', { activityId: 'a1', questionId: 'q2', answer: 'So' }],
      ['questions/remove', { activityId: 'a1', questionId: 'q3' }],
      ['questions/answered', { activityId: 'a1', limit: 20 }],
    ]);
  });

  it('are voted for again where a call broke off', async () => {
    const calls: object[] = [];
    const call = (_: string, params: object) => {
      calls.push(params);
      return calls.length === 1 ? Promise.reject(new NetworkError('x')) : Promise.resolve({ votes: 3 });
    };
    const questions = new RoomQuestions(call as never, call as never);
    expect((await questions.vote('a1', 'q1', false)).votes).toBe(3);
    expect(calls).toEqual(Array.from({ length: 2 }, () => ({ activityId: 'a1', questionId: 'q1', up: false })));
  });
});
