import { describe, expect, it, vi } from 'vitest';

import { forgetLink, linkOf, openLink, tokenOf } from '@/console/links';
import { nextOf } from '@/console/router';

describe('links that sign in', () => {
  it('are read from what stands behind the #', () => {
    expect(linkOf('#first=abcdefgh1234')).toEqual({ kind: 'first', token: 'abcdefgh1234' });
    expect(linkOf('#invitation=abcd-EFGH_1234')?.kind).toBe('invitation');
  });

  it.each(['', '#', '#first=', '#first=short', '#other=abcdefgh1234', '#first=abc defgh1234'])('are not %s', (hash) => {
    expect(linkOf(hash)).toBeNull();
  });

  it('leave the address and its history at once', () => {
    const history = { replaceState: vi.fn() };
    openLink({ hash: '#first=abcdefgh1234' } as Location, history as unknown as History, '/live/');
    expect(history.replaceState).toHaveBeenCalledWith(null, '', '/live/console/first');
    expect(tokenOf('first')).toBe('abcdefgh1234');
    expect(tokenOf('invitation')).toBeNull();
    forgetLink();
    expect(tokenOf('first')).toBeNull();
  });
});

describe('where to go after signing in', () => {
  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'rooms', null, ['/rooms']])('is never %s', (next) => {
    expect(nextOf(next)).toBe('/');
  });

  it('is a page of the console', () => {
    expect(nextOf('/rooms/1?tab=facts')).toBe('/rooms/1?tab=facts');
  });
});
