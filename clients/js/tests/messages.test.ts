import { describe, expect, it } from 'vitest';

import { MESSAGES_MAX, messagesAfter, pictureOf, withMessages, withRecalled } from '../src/room/messages.js';
import type { Message } from '../src/types.js';
import { message, news } from './samples.js';

const ids = (messages: readonly Message[]) => messages.map(({ messageId }) => messageId);

describe('the messages of a room', () => {
  it('stand in the order of their numbers, each once', () => {
    const messages = withMessages([message('9'), message('11')], [message('10'), message('9', 'again')]);
    expect(ids(messages)).toEqual(['9', '10', '11']);
    expect(messages[0]!.text).toBe('again');
  });

  it('are so many and no more, however much is said', () => {
    let messages: readonly Message[] = [];
    for (let at = 0; at < 10_000; at += 50) {
      messages = withMessages(messages, Array.from({ length: 50 }, (_, index) => message(String(at + index))));
    }
    expect(messages).toHaveLength(MESSAGES_MAX);
    expect(messages.at(-1)!.messageId).toBe('9999');
  });

  it('leave out what is for apps alone', () => {
    expect(withMessages([], [message('1', '', { type: 'custom', data: {} })])).toEqual([]);
  });

  it('are there with a picture and no text', () => {
    const upload = { uploadId: '1', url: 'https://files.example/a.jpg', width: 4, height: 3 };
    const [one] = withMessages([], [message('1', '', { type: 'custom', data: { upload } as never })]);
    expect(pictureOf(one!)).toEqual({ url: upload.url, width: 4, height: 3 });
  });

  it.each([null, {}, { upload: null }, { upload: 'a.jpg' }, { upload: { url: 3 } }])('have no picture where data are %j', (data) => {
    expect(pictureOf({ data: data as never })).toBeNull();
  });

  it('show that something was recalled, and not what', () => {
    const [one] = withRecalled([message('1', 'oh', { data: { upload: {} } as never })], '1');
    expect(one).toMatchObject({ recalled: true, text: '', data: null });
  });

  it('do not show what was recalled in the answers to it either', () => {
    const answer = message('8', 'No!', { replyTo: { messageId: '7', userId: '1', name: 'Ada', text: 'Oh no' } });
    expect(withRecalled([message('7'), answer], '7')[1]).toMatchObject({ text: 'No!', replyTo: { name: 'Ada', text: '' } });
  });

  it('go on with what is sent and recalled', () => {
    const events = news([
      { type: 'message.sent', data: message('3') },
      { type: 'message.recalled', data: { messageId: '2' } },
    ]).events;
    const after = messagesAfter([message('1'), message('2')], events);
    expect(ids(after)).toEqual(['1', '2', '3']);
    expect(after[1]!.recalled).toBe(true);
  });

  it('have notices of the operator where they were given', () => {
    const { events } = news([{ type: 'room.notice', data: { text: 'Back in five minutes', data: null } }]);
    expect(messagesAfter([message('1767225599999')], events).map(({ type, text }) => [type, text])).toEqual([
      ['text', 'text of 1767225599999'],
      ['notice', 'Back in five minutes'],
    ]);
  });
});
