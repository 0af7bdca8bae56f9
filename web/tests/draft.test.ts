import { describe, expect, it } from 'vitest';

import { message } from '../../clients/js/tests/samples';
import { makeDraft } from '../src/composables/useDraft';

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
