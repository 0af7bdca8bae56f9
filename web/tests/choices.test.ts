import type { RoomEventOf, ShownActivity } from '@liveroom/client';
import { describe, expect, it } from 'vitest';

import { ChoiceBoard, STAYS_MS } from '../src/rooms/choices';

type Ended = RoomEventOf<'activity.ended'>['data'];

function poll(fields: Partial<ShownActivity> = {}, state: Record<string, unknown> = {}): ShownActivity {
  const shown = { question: '?', options: ['x', 'y', 'z'], most: 1, live: true, ...state };
  return { activityId: 'a', type: 'poll', version: 1, userId: 'u', startAt: '', state: shown, ...fields } as ShownActivity;
}

function tally(votes: number, counts?: Record<string, number>): Partial<ShownActivity> {
  return { tally: { activityId: 'a', votes, ...(counts ? { counts } : {}) } };
}

const ended = (result: object, votes = 4) => ({ activityId: 'a', type: 'poll', version: 2, reason: 'ended', votes, result }) as unknown as Ended;
const shares = (board: ChoiceBoard) => board.cards()[0]?.options.map(({ count, share }) => [count, share]);

describe('a poll on the page', () => {
  it('shows bars of what is counted', () => {
    const board = new ChoiceBoard();
    board.show([poll(tally(4, { 0: 1, 2: 3 }))], 0);
    expect(shares(board)).toEqual([[1, 25], [0, 0], [3, 75]]);
    board.show([poll()], 0);
    expect(shares(board)).toEqual([[0, 0], [0, 0], [0, 0]]);
  });

  it('shows counts that are for the end at the end, and who has won', () => {
    const board = new ChoiceBoard();
    board.show([poll(tally(4), { live: false })], 0);
    expect(shares(board)?.map(([count]) => count)).toEqual([null, null, null]);
    board.end(ended({ counts: [1, 3, 0] }), 10);
    expect(shares(board)).toEqual([[1, 25], [3, 75], [0, 0]]);
    expect(board.cards()[0]).toMatchObject({ over: true, votes: 4, options: [{ won: false }, { won: true }, { won: false }] });
  });

  it('without votes has no winner', () => {
    const board = new ChoiceBoard();
    board.show([poll()], 0);
    board.end(ended({ counts: [0, 0, 0] }, 0), 0);
    expect(board.cards()[0]?.options.some(({ won }) => won)).toBe(false);
  });

  it('keeps what the user has chosen, and stays for a while when it is over', () => {
    const board = new ChoiceBoard();
    board.show([poll()], 0);
    board.choose('a', ['1']);
    board.choose('unknown', ['1']);
    board.show([poll({ version: 2 })], 0);
    expect(board.cards()[0]).toMatchObject({ voted: true, options: [{ mine: false }, { mine: true }, { mine: false }] });
    board.show([], 100);
    board.show([], STAYS_MS + 99);
    expect(board.cards()).toHaveLength(1);
    board.pass(STAYS_MS + 100);
    expect([board.cards(), board.moving]).toEqual([[], false]);
  });

  it('is not one of another type', () => {
    const board = new ChoiceBoard();
    board.show([poll({ type: 'guess.number' })], 0);
    expect(board.cards()).toEqual([]);
  });
});

describe('a prediction on the page', () => {
  it('is locked, and then says what came', () => {
    const board = new ChoiceBoard();
    board.show([poll({ type: 'prediction', endAt: '1970-01-01T00:00:05.000Z' }, { locked: true })], 0);
    expect(board.cards()[0]).toMatchObject({ locked: true, endsAt: 5000 });
    board.end(ended({ outcome: 0, counts: [1, 3, 0] }), 0);
    expect(board.cards()[0]?.options.map(({ won }) => won)).toEqual([true, false, false]);
  });
});
