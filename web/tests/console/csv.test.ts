import { describe, expect, it } from 'vitest';

import { cell, csvOf } from '@/console/csv';

describe('a cell', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1'])('is never a formula: %s', (text) => {
    expect(cell(text).replaceAll('"', '').startsWith("'")).toBe(true);
  });

  it('of a number stays a number', () => {
    expect(cell(-1)).toBe('-1');
  });

  it('may hold commas, quotes and lines', () => {
    expect(cell('a, "b"\nc')).toBe('"a, ""b""\nc"');
  });
});

it('a table has a head and a line for each row', () => {
  expect(csvOf(['a', 'b'], [['1', 2]])).toBe('a,b\r\n1,2\r\n');
});
