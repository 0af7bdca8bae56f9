import { describe, expect, it } from 'vitest';

import { useAttempt } from '../src/composables/useAttempt';

describe('an attempt', () => {
  it('is busy until it has ended, and a second one beside it is none', async () => {
    const { busy, attempt } = useAttempt();
    let letGo = (): void => undefined;
    let times = 0;
    const work = () => {
      times += 1;
      return new Promise<void>((resolve) => (letGo = resolve));
    };
    const first = attempt(work);
    await attempt(work);
    expect([busy.value, times]).toEqual([true, 1]);
    letGo();
    await first;
    expect(busy.value).toBe(false);
  });

  it('that is refused says why, until the next one begins', async () => {
    const { busy, problem, attempt } = useAttempt();
    await attempt(() => Promise.reject(new TypeError('no network')));
    expect(problem.value).not.toBe('');
    expect(busy.value).toBe(false);
    await attempt(() => Promise.resolve());
    expect(problem.value).toBe('');
  });
});
