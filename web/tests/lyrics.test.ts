import { describe, expect, it } from 'vitest';

import { lengthOf } from '../src/rooms/lengths';
import { lineAt, sungOf } from '../src/rooms/lyrics';

const LINES = [500, 2000, 2000, 4000].map((time) => ({ time, text: String(time) }));

describe('the line that is sung', () => {
  it('is the last one that has begun', () => {
    expect([0, 499, 500, 1999, 2000, 3999, 4000, 99_999].map((position) => lineAt(LINES, position))).toEqual([-1, -1, 0, 0, 2, 2, 3, 3]);
  });

  it('is none of no lyrics', () => {
    expect(lineAt([], 1000)).toBe(-1);
  });
});

describe('how much of a line was sung', () => {
  it('is what of its time has passed', () => {
    expect([2000, 3000, 4000].map((position) => sungOf(LINES, 2, position))).toEqual([0, 0.5, 1]);
  });

  it('is all of it after five seconds, also where the next line comes late, or none', () => {
    expect(sungOf([{ time: 0, text: 'a' }, { time: 20_000, text: 'b' }], 0, 5000)).toBe(1);
    expect(sungOf(LINES, 3, 6500)).toBe(0.5);
  });

  it('is nothing before the first line, and all of one that the next comes with', () => {
    expect(sungOf(LINES, -1, 100)).toBe(0);
    expect(sungOf(LINES, 1, 2000)).toBe(1);
  });
});

it('a length is minutes and seconds', () => {
  expect([0, 59.9, 187, 3600].map(lengthOf)).toEqual(['0:00', '0:59', '3:07', '60:00']);
});
