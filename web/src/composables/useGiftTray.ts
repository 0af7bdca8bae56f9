/** Sending gifts: for whom, what the user has left, and the combo that runs. */

import type { CatalogGift } from '@liveroom/client';
import { computed, onMounted, onScopeDispose, ref, shallowRef } from 'vue';

import { useTexts } from '../i18n/texts';
import { chosenAfter, RECEIVERS_MAX, receiversOf, stillThere } from '../rooms/receivers';
import { useCoins } from './useCoins';
import type { Gifts } from './useGiftCatalog';
import { useGate } from './useGate';
import type { InRoom } from './useRoom';
import { useAmounts } from './useWallet';

/** So long after its last tap a combo is shown. */
const COMBO_MS = 3000;

export function useGiftTray({ scene, calls, me }: Pick<InRoom, 'scene' | 'calls' | 'me'>, gifts: Gifts) {
  const { t, tn, failure } = useTexts();
  const { plain } = useAmounts();
  const gate = useGate();
  const { balance, pending, testCoins, asking, note, look, getCoins: ask } = useCoins();
  const problem = ref('');
  const picked = ref<readonly string[]>([]);
  const combo = shallowRef<{ readonly gift: CatalogGift; readonly count: number } | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const receivers = computed(() => receiversOf(scene.value, me.userId));
  const chosen = computed(() => stillThere(picked.value, receivers.value));

  function choose(userId: string): void {
    const next = chosenAfter(chosen.value, userId);
    problem.value = next === null ? t('gifts.most', { count: RECEIVERS_MAX }) : '';
    picked.value = next ?? chosen.value;
  }

  /** Some gifts are for the room's owner alone. */
  function fits({ receivers: whose }: CatalogGift): boolean {
    const { ownBy } = scene.value.room;
    return whose === 'stage' || chosen.value.every((one) => one === ownBy);
  }

  function show(gift: CatalogGift, count: number): void {
    combo.value = { gift, count };
    clearTimeout(timer);
    timer = setTimeout(() => (combo.value = null), COMBO_MS);
  }

  /** Send one; says whether it went on its way. */
  async function tap(gift: CatalogGift): Promise<boolean> {
    if (!(await gate.allow())) return false;
    const cost = gift.price * chosen.value.length;
    if (balance.value !== null && balance.value < cost) {
      problem.value = t('gifts.too_few', { cost: tn('gifts.coins', cost), count: plain(balance.value) });
      return false;
    }
    problem.value = '';
    const { count, sent } = begin(gift);
    show(gift, count);
    pending.value += cost;
    void settle(sent, cost);
    return true;
  }

  function begin({ giftId, version }: CatalogGift) {
    const isDefault = chosen.value.length === 1 && chosen.value[0] === scene.value.room.ownBy;
    const { combo: count, sent } = calls.gifts.tap(giftId, { version, ...(isDefault ? {} : { receiverIds: chosen.value }) });
    return { count, sent };
  }

  async function settle(sent: ReturnType<InRoom['calls']['gifts']['tap']>['sent'], cost: number): Promise<void> {
    try {
      const { balance: coins, promoBalance } = await sent;
      note({ coins, promoCoins: promoBalance });
    } catch (refused) {
      problem.value = failure(refused, { occasion: 'gift' });
      // Other taps of the same call fail with it.
      if (combo.value === null) return;
      combo.value = null;
      await Promise.allSettled([look(), gifts.load()]);
    } finally {
      pending.value -= cost;
    }
  }

  async function getCoins(): Promise<void> {
    try {
      const added = await ask();
      if (added !== null) problem.value = added === 0 ? t('gifts.coins.later') : '';
    } catch (refused) {
      problem.value = failure(refused);
    }
  }

  onMounted(gifts.load);
  onScopeDispose(() => {
    clearTimeout(timer);
  });
  return { balance, testCoins, asking, problem, receivers, chosen, choose, fits, combo, tap, getCoins };
}
