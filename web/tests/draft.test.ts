import { describe, expect, it } from 'vitest';

import { makeDraft } from '../src/composables/useDraft';
import { withRecalled } from '../src/rooms/talk';
import { message } from './samples';

describe('a draft', () => {
  it('mentions those whose names still stand in it', () => {
    const draft = makeDraft();
    draft.text.value = 'Hello';
    draft.mention({ userId: '2', name: 'Ben', avatar: '' });
    draft.mention({ userId: '3', name: 'Cho', avatar: '' });
    expect(draft.text.value).toBe('Hello @Ben @Cho ');
    draft.text.value = 'Hello @Ben';
    expect(draft.saying()).toEqual({ text: 'Hello @Ben', mentions: ['2'] });
  });

  it('answers a message until it is sent', () => {
    const draft = makeDraft();
    draft.reply(message('7'));
    draft.text.value = ' Yes ';
    expect(draft.saying()).toEqual({ text: 'Yes', replyTo: '7' });
    draft.clear();
    expect(draft.saying()).toEqual({ text: '' });
  });
});

describe('what is taken back', () => {
  it('is not to be read in the answers to it either', () => {
    const answer = { ...message('8'), replyTo: { messageId: '7', userId: '1', name: 'Ada', text: 'Oh no' } };
    const [first, second] = withRecalled([message('7'), answer], '7');
    expect(first).toMatchObject({ recalled: true, text: '' });
    expect(second?.replyTo?.text).toBe('');
  });
});
