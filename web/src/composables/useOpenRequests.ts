/** Requests that wait for an answer, each until its time is over. */

import { computed, onScopeDispose, ref, shallowRef } from 'vue';

export interface Waiting {
  /** By this page's own clock, which is only asked how much has passed. */
  readonly until: number;
}

const TICK_MS = 500;
const SECOND_MS = 1000;

export function useOpenRequests<Request extends Waiting>() {
  const open = shallowRef<ReadonlyMap<string, Request>>(new Map());
  const now = ref(performance.now());

  function add(id: string, request: Request): void {
    now.value = performance.now();
    open.value = new Map([...open.value, [id, request]]);
  }

  /** Forget those of which this is true. */
  function dropAll(gone: (request: Request) => boolean): void {
    const left = [...open.value].filter(([, request]) => !gone(request));
    if (left.length < open.value.size) open.value = new Map(left);
  }

  /** Forget one, and return it. */
  function drop(id: string): Request | undefined {
    const known = open.value.get(id);
    dropAll((one) => one === known);
    return known;
  }

  const timer = setInterval(() => {
    if (open.value.size === 0) return;
    now.value = performance.now();
    dropAll(({ until }) => until <= now.value);
  }, TICK_MS);
  onScopeDispose(() => {
    clearInterval(timer);
  });
  return {
    all: computed(() => [...open.value.values()]),
    add,
    drop,
    dropAll,
    secondsOf: ({ until }: Waiting) => Math.max(0, Math.ceil((until - now.value) / SECOND_MS)),
  };
}
