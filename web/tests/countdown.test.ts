import { describe, expect, it, vi } from 'vitest';
import { effectScope, ref } from 'vue';

import { pauseOf, spanOf, useCountdown } from '../src/composables/useCountdown';

describe('the countdown', () => {
  it('goes by the clock of the service, whatever the clock of the reader says', async () => {
    vi.useFakeTimers();
    vi.setSystemTime(new Date('2020-01-01T00:00:00Z'));
    const scope = effectScope();
    const moments = ref({ startUtc: '2026-12-01 12:00:10', serverUtc: '2026-12-01 12:00:00' });
    const seconds = scope.run(() => useCountdown(moments))!;
    expect(seconds.value).toBe(10);
    await vi.advanceTimersByTimeAsync(4000);
    expect(seconds.value).toBe(6);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seconds.value).toBe(0);
    scope.stop();
    vi.useRealTimers();
  });

  it('says days, hours, minutes and seconds', () => {
    expect(spanOf(5)).toEqual({ days: 0, clock: '00:05' });
    expect(spanOf(3600)).toEqual({ days: 0, clock: '01:00:00' });
    expect(spanOf(2 * 86_400 + 3661)).toEqual({ days: 2, clock: '01:01:01' });
  });

  it('has whoever waits ask seldom, near the start more often, and never together', () => {
    expect([pauseOf(3600, 0), pauseOf(3600, 1)]).toEqual([20_000, 40_000]);
    expect([pauseOf(30, 0), pauseOf(0, 1)]).toEqual([4000, 8000]);
  });
});
