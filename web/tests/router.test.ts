import { expect, test } from 'vitest';

import { openShared } from '../src/router';

function shown(pathname: string): string | undefined {
  let address: string | undefined;
  openShared({ pathname }, { replaceState: (_state, _unused, url) => (address = String(url)) });
  return address;
}

test('a shared link opens its room, under whatever path the page is', () => {
  expect(shown('/r/40000001')).toBe('/#/room/40000001');
  expect(shown('/live/prod/r/my%20room/')).toBe('/live/prod/#/room/my%20room');
});

test('any other address stays as it is', () => {
  for (const path of ['/', '/live/', '/r/', '/r', '/rooms/1', '/r/1/2']) expect(shown(path)).toBeUndefined();
});
