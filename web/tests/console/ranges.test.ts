import { describe, expect, it } from 'vitest';

import { fieldOf, QUICK, rangeOf, spanOf, USUAL } from '@/console/ranges';

const NOW = Date.UTC(2026, 0, 8, 12);

describe('ranges of time', () => {
  it('may be relative to now', () => {
    expect(spanOf({ from: 'now-6h', to: 'now' }, NOW)).toEqual({ from: new Date(NOW - 6 * 3_600_000), to: new Date(NOW) });
  });

  it('may go from one time to another', () => {
    const range = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' };
    expect(spanOf(range, NOW)?.to).toEqual(new Date(range.to));
  });

  it.each([{ from: 'now', to: 'now' }, { from: 'yesterday', to: 'now' }, { from: 'now-1h', to: '2020-01-01T00:00:00Z' }])(
    'that are none are refused: %o',
    (range) => {
      expect(spanOf(range, NOW)).toBeNull();
    },
  );

  it('of an address that has none, or a wrong one, are the usual one', () => {
    expect(rangeOf({})).toBe(USUAL);
    expect(rangeOf({ from: 'nonsense' })).toBe(USUAL);
    expect(rangeOf({ from: 'now-7d' })).toEqual({ from: 'now-7d', to: 'now' });
  });

  it('that are offered are all ranges', () => {
    for (const from of QUICK) expect(spanOf({ from, to: 'now' }, NOW)).not.toBeNull();
  });

  it('stand in fields in the reader’s zone', () => {
    const at = new Date(2026, 0, 2, 3, 4);
    expect(fieldOf(at)).toBe('2026-01-02T03:04');
  });
});
