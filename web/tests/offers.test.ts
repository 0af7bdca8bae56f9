import type { Rank } from '@liveroom/client';
import { describe, expect, it } from 'vitest';

import { viewAfter, viewFrom } from '../../clients/js/src/room/view';
import { member, message, news, seat, state } from '../../clients/js/tests/samples';
import { offersFor, socialOffers } from '../src/components/offers';

const seats = { mode: 'apply' as const, seats: [seat(1), seat(2)], requests: [] };
const scene = viewAfter(viewFrom(state({ seats })), news([{ type: 'member.entered', ...member('7') }]).events);

function offered(rank: Rank, other: Rank = 'audience', userId = '7', said: ReturnType<typeof message> | null = null) {
  return offersFor(scene, '1', rank, { userId, rank: other, message: said }).map(({ id }) => id);
}

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
    const after = viewAfter(scene, news([muted], 5).events);
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

describe('what anybody is offered about anybody else', () => {
  const now = { follows: false, blocked: false };
  const ids = (changes: object, userId = '7') => socialOffers('1', userId, { ...now, ...changes }).map(({ id }) => id);

  it('is to follow or to block them, and to take back what was done', () => {
    expect(ids({})).toEqual(['follow', 'block']);
    expect(ids({ follows: true })).toEqual(['unfollow', 'block']);
    expect(ids({ blocked: true })).toEqual(['unblock']);
  });

  it('is nothing about oneself, and about a notice of nobody', () => {
    expect([ids({}, '1'), ids({}, '')]).toEqual([[], []]);
  });
});
