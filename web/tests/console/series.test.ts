import { expect, it } from 'vitest';

import { filled } from '@/console/charts/series';

it('a time of which nothing is told is 0, and none is missing', () => {
  expect(filled(new Map([[20, 5], [40, 1]]), 13, 45, 10)).toEqual([[10, 0], [20, 5], [30, 0], [40, 1]]);
  expect(filled(new Map(), 20, 20, 10)).toEqual([[20, 0]]);
  expect(filled(new Map(), 30, 20, 10)).toEqual([]);
});
