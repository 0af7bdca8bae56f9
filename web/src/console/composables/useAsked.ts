/** Something asked of the service for a page: loading, there, or failed; a late answer never replaces a newer one. */
import { onScopeDispose, type Ref, ref, shallowRef, watch, type WatchSource } from 'vue';

export interface Asked<Value> {
  readonly value: Ref<Value | null>;
  readonly failure: Ref<unknown>;
  readonly loading: Ref<boolean>;
  /** When it was last answered. */
  readonly at: Ref<number>;
  readonly reload: () => Promise<void>;
}

/** Ask now, and again whenever what the question depends on changes. */
export function useAsked<Value>(ask: () => Promise<Value>, ...sources: WatchSource[]): Asked<Value> {
  const value = shallowRef<Value | null>(null) as Ref<Value | null>;
  const failure = shallowRef<unknown>(null);
  const loading = ref(false);
  const at = ref(0);
  let turn = 0;

  async function reload(): Promise<void> {
    const mine = (turn += 1);
    loading.value = true;
    try {
      const answer = await ask();
      if (mine !== turn) return;
      value.value = answer;
      failure.value = null;
      at.value = Date.now();
    } catch (problem) {
      if (mine === turn) failure.value = problem;
    } finally {
      if (mine === turn) loading.value = false;
    }
  }

  watch(sources, () => {
    value.value = null;
    void reload();
  });
  onScopeDispose(() => {
    turn += 1;
  });
  void reload();
  return { value, failure, loading, at, reload };
}
