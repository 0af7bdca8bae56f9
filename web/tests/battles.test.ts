import { describe, expect, it } from 'vitest';

import { battleOutcomeText, clockText, partsOf, resultFor } from '../src/rooms/battles';

describe('a battle’s bar', () => {
  it('gives each side its part of the points, and none too little to be read', () => {
    expect(partsOf([{ score: 0 }, { score: 0 }])).toEqual([0.5, 0.5]);
    expect(partsOf([{ score: 300 }, { score: 100 }])).toEqual([0.75, 0.25]);
    const [most, least] = partsOf([{ score: 10_000 }, { score: 0 }]);
    expect(least).toBeGreaterThan(0.1);
    expect(most! + least!).toBeCloseTo(1);
  });

  it('takes points that a refund has brought below none as none', () => {
    expect(partsOf([{ score: -5 }, { score: 0 }])).toEqual([0.5, 0.5]);
  });
});

describe('a battle', () => {
  it.each([
    [300_000, '5:00'],
    [60_001, '1:01'],
    [9_001, '0:10'],
    [0, '0:00'],
  ])('that goes on for %i ms has %s left', (left, text) => {
    expect(clockText(left)).toBe(text);
  });

  it('is won, lost or a draw when it is over', () => {
    expect(resultFor({ state: 'result', winner: 1 }, 1)).toBe('won');
    expect(resultFor({ state: 'result', winner: 2 }, 1)).toBe('lost');
    expect(resultFor({ state: 'result', winner: 0 }, 1)).toBe('draw');
    expect(resultFor({ state: 'running' }, 1)).toBeNull();
  });

  it('that could not be begun says why; an invitation speaks for itself', () => {
    expect(battleOutcomeText('battling')).toBe('battle.busy');
    expect(battleOutcomeText('limitReached')).toBe('battle.limit');
    expect(battleOutcomeText('invited')).toBeNull();
  });
});
