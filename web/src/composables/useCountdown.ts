/** The seconds until a moment of the service, by the service's clock. */

import { computed, onScopeDispose, ref, type Ref } from 'vue';

import { readMoment } from './useMoments';

const STEP_MS = 250;
const SECOND_MS = 1000;
const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];

/** `serverUtc`: what the service's clock said just now. */
export function useCountdown(moments: Readonly<Ref<{ startUtc: string; serverUtc: string }>>) {
  const ahead = computed(() => readMoment(moments.value.serverUtc) - Date.now());
  const now = ref(Date.now());
  const timer = setInterval(() => {
    now.value = Date.now();
  }, STEP_MS);
  onScopeDispose(() => {
    clearInterval(timer);
  });
  return computed(() => Math.max(0, Math.ceil((readMoment(moments.value.startUtc) - now.value - ahead.value) / SECOND_MS)));
}

export interface Span {
  readonly days: number;
  /** `HH:MM:SS`, or `MM:SS` below an hour. */
  readonly clock: string;
}

export function spanOf(seconds: number): Span {
  const two = (number: number) => String(number).padStart(2, '0');
  const [hours, minutes] = [Math.floor((seconds % DAY) / HOUR), Math.floor((seconds % HOUR) / MINUTE)];
  const short = `${two(minutes)}:${two(seconds % MINUTE)}`;
  return { days: Math.floor(seconds / DAY), clock: seconds < HOUR ? short : `${two(hours)}:${short}` };
}

/**
 * How long until whoever waits asks again whether it has begun: near the start every few seconds, else twice a minute,
 * spread out so that many who wait do not ask together.
 */
export function pauseOf(seconds: number, random = Math.random()): number {
  const least = seconds < MINUTE ? 4 : 20;
  return least * SECOND_MS * (1 + random);
}
