/** How good the pictures are that arrive, looked at each second while somebody wants to know. */

import type { Arrived } from '@liveroom/client/media';
import { inject, type InjectionKey, onScopeDispose, provide, shallowRef } from 'vue';

import { type Quality, qualityOf } from '../media/quality';

type Measure = () => Promise<readonly Arrived[]>;

const MEASURE: InjectionKey<Measure> = Symbol('measure');
const LOOK_MS = 1000;

export function provideQuality(measure: Measure): void {
  provide(MEASURE, measure);
}

export function useQuality() {
  const measure = inject(MEASURE, () => Promise.resolve([]));
  const qualities = shallowRef<ReadonlyMap<string, Quality>>(new Map());
  let before = new Map<string, Arrived>();

  async function look(): Promise<void> {
    const now = await measure();
    const found = now.flatMap((one) => {
      const quality = qualityOf(before.get(one.userId), one);
      return quality ? [[one.userId, quality] as const] : [];
    });
    before = new Map(now.map((one) => [one.userId, one]));
    qualities.value = new Map(found);
  }

  const timer = setInterval(() => void look().catch(() => undefined), LOOK_MS);
  void look().catch(() => undefined);
  onScopeDispose(() => {
    clearInterval(timer);
  });
  return qualities;
}
