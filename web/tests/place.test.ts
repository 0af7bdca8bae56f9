import { describe, expect, it } from 'vitest';

import { placeOf } from '../src/api/place';
import { nextOf } from '../src/router';

describe('where the service is', () => {
  it('is where the page is', () => {
    const place = placeOf(new URL('http://127.0.0.1:9000/#/room/1'));
    expect(place.api).toBe('http://127.0.0.1:9000/base/v1');
    expect(place.websocket).toBe('ws://127.0.0.1:9000/connection/websocket');
    expect(place.root).toBe('/');
  });

  it('is below the stage under which a gateway serves the page', () => {
    expect(placeOf(new URL('https://live.example.com/prod/index.html'), '').api).toBe(
      'https://live.example.com/prod/base/v1',
    );
  });

  it('is under the path that the service itself names', () => {
    const place = placeOf(new URL('https://example.com/live'), '/live');
    expect(place.websocket).toBe('wss://example.com/live/connection/websocket');
    expect(place.emulation).toBe('https://example.com/live/emulation');
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
