/** The coins that the user has to spend, less those that are on their way. */

import { computed, onMounted, onScopeDispose, ref } from 'vue';

import { useGate } from './useGate';
import { useSignedIn } from './useSession';

export function useCoins() {
  const { client } = useSignedIn();
  const gate = useGate();
  /** What the service has said last; null: not known. */
  const known = ref<number | null>(null);
  const pending = ref(0);
  const testCoins = ref(false);
  /** The operator's own app keeps the coins: what there is, is not known here. */
  let external = false;
  const asking = ref(false);

  function note({ coins, promoCoins }: { readonly coins: number; readonly promoCoins: number }): void {
    known.value = external ? null : coins + promoCoins;
  }

  async function look(): Promise<void> {
    const wallet = await client.wallet.balance();
    external = wallet.external;
    note(wallet);
    testCoins.value = wallet.testCoins;
  }

  /** Return how many test coins there were to get: 0 for whoever has had those of the hour. Null: not asked. */
  async function getCoins(): Promise<number | null> {
    if (asking.value || !(await gate.allow())) return null;
    asking.value = true;
    try {
      const { added, wallet } = await client.call('wallet/test_coins');
      note(wallet);
      return added;
    } finally {
      asking.value = false;
    }
  }

  onScopeDispose(client.wallet.onChange(note));
  onMounted(() => {
    look().catch(() => undefined);
  });
  return { balance: computed(() => (known.value === null ? null : known.value - pending.value)), pending, testCoins, asking, note, look, getCoins };
}
