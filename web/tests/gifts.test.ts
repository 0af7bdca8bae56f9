import { describe, expect, it } from 'vitest';

import { member, room, seat } from '../../clients/js/tests/samples';
import { GiftLanes } from '../src/rooms/giftlanes';
import { chosenAfter, receiversOf, stillThere } from '../src/rooms/receivers';
import { sentGift as gift } from './samples';

const shown = (lanes: GiftLanes) => lanes.shown.map(({ sent, total }) => `${sent.giftId} ${String(total)}`);

describe('the lanes of gifts', () => {
  it('show a combo in one place, with the greatest total that was heard', () => {
    const lanes = new GiftLanes(3);
    for (const comboTotal of [3, 9, 5]) lanes.hear(gift({ comboId: 'c', comboTotal, count: 3 }), 0, 0);
    expect(shown(lanes)).toEqual(['rose 9']);
    lanes.hear(gift({ comboId: 'c', comboTotal: 2, receiverId: '7' }), 0, 0);
    expect(shown(lanes)).toEqual(['rose 9', 'rose 2']);
  });

  it('show a gift that is told twice once', () => {
    const lanes = new GiftLanes(3);
    const one = gift();
    for (const now of [0, 1]) lanes.hear(one, 0, now);
    expect(shown(lanes)).toEqual(['rose 1']);
    lanes.pass(9000);
    lanes.hear(one, 0, 9000);
    expect(lanes.shown).toHaveLength(0);
  });

  it('let the dearest of those that wait come first', () => {
    const lanes = new GiftLanes(1);
    for (const [name, coins] of [['rose', 1], ['heart', 5], ['crown', 520]] as const) lanes.hear(gift({ giftId: name, coins }), 0, 0);
    expect(shown(lanes)).toEqual(['rose 1']);
    lanes.pass(lanes.next ?? 0);
    expect(shown(lanes)).toEqual(['crown 1']);
  });

  it('show big ones longer, and a combo for as long as it grows', () => {
    const lanes = new GiftLanes(3);
    lanes.hear(gift({ giftId: 'castle' }), 5, 0);
    lanes.hear(gift({ comboId: 'c', comboTotal: 1 }), 0, 0);
    lanes.hear(gift({ comboId: 'c', comboTotal: 2 }), 0, 3000);
    lanes.pass(5000);
    expect(shown(lanes)).toEqual(['castle 1', 'rose 2']);
    lanes.pass(6400);
    expect(shown(lanes)).toEqual(['rose 2']);
    lanes.pass(6500);
    expect([shown(lanes), lanes.next]).toEqual([[], null]);
  });

  it('forget the cheapest where more wait than can be shown in time', () => {
    const lanes = new GiftLanes(1);
    for (let number = 0; number < 100; number += 1) lanes.hear(gift({ coins: number }), 0, 0);
    let last = 0;
    for (let now = lanes.next; now !== null; now = lanes.next) {
      lanes.pass(now);
      last = lanes.shown[0]?.sent.coins ?? last;
    }
    expect(last).toBe(60);
  });
});

describe('who can be given something', () => {
  const scene = {
    room: room({ ownBy: '1' }),
    members: new Map([member('1', 'anchor'), member('2'), member('3', 'anchor')].map((one) => [one.userId, one])),
    seats: { mode: 'apply' as const, seats: [seat(1, '2'), seat(2), seat(3, '4')], requests: [] },
  };

  it('is the owner first, then whoever is on stage, and not the user', () => {
    expect(receiversOf(scene, '2')).toEqual(['1', '3', '4']);
    expect(receiversOf({ ...scene, seats: { ...scene.seats, seats: [] } }, '9')).toEqual(['1', '3']);
  });

  it('is chosen and let go by a tap, and nine are the most', () => {
    const nine = Array.from({ length: 9 }, (_, index) => String(index));
    expect(chosenAfter(['1'], '2')).toEqual(['1', '2']);
    expect(chosenAfter(['1', '2'], '1')).toEqual(['2']);
    expect(chosenAfter(nine, '9')).toBeNull();
    expect(chosenAfter(nine, '8')).toHaveLength(8);
  });

  it('stays chosen while they are on stage; if nobody is left, the owner is', () => {
    expect(stillThere(['3', '4'], ['1', '3'])).toEqual(['3']);
    expect(stillThere(['4'], ['1', '3'])).toEqual(['1']);
    expect(stillThere([], [])).toEqual([]);
  });
});
