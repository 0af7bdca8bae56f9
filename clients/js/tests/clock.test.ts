import { expect, it } from 'vitest';

import { ServiceClock } from '../src/clock.js';

it('the time that is left is by the news that came with the least delay', () => {
  let now = 0;
  const clock = new ServiceClock(() => now);
  expect(clock.left(5000)).toBe(0);
  // The service is 1000 ms further; its news take 300 ms, then 20, then 500.
  for (const [sent, delay] of [[1000, 300], [3000, 20], [5000, 500]] as const) {
    now = sent - 1000 + delay;
    clock.hear(sent);
  }
  now = 5000;
  expect(clock.left(8000)).toBe(2020);
  expect(clock.left(6000)).toBe(20);
  expect(clock.left(1000)).toBe(0);
});

it('the time is that of the news that came with the least delay', () => {
  let now = 5;
  const clock = new ServiceClock(() => now);
  expect(clock.time()).toBe(0);
  clock.hear(1_700_000_000_000);
  now = 1005;
  clock.hear(1_700_000_000_900);
  expect(clock.time()).toBe(1_700_000_001_000);
});

it('a time that cannot be read changes nothing', () => {
  const clock = new ServiceClock(() => 0);
  clock.hear(NaN);
  expect(clock.left(1)).toBe(0);
});
