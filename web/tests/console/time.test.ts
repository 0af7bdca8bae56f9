import { describe, expect, it } from 'vitest';

import { distance, isForEver, lasted, readTime, written } from '@/console/time';

const NOON = Date.UTC(2026, 0, 1, 12);

describe('times of the service', () => {
  it('are read as UTC, with and without a zone', () => {
    expect(readTime('2026-01-01 12:00:00')?.getTime()).toBe(NOON);
    expect(readTime('2026-01-01T12:00:00Z')?.getTime()).toBe(NOON);
    expect(readTime('2026-01-01T14:00:00+02:00')?.getTime()).toBe(NOON);
  });

  it('are none where there is none', () => {
    expect(readTime('')).toBeNull();
    expect(readTime('soon')).toBeNull();
  });

  it.each([
    [2, 'ago.now', 0],
    [59, 'ago.s', 59],
    [60, 'ago.m', 1],
    [3599, 'ago.m', 59],
    [7200, 'ago.h', 2],
    [86_400 * 40, 'ago.d', 40],
    [-90, 'until.m', 1],
  ])('%i seconds ago is said shortly', (seconds, key, count) => {
    expect(distance(new Date(NOON - seconds * 1000), NOON)).toEqual({ key, count });
  });

  it('have a date unless they are of today', () => {
    expect(written(new Date(NOON), 'en', NOON)).toMatch(/^\d\d:00:00$/);
    expect(written(new Date(NOON - 3 * 86_400_000), 'en', NOON)).toContain('2025');
  });

  it('of the year 9999 never come', () => {
    expect(isForEver(new Date('9999-12-31T00:00:00Z'))).toBe(true);
    expect(isForEver(new Date(NOON))).toBe(false);
  });

  it('spans are short', () => {
    expect(lasted(65_000)).toBe('1:05');
    expect(lasted(3_725_000)).toBe('1:02:05');
  });
});
