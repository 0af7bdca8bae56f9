import { describe, expect, it } from 'vitest';

import { arrivedIn } from '../src/media/mesh/stats.js';

describe('how a picture has arrived', () => {
  it('is read from the statistics of a connection', () => {
    const reports = new Map<string, unknown>([
      ['a', { type: 'inbound-rtp', kind: 'audio', timestamp: 5, bytesReceived: 10 }],
      [
        'v',
        {
          type: 'inbound-rtp',
          kind: 'video',
          timestamp: 5,
          bytesReceived: 90,
          framesDecoded: 3,
          frameWidth: 640,
          frameHeight: 360,
          jitterBufferDelay: 0.6,
          jitterBufferEmittedCount: 10,
        },
      ],
      ['p', { type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 0.04, timestamp: 5 }],
    ]);
    expect(arrivedIn('1', reports)).toEqual({ userId: '1', at: 5, bytes: 100, frames: 3, width: 640, height: 360, delay: 80 });
  });
});
