import { describe, expect, it } from 'vitest';

import { may, outranks, rankOf } from '../src/room/ranks.js';

describe('ranks', () => {
  it('are those of roles, and the owner’s whatever the role', () => {
    const neither = { owns: false, appointed: false };
    expect(rankOf('moderator', neither)).toBe('moderator');
    expect(rankOf('audience', { ...neither, owns: true })).toBe('owner');
    expect(rankOf('balladeer', neither)).toBe('audience');
  });

  it('are an anchor’s for those alone whom the owner has appointed', () => {
    expect(rankOf('anchor', { owns: false, appointed: true })).toBe('anchor');
    expect(rankOf('anchor', { owns: false, appointed: false })).toBe('audience');
  });

  it('are above and below each other, and nobody above themselves', () => {
    expect(outranks('moderator', 'anchor')).toBe(true);
    expect(outranks('moderator', 'moderator')).toBe(false);
    expect(may('anchor', 'seat')).toBe(true);
    expect(may('anchor', 'moderate')).toBe(false);
  });
});
