import { describe, expect, it } from 'vitest';

import { Blocks, Follows } from '../src/session/follows.js';

/** A service that gives these answers, one after another, and what it was asked. */
function service(...answers: unknown[]) {
  const asked: unknown[] = [];
  const call = (method: string, params: unknown) => {
    asked.push([method, params]);
    return Promise.resolve(answers.shift());
  };
  return { asked, call };
}

const ids = (count: number) => Array.from({ length: count }, (_, number) => String(number));

describe('following', () => {
  it('says what the other one is to the user from then on', async () => {
    const at = service({ userId: '7', relation: 'mutual' }, { userId: '7', relation: 'follower' });
    const follow = new Follows(at);
    expect([await follow.add('7'), await follow.remove('7')]).toEqual(['mutual', 'follower']);
    expect(at.asked).toEqual([
      ['follow/add', { targetId: '7' }],
      ['follow/remove', { targetId: '7' }],
    ]);
  });

  it('asks about as many at once as the service takes', async () => {
    const at = service([{ userId: '7', relation: 'following' }], []);
    const follow = new Follows(at);
    expect((await follow.relations(ids(120))).get('7')).toBe('following');
    await follow.counts(ids(30));
    expect(at.asked).toEqual([
      ['follow/relations', { userIds: ids(100) }],
      ['follow/counts', { userIds: ids(20) }],
    ]);
  });

  it('lists one side or the other', async () => {
    const at = service([], [], []);
    const follow = new Follows(at);
    await follow.following();
    await follow.followers({ limit: 5 });
    await follow.mutual();
    expect(at.asked).toEqual([
      ['follow/following', { limit: 50 }],
      ['follow/followers', { limit: 5 }],
      ['follow/mutual', { limit: 50 }],
    ]);
  });
});

describe('blocking', () => {
  it('is done, taken back and listed', async () => {
    const at = service(undefined, undefined, [{ userId: '7' }]);
    const blocks = new Blocks(at);
    await blocks.add('7');
    await blocks.remove('7');
    expect(await blocks.list()).toEqual([{ userId: '7' }]);
    expect(at.asked).toEqual([
      ['blocks/add', { targetId: '7' }],
      ['blocks/remove', { targetId: '7' }],
      ['blocks/list', { limit: 50 }],
    ]);
  });
});
