import { NetworkError as Unreachable, RefusedError as Refusal } from '@liveroom/client';
import { describe, expect, it } from 'vitest';

import { en, type TextKey } from '../src/i18n/en';
import { guestName } from '../src/identity/guestname';
import { counted, failureText, fill, languageOf, LANGUAGES, type Say, SERVICE_SAYS } from '../src/i18n/texts';

const say: Say = (key, values) => fill(en[key], values);
const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort();

describe('texts', () => {
  it('are complete in every language', () => {
    for (const [name, texts] of Object.entries(LANGUAGES)) {
      expect(Object.keys(texts).sort(), name).toEqual(Object.keys(en).sort());
      for (const text of Object.values(texts)) expect(text.trim()).not.toBe('');
    }
  });

  it('leave room for the same values in every language', () => {
    for (const key of Object.keys(en) as TextKey[]) expect(holes(LANGUAGES.zh[key]), key).toEqual(holes(en[key]));
  });

  it('take values', () => {
    expect(fill('{count} of {total}', { count: 2, total: 3 })).toBe('2 of 3');
    expect(fill('{count} of {total}', { count: 0 })).toBe('0 of {total}');
  });

  it('know one from many', () => {
    expect(counted('lobby.count', 1)).toBe('lobby.count.one');
    expect(counted('lobby.count', 0)).toBe('lobby.count');
    expect(counted('room.viewers', 1)).toBe('room.viewers');
  });
});

describe('the language', () => {
  it('is the first of the browser that the page speaks', () => {
    expect(languageOf(['fr-FR', 'zh-TW', 'en'])).toBe('zh');
    expect(languageOf(['en-GB', 'zh'])).toBe('en');
  });

  it('is English where there is none', () => {
    expect(languageOf(['fr'])).toBe('en');
    expect(languageOf([])).toBe('en');
  });
});

describe('a failure', () => {
  it('is said in words of the occasion, where there are any', () => {
    const taken = new Refusal(98, 'SystemVerifyError', 'from the service');
    expect(failureText(say, taken, 'register')).toBe(en['error.SystemVerifyError.register']);
    expect(failureText(say, taken, 'elsewhere')).toBe(en['error.SystemVerifyError']);
  });

  it('is said as the service says it, when the page does not know it', () => {
    expect(failureText(say, new Refusal(2005, 'RoomStarInvalid', 'from the service'))).toBe('from the service');
  });

  it('is said in the words of the service, where those say more', () => {
    const often = new Refusal(3004, 'RateLimited', 'try again in 12 s');
    expect(failureText(say, often)).toBe(en['error.RateLimited']);
    expect(failureText(say, often, SERVICE_SAYS)).toBe('try again in 12 s');
  });

  it('without an answer is the network', () => {
    expect(failureText(say, new Unreachable('x'))).toBe(en['error.unreachable']);
  });
});

describe('a guest without a name', () => {
  it('gets one in their language', () => {
    expect(guestName(say, () => 0)).toBe('Calm Otter');
    expect(
      guestName(
        (key, values) => fill(LANGUAGES.zh[key], values),
        () => 0.999,
      ),
    ).toBe('机智的燕子');
  });
});
