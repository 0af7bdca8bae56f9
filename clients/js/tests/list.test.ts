import { describe, expect, it } from 'vitest';

import { listAfter, listFrom, newestFirst } from '../src/room/list.js';
import { room } from './samples.js';

const first = room({ roomId: '1', createUtc: '2026-01-01 00:00:01' });
const second = room({ roomId: '2', createUtc: '2026-01-01 00:00:02' });

describe('the room list', () => {
  it('shows the newest first', () => {
    const list = listFrom({ rev: 1, rooms: [first, second] });
    expect(newestFirst(list).map(({ roomId }) => roomId)).toEqual(['2', '1']);
  });

  it('replaces, counts and drops', () => {
    const list = listFrom({ rev: 1, rooms: [first, second] });
    const title = { ...first, title: 'Other' };
    const after = listAfter(list, { rev: 2, set: [title], nn: { '1': [7, 9], '5': [1, 1] }, del: ['2'] });
    expect(newestFirst(after)).toEqual([{ ...title, nnUsers: 7, totalJoined: 9 }]);
    expect(list.size, 'the former list stays as it was').toBe(2);
  });
});
