import { describe, expect, it } from 'vitest';

import { anotherPersonAt } from '../src/composables/useAnotherPerson';
import { takes } from '../src/identity/roomtabs';
import { categoriesOf } from '../src/rooms/categories';

const here = { userId: '1', roomId: 'a', hosts: false };

describe('another tab', () => {
  it('takes the place of the same person in the same room', () => {
    expect(takes({ ...here }, here)).toBe(true);
    expect(takes({ ...here, hosts: true }, { ...here, hosts: true })).toBe(true);
  });

  it('takes a viewer from one room to another, and no host', () => {
    expect(takes({ ...here, roomId: 'b' }, here)).toBe(true);
    expect(takes({ ...here, roomId: 'b' }, { ...here, hosts: true })).toBe(false);
  });

  it('of somebody else takes nothing', () => {
    expect(takes({ ...here, userId: '2' }, here)).toBe(false);
  });
});

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
