import type { RoomEvent } from '@liveroom/client';
import { describe, expect, it } from 'vitest';

import { message, news } from '../../clients/js/tests/samples';
import { GiftLines, linesOf } from '../src/rooms/chatlines';
import { sentGift } from './samples';

let seq = 0;
const at = (second: number, type: 'gift.sent' | 'gift.more' | 'gift.totals', data: object): RoomEvent => {
  const [event] = news([{ type, data, time: new Date(second * 1000).toISOString() }], (seq += 1)).events;
  return event!;
};
const read = (heard: GiftLines) => heard.lines.map((line) => (line.kind === 'gift' ? `${line.sent.senderName} ×${line.total}` : `and ${line.count}`));

describe('gifts in the chat', () => {
  it('are a line for each combo and receiver, where it began', () => {
    const heard = new GiftLines();
    for (const comboTotal of [2, 5, 4]) heard.hear(at(comboTotal, 'gift.sent', sentGift({ comboId: 'c', comboTotal })));
    heard.hear(at(6, 'gift.sent', sentGift({ comboId: 'c', comboTotal: 3, receiverId: '9' })));
    heard.hear(at(7, 'gift.sent', sentGift({ count: 7 })));
    expect(read(heard)).toEqual(['Ada ×5', 'Ada ×3', 'Ada ×7']);
    expect(heard.lines[0]!.at).toBe(2000);
  });

  it('that are told twice are counted once, and nothing else is a line', () => {
    const heard = new GiftLines();
    const one = sentGift();
    expect([1, 2].map((second) => heard.hear(at(second, 'gift.sent', one)))).toEqual([true, false]);
    expect(heard.hear(at(3, 'gift.totals', { coins: 1, gifts: 1, senders: 1 }))).toBe(false);
    expect(read(heard)).toEqual(['Ada ×1']);
  });

  it('that were not told one by one are counted together while more of them come', () => {
    const heard = new GiftLines();
    for (const second of [1, 5, 9, 12]) heard.hear(at(second, 'gift.more', { count: 10, coins: 10 }));
    expect(read(heard)).toEqual(['and 30', 'and 10']);
  });

  it('are so many and no more', () => {
    const heard = new GiftLines();
    for (let second = 0; second < 500; second += 1) heard.hear(at(second, 'gift.sent', sentGift({ count: second + 1 })));
    expect(read(heard)).toHaveLength(60);
    expect(read(heard).at(-1)).toBe('Ada ×500');
  });

  it('stand between what was said before and after', () => {
    const heard = new GiftLines();
    heard.hear(at(2, 'gift.sent', sentGift()));
    const lines = linesOf([message('1000'), message('3000')], heard.lines);
    expect(lines.map(({ kind }) => kind)).toEqual(['message', 'gift', 'message']);
  });
});
