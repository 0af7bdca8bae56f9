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

  /** The question, which may have to be made of what the service says first; null where it does not say it. */
  async function made(question: Question | (() => Promise<Question>)): Promise<Question | null> {
    if (typeof question !== 'function') return question;
    let found: Question | null = null;
    await run(async () => {
      found = await question();
    }, '');
    return found;
  }

  /** Ask, then do. Returns whether it was done. */
  async function askThen(question: Question | (() => Promise<Question>), act: (said: Said) => Promise<unknown>, done?: string): Promise<boolean> {
    const asked = await made(question);
    const said = asked && (await ask(asked));
    return said === null ? false : run(() => act(said), done);
  }

  return { busy, run, askThen };
}
