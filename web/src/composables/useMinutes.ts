/** The time, for texts such as "for 5 min": it moves every half minute. */

import { onScopeDispose, ref } from 'vue';

import { readMoment } from './useMoments';

const STEP_MS = 30_000;

export function useMinutes() {
  const now = ref(Date.now());
  const timer = setInterval(() => {
    now.value = Date.now();
  }, STEP_MS);
  onScopeDispose(() => {
    clearInterval(timer);
  });
  return now;
}

/** How long ago the service's time (UTC, `YYYY-MM-DD HH:mm:ss`) was, in whole minutes. */
export function minutesSince(utc: string, now: number): number {
  const then = readMoment(utc);
  return Number.isNaN(then) ? 0 : Math.max(0, Math.floor((now - then) / 60_000));
}
