import { describe, expect, it } from 'vitest';

import { allOr, failing, namesOf, patienceOf } from '@/console/hooks';

describe('the form of a hook', () => {
  it('offers usual spans and the one that applies, shortest first', () => {
    expect(patienceOf(1000)).toEqual([100, 250, 500, 1000, 2000, 5000]);
    expect(patienceOf(700)).toEqual([100, 250, 500, 700, 1000, 2000, 5000]);
  });

  it('reads names by commas, Chinese ones too, and each once', () => {
    expect(namesOf(' show, chat，game、show ')).toEqual(['show', 'chat', 'game']);
    expect(namesOf(undefined)).toEqual([]);
  });

  it('says all where nothing is written, so that a restriction can be lifted', () => {
    expect(allOr([])).toEqual(['all']);
    expect(allOr(['chat'])).toEqual(['chat']);
  });
});

describe('how a hook does', () => {
  it('is the share of calls that had no answer, and nothing where nobody asked', () => {
    expect(failing({ allowed: 6, refused: 1, failed: 3 })).toBe(30);
    expect(failing({ allowed: 0, refused: 0, failed: 0 })).toBeNull();
  });
});
