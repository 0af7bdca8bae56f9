import { describe, expect, it } from 'vitest';

import { anotherPersonAt } from '../src/composables/useAnotherPerson';
import { categoriesOf } from '../src/rooms/categories';

describe('another person', () => {
  it('is offered on one’s own machine alone', () => {
    expect(anotherPersonAt({ hostname: 'localhost', pathname: '/live/' })).toBe('/live/?person=another#/');
    expect(anotherPersonAt({ hostname: 'live.example.com', pathname: '/' })).toBe('');
  });
});

describe('categories', () => {
  it('are those that there are rooms of, the page’s own first', () => {
    const rooms = ['zumba', 'music', '', 'live', 'music'].map((category) => ({ category }));
    expect(categoriesOf(rooms)).toEqual(['live', 'music', 'zumba']);
  });
});
