/** A list that the service gives page by page. */
import { computed, onScopeDispose, type Ref, ref, shallowRef, watch, type WatchSource } from 'vue';

import type { Paged } from '../api';

export interface PagedList<Row> {
  readonly rows: Ref<readonly Row[]>;
  readonly failure: Ref<unknown>;
  readonly loading: Ref<boolean>;
  readonly hasMore: Ref<boolean>;
  readonly more: () => Promise<void>;
  readonly reload: () => Promise<void>;
  /** Put a row in place of the one with the same key, or take it out with null. */
  readonly put: (key: string, row: Row | null) => void;
}

/** Ask for the first page now and whenever a source changes; `more` appends the next one. */
export function usePaged<Row>(
  ask: (cursor: string) => Promise<Paged<Row>>,
  keyOf: (row: Row) => string,
  ...sources: WatchSource[]
): PagedList<Row> {
  const rows = shallowRef<readonly Row[]>([]) as Ref<readonly Row[]>;
  const failure = shallowRef<unknown>(null);
  const loading = ref(true);
  const cursor = ref('');
  let turn = 0;

  async function load(from: string): Promise<void> {
    const mine = (turn += 1);
    loading.value = true;
    try {
      const page = await ask(from);
      if (mine !== turn) return;
      const seen = new Set(page.rows.map(keyOf));
      const before = from === '' ? [] : rows.value.filter((row) => !seen.has(keyOf(row)));
      rows.value = [...before, ...page.rows];
      cursor.value = page.nextCursor;
      failure.value = null;
    } catch (problem) {
      if (mine === turn) failure.value = problem;
    } finally {
      if (mine === turn) loading.value = false;
    }
  }

  watch(sources, () => {
    rows.value = [];
    cursor.value = '';
    void load('');
  });
  onScopeDispose(() => {
    turn += 1;
  });
  void load('');
  return {
    rows,
    failure,
    loading,
    hasMore: computed(() => cursor.value !== ''),
    more: () => (cursor.value === '' || loading.value ? Promise.resolve() : load(cursor.value)),
    reload: () => load(''),
    put: (key, row) => {
      rows.value = rows.value.flatMap((one) => (keyOf(one) === key ? (row === null ? [] : [row]) : [one]));
    },
  };
}
