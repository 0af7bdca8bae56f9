import type { Arrived } from '@liveroom/client/media';
import { describe, expect, it } from 'vitest';

import { covered } from '../src/composables/useKeyboard';
import { keepDevices, keptDevices } from '../src/media/devices';
import { Progress, STILL_MS } from '../src/media/progress';
import { qualityOf } from '../src/media/quality';
import { CROSSING_MS, Lanes } from '../src/rooms/lanes';

describe('a picture', () => {
  it('stands still once no frame has come for a while', () => {
    const frames = new Progress();
    expect(frames.stands(1, 0)).toBe(false);
    expect(frames.stands(1, STILL_MS - 1)).toBe(false);
    expect(frames.stands(1, STILL_MS)).toBe(true);
    expect(frames.stands(2, STILL_MS + 10)).toBe(false);
  });

  it('that has never begun does not stand still', () => {
    expect(new Progress().stands(0, 10 * STILL_MS)).toBe(false);
  });

  it('that nobody could see meanwhile is given its time again', () => {
    const frames = new Progress();
    frames.stands(1, 0);
    frames.skip(STILL_MS);
    expect(frames.stands(1, STILL_MS + 1)).toBe(false);
  });
});

describe('the quality', () => {
  const at = (now: number, bytes: number, frames: number): Arrived => ({
    userId: '1',
    at: now,
    bytes,
    frames,
    width: 640,
    height: 360,
    delay: 80,
  });

  it('is what came between two looks', () => {
    expect(qualityOf(at(0, 0, 0), at(2000, 125_000, 30))).toEqual({
      width: 640,
      height: 360,
      framesPerSecond: 15,
      kilobits: 500,
      delay: 80,
    });
  });

  it('is not known at first, nor right after a new connection', () => {
    expect(qualityOf(undefined, at(0, 10, 1))).toBeNull();
    expect(qualityOf(at(0, 1000, 10), at(1000, 10, 1))).toBeNull();
  });
});

describe('lines over the picture', () => {
  it('take the first lane that is free, and none when all are taken', () => {
    const lanes = new Lanes(2);
    expect([lanes.take(0, 0.2), lanes.take(0, 0.2), lanes.take(0, 0.2)]).toEqual([0, 1, null]);
    expect(lanes.take(CROSSING_MS, 0.2)).toBe(0);
  });

  it('hold their lane the longer the longer they are', () => {
    const [short, long] = [new Lanes(1), new Lanes(1)];
    short.take(0, 0.1);
    long.take(0, 1);
    expect([short.take(2000, 0.1), long.take(2000, 0.1)]).toEqual([0, null]);
  });
});

describe('a keyboard on the screen', () => {
  it('covers what is not to be seen any more', () => {
    expect(covered(844, { height: 508, offsetTop: 0, scale: 1 })).toBe(336);
    expect(covered(844, { height: 844, offsetTop: 0, scale: 1 })).toBe(0);
  });

  it('is none where somebody has zoomed in, or nothing can be known', () => {
    expect(covered(844, { height: 400, offsetTop: 20, scale: 2 })).toBe(0);
    expect(covered(844, null)).toBe(0);
  });
});

describe('devices', () => {
  it('are remembered', () => {
    const kept = new Map<string, string>();
    const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
    expect(keptDevices(storage)).toEqual({});
    keepDevices(storage, { microphone: 'm2' });
    expect(keptDevices(storage)).toEqual({ camera: undefined, microphone: 'm2' });
  });

  it('that were kept wrongly are none', () => {
    expect(keptDevices({ getItem: () => '{"camera": 3', setItem: () => undefined })).toEqual({});
  });
});
