import { NetworkError, RateLimitedError, RefusedError } from '@liveroom/client';
import { describe, expect, it } from 'vitest';

import { en, type TextKey } from '../src/i18n/en';
import { guestName } from '../src/identity/guestname';
import { counted, failureText, fill, languageOf, LANGUAGES, type Say, secondsOf } from '../src/i18n/texts';

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
    const taken = new RefusedError(98, 'SystemVerifyError', 'from the service');
    expect(failureText(say, taken, { occasion: 'register' })).toBe(en['error.SystemVerifyError.register']);
    expect(failureText(say, taken, { occasion: 'elsewhere' })).toBe(en['error.SystemVerifyError']);
  });

  it('that the page does not know is said by its code, and never in words of the service', () => {
    const text = failureText(say, new RefusedError(2005, 'RoomStarInvalid', 'from the service'));
    expect(text).toContain('2005');
    expect(text).not.toContain('from the service');
  });

  it('says how long to wait, where that is known', () => {
    const often = (seconds: number | null) => new RateLimitedError(3004, 'RateLimited', 'x', undefined, seconds);
    expect([secondsOf(often(12)), secondsOf(often(null))]).toEqual([12, 0]);
    expect(failureText(say, often(12))).toBe('Please wait 12 s');
    expect(failureText(say, often(null))).toBe(en['error.RateLimited']);
  });

  it('is said in the words of the operator where a hook refuses, and in no others', () => {
    const refused = (sentence: string) => failureText(say, new RefusedError(3000, 'PermissionDenied', sentence));
    expect(refused('This show is for subscribers.')).toBe('This show is for subscribers.');
    expect(refused("you don't have permission to do this")).toBe(en['error.PermissionDenied']);
    expect(refused('没有权限')).toBe(en['error.PermissionDenied']);
  });

  it('without an answer is the network', () => {
    expect(failureText(say, new NetworkError('x'))).toBe(en['error.unreachable']);
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
