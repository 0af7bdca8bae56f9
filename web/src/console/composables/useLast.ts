/** The last value that was there: what a dialog shows while it goes. */
import { type Ref, shallowRef, watch } from 'vue';

export function useLast<Value extends object>(source: Readonly<Ref<Value | null>>): Ref<Value | null> {
  const last: Ref<Value | null> = shallowRef(null);
  watch(source, (now) => {
    if (now) last.value = now;
  });
  return last;
}
