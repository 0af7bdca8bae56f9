/** Sending what a gift shows: how far it is, and what was wrong with it. */
import { isRefused } from '@liveroom/client';
import { computed, onScopeDispose, ref } from 'vue';

import { useGiftsTexts } from '../i18n/gifts';
import { useConsole } from './useConsole';
import { useFailure } from './useFailure';

export type GiftFile = 'gift_icon' | 'animation';

/** What the service takes for each. */
export const TYPES: Readonly<Record<GiftFile, readonly string[]>> = {
  gift_icon: ['image/jpeg', 'image/png', 'image/webp'],
  animation: ['application/json'],
};
const NOT_OFFERED = 3008;

export function useGiftFile(purpose: GiftFile) {
  const { api } = useConsole();
  const { t } = useGiftsTexts();
  const sentence = useFailure();
  const busy = ref(false);
  const share = ref(0);
  const problem = ref('');
  const stop = new AbortController();
  onScopeDispose(() => {
    stop.abort();
  });

  /** Return the address of the copy; empty where it could not be sent: `problem` says why. */
  async function send(file: File): Promise<string> {
    problem.value = '';
    if (!TYPES[purpose].includes(file.type)) {
      problem.value = t('wrongKind');
      return '';
    }
    busy.value = true;
    share.value = 0;
    try {
      return (await api.upload(file, purpose, { signal: stop.signal, onProgress: (part) => (share.value = part) })).url;
    } catch (failure) {
      problem.value = isRefused(failure, NOT_OFFERED) ? t('noFiles') : sentence(failure);
      return '';
    } finally {
      busy.value = false;
    }
  }

  const said = computed(() => (!busy.value ? '' : share.value < 1 ? t('sending', { count: Math.round(share.value * 100) }) : t('looking')));
  return { busy, problem, said, send };
}
