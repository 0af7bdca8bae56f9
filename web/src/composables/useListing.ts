/** A list that is asked for when it is opened, and again after something was done with it. */

import { onMounted, type Ref, type ShallowRef, shallowRef } from 'vue';

import { useAttempt } from './useAttempt';

export interface Listing<Item> {
  /** Null: not here yet. */
  readonly items: Readonly<ShallowRef<readonly Item[] | null>>;
  readonly problem: Readonly<Ref<string>>;
  readonly reload: () => Promise<void>;
  /** Do something about one of them, and look again. */
  readonly change: (work: () => Promise<unknown>) => Promise<void>;
}

export function useListing<Item>(ask: () => Promise<readonly Item[]>): Listing<Item> {
  const items = shallowRef<readonly Item[] | null>(null);
  const { problem, attempt } = useAttempt();

  const load = async () => {
    items.value = await ask();
  };
  const reload = () => attempt(load);

  onMounted(reload);
  return {
    items,
    problem,
    reload,
    change: (work) =>
      attempt(async () => {
        await work();
        await load();
      }),
  };
}
