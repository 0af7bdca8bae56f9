/** What the user has, where the service offers wallets: asked for once a connection stands, and kept by what it tells. */

import type { OwnWallet, WalletState } from '@liveroom/client';
import { computed, type ComputedRef, onScopeDispose, ref, type Ref, type ShallowRef, shallowRef, watch } from 'vue';

import { useTexts } from '../i18n/texts';
import { useSession } from './useSession';

/** Whether the dialog is open. */
const looking = ref(false);

export function useLookingAtWallet(): Ref<boolean> {
  return looking;
}

/** Null: not known, or there are no wallets here; of coins also where the operator's own app keeps them. */
export function useWallet(): { wallet: Readonly<ShallowRef<OwnWallet | null>>; coins: ComputedRef<number | null> } {
  const { client, me, link } = useSession();
  const wallet = shallowRef<OwnWallet | null>(null);
  const user = computed(() => (me.value?.visitor === false ? me.value.userId : ''));
  let turn = 0;

  async function ask(): Promise<void> {
    const mine = (turn += 1);
    const found = await client.value?.wallet.balance().catch(() => null);
    if (mine === turn && found) wallet.value = found;
  }

  watch(
    [client, user],
    ([session, whose], _, onCleanup) => {
      turn += 1;
      wallet.value = null;
      if (!session || whose === '') return;
      const stop = session.wallet.onChange((changed: WalletState) => {
        // What is on its way may be older than this.
        if (wallet.value) [turn, wallet.value] = [turn + 1, { ...wallet.value, ...changed }];
        else void ask();
      });
      onCleanup(stop);
      void ask();
    },
    { immediate: true },
  );
  watch(link, (status, before) => {
    if (status === 'connected' && before === 'reconnecting' && user.value !== '') void ask();
  });
  watch(user, () => {
    looking.value = false;
  });
  onScopeDispose(() => {
    turn += 1;
  });
  return { wallet, coins: computed(() => (wallet.value && !wallet.value.external ? wallet.value.coins + wallet.value.promoCoins : null)) };
}

/** Amounts as people read them. */
export function useAmounts(): { plain: (amount: number) => string; signed: (amount: number) => string } {
  const { language } = useTexts();
  const write = (amount: number, options: Intl.NumberFormatOptions) =>
    new Intl.NumberFormat(language.value === 'zh' ? 'zh-CN' : 'en', options).format(amount);
  return { plain: (amount) => write(amount, {}), signed: (amount) => write(amount, { signDisplay: 'exceptZero' }) };
}
