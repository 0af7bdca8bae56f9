import { describe, expect, it } from 'vitest';

import { minutesSince } from '../src/composables/useMinutes';
import { obstacle, problemOf } from '../src/media/sources';
import { hueOf, initialOf } from '../src/rooms/colours';

const devices = { getUserMedia: () => Promise.reject(new Error()), getDisplayMedia: () => Promise.reject(new Error()) };

describe('a source', () => {
  it('is any on a secure page', () => {
    expect((['camera', 'screen', 'test'] as const).map((kind) => obstacle(kind, true, devices))).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('is the test picture alone on an insecure one', () => {
    expect(obstacle('camera', false, undefined)).toBe('insecure');
    expect(obstacle('screen', false, undefined)).toBe('insecure');
    expect(obstacle('test', false, undefined)).toBeNull();
  });

  it('is no screen where the browser cannot share one', () => {
    expect(obstacle('screen', true, { getUserMedia: devices.getUserMedia })).toBe('unsupported');
    expect(obstacle('camera', true, { getUserMedia: devices.getUserMedia })).toBeNull();
  });

  it.each([
    ['NotAllowedError', 'refused'],
    ['NotFoundError', 'missing'],
    ['NotReadableError', 'busy'],
    ['TypeError', 'unsupported'],
  ])('that fails with %s is %s', (name, problem) => {
    expect(problemOf(new DOMException('x', name))).toBe(problem);
  });
});

describe('small things', () => {
  it('count whole minutes of the service’s time', () => {
    expect(minutesSince('2026-01-01 00:00:00', Date.UTC(2026, 0, 1, 0, 5, 59))).toBe(5);
    expect(minutesSince('2026-01-01 00:00:10', Date.UTC(2026, 0, 1))).toBe(0);
    expect(minutesSince('', 0)).toBe(0);
  });

  it('take the first sign of a name as people count', () => {
    expect(initialOf(' ada')).toBe('A');
    expect(initialOf('小明')).toBe('小');
    expect(initialOf('👩‍🎤 live')).toBe('👩‍🎤');
    expect(initialOf('')).toBe('·');
  });

  it('give an id the same colour everywhere', () => {
    expect(hueOf('40000001')).toBe(hueOf('40000001'));
  });
});
