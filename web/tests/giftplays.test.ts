import type { CatalogGift } from '@liveroom/client';
import { describe, expect, it } from 'vitest';

import { GiftPlays } from '../src/rooms/giftplays';
import { sentGift } from './samples';

const castle = { giftId: 'castle', animationUrl: '/castle.svga', animationKind: 'svga' } as CatalogGift;
const moving = (giftId: string) => ({ ...castle, giftId });

describe('the animations of gifts', () => {
  it('are played one after the other, the dearest of those that wait first', () => {
    const plays = new GiftPlays();
    for (const [name, coins] of [['heart', 5], ['rose', 1], ['crown', 520]] as const) plays.hear(sentGift({ coins }), moving(name), 0);
    expect([1, 2, 3, 4].map(() => plays.next(0)?.gift.giftId)).toEqual(['crown', 'heart', 'rose', undefined]);
  });

  it('are played for gifts that have one, are new, and have just been sent', () => {
    const plays = new GiftPlays();
    const twice = sentGift();
    plays.hear(sentGift(), undefined, 0);
    plays.hear(sentGift(), { ...castle, animationUrl: '' }, 0);
    plays.hear(sentGift({ late: true }), castle, 0);
    expect(plays.next(0)).toBeNull();
    for (const now of [0, 1]) plays.hear(twice, castle, now);
    expect([plays.next(0)?.key, plays.next(0)]).toEqual([twice.sentId, null]);
  });

  it('of a combo are not played again while one waits or plays', () => {
    const plays = new GiftPlays();
    const tap = () => {
      plays.hear(sentGift({ comboId: 'c' }), castle, 0);
    };
    tap();
    tap();
    expect(plays.next(0)).not.toBeNull();
    tap();
    expect(plays.next(0)).toBeNull();
    tap();
    expect(plays.next(0)).not.toBeNull();
  });

  it('that would come too late, or wait behind too many dearer ones, are not played', () => {
    const plays = new GiftPlays();
    for (let coins = 1; coins <= 20; coins += 1) plays.hear(sentGift({ coins }), castle, 0);
    const played = Array.from({ length: 9 }, () => plays.next(1)?.coins);
    expect(played).toEqual([20, 19, 18, 17, 16, 15, 14, 13, undefined]);
    plays.hear(sentGift(), castle, 0);
    expect(plays.next(30_000)).toBeNull();
  });
});
