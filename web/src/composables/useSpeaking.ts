/** Who is to be heard now, by the loudness of each stream. */

import { inject, type InjectionKey, onScopeDispose, provide, type Ref, ref, shallowRef, watch } from 'vue';

import { Meter } from '../media/meter';

export interface Heard {
  readonly userId: string;
  readonly stream: MediaStream;
}

const LOOK_MS = 120;
/** So loud is a voice near a microphone, and no room that is quiet. */
const VOICE = 0.015;
/** People pause between words. */
const HOLD_MS = 600;
const SPEAKING: InjectionKey<Readonly<Ref<ReadonlySet<string>>>> = Symbol('speaking');

export function provideSpeaking(heard: Readonly<Ref<readonly Heard[]>>): Readonly<Ref<ReadonlySet<string>>> {
  const speaking = shallowRef<ReadonlySet<string>>(new Set());
  const meters = new Map<string, { readonly meter: Meter; readonly stream: MediaStream; last: number }>();

  function follow(all: readonly Heard[]): void {
    const now = new Map(all.map((one) => [one.userId, one.stream]));
    for (const [userId, { meter, stream }] of meters) {
      if (now.get(userId) === stream && meter.hears(stream)) continue;
      meter.close();
      meters.delete(userId);
    }
    for (const [userId, stream] of now) {
      const meter = meters.has(userId) ? null : Meter.of(stream);
      if (meter) meters.set(userId, { meter, stream, last: -HOLD_MS });
    }
  }

  function look(): void {
    const now = performance.now();
    for (const one of meters.values()) if (one.meter.level() > VOICE) one.last = now;
    const loud = [...meters].filter(([, { last }]) => now - last < HOLD_MS).map(([userId]) => userId);
    if (loud.length === speaking.value.size && loud.every((userId) => speaking.value.has(userId))) return;
    speaking.value = new Set(loud);
  }

  watch(heard, follow, { immediate: true });
  const timer = setInterval(look, LOOK_MS);
  onScopeDispose(() => {
    clearInterval(timer);
    for (const { meter } of meters.values()) meter.close();
  });
  provide(SPEAKING, speaking);
  return speaking;
}

export function useSpeaking(): Readonly<Ref<ReadonlySet<string>>> {
  return inject(SPEAKING, ref(new Set<string>()));
}
