/** What can be sent in the room: asked for once one is in it, and again when the language or the room's options change. */

import { type CatalogGift, type GiftCatalog, isHost } from '@liveroom/client';
import { computed, shallowRef, watch } from 'vue';

import { useTexts } from '../i18n/texts';
import type { InRoom } from './useRoom';

const NOTHING: GiftCatalog = { offered: false, revision: '', changed: false, gifts: [], categories: [], envelopes: 'off' };

export function useGiftCatalog({ scene, calls, rank }: Pick<InRoom, 'scene' | 'calls' | 'rank'>) {
  const { language } = useTexts();
  const catalog = shallowRef(NOTHING);
  let turn = 0;

  /** Ask again; where the service has no gifts, none are offered. */
  async function load(): Promise<void> {
    const mine = (turn += 1);
    const found = scene.value.options.gifts ? await calls.gifts.catalog({ language: language.value }).catch(() => NOTHING) : NOTHING;
    if (mine === turn) catalog.value = found;
  }

  watch([language, () => scene.value.options.gifts], load, { immediate: true });
  const byId = computed(() => new Map(catalog.value.gifts.map((gift) => [gift.giftId, gift])));
  const offered = computed(() => catalog.value.offered && catalog.value.gifts.length > 0);
  return {
    catalog,
    offered,
    /** The user can send some: owners send none to themselves. */
    gives: computed(() => offered.value && rank.value !== 'owner'),
    /** The user can put a red envelope into the room. */
    fills: computed(() => {
      const { offered: open, envelopes } = catalog.value;
      return open && (envelopes === 'everyone' || (envelopes === 'hosts' && isHost(scene.value.me)));
    }),
    giftOf: (giftId: string): CatalogGift | undefined => byId.value.get(giftId),
    load,
  };
}

export type Gifts = ReturnType<typeof useGiftCatalog>;
