import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { NetworkError, refusal } from '../src/errors.js';
import { checkEnvelope, RoomEnvelopes } from '../src/room/envelopes.js';
import { viewAfter, viewFrom } from '../src/room/view.js';
import type { RoomEvent } from '../src/types.js';
import { state } from './samples.js';

const COUNTING = Array.from({ length: 32 }, (_, byte) => byte.toString(16).padStart(2, '0')).join('');
/** Those of docs/envelopes.md: id, coins, parts, split, seed, commitment, parts. */
const VECTORS = [
  ['PoGq0000abcdEFGH', 100, 10, 'random', COUNTING, '56b201223b353ea15f37bb97f82cdf9d11a2da265e32ab9161c6933d8674cf50', [3, 3, 26, 1, 6, 21, 22, 6, 8, 4]],
  ['PoGq0000abcdEFGH', 20, 6, 'equal', COUNTING, 'f6f15215a687986c5f698900fb0bb6c9c966ebc5fff38ef82b7008dae0d7daef', [4, 4, 3, 3, 3, 3]],
  ['e', 9007199254740991, 3, 'random', 'f'.repeat(64), '33dfbe3def230792797cf7ba5899695cf66c537b9fb6973efff4b18277e4828b', [1265242537219340, 7134990967095134, 606965750426517]],
  ['e', 7, 1, 'random', '0'.repeat(64), '217775a207495b56451899b730b6020174a38bd128e1e6e7c6f1f4b95cdae2a7', [7]],
] as const;

describe('a draw', () => {
  it.each(VECTORS)('of %s with %i coins in %i %s parts is computed from its seed', async (...vector) => {
    const [envelopeId, coins, parts, split, seed, commitment, amounts] = vector;
    const draw = { envelopeId, coins, parts, split, seed, commitment };
    const grabs = amounts.map((got, place) => ({ number: place + 1, coins: got }));
    expect(await checkEnvelope({ ...draw, grabs })).toEqual({ valid: true, amounts });
    const wrong = [{ commitment: commitment.replace(/^./, 'x') }, { coins: coins - 1 }, { grabs: [{ number: 1, coins: amounts[0] + 1 }] }];
    for (const change of wrong) expect((await checkEnvelope({ ...draw, ...change })).valid).toBe(false);
  });

  it('without its seed is not checked', async () => {
    const draw = { envelopeId: 'e', coins: 7, parts: 1, split: 'random' as const, seed: '', commitment: 'x' };
    expect(await checkEnvelope(draw)).toEqual({ valid: false, amounts: [] });
  });
});

describe('calls', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  function shop(fails: (() => Error)[]) {
    const calls: [string, Record<string, unknown>][] = [];
    const call = async (method: string, params: Record<string, unknown> = {}) => {
      calls.push([method, params]);
      const failure = fails.shift()?.();
      return failure ? Promise.reject(failure) : Promise.resolve({ coins: 5 });
    };
    return { calls, envelopes: new RoomEnvelopes(call as never, call as never) };
  }

  it('that break off are repeated by the same key', async () => {
    const { calls, envelopes } = shop([() => new NetworkError('x'), () => refusal(103, 'ServiceDBFailed', 'away')]);
    const sent = envelopes.send(88, 8, { audience: 'present' });
    await vi.advanceTimersByTimeAsync(2000);
    await sent;
    expect(calls).toHaveLength(3);
    expect(new Set(calls.map(([, { key }]) => key)).size).toBe(1);
    expect(calls[0]).toMatchObject(['envelopes/send', { coins: 88, parts: 8, audience: 'present' }]);
  });

  it('that are refused are not', async () => {
    const { calls, envelopes } = shop([() => refusal(3079, 'EnvelopeOver', 'gone')]);
    await expect(envelopes.grab('e1')).rejects.toMatchObject({ code: 3079 });
    expect(calls).toEqual([['envelopes/grab', { envelopeId: 'e1' }]]);
  });
});

describe('the state of a room', () => {
  const sent = { envelopeId: 'e1', parts: 3, coins: 9 };
  const event = (seq: number, type: string, data: object) => ({ epoch: 'e', seq, type, data }) as unknown as RoomEvent;

  it('has what is not over, with how many parts are left', () => {
    const first = viewFrom(state({ envelopes: [sent] as never }));
    expect(first.envelopes).toMatchObject([{ envelopeId: 'e1', left: 3 }]);
    const grabbed = viewAfter(first, [
      event(2, 'envelope.sent', { envelopeId: 'e2', parts: 2 }),
      event(3, 'envelope.opened', { envelopeId: 'e2' }),
      event(4, 'envelope.grabbed', { envelopeId: 'e1', left: 1, grabs: [] }),
      event(5, 'envelope.grabbed', { envelopeId: 'e1', left: 2, grabs: [] }),
    ]);
    expect(grabbed.envelopes.map(({ envelopeId, left }) => [envelopeId, left])).toEqual([['e1', 1], ['e2', 2]]);
    const over = viewAfter(grabbed, [event(6, 'envelope.ended', { envelopeId: 'e1' })]);
    expect(over.envelopes.map(({ envelopeId }) => envelopeId)).toEqual(['e2']);
    expect(viewFrom(state({})).envelopes).toEqual([]);
  });
});
