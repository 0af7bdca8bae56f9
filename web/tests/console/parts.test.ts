import { describe, expect, it } from 'vitest';

import { gather, type Part } from '@/console/parts';

const parts: Record<string, Part> = {
  '': { text: 'head\n1\n', entries: 1, nextPart: 'b' },
  b: { text: '2\n', entries: 1, nextPart: 'c' },
  c: { text: '3\n', entries: 1, nextPart: '' },
};
const ask = (part: string) => Promise.resolve(parts[part]!);

describe('a file in parts', () => {
  it('is asked for to its end, in order', async () => {
    expect(await gather(ask)).toEqual({ texts: ['head\n1\n', '2\n', '3\n'], entries: 3, cut: false });
  });

  it('says so where it is too long for a browser', async () => {
    expect(await gather(ask, 2)).toEqual({ texts: ['head\n1\n', '2\n'], entries: 2, cut: true });
  });

  it('fails whole where a part fails', async () => {
    await expect(gather((part) => (part === 'b' ? Promise.reject(new Error('gone')) : ask(part)))).rejects.toThrow('gone');
  });
});
