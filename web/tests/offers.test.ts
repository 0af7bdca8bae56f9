import { may, outranks, type Rank, rankOf } from '@liveroom/client';
import { describe, expect, it } from 'vitest';

import { offersFor } from '../src/components/offers';
import { sceneAfter, sceneFrom } from '../src/rooms/scene';
import { member, message, news, seat, state } from './samples';

const seats = { mode: 'apply' as const, seats: [seat(1), seat(2)], requests: [] };
const scene = sceneAfter(sceneFrom(state({ seats })), news([{ type: 'member.entered', ...member('7') }]));

function offered(rank: Rank, other: Rank = 'audience', userId = '7', said: ReturnType<typeof message> | null = null) {
  return offersFor(scene, '1', rank, { userId, rank: other, message: said }).map(({ id }) => id);
}

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

describe('what is offered about somebody', () => {
  it('is to an audience no more than to mention and report them', () => {
    expect(offered('audience')).toEqual(['mention', 'report']);
  });

  it('is to a host the stage, to a moderator the order, to the owner everything', () => {
    expect(offered('anchor')).toEqual(['mention', 'invite', 'report']);
    expect(offered('moderator')).toEqual(['mention', 'invite', 'mute-10', 'mute', 'report', 'kick', 'ban']);
    expect(offered('owner')).toEqual(
      expect.arrayContaining(['invite', 'moderate', 'make-anchor', 'transfer', 'mute', 'kick', 'ban']),
    );
  });

  it('is nothing against somebody of the same rank', () => {
    expect(offered('moderator', 'moderator')).toEqual(['mention', 'invite', 'report']);
  });

  it('is to take an appointment back where there is one', () => {
    expect(offered('owner', 'moderator')).toContain('demote');
    expect(offered('owner', 'moderator')).not.toContain('moderate');
  });

  it('leaves out what needs them in the room, when they are not', () => {
    expect(offered('owner', 'audience', '8')).toEqual(['moderate', 'make-anchor', 'mute-10', 'mute', 'report', 'ban']);
  });

  it('lets whoever is muted write again', () => {
    const muted = { type: 'member.standing_changed' as const, data: { userId: '7', mutedUntil: '9999-12-31T00:00:00Z' } };
    const after = sceneAfter(scene, news([muted], 5));
    const ids = offersFor(after, '1', 'owner', { userId: '7', rank: 'audience', message: null }).map(({ id }) => id);
    expect(ids).toContain('unmute');
    expect(ids).not.toContain('mute');
  });
});

describe('a message', () => {
  const now = new Date().toISOString();

  it('is taken back by whoever has just said it, and by moderators', () => {
    expect(offered('audience', 'audience', '1', message('5', 'x', { time: now }))).toEqual(['reply', 'recall']);
    expect(offered('audience', 'audience', '1', message('5'))).toEqual(['reply']);
    expect(offered('audience', 'audience', '7', message('5', 'x', { time: now }))).toEqual(['reply', 'mention', 'report']);
    expect(offered('moderator', 'audience', '7', message('5'))).toContain('recall');
  });

  it('is pinned by hosts', () => {
    expect(offered('anchor', 'audience', '7', message('5'))).toContain('pin');
    expect(offered('audience', 'audience', '7', message('5'))).not.toContain('pin');
  });

  it('is taken back once', () => {
    expect(offered('moderator', 'audience', '7', message('5', '', { recalled: true }))).not.toContain('recall');
  });
});
