import { describe, expect, it } from 'vitest';

import { placeOf } from '../src/place';
import { nextOf } from '../src/router';

describe('where the service is', () => {
  it('is where the page is', () => {
    expect(placeOf(new URL('http://127.0.0.1:9000/#/room/1'))).toEqual({ url: 'http://127.0.0.1:9000/', root: '/' });
  });

  it('is below the stage under which a gateway serves the page', () => {
    expect(placeOf(new URL('https://live.example.com/prod/index.html'), '').url).toBe('https://live.example.com/prod/');
  });

  it('is under the path that the service itself names', () => {
    expect(placeOf(new URL('https://example.com/live'), '/live').url).toBe('https://example.com/live/');
  });
});

describe('where to go after coming in', () => {
  it('is only ever a screen of the page', () => {
    expect(nextOf('/room/1')).toBe('/room/1');
    expect(nextOf('//evil.example')).toBe('/');
    expect(nextOf('https://evil.example')).toBe('/');
    expect(nextOf(undefined)).toBe('/');
  });
});
