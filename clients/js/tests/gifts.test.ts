import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { NetworkError, refusal } from '../src/errors.js';
import type { RoomCall } from '../src/room/calls.js';
import { RoomGifts } from '../src/room/gifts.js';
import { Evening } from './evening.js';

/** A service that pays each key once, and whose answers are lost on their way when the test says so. */
class Shop {
  readonly calls: Record<string, unknown>[] = [];
  readonly paid = new Map<string, number>();
  revision = '1';
  offered = true;
  lost = 0;
  fails: (() => Error) | null = null;
  readonly gifts = new RoomGifts((async (method: string, params: Record<string, unknown> = {}) => {
    this.calls.push(params);
    return Promise.resolve(method === 'gifts/catalog' ? this.shown(params) : this.pay(params));
  }) as RoomCall, Date.now);

  private shown({ revision }: Record<string, unknown>) {
    const changed = this.offered && revision !== this.revision;
    return { offered: this.offered, revision: this.revision, changed, gifts: changed ? [{ giftId: 'rose' }] : [], categories: [] };
  }

  private pay({ key, count }: Record<string, unknown>) {
    if (this.fails) throw this.fails();
    this.paid.set(String(key), Number(count));
    if (this.lost > 0) {
      this.lost -= 1;
      throw new NetworkError('x');
    }
    return { comboTotal: [...this.paid.values()].reduce((sum, one) => sum + one, 0) };
  }
}

let shop: Shop;
beforeEach(() => {
  vi.useFakeTimers();
  shop = new Shop();
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('the catalogue', () => {
  it('is asked for with its revision, and kept while that is the same', async () => {
    const first = await shop.gifts.catalog({ language: 'en' });
    expect(await shop.gifts.catalog({ language: 'en' })).toBe(first);
    shop.revision = '2';
    expect((await shop.gifts.catalog({ language: 'en' })).gifts).toHaveLength(1);
    expect(shop.calls.map(({ revision }) => revision)).toEqual([undefined, '1', '1']);
  });

  it('is kept for each language, and says where nothing is offered', async () => {
    await shop.gifts.catalog({ language: 'en' });
    expect((await shop.gifts.catalog({ language: 'zh' })).gifts).toHaveLength(1);
    shop.offered = false;
    expect(await shop.gifts.catalog({ language: 'en' })).toMatchObject({ offered: false, gifts: [] });
    shop.offered = true;
    expect((await shop.gifts.catalog({ language: 'en' })).gifts).toHaveLength(1);
  });
});

describe('a gift', () => {
  it('whose answer was lost is sent again by the same key, and paid once', async () => {
    shop.lost = 3;
    const sent = shop.gifts.send('rose', { count: 2, receiverIds: ['7'], version: 1 });
    await pass(10_000);
    expect(await sent).toEqual({ comboTotal: 2 });
    expect(shop.calls).toHaveLength(4);
    expect(new Set(shop.calls.map(({ key }) => key)).size).toBe(1);
    expect(shop.calls[0]).toMatchObject({ giftId: 'rose', count: 2, receiverIds: ['7'], version: 1 });
  });

  it.each([
    [100, 5],
    [103, 5],
    [3051, 1],
    [3004, 1],
  ])('that is refused with %i is tried %i times', async (code, times) => {
    shop.fails = () => refusal(code, 'Name', 'sentence');
    const sent = expect(shop.gifts.send('rose')).rejects.toMatchObject({ code });
    await pass(20_000);
    await sent;
    expect(shop.calls).toHaveLength(times);
  });

  it('has another key than the one before', async () => {
    await shop.gifts.send('rose');
    await shop.gifts.send('rose');
    expect(shop.paid.size).toBe(2);
  });
});

describe('taps', () => {
  it('of 0.3 s are one call, and one combo until there was none for 3 s', async () => {
    const taps = [1, 2, 3].map(() => shop.gifts.tap('rose', { version: 1 }));
    await pass(300);
    expect(shop.calls).toMatchObject([{ giftId: 'rose', count: 3, version: 1 }]);
    expect(taps.map(({ combo }) => combo)).toEqual([1, 2, 3]);
    expect(await taps[0]?.sent).toEqual({ comboTotal: 3 });
    await pass(2600);
    expect(shop.gifts.tap('rose', { version: 1 }).combo).toBe(4);
    await pass(3300);
    expect(shop.gifts.tap('rose', { version: 1 }).combo).toBe(1);
    await pass(300);
    const combos = shop.calls.map(({ comboId }) => comboId);
    expect(combos[1]).toBe(combos[0]);
    expect(combos[2]).not.toBe(combos[0]);
  });

  it('on another gift, or for others, are calls and combos of their own', async () => {
    for (const options of [{}, { receiverIds: ['7'] }, { receiverIds: ['7', '8'] }]) shop.gifts.tap('rose', options);
    shop.gifts.tap('heart');
    await pass(300);
    expect(shop.calls.map(({ count }) => count)).toEqual([1, 1, 1, 1]);
    expect(new Set(shop.calls.map(({ comboId }) => comboId)).size).toBe(4);
  });

  it('beyond what one call may have are sent with the next', async () => {
    for (let tap = 0; tap < 1500; tap += 1) shop.gifts.tap('rose');
    await pass(300);
    expect(shop.calls.map(({ count }) => count)).toEqual([999, 501]);
  });

  it('that are refused end the combo', async () => {
    shop.fails = () => refusal(3051, 'BalanceTooLow', 'too few');
    const refused = expect(shop.gifts.tap('rose').sent).rejects.toMatchObject({ code: 3051 });
    await pass(300);
    await refused;
    expect(shop.gifts.tap('rose').combo).toBe(1);
  });

  it('are sent when the room is left', async () => {
    const evening = new Evening();
    const room = await evening.enter();
    room.gifts.tap('rose');
    await room.leave();
    expect(evening.connection.callsOf('gifts/send')).toMatchObject([{ giftId: 'rose', count: 1 }]);
    const methods = evening.connection.calls.map(([method]) => method);
    expect(methods.indexOf('gifts/send')).toBeLessThan(methods.indexOf('rooms/leave_room'));
  });
});
