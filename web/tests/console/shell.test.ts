import { describe, expect, it } from 'vitest';

import { includes } from '@/console/composables/useConsole';
import { isWriting } from '@/console/composables/useKeys';
import { listedFor, PAGES } from '@/console/pages';

describe('what an operator may do', () => {
  it('is what the permissions say', () => {
    expect(includes(['rooms.view'], 'rooms.view')).toBe(true);
    expect(includes(['rooms.view'], 'rooms.moderate')).toBe(false);
    expect(includes(['rooms.*'], 'rooms.moderate')).toBe(true);
    expect(includes(['*'], 'rooms.moderate')).toBe(true);
    expect(includes([], 'rooms.view')).toBe(false);
  });

  it('decides which pages are listed', () => {
    const names = listedFor((permission) => permission === 'reports.view').map(({ name }) => name);
    expect(names).toContain('reports');
    expect(names).not.toContain('rooms');
  });

  it('has pages of which none shares its address, name or key with another', () => {
    for (const field of [PAGES.map(({ name }) => name), PAGES.map(({ path }) => path)]) expect(new Set(field).size).toBe(field.length);
    const keys = PAGES.flatMap(({ listed }) => listed?.key ?? []);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).not.toEqual(expect.arrayContaining(['j', 'k', 'x', 'g']));
  });
});

describe('keys', () => {
  it('are for fields and dialogs where these have the focus', () => {
    document.body.innerHTML = '<input id="a"><div role="dialog"><button id="b"></button></div><button id="c"></button>';
    expect(isWriting(document.getElementById('a'))).toBe(true);
    expect(isWriting(document.getElementById('b'))).toBe(true);
    expect(isWriting(document.getElementById('c'))).toBe(false);
    expect(isWriting(null)).toBe(false);
  });
});
