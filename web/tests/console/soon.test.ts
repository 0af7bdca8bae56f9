import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { effectScope } from 'vue';

import { useSoon } from '@/console/composables/useSoon';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('what is asked for all the time is done once a second, and never again once its page is gone', () => {
  const act = vi.fn();
  const scope = effectScope();
  const soon = scope.run(() => useSoon(act))!;
  for (let tenths = 0; tenths < 35; tenths += 1) {
    soon();
    vi.advanceTimersByTime(100);
  }
  expect(act).toHaveBeenCalledTimes(3);
  scope.stop();
  vi.advanceTimersByTime(10_000);
  expect(act).toHaveBeenCalledTimes(3);
});
