import { describe, expect, it } from 'vitest';

import { addressWith } from '../src/composables/useShare';

const ROOM = 'https://live.example.com/#/room/40000001';

describe('the address of a room', () => {
  it('is the page’s where no key is needed', () => {
    expect(addressWith(ROOM, '')).toBe(ROOM);
  });

  it('of a private one carries its key behind the #, and no other', () => {
    expect(addressWith(ROOM, 'a_-key')).toBe(`${ROOM}?key=a_-key`);
    expect(addressWith(`${ROOM}?key=old`, 'new')).toBe(`${ROOM}?key=new`);
  });
});
