import { describe, expect, it } from 'vitest';

import { battleAfter, battleFrom, battleScored, sidesOf } from '../src/room/battle.js';
import { freshEvents, viewAfter, viewFrom } from '../src/room/view.js';
import type { BattleState } from '../src/types.js';
import { battle, battleRoom, news, state } from './samples.js';

const scores = (version: number, first: number, second: number) => ({
  battleId: 'b1',
  version,
  rooms: [
    { roomId: '1', side: 1, score: first, likes: 0 },
    { roomId: '2', side: 2, score: second, likes: 3 },
  ],
});
const scored = (...given: Parameters<typeof scores>) => ({ ...scores(...given), scoreVersion: given[0] });
const pointsOf = (rooms: BattleState['rooms'] | undefined) => rooms?.map(({ score }) => score);

describe('a battle', () => {
  it('ends by the service’s clock: so long after the time at which it was said', () => {
    const running = battleFrom(battle({ endIn: 90_000 }), 1000);
    expect(running).toMatchObject({ endsAt: 91_000, closesAt: 0 });
    const over = battleFrom(battle({ state: 'result', endIn: 0, closeIn: 10_000, winner: 2 }), 91_000);
    expect(over).toMatchObject({ closesAt: 101_000, winner: 2 });
    expect(battleFrom(null, 0)).toBeNull();
  });

  it('has the newest scores, whichever came last', () => {
    const begun = battleFrom(battle(), 0);
    const ahead = battleScored(begun, scored(5, 30, 20));
    expect(pointsOf(ahead?.rooms)).toEqual([30, 20]);
    expect(ahead?.rooms[1]?.likes).toBe(3);
    expect(battleScored(ahead, scored(4, 10, 20))).toBe(ahead);
    expect(battleScored(ahead, { ...scored(9, 1, 1), battleId: 'another' })).toBe(ahead);
    expect(battleScored(null, scored(1, 1, 1))).toBeNull();
  });

  it('keeps its scores when a state is told that has older ones', () => {
    const ahead = battleScored(battleFrom(battle(), 0), scored(5, 30, 20));
    const left = battle({ version: 2, rooms: [battleRoom('1', 1), battleRoom('2', 2, { left: 'gaveUp' })] });
    const next = battleAfter(ahead, left, 0);
    expect(pointsOf(next?.rooms)).toEqual([30, 20]);
    expect(next?.rooms[1]?.left).toBe('gaveUp');
    expect(battleAfter(next, battle({ version: 1 }), 0)).toBe(next);
  });

  it('has the final scores of its result, which nothing changes', () => {
    const ahead = battleScored(battleFrom(battle(), 0), scored(5, 30, 20));
    const rooms = [battleRoom('1', 1, { score: 31 }), battleRoom('2', 2, { score: 32 })];
    const over = battleAfter(ahead, battle({ version: 2, state: 'result', winner: 2, rooms }), 0);
    expect(pointsOf(over?.rooms)).toEqual([31, 32]);
    expect(battleScored(over, scored(99, 1, 1))).toBe(over);
    expect(battleAfter(over, null, 0)).toBeNull();
  });

  it('begins anew after the one before', () => {
    const over = battleFrom(battle({ version: 9, state: 'result', winner: 0 }), 0);
    expect(battleAfter(over, battle({ battleId: 'b2' }), 0)?.battleId).toBe('b2');
  });

  it('has sides: the room’s own first, and a team is one', () => {
    const rooms = [battleRoom('1', 1, { score: 5 }), battleRoom('2', 2, { score: 7 }), battleRoom('3', 1, { score: 1 })];
    expect(sidesOf({ rooms }, '2').map(({ side, score, rooms: { length } }) => [side, score, length])).toEqual([
      [2, 7, 1],
      [1, 6, 2],
    ]);
    expect(sidesOf({ rooms }, 'elsewhere').map(({ side }) => side)).toEqual([1, 2]);
  });
});

describe('the view of a room', () => {
  const start = viewFrom(state());

  it('has the battle that it began with, and what becomes of it', () => {
    expect(start.battle).toBeNull();
    const steps = [
      { type: 'battle.started', data: { battle: battle() } },
      { type: 'battle.score', data: scores(2, 8, 0) },
      { type: 'battle.changed', data: { battle: null } },
    ] as const;
    const seen = steps.map((_, index) => {
      const told = news(steps.slice(0, index + 1));
      return pointsOf(viewAfter(start, freshEvents(start, told)).battle?.rooms);
    });
    expect(seen).toEqual([[0, 0], [8, 0], undefined]);
    expect(viewFrom(state({ battle: battle() })).battle?.battleId).toBe('b1');
  });
});
