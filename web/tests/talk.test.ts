import { NetworkError } from '@liveroom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Evening } from '../../clients/js/tests/evening';
import { message } from '../../clients/js/tests/samples';
import { useTalk } from '../src/composables/useTalk';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the talk', () => {
  it('sends what had no answer by the same key, and what is said next by another', async () => {
    const evening = new Evening();
    const room = await evening.enter();
    const { send } = useTalk({ calls: room });
    let answers = false;
    evening.connection.replies['messages/send'] = ({ text }) => {
      if (!answers) throw new NetworkError('x');
      return message('5', String(text));
    };
    const saying = { text: 'hello', replyTo: '2' };
    const unanswered = expect(send(saying)).rejects.toBeInstanceOf(NetworkError);
    await vi.advanceTimersByTimeAsync(10_000);
    await unanswered;
    answers = true;
    await send(saying);
    await send(saying);
    const sent = evening.connection.callsOf('messages/send');
    const keys = sent.map(({ key }) => key);
    expect(sent[0]).toMatchObject(saying);
    expect(new Set(keys.slice(0, -1)).size).toBe(1);
    expect(keys.at(-1)).not.toBe(keys[0]);
  });
});
