/** Actions: asked about first, carried out once, and told of in a note. */
import { ref } from 'vue';

import { useToasts } from '../../composables/useToasts';
import { useCommon } from '../i18n/common';
import { type Question, type Said, useConfirm } from './useConfirm';
import { useFailure } from './useFailure';

export function useAction() {
  const { ask } = useConfirm();
  const { toast } = useToasts();
  const { t } = useCommon();
  const sentence = useFailure();
  const busy = ref(false);

  /** Do something at once. Returns whether it was done. */
  async function run(act: () => Promise<unknown>, done: string = t('word.done')): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    try {
      await act();
      if (done !== '') toast(done);
      return true;
    } catch (failure) {
      toast(sentence(failure), 'problem');
      return false;
    } finally {
      busy.value = false;
    }
  }

  /** Ask, then do. Returns whether it was done. */
  async function askThen(question: Question, act: (said: Said) => Promise<unknown>, done?: string): Promise<boolean> {
    const said = await ask(question);
    return said === null ? false : run(() => act(said), done);
  }

  return { busy, run, askThen };
}
