import { describe, expect, it } from 'vitest';

import { isToShrink, sidesWithin } from '../src/pictures/shrink';

describe('a picture before it is sent', () => {
  it.each([
    ['image/jpeg', 400_000, false],
    ['image/webp', 400_000, false],
    ['image/jpeg', 9_000_000, true],
    ['image/heic', 400_000, true],
    ['image/gif', 400_000, true],
  ])('of the type %s and %i bytes is made anew: %s', (type, size, expected) => {
    expect(isToShrink({ type, size })).toBe(expected);
  });

  it.each([
    [4000, 3000, 1024, 768],
    [300, 200, 300, 200],
    [10, 9000, 1, 1024],
  ])('of %i by %i pixels is sent as %i by %i', (width, height, wide, high) => {
    expect(sidesWithin(1024, width, height)).toEqual({ width: wide, height: high });
  });
});
