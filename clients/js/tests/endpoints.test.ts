import { describe, expect, it } from 'vitest';

import { endpointsOf } from '../src/connection/endpoints.js';

describe('the addresses of a service', () => {
  it('are below the one that is given, with a slash at its end or without', () => {
    for (const url of ['https://example.com/live', 'https://example.com/live/', new URL('https://example.com/live//')]) {
      expect(endpointsOf(url)).toEqual({
        root: 'https://example.com/live/',
        api: 'https://example.com/live/base/v1',
        websocket: 'wss://example.com/live/connection/websocket',
        stream: 'https://example.com/live/connection/http_stream',
        events: 'https://example.com/live/connection/sse',
        emulation: 'https://example.com/live/emulation',
      });
    }
  });

  it('have a socket without encryption only where the service has none', () => {
    expect(endpointsOf('http://127.0.0.1:9000').websocket).toBe('ws://127.0.0.1:9000/connection/websocket');
  });
});
